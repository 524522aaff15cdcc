# common.sh — for the tests that run the whole program: where it is, a folder for its files that goes
# away at the end, and a count of what passed. Sourced: . "$(dirname "$0")/tools/common.sh"
: "${BUILD:=build}" "${SHARED:=../shared}" "${MAKE:=make}"
made=$BUILD # as make was called: its notes about headers know objects by that name
root=$(cd "$(dirname "$0")/.." && pwd)
case $BUILD in /*) ;; *) BUILD=$root/$BUILD ;; esac
case $SHARED in /*) ;; *) SHARED=$root/$SHARED ;; esac
cnnrun=$BUILD/cnnrun
: "${CNNRUN_DATA:=$root/models/data}"
export CNNRUN_DATA
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0 skipped=0

# verdict STATUS WHAT — counts a check; WHAT says what is wrong if STATUS is not 0.
verdict() {
    if [ "$1" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "failed: $2"; fi
}

# finish NAME — the line that run.sh adds up, and the exit status.
finish() {
    [ "$skipped" -eq 0 ] && rest='' || rest=", $skipped skipped"
    echo "$1: $passed passed, $failed failed$rest"
    [ "$failed" -eq 0 ]
    exit
}
