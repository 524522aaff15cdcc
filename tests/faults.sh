#!/bin/sh
# faults.sh — every call that saving makes fails once, or the process dies just before it; every
# allocation fails once. The file is the old one or the new one, whole, and no message is missing.
#
#   SHARED=DIR  where faultshim.c lies (default ../shared/faults)     BUILD=DIR  (default build)
set -u
cd "$(dirname "$0")/.." || exit 1
shim=${SHARED:-../shared}/faults/faultshim.c
read_file=$PWD/${BUILD:-build}/read_file
case ${BUILD:-build} in /*) read_file=$BUILD/read_file ;; esac
make_pictures=${read_file%/*}/make_pictures

if [ ! -f "$shim" ]; then
    echo "faults: 0 passed, 0 failed, 0 skipped (no faultshim.c here)"
    exit 0
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
${CC:-cc} -w -O1 -shared -fPIC "$shim" -o "$dir/shim.so" -ldl || exit 1
mkdir "$dir/out"
passed=0 failed=0
old=old-old-old new=new-new-new-new

check() { # NAME CONDITION…
    name=$1
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "faults: failed: $name"; fi
}
with() { # VARIABLE=VALUE COMMAND…: runs read_file with a fault; sets $status
    fault=$1
    shift
    (env LD_PRELOAD="$dir/shim.so" "$fault" "$read_file" "$@" >/dev/null 2>"$dir/said"
     exit $?) 2>/dev/null # the shell's own word about a process that was killed
    status=$?
}
holds() { [ "$(cat "$dir/out/file")" = "$1" ]; }
alone() { [ "$(ls -A "$dir/out")" = file ]; }
either() { holds $old || holds $new; }
said_so() { [ -s "$dir/said" ]; }
write_old() { printf %s $old > "$dir/out/file"; }

# ---- a call fails: the old file stays, nothing is left lying about --------------------------------
for call in write fsync rename close open; do
    for n in 1 2 3; do
        for errno in 5 28; do # EIO, ENOSPC
            fault=FAULT_IO=$call:$n:$errno
            write_old
            with $fault write "$dir/out/file" $new
            if [ $status -eq 0 ]; then check "$fault: new" holds $new
            elif [ $call$n = fsync2 ] || [ $call$n = open2 ]; then check "$fault: the folder" holds $new
            else check "$fault: old" holds $old; fi
            check "$fault: status" [ $status -le 1 ]
            [ $status -eq 0 ] || check "$fault: message" said_so
            check "$fault: nothing left" alone
        done
    done
done
write_old
with FAULT_SHORT=1 write "$dir/out/file" $new
check 'a short write is gone on with' holds $new

# ---- killed just before any call: old or new, and the next save tidies up --------------------------
for n in 1 2 3 4 5 6 7 8 9; do
    write_old
    with FAULT_KILL=$n write "$dir/out/file" $new
    check "killed at $n" either
    "$read_file" write "$dir/out/file" $new
    check "after a kill at $n" holds $new
    check "after a kill at $n: nothing left" alone
done

# ---- no memory --------------------------------------------------------------------------------------
images=models/data/digits/digits8x8-images-idx3-ubyte.gz
printf 'P6 2 2 255 abcdefghijkl' > "$dir/picture"
printf '\002\000\000\000\000\000\000\000{}' > "$dir/weights"
mkdir -p "$dir/pets/cat" "$dir/odd" && "$make_pictures" odd "$dir/odd"
cp "$dir"/odd/progressive.jpg "$dir"/odd/palette.png "$dir"/odd/plain.bmp "$dir"/odd/comments.ppm "$dir/pets/cat/"
for n in $(seq 1 80); do
    with FAULT_OOM=$n folder "$dir/pets"
    check "memory $n: folder" [ $status -le 1 ]
    [ $status -eq 0 ] || check "memory $n: folder: message" said_so
done
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
    write_old
    with FAULT_OOM=$n write "$dir/out/file" $new
    if [ $status -eq 0 ]; then check "memory $n: new" holds $new; else check "memory $n: old" holds $old; fi
    check "memory $n: nothing left" alone
    for what in "images $images" "picture $dir/picture" "safetensors $dir/weights"; do
        with FAULT_OOM=$n $what
        check "memory $n: $what" [ $status -le 1 ]
        [ $status -eq 0 ] || check "memory $n: $what: message" said_so
    done
done

echo "faults: $passed passed, $failed failed"
[ $failed -eq 0 ]
