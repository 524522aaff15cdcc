#!/bin/sh
# view.sh — the viewer: every screen can be read, every step can be undone, walks by keys alone, the
# text of screens, whose numbers are those of --trace, pictures without a window, and the window itself.
#
#   tests/view.sh      BUILD=DIR   where cnnrun and the tests of the viewer lie (default build)
#                      UPDATE=1    makes tests/view/*.told and tests/data/view-*.ppm anew
#
# The window is opened three times: without a display (an error, never a hang), in SDL's driver that
# draws nowhere, and, where Xvfb, xdotool and import are installed, on a virtual screen with real keys.
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

for test in view panels compare canvas training code steer keys; do
    program=$BUILD/${test}_test
    [ $test = training ] && [ -x "$BUILD/asan/training_test" ] && program=$BUILD/asan/training_test
    "$program" > "$dir/out" 2>&1
    verdict $? "${test}_test: $(tail -n 20 "$dir/out")"
    passed=$((passed + $(sed -n "s/^$test: \([0-9]*\) passed.*/\1/p" "$dir/out")))
done
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

"$cnnrun" $model --script tests/view/train.txt --snapshot "$dir/trained.png" > "$dir/out" 2>&1
verdict $? "a training, looked into: $(cat "$dir/out")"
"$cnnrun" $model --image 8 --script tests/view/steer.txt --snapshot "$dir/steered.png" > "$dir/out" 2>&1
verdict $? "opening, answering, themes: $(cat "$dir/out")"

"$cnnrun" $model --script tests/view/draw.txt --snapshot "$dir/drawn.png" > "$dir/out" 2>&1
verdict $? "a picture drawn by mouse and by keys: $(cat "$dir/out")"

# A digit that a briefly trained network reads wrongly, looked at through forward, backward and update.
trained=$dir/first.safetensors
(cd "$dir" && "$cnnrun" "$root/models/first.cnn" --train --limit 3000 --seed 1) > "$dir/out" 2>&1
verdict $? "first.cnn is trained: $(tail -n 1 "$dir/out")"
"$cnnrun" models/first.cnn --weights "$trained" --script tests/view/first.txt --snapshot "$dir/walk.png" \
    > "$dir/out" 2>&1
verdict $? "the walk to a wrongly read digit: $(cat "$dir/out")"

# ---- the numbers are those of --trace ------------------------------------------------------------

# Through all channels of all stages, each also as a number with its terms, to the end and a bit on.
{
    printf 'key Home\nkey Down\n'
    step='text -\nkey Down\ntext -\nkey Up\nkey Right\n'
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35; do
        printf '%b' "$step$step$step$step$step$step$step$step$step$step$step$step$step$step$step$step"
    done
} > "$dir/everywhere"

# as_traced NAME MODEL OPTIONS… — what the screens tell of a step is what --trace writes of it; what is
# written with the options in $traced alone is something else.
as_traced() {
    name=$1 file=$2
    shift 2
    "$cnnrun" "$file" "$@" --script "$dir/everywhere" --snapshot "$dir/told.png" > "$dir/told" 2> "$dir/err" &&
        # shellcheck disable=SC2086
        "$cnnrun" "$file" "$@" $traced --trace "$dir/trace" > "$dir/out" 2>&1
    verdict $? "$name is told and traced: $(cat "$dir/err")"
    "$BUILD/view_numbers" "$file" "$dir/told" "$dir/trace" > "$dir/out" 2>&1
}

# A small first.cnn with weights that have learnt something, one with every kind of path, one that draws.
sed 's/data mnist/data digits/; s/dense 100/dense 12/; s/"first/"small/' models/first.cnn > "$dir/small.cnn"
(cd "$dir" && "$cnnrun" small.cnn --train --limit 1000) > "$dir/out" 2>&1
verdict $? "small.cnn is trained: $(tail -n 1 "$dir/out")"
cat > "$dir/random.cnn" << 'CNN'
data digits
augment { flip horizontal; shift 1 }
preprocess { normalize mean=0.3 std=0.4 }
conv 3 3x3; instancenorm; relu; avgpool 2
dense 12; tanh; dense classes; softmax
loss crossentropy
optimizer sgd lr=0.1 momentum=0.9
train epochs=1 batch=8
CNN
traced=
as_traced view.cnn $model --image 8 --seed 3
verdict $? "the numbers of view.cnn: $(cat "$dir/out")"
as_traced small.cnn "$dir/small.cnn" --image 5 --weights "$dir/small.safetensors"
verdict $? "the numbers of small.cnn: $(cat "$dir/out")"
traced=--augment
as_traced random.cnn "$dir/random.cnn" --image 8
verdict $? "the numbers of random.cnn: $(cat "$dir/out")"
traced=
as_traced 'random.cnn without its random steps' "$dir/random.cnn" --image 8
[ $? -ne 0 ] && grep -q 'not in the trace' "$dir/out"
verdict $? 'numbers of another step are told from these'

