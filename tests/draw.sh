#!/bin/sh
# draw.sh — pictures: what they contain, and that everything can be read.
#
#   tests/draw.sh      BUILD=DIR   where draw_test lies (default build)
set -u
cd "$(dirname "$0")/.."
build=${BUILD:-build}
passed=0 failed=0

# check NAME COMMAND… — passes when the command does.
check() {
    name=$1
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "failed: $name"; fi
}

# add LINE — adds up "NAME: N passed, N failed".
add() {
    if ! echo "$1" | grep -qE '^[a-z]+: [0-9]+ passed, [0-9]+ failed$'; then
        failed=$((failed + 1))
        return
    fi
    passed=$((passed + $(echo "$1" | sed 's/.*: \([0-9]*\) passed.*/\1/')))
    failed=$((failed + $(echo "$1" | sed 's/.* \([0-9]*\) failed/\1/')))
}

# ---- lists, files, keys --------------------------------------------------------------------------

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
for test in draw_test sheet_test; do
    "$build/$test" > "$work/out" 2>&1
    grep -v ' passed, ' "$work/out"
    add "$(tail -n 1 "$work/out")"
done

echo "draw: $passed passed, $failed failed"
[ $failed -eq 0 ]
