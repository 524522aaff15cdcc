#!/bin/sh
# draw.sh — pictures and the window: what they contain, that everything can be read, and that the
# window opens, sleeps and closes.
#
#   tests/draw.sh      BUILD=DIR   where draw_test and window_test lie (default build)
#
# The window is opened three times: without a display (an error, never a hang), in SDL's driver that
# draws nowhere, and, where Xvfb and xdotool are installed, on a virtual screen with real keys.
set -u
cd "$(dirname "$0")/.."
build=${BUILD:-build}
passed=0 failed=0 skipped=0

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
for test in draw_test sheet_test window_test; do
    "$build/$test" > "$work/out" 2>&1
    grep -v ' passed, ' "$work/out"
    add "$(tail -n 1 "$work/out")"
done

# ---- the window ----------------------------------------------------------------------------------

model=models/first.cnn
ASAN_OPTIONS=detect_leaks=0 # the libraries below SDL (D-Bus, graphics drivers) leak a little
export ASAN_OPTIONS
no_display() {
    env -u DISPLAY -u WAYLAND_DISPLAY -u SDL_VIDEODRIVER timeout 20 "$build/window_test" $model \
        > "$work/out" 2>/dev/null
    [ $? -eq 1 ] && grep -q '^no display: use --draw FILE.png$' "$work/out"
}

# ticks PID — processor time the process has used, in hundredths of a second.
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

# sleeps PID — while nothing happens the window uses no processor time.
sleeps() {
    before=$(ticks "$1")
    sleep 2
    [ $(($(ticks "$1") - before)) -le 1 ]
}

# ends PID — the process ends by itself within 5 seconds, with status 0.
ends() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.5
    done
    kill -KILL "$1" 2>/dev/null
    wait "$1"
}

check 'without a display there is a message' no_display

SDL_VIDEODRIVER=dummy "$build/window_test" $model 2>/dev/null &
window=$!
sleep 1
kill -TERM $window
check 'a signal closes the window' ends $window

if ! command -v Xvfb > /dev/null || ! command -v xdotool > /dev/null; then
    skipped=$((skipped + 1))
else
    Xvfb -displayfd 3 -screen 0 1280x800x24 -noreset 3> "$work/display" > /dev/null 2>&1 &
    server=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s "$work/display" ] || sleep 0.5; done
    DISPLAY=:$(cat "$work/display")
    export DISPLAY
    "$build/window_test" $model 2>/dev/null &
    window=$!
    sleep 1.5
    check 'the window sleeps' sleeps $window
    xdotool key Right key l key plus key f key f key 0 key q key Escape
    sleep 0.5
    check 'other keys leave it open' kill -0 $window
    xdotool key ctrl+q
    check 'Ctrl+Q closes it' ends $window
    kill $server
    wait $server 2>/dev/null
fi

echo "draw: $passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