# ---- text and pictures ---------------------------------------------------------------------------

# The text of a screen, numbers cut to four digits: the last bits differ between processors. What is learnt
# in many steps differs by more: a training uses the kernels that every machine has.
told() {
    printf '%s\ntext -\n' "$1" > "$dir/script"
    "$cnnrun" $model --image 8 --script "$dir/script" --snapshot "$dir/told.png" |
        sed -E 's/^(code [a-z_]+\.c):[0-9]+/\1/; s/([0-9]\.[0-9]{2})[0-9]+/\1/g; s/·10(⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]+)//g'
}
# way NAME — how one comes to the screen of that name.
way() {
    case $1 in
    training)  printf 'key t\nkey Space\ntick 1\nkey Space\nkey Down' ;;
    *-pixel)   printf 'stage %s\nkey Down\nkey Down' "${1%-*}" ;;
    *-channel) printf 'stage %s\nkey Down' "${1%-*}" ;;
    *)         printf 'stage %s' "${1%-*}" ;;
    esac
}
for golden in tests/view/*.told; do
    name=$(basename "$golden" .told)
    case $name in training) CNNRUN_KERNELS=c; export CNNRUN_KERNELS ;; *) unset CNNRUN_KERNELS ;; esac
    told "$(way "$name")" > "$dir/told"
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
# Where the data are not there a picture of one's own can be looked at.
cat > "$dir/nowhere.cnn" << 'CNN'
data "nowhere" size=20x20 color=gray classes=3
preprocess { normalize mean=0.5 std=0.2 }
conv 2 3x3; dense classes; softmax
loss crossentropy
optimizer sgd lr=0.1
train epochs=1
CNN
printf 'expect a picture of your own, label 1\nkey n\nexpect there are no other pictures\nstage update\n' > "$dir/script"
check 'a picture without the data it belongs to' \
    "$cnnrun" "$dir/nowhere.cnn" --image tests/data/seven.png --label 1 --script "$dir/script" \
    --snapshot "$dir/nowhere.png" 2> "$dir/err"
grep -q 'the data of this model are not here' "$dir/err"
verdict $? "it is said that they are not there: $(cat "$dir/err")"
sed 's/ mean=0.5 std=0.2//' "$dir/nowhere.cnn" > "$dir/measures.cnn"
printf 'expect no label, taken as\nstage loss\nexpect wanted\nstage update\n' > "$dir/script"
"$cnnrun" "$dir/measures.cnn" --image tests/data/seven.png --script "$dir/script" --snapshot "$dir/nowhere.png" \
    > "$dir/out" 2> "$dir/err" && grep -q 'is measured on this picture alone' "$dir/err"
verdict $? "without a label it is taken as what the network says: $(cat "$dir/out" "$dir/err")"
"$cnnrun" "$dir/measures.cnn" --image tests/data/seven.png --label 1 --steps --stage loss > "$dir/out" 2>&1
verdict $? "its steps: $(cat "$dir/out")"
"$cnnrun" "$dir/measures.cnn" --snapshot "$dir/nowhere.png" 2> "$dir/err"
[ $? -eq 1 ] && grep -q 'there is no data set "nowhere"' "$dir/err"
verdict $? "without a picture it is not opened: $(cat "$dir/err")"

"$cnnrun" $model --handout "$dir/handout.pdf" && head -c 5 "$dir/handout.pdf" | grep -q '^%PDF-'
verdict $? 'a handout of all stages'

# Its text, page by page, where another program can read it: the title and the shapes of each stage.
{
    echo 'key Home'
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32; do
        printf 'text -\nkey Tab\n'
    done
} > "$dir/script"
handout_reads() {
    "$cnnrun" $model --image 8 --script "$dir/script" --snapshot "$dir/told.png" |
        sed -n 's/^stage [^·]* · \([^·]*\) · Stage.*/\1/p' | uniq > "$dir/titles"
    "$cnnrun" $model --image 8 --handout "$dir/handout.pdf" || return 1
    page=0
    while read -r title; do
        page=$((page + 1))
        pdftotext -f $page -l $page "$dir/handout.pdf" "$dir/page" || return 1
        grep -qF "$title" "$dir/page" && grep -qF 'cnnrun' "$dir/page" || { echo "page $page: $title"; return 1; }
    done < "$dir/titles"
    [ "$page" -gt 15 ]
}
if command -v pdftotext > /dev/null; then check 'the pages of the handout can be read' handout_reads
else skipped=$((skipped + 1)); fi

