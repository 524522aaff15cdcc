#!/bin/sh
# oracle.sh — every layer, loss and optimiser against PyTorch, tensor by tensor.
#
#   tests/oracle.sh [SEED]      SHARED=DIR  where the oracle lies (default ../shared)
#                               BUILD=DIR   where oracle_run lies (default build)
#                               VERBOSE=1   names each case that was skipped, not only how many and why
#
# The limit for each number is 8 times PyTorch's own float error, measured against its doubles.
# Without the oracle or PyTorch nothing is checked, and it says so.

seed=${1:-1}
oracle=${SHARED:-../shared}/oracle
build=${BUILD:-build}
python=/usr/bin/python3

if [ ! -d "$oracle" ] || ! "$python" -c 'import torch' 2>/dev/null; then
    echo "oracle: 0 passed, 0 failed, 0 skipped (no oracle or no PyTorch here)"
    exit 0
fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
if ! "$python" "$oracle/gen_cases.py" "$work/cases" --seed "$seed" > "$work/log" 2>&1 ||
   ! "$python" -B "$(dirname "$0")/oracle_cases.py" "$oracle" "$work/cases" --seed "$seed" > "$work/log" 2>&1; then
    cat "$work/log"
    echo "oracle: 0 passed, 1 failed, 0 skipped"
    exit 1
fi

passed=0 failed=0 skipped=0
# Each case twice: images one after the other, and sixteen side by side.
for layout in '' lanes; do
for case in "$work"/cases/*/; do
    name=$(basename "$case")
    # shellcheck disable=SC2086
    "$build/oracle_run" "$case" "$work/got" $layout > "$work/said" 2>&1
    status=$?
    if [ $status -eq 3 ]; then
        skipped=$((skipped + 1))
        printf '%s (%s)\n' "$(cat "$work/said")" "${name%%-*}" >> "$work/skips"
        [ -z "${VERBOSE:-}" ] || echo "$name $(cat "$work/said")"
    elif [ $status -eq 0 ] && "$python" "$oracle/compare.py" -q "$work/got" \
            "$case/ref32.safetensors" "$case/ref64.safetensors" > "$work/said" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$name failed${layout:+ in $layout}:"
        cat "$work/said"
    fi
done
done
# What was skipped, and why: how many cases of which sort.
[ ! -f "$work/skips" ] || sort "$work/skips" | uniq -c | sort -rn
echo "oracle: $passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
