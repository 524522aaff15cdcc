#!/bin/sh
# install.sh — an installed program finds its data and its models without the source tree, the
# builds without window and without pictures say so, and nothing is installed outside DESTDIR.
set -u
. "$(dirname "$0")/tools/common.sh"
cd "$root" || exit 1
dest=$dir
unset CNNRUN_DATA

$MAKE --no-print-directory BUILD="$made" DESTDIR="$dest" PREFIX=/opt/cnnrun install > "$dest/log" 2>&1
verdict $? "make install: $(tail -n 3 "$dest/log")"
home=$dest/opt/cnnrun
[ -x "$home/bin/cnnrun" ] && [ -x "$home/libexec/cnnrun/cnnrun-f64" ]
verdict $? 'the programs are there'
[ "$(ls "$dest" | tr '\n' ' ')" = 'log opt ' ]
verdict $? 'nothing lies outside PREFIX'
mkdir "$dest/work" && cp "$home/share/cnnrun/models/first.cnn" "$dest/work"
(cd "$dest/work" && HOME=$dest "$home/bin/cnnrun" first.cnn --train --epochs 1 --limit 640 > out.txt 2>&1)
verdict $? "the installed program trains: $(tail -n 3 "$dest/work/out.txt")"
(cd "$dest/work" && "$home/bin/cnnrun" first.cnn --test > out.txt 2>&1)
verdict $? 'and tests what it has saved'
(cd "$dest/work" && "$home/bin/cnnrun" first.cnn --gradcheck --limit 64 > out.txt 2>&1)
verdict $? "and its gradients are checked in double: $(tail -n 3 "$dest/work/out.txt")"
$MAKE --no-print-directory BUILD="$made" DESTDIR="$dest" PREFIX=/opt/cnnrun uninstall > "$dest/log" 2>&1
[ ! -e "$home/bin/cnnrun" ] && [ ! -e "$home/share/cnnrun" ]
verdict $? 'make uninstall takes it away again'

for parts in SDL=0 VIZ=0; do
    $MAKE --no-print-directory BUILD="$made" $parts "$made/cnnrun" > "$dest/log" 2>&1
    verdict $? "make $parts: $(tail -n 3 "$dest/log")"
    ldd "$BUILD/cnnrun" | grep -q SDL
    [ $? -ne 0 ]; verdict $? "make $parts still needs SDL"
    "$BUILD/cnnrun" models/first.cnn --check > "$dest/log" 2>&1
    verdict $? "make $parts: the program checks a model"
    "$BUILD/cnnrun" models/first.cnn --view > "$dest/log" 2>&1
    [ $? -eq 2 ] && grep -q 'built without' "$dest/log"
    verdict $? "make $parts: --view says what is missing: $(cat "$dest/log")"
done
ldd "$BUILD/cnnrun" | grep -q cairo
[ $? -ne 0 ]; verdict $? 'make VIZ=0 still needs Cairo'
$MAKE --no-print-directory BUILD="$made" "$made/cnnrun" > "$dest/log" 2>&1
verdict $? 'and back to the whole program'
ldd "$BUILD/cnnrun" | grep -q cairo
verdict $? 'which draws'

finish install