"$cnnrun" $model --image 8 --keep first --screen first:pixel --snapshot "$dir/kept.png"
verdict $? 'only one layer is kept'
"$cnnrun" $model --keep nobody --snapshot "$dir/b.png" 2> "$dir/err"
check 'a layer that is not there is named' grep -q "there is no layer 'nobody'; there are first" "$dir/err"
"$cnnrun" models/first.cnn --image tests/data/seven.png --snapshot "$dir/own.png" --screen 0
verdict $? 'a picture from a file'
snapshot nowhere "$dir/b.png"
check 'an unknown screen is named' grep -q "there is no picture 'nowhere'" "$dir/err"
"$cnnrun" $model --image 99999999 --snapshot "$dir/b.png" 2> "$dir/err"
check 'an image that is not there is named' grep -q 'image 99999999' "$dir/err"
echo 'jump 3' > "$dir/script"
"$cnnrun" $model --script "$dir/script" --snapshot "$dir/b.png" 2> "$dir/err"
check 'a wrong script says where' grep -q "script:1: there is no command 'jump 3'" "$dir/err"

# ---- without SDL ---------------------------------------------------------------------------------

plain=$BUILD/cnnrun-without-sdl
no_sdl() { ! nm "$plain" | grep -q 'SDL_' && ! ldd "$plain" | grep -qi sdl; }
if [ -x "$plain" ]; then
    check 'built with SDL=0 it has nothing of SDL' no_sdl
    "$plain" $model --image 8 --screen first:pixel --snapshot "$dir/plain.png"
    snapshot first:pixel "$dir/with.png"
    check 'its snapshot is the same' cmp "$dir/plain.png" "$dir/with.png"
    "$plain" $model --image 8 --handout "$dir/plain.pdf" && head -c 5 "$dir/plain.pdf" | grep -q '^%PDF-'
    verdict $? 'it writes a handout'
    "$plain" $model --image 8 --script tests/view/walk.txt --snapshot "$dir/plain.png" > "$dir/out" 2>&1
    verdict $? "it walks: $(cat "$dir/out")"
    "$plain" $model --view > "$dir/out" 2>&1
    [ $? -eq 2 ] && grep -q 'without a window' "$dir/out"
    verdict $? "it says that it has no window: $(cat "$dir/out")"
else
    skipped=$((skipped + 1))
fi

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

