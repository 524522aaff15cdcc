#!/bin/sh
# faults_lang.sh — what can be wrong with a model file, one numbered check per line of the list of
# faults: the message says what it must, the status is 1, and no signal ends the program.
#
# Also: tests/diag (what each message looks like), tests/unit/lang_edits.c (every slip of the
# keyboard), tests/unit/lang_hostile.c (a megabyte of whatever is worst), tests/fuzz/fuzz_lang.c.
#
#   BUILD=DIR  (default build)
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
case ${BUILD:=build} in /*) cnnrun=$BUILD/cnnrun ;; *) cnnrun=$root/$BUILD/cnnrun ;; esac
CNNRUN_DATA=$root/models/data
export CNNRUN_DATA
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
passed=0 failed=0

# verdict NAME STATUS WANTED TEXT…: the last run ended so, and said all of the texts
verdict() {
    name=$1 status=$2 wanted=$3
    shift 3
    wrong=
    [ "$status" = "$wanted" ] || wrong="status $status, not $wanted"
    for text in "$@"; do grep -qF -e "$text" said || wrong="$wrong; no '$text'"; done
    if [ -z "$wrong" ]; then passed=$((passed + 1)); return; fi
    failed=$((failed + 1))
    echo "$name: $wrong"
    head -n 6 said
}
check() { timeout 10 "$cnnrun" "$1" --check >said 2>&1 </dev/null; status=$?; }
# refused NUMBER TEXT…: m.cnn is not accepted
refused() { number=$1; shift; check m.cnn; verdict "$number" $status 1 "$@"; }
accepted() { number=$1; shift; check m.cnn; verdict "$number" $status 0 "$@"; }
# model LINES…: the file, one line each; printf's escapes count
model() { printf '%b\n' "$@" >m.cnn; }

# ---- 1 – 12: the file and its bytes ----------------------------------------------------------------

: >m.cnn;                                               refused 1 'm.cnn:1:1' 'has no layers'
model '# one' '# two';                                  refused 2 'has no layers'
# Every cut of every model: tests/unit/lang_edits.c. Here the whole program, at each end of a line.
lines=$(wc -l <"$root/models/first.cnn")
for n in $(seq 1 "$lines"); do
    head -n "$n" "$root/models/first.cnn" >m.cnn
    check m.cnn
    [ $status = 0 ] || status=1$(grep -c '^ *--> m.cnn:' said)
    case $status in 0 | 1[1-9]*) verdict 3 0 0 ;; *) verdict "3, line $n" "$status" '0 or a place' ;; esac
done
model 'data mnist' 'conv 8 \0000 5x5';                  refused 4 'm.cnn:2:8' 'NUL byte'
model 'data mnist' 'conv 8 5x5 as gr\0374n';            refused 5 'm.cnn:2:17' '\xFC'
model '\0357\0273\0277data mnist' relu;                 accepted 6 '1 layer'
printf '\377\376d\000a\000t\000a\000' >m.cnn;           refused 7 'UTF-16'
printf 'd\000a\000t\000a\000' >m.cnn;                   refused 7 'UTF-16'
model 'data mnist\r' '\r' 'reluu\r';                    refused 8 'm.cnn:3:1'
printf 'data mnist\nrelu' >m.cnn;                       accepted 9 '1 layer'
head -c 4000000 /dev/zero | tr '\000' a >m.cnn;         refused 10 'at most 256'
head -c 16777217 /dev/zero | tr '\000' '\n' >m.cnn;     refused 11 'larger than 16 MB'
check /dev/zero;                                        verdict '12 device' $status 1 'larger than 16 MB'
check .;                                                verdict '12 folder' $status 1 'Is a directory'
check nowhere.cnn;                                      verdict '12 no file' $status 1 'No such file'
model 'data mnist' relu
"$cnnrun" /dev/stdin --check <m.cnn >said 2>&1;         verdict '12 stdin' $? 0 '1 layer'
mkfifo pipe && { cat m.cnn >pipe & }
check pipe;                                             verdict '12 FIFO' $status 0 '1 layer'
if [ "$(id -u)" != 0 ]; then
    chmod 000 m.cnn
    refused '12 unreadable' 'Permission denied'
    rm -f m.cnn
fi

# ---- 13 – 25: words and numbers --------------------------------------------------------------------

{ echo 'data mnist'; yes 'section {' | head -n 100000; } >m.cnn
refused 13 'm.cnn:66:9' '64 deep'
{ echo 'data mnist'; yes relu | head -n 90000; } >m.cnn
refused 14 'm.cnn:4097:1' 'more than 4096 layers'
model 'data mnist' 'repeat 4000 { repeat 4000 { relu } }'; refused 14 'more than 4096 layers'
model 'data mnist' 'convv 8 5x5';                       refused 15 'did you mean conv?'
model 'data mnist' 'conv 8 5x5 strid=2';                refused 16 'did you mean stride?'
model 'data mnist' 'conv 8 5x5 stride=2 stride=2';      refused 16 'has already been given'
model 'data mnist' 'conv 5x5';                          refused 17 'filters is missing'
for number in 99999999999 1e999 nan 0x10 1,5; do
    model 'data mnist' "conv $number 5x5";              refused "18 $number" 'm.cnn:2:6'
done
model 'data mnist' 'conv 99999999 1x1';                 refused 19 'from 1 to 65536'
model 'data mnist size=512x512' 'conv 64 3x3; dense 4096'; refused 19 '272.7 GB, the limit is 8.6 GB'
model 'data mnist size=16384x16384' 'conv 65536 1x1';   refused 20 'GB'
model 'data mnist' 'let k = 1e200*1e200' 'conv k 5x5';  refused 20 'too large'
for option in stride=0 dilation=0 stride=-1 pad=-1; do
    model 'data mnist' "conv 8 5x5 $option";            refused "21 $option" 'm.cnn:2:'
done
model 'data mnist' 'conv 8 0x0';                        refused '21 kernel' 'm.cnn:2:8'
model 'data mnist' 'conv 8 99x99';                      refused 22 '99x99 kernel' '28x28 image'
model 'data mnist' 'maxpool 29';                        refused 23 '29x29 window' '28x28 image'
model 'data mnist' 'conv 8 3x3; conv 8 3x3 groups=3';   refused 24 'groups=3 does not divide'
for rate in 100% -0.1 1.0; do
    model 'data mnist' "dropout $rate";                 refused "25 $rate" 'below 1'
done

# ---- 26 – 36: names, joins, other files -------------------------------------------------------------

model 'data mnist' 'relu; add later; relu as later';    refused 26 "called 'later'"
model 'data mnist' 'relu; add nothing';                 refused 26 "called 'nothing'"
# A cycle (27) cannot be written: names of layers below are not known, blocks cannot use themselves.
model 'data mnist' 'relu as a; add a' 'tanh as b';      accepted 27 '3 layers'
model 'data mnist' 'block b { b }; b';                  refused 27 'cannot use itself'
model 'data mnist' 'relu as a' 'tanh as a';             refused 28 'm.cnn:3:9' 'in line 2'
model 'data mnist' 'residual { conv 2 3x3 }';           refused 29 '26x26x2 and 28x28x1'
model 'data mnist' 'parallel { relu } { maxpool 2 }';   refused 29 '28x28' '14x14'
# A branch nobody uses (30) and two outputs (31) cannot be written: every layer reads the one above,
# and paths are joined at their }.
model 'data mnist' 'loss crossentropy';                 refused 31 'has no layers'
model 'data mnist' 'dense classes; softmax; softmax' 'loss crossentropy'
accepted 32 'warning[E011]' 'softmax of softmax'
model 'data mnist' 'dense 7; softmax' 'loss crossentropy'; refused 33 '7 numbers' '10 classes'
model 'data mnist' 'use "m.cnn"';                       refused 34 'uses itself'
ln -s m.cnn link.cnn
model 'data mnist' 'use "link.cnn"';                    refused 34 'uses itself' 'is used by m.cnn'
for n in $(seq 1 20); do echo "use \"$((n + 1)).cnn\"" >$n.cnn; done
model 'data mnist' 'use "1.cnn"';                       refused 34 '16 files at most'
model 'data mnist' 'use "../../../../../../etc/passwd"'; refused 35 'ends in .cnn'
grep -q root: said && verdict 35 quoted 'not quoted'
model 'data mnist' 'save "%n%s%99999d"' 'reluu' 'relu as n%n%s'
refused 36 'relu as n%n%s'
cp m.cnn '%n%s%p.cnn'
check '%n%s%p.cnn';                                     verdict '36 file' $status 1 '%n%s%p.cnn:3:1'

echo "faults_lang: $passed passed, $failed failed"
[ $failed -eq 0 ]
