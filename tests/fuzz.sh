#!/bin/sh
# fuzz.sh — every reader against mutated files: any bytes give a message, never a signal, a read out
# of bounds or a leak. Without clang nothing is checked, and it says so.
#
#   FUZZ_SECONDS=N  per reader (default 5; for a real search hours)     BUILD=DIR  (default build)
set -u
cd "$(dirname "$0")/.." || exit 1
: "${BUILD:=build}" "${MAKE:=make}" "${FUZZ_SECONDS:=5}"

if ! command -v clang >/dev/null; then
    echo "fuzz: 0 passed, 0 failed, 0 skipped (no clang here)"
    exit 0
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
$MAKE --no-print-directory -j"$(getconf _NPROCESSORS_ONLN)" BUILD="$BUILD/fuzz" CC=clang fuzz-programs \
    OPT='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' >"$dir/log" 2>&1 ||
    { cat "$dir/log"; echo "fuzz: 0 passed, 1 failed"; exit 1; }

for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    seeds=tests/fuzz/seeds/${name#fuzz_}
    mkdir "$dir/$name"
    [ -d "$seeds" ] || seeds=
    if "$BUILD/fuzz/$name" -max_total_time="$FUZZ_SECONDS" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$BUILD/fuzz/" "$dir/$name" $seeds >"$dir/log" 2>&1; then
        passed=$((passed + 1))
        tail -n 1 "$dir/log"
    else
        failed=$((failed + 1))
        tail -n 40 "$dir/log"
    fi
done
echo "fuzz: $passed passed, $failed failed"
[ $failed -eq 0 ]