# sleeps PID — while nothing happens the window uses no processor time at all.
sleeps() {
    before=$(ticks "$1")
    sleep 4
    [ "$(ticks "$1")" -eq "$before" ]
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

# shows PID EVENTS — what the window shows becomes, within 5 seconds, pixel by pixel the snapshot after
# the same events.
shows() {
    id=$(xdotool search --pid "$1" | tail -n 1)
    printf '%b' "$2" > "$dir/script"
    "$cnnrun" $model --image 8 --script "$dir/script" --snapshot "$dir/same.png" || return 1
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        import -window "$id" "$dir/window.png" && "$BUILD/read_file" same "$dir/window.png" "$dir/same.png" 0 \
            2> "$dir/err" && return 0
        sleep 0.5
    done
    cat "$dir/err"
    return 1
}

# Keys, mouse and size, as a person would; the snapshot is told of the same events.
walk_window() {
    check 'the window shows the first stage' shows "$1" ''
    check 'the window sleeps' sleeps "$1"
    events='key Right\nkey Right\nkey Right\nkey Down\nkey Down\n'
    xdotool key Right key Right key Right key Down key Down
    check 'the window follows the keys' shows "$1" "$events"
    xdotool mousemove 640 120 mousemove 800 93 click 1
    events="${events}move 640 120\nmove 800 93\nclick 800 93\n"
    check 'the window follows the mouse' shows "$1" "$events"
    xdotool click 5 click 5 click 4
    events="${events}wheel -1\nwheel -1\nwheel 1\n"
    check 'the window follows the wheel' shows "$1" "$events"
    xdotool key w key g key l
    events="${events}key w\nkey g\nkey l\n"
    check 'the overview in the next theme' shows "$1" "$events"
    xdotool windowsize "$id" 1000 640
    events="${events}resize 1000x640\n"
    check 'the window has another size' shows "$1" "$events"
    xdotool key End key question
    events="${events}key End\nkey ?\n"
    check 'the help' shows "$1" "$events"
    xdotool key Escape key t key t
    events="${events}key Esc\nkey t\nkey t\ntick 10\n"
    check 'the window trains some steps' shows "$1" "$events"
    check 'the window sleeps while training is paused' sleeps "$1"
    xdotool key space
    events="${events}key Space\ntick 100\n"
    check 'the window trains to the end' shows "$1" "$events"
    xdotool key Down key Return
    events="${events}key Down\nkey Enter\n"
    check 'the pictures behind a cell' shows "$1" "$events"
}

# Training leaves nothing on disk, and the window closes while it goes on.
trains_and_closes() {
    mkdir "$dir/empty"
    (cd "$dir/empty" && exec "$cnnrun" "$root/models/first.cnn" --view --seed 1 2> /dev/null) &
    window=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do xdotool search --pid $window > /dev/null 2>&1 || sleep 0.5; done
    xdotool key t key space
    sleep 0.3
    xdotool key "$@"
    ends $window && [ -z "$(ls "$dir/empty")" ]
}

# A network that computes for seconds: the window is there at once, and closes at once, as a key or a signal asks.
# Without its data a picture is enough. The computation goes on when it is gone, so nothing may be waited for.
heavy=$dir/heavy.cnn
cat > "$heavy" << 'CNN'
data "no such pictures" size=224x224 classes=10
conv 64 3x3 pad=same; relu; repeat 6 { conv 64 3x3 pad=same; relu }
globalavgpool; dense classes; softmax
loss crossentropy
optimizer sgd lr=0.1
train epochs=1 batch=1
CNN
# closes_early HOW… — what asks a window, that is not through with its first step, to close.
closes_early() {
    "$cnnrun" "$heavy" --view --ref --threads 1 --image tests/data/seven.png 2> /dev/null &
    window=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do xdotool search --pid $window > /dev/null 2>&1 || sleep 0.2; done
    sleep 0.5
    "$@"
    ends $window
}

if ! command -v Xvfb > /dev/null || ! command -v xdotool > /dev/null || ! command -v import > /dev/null; then
    skipped=$((skipped + 1))
else
    Xvfb -displayfd 3 -screen 0 1280x800x24 -noreset 3> "$dir/display" > /dev/null 2>&1 &
    server=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s "$dir/display" ] || sleep 0.5; done
    DISPLAY=:$(cat "$dir/display")
    export DISPLAY
    "$cnnrun" $model --view --image 8 2>/dev/null &
    window=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do xdotool search --pid $window > /dev/null 2>&1 || sleep 0.5; done
    walk_window $window
    xdotool key plus key f key f key q key Escape
    sleep 0.5
    check 'other keys leave it open' kill -0 $window
    xdotool key ctrl+q
    check 'Ctrl+Q closes it' ends $window
    check 'it closes while it trains, and nothing is on disk' trains_and_closes ctrl+q
    if [ -x "$BUILD/close_window" ]; then
        "$cnnrun" $model --view --image 8 2>/dev/null &
        window=$!
        for _ in 1 2 3 4 5 6 7 8 9 10; do xdotool search --pid $window > /dev/null 2>&1 || sleep 0.5; done
        check 'the window is asked to close' "$BUILD/close_window" "$(xdotool search --pid $window | tail -n 1)"
        check 'its button closes it' ends $window
    else
        skipped=$((skipped + 1))
    fi
    check 'Ctrl+Q closes a window that computes' closes_early xdotool key ctrl+q
    check 'a signal closes a window that computes' closes_early eval 'kill -TERM $window'
    kill $server
    wait $server 2>/dev/null
fi

echo "view: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
