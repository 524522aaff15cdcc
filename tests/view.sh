#!/bin/sh
# view.sh — the viewer: every screen can be read, every step can be undone, a walk by keys alone, the
# text of screens, pictures without a window, and the window itself.
#
#   tests/view.sh      BUILD=DIR   where cnnrun and the tests of the viewer lie (default build)
#                      UPDATE=1    makes tests/view/*.told and tests/data/view-*.ppm anew
#
# The window is opened three times: without a display (an error, never a hang), in SDL's driver that
# draws nowhere, and, where Xvfb and xdotool are installed, on a virtual screen with real keys.
. "$(dirname "$0")/tools/common.sh"
cd "$root" || exit 1
skipped=0
model=tests/data/view.cnn

# check WHAT COMMAND… — passes when the command does.
check() {
    what=$1
    shift
    "$@"
    verdict $? "$what"
}

# ---- everything that needs no window -------------------------------------------------------------

"$BUILD/view_test" > "$dir/out" 2>&1
verdict $? "view_test: $(tail -n 20 "$dir/out")"
passed=$((passed + $(sed -n 's/^view: \([0-9]*\) passed.*/\1/p' "$dir/out")))
"$BUILD/panels_test" > "$dir/out" 2>&1
verdict $? "panels_test: $(tail -n 20 "$dir/out")"
passed=$((passed + $(sed -n 's/^panels: \([0-9]*\) passed.*/\1/p' "$dir/out")))
"$BUILD/compare_test" > "$dir/out" 2>&1
verdict $? "compare_test: $(tail -n 20 "$dir/out")"
passed=$((passed + $(sed -n 's/^compare: \([0-9]*\) passed.*/\1/p' "$dir/out")))
"$BUILD/canvas_test" > "$dir/out" 2>&1
verdict $? "canvas_test: $(tail -n 20 "$dir/out")"
passed=$((passed + $(sed -n 's/^canvas: \([0-9]*\) passed.*/\1/p' "$dir/out")))
lot=$BUILD/view_lot
[ -x "$BUILD/asan/view_lot" ] && lot=$BUILD/asan/view_lot
"$lot" 1500 > "$dir/out" 2>&1
verdict $? "1500 events by lot: $(tail -n 20 "$dir/out")"

# snapshot SCREEN FILE …: a picture of the small network.
snapshot() {
    screen=$1 file=$2
    shift 2
    "$cnnrun" $model --image 8 --screen "$screen" --snapshot "$file" "$@" 2> "$dir/err"
}

"$cnnrun" $model --image 8 --script tests/view/walk.txt --snapshot "$dir/walk.png" > "$dir/out" 2>&1
verdict $? "the walk by keys: $(cat "$dir/out")"

"$cnnrun" $model --script tests/view/draw.txt --snapshot "$dir/drawn.png" > "$dir/out" 2>&1
verdict $? "a picture drawn by mouse and by keys: $(cat "$dir/out")"

# The text of a screen, numbers cut to four digits: the last bits differ between processors.
told() {
    printf 'stage %s\n%s\ntext -\n' "$1" "$2" > "$dir/script"
    "$cnnrun" $model --image 8 --script "$dir/script" --snapshot "$dir/told.png" |
        sed -E 's/([0-9]\.[0-9]{2})[0-9]+/\1/g; s/·10(⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]+)//g'
}
for golden in tests/view/*.told; do
    name=$(basename "$golden" .told)
    told "${name%-*}" "$(case $name in *-pixel) echo 'key Down'; echo 'key Down' ;; *-channel) echo 'key Down' ;; esac)" \
        > "$dir/told"
    [ "${UPDATE:-}" ] && cp "$dir/told" "$golden"
    diff "$golden" "$dir/told" > "$dir/diff"
    verdict $? "the text of $name: $(cat "$dir/diff")"
done

for kind in png svg pdf; do
    snapshot conv "$dir/none.$kind" && status=0 || status=1
    verdict $((1 - status)) "a screen that is not there is refused"
    check "a snapshot as $kind" snapshot first:pixel "$dir/a.$kind"
    check "it is there" test -s "$dir/a.$kind"
done
"$cnnrun" $model --handout "$dir/handout.pdf" && head -c 5 "$dir/handout.pdf" | grep -q '^%PDF-'
verdict $? 'a handout of all stages'
"$cnnrun" models/first.cnn --image tests/data/seven.png --snapshot "$dir/own.png" --screen 0
verdict $? 'a picture from a file'
snapshot nowhere "$dir/b.png"
check 'an unknown screen is named' grep -q "there is no picture 'nowhere'" "$dir/err"
"$cnnrun" $model --image 99999999 --snapshot "$dir/b.png" 2> "$dir/err"
check 'an image that is not there is named' grep -q 'image 99999999' "$dir/err"
echo 'jump 3' > "$dir/script"
"$cnnrun" $model --script "$dir/script" --snapshot "$dir/b.png" 2> "$dir/err"
check 'a wrong script says where' grep -q "script:1: there is no command 'jump 3'" "$dir/err"

# ---- the window ----------------------------------------------------------------------------------

ASAN_OPTIONS=detect_leaks=0 # the libraries below SDL (D-Bus, graphics drivers) leak a little
export ASAN_OPTIONS
no_display() {
    env -u DISPLAY -u WAYLAND_DISPLAY -u SDL_VIDEODRIVER timeout 20 "$cnnrun" $model --view \
        > "$dir/out" 2>&1
    [ $? -eq 1 ] && grep -q 'no display: use --snapshot FILE.png' "$dir/out"
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

SDL_VIDEODRIVER=dummy "$cnnrun" $model --view --image 8 2>/dev/null &
window=$!
sleep 1
kill -TERM $window
check 'a signal closes the window' ends $window

if ! command -v Xvfb > /dev/null || ! command -v xdotool > /dev/null; then
    skipped=$((skipped + 1))
else
    Xvfb -displayfd 3 -screen 0 1280x800x24 -noreset 3> "$dir/display" > /dev/null 2>&1 &
    server=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s "$dir/display" ] || sleep 0.5; done
    DISPLAY=:$(cat "$dir/display")
    export DISPLAY
    "$cnnrun" $model --view --image 8 2>/dev/null &
    window=$!
    sleep 1.5
    check 'the window sleeps' sleeps $window
    xdotool key Right key Right key Right key Down key Down key l key l key plus key f key f key q key Escape
    sleep 0.5
    check 'other keys leave it open' kill -0 $window
    xdotool key ctrl+q
    check 'Ctrl+Q closes it' ends $window
    kill $server
    wait $server 2>/dev/null
fi

echo "view: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
