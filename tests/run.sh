#!/bin/sh
# run.sh — every test there is; the last line is the sum: "N passed, N failed".
#
# A test prints "NAME: N passed, N failed" (", N skipped" may follow) and whatever else helps; one
# that ends without such a line, or with a status other than 0, counts as a failure.
set -u
cd "$(dirname "$0")/.."
: "${BUILD:=build}" "${MAKE:=make}"
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
out=$BUILD/test-output
mkdir -p "$out"
: > "$out/summary"
CNNRUN_DATA=$PWD/models/data
export CNNRUN_DATA BUILD

# step NAME COMMAND… — runs one test, shows it if it failed, and notes its line under that name.
step() {
    step=$1
    shift
    began=$(date +%s)
    "$@" > "$out/$step.txt" 2>&1
    status=$?
    counts=$(grep -E '^[A-Za-z0-9_ -]+: [0-9]+ passed, [0-9]+ failed' "$out/$step.txt" | tail -n 1)
    counts=${counts#*: }
    if [ -z "$counts" ] && [ $status -eq 0 ]; then counts='1 passed, 0 failed'
    elif [ -z "$counts" ]; then counts='0 passed, 1 failed'
    elif [ $status -ne 0 ]; then
        case $counts in *' 0 failed'*) counts="0 passed, 1 failed (status $status)" ;; esac
    fi
    printf '%s: %s   (%d s)\n' "$step" "$counts" $(($(date +%s) - began))
    echo "$counts" >> "$out/summary"
    case $counts in *' 0 failed'*) ;; *) sed 's/^/    /' "$out/$step.txt" | tail -n 60 ;; esac
}

build() { $MAKE --no-print-directory -j"$jobs" "$@"; }
sanitize='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'

step build-gcc    build CC=gcc WERROR=1 BUILD="$BUILD" all test-programs
step build-clang  build CC=clang WERROR=1 BUILD="$BUILD/clang" OPT=-O1 all test-programs
step build-nosdl  build CC=gcc WERROR=1 BUILD="$BUILD" SDL=0 "$BUILD/cnnrun"
step build-noviz  build CC=gcc WERROR=1 BUILD="$BUILD" VIZ=0 "$BUILD/cnnrun"
step build-again  build CC=gcc WERROR=1 BUILD="$BUILD" all
step build-asan   build CC=gcc BUILD="$BUILD/asan" OPT="$sanitize" "$BUILD/asan/cnnrun" test-programs

# Unit tests, as many at once as there are cores: worker k takes every jobs-th. The language knows no
# numbers of the runtime, so its tests would only say the same twice in double.
units() {
    i=0
    for t in tests/unit/*.c; do
        i=$((i + 1))
        [ $((i % jobs)) -eq "$1" ] || continue
        name=$(basename "$t" .c)
        step "$name"      "$BUILD/tests/$name"
        step "$name-asan" "$BUILD/asan/tests/$name"
        case $name in lang*) continue ;; esac
        step "$name-f64"  "$BUILD/tests/$name-f64"
    done
}
k=0
while [ $k -lt "$jobs" ]; do
    units $k &
    k=$((k + 1))
done
wait
for t in tests/*.sh; do
    name=$(basename "$t" .sh)
    case $name in setup|run) continue ;; esac
    step "$name" sh "$t"
done

awk '{ for (i = 1; i <= NF; i++) {
           if ($i ~ /^passed/) p += $(i-1); if ($i ~ /^failed/) f += $(i-1); if ($i ~ /^skipped/) s += $(i-1) } }
     END { if (s) printf "%d passed, %d failed, %d skipped\n", p, f, s; else printf "%d passed, %d failed\n", p, f
           exit f > 0 || p == 0 }' "$out/summary"
