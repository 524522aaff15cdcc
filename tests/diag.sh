#!/bin/sh
# diag.sh — what is said about mistakes: tests/diag/NAME.cnn must give exactly NAME.txt, and fail.
#
#   BUILD=DIR  (default build)      UPDATE=1  writes the .txt files anew: read the difference!
set -u
cd "$(dirname "$0")/diag" || exit 1
case ${BUILD:=build} in /*) ;; *) BUILD=$PWD/../../$BUILD ;; esac

passed=0 failed=0
got=$(mktemp) || exit 1
trap 'rm -f "$got"' EXIT
for model in *.cnn; do
    name=${model%.cnn}
    "$BUILD/cnnrun" "$model" --check >"$got" 2>&1
    status=$?
    [ "${UPDATE:-0}" = 1 ] && cp "$got" "$name.txt"
    if [ $status -eq 1 ] && diff -u "$name.txt" "$got"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$model: status $status"
    fi
done
echo "diag: $passed passed, $failed failed"
[ $failed -eq 0 ]
