#!/bin/sh
# cli.sh — the command line from end to end: exit statuses, what is printed where, signals.
#
#     sh tests/cli.sh             tests build/cnnrun (BUILD=… for another one)
#
# Prints "cli: N passed, N failed".
set -u
: "${BUILD:=build}"
root=$(cd "$(dirname "$0")/.." && pwd)
case $BUILD in /*) cnnrun=$BUILD/cnnrun ;; *) cnnrun=$root/$BUILD/cnnrun ;; esac
CNNRUN_DATA=$root/models/data
export CNNRUN_DATA
unset NO_COLOR
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

passed=0 failed=0
pass() { passed=$((passed + 1)); }
fail() {
    failed=$((failed + 1))
    echo "cli: failed: $*"
    head -n 4 out err 2>/dev/null | sed 's/^/    /'
}

run() { "$cnnrun" "$@" >out 2>err </dev/null; status=$?; }
# is STATUS NAME: what the last run ended with
is() { if [ "$status" = "$1" ]; then pass; else fail "$2: status $status, not $1"; fi; }
# has FILE TEXT NAME, hasnt …: fixed text somewhere in a file
has() { if grep -qF -e "$2" "$1"; then pass; else fail "$3: no '$2' in $1"; fi; }
hasnt() { if grep -qF -e "$2" "$1"; then fail "$3: '$2' in $1"; else pass; fi; }
empty() { if [ -s "$1" ]; then fail "$2: $1 is not empty"; else pass; fi; }
escape=$(printf '\033')
return=$(printf '\r')
plain() { hasnt "$1" "$escape" "$2"; hasnt "$1" "$return" "$2"; }

# ---- models -------------------------------------------------------------------------------------

cat >first.cnn <<'EOF'
data mnist
conv 2 5x5; relu; maxpool 2; dense 100; relu; dense classes; softmax
loss crossentropy
optimizer sgd lr=0.1
train iterations=1000 batch=64
evaluate accuracy confusion
save "first.safetensors"
EOF
cat >digits.cnn <<'EOF'
data digits split=20%
conv 4 3x3; relu; maxpool 2; dense 16; relu; dense classes; softmax
loss crossentropy
optimizer sgd lr=0.1
train epochs=2 batch=32
evaluate accuracy confusion report curves top=3
save "digits.safetensors"
EOF
sed 's/epochs=2/epochs=2000/; s/digits.safe/long.safe/' digits.cnn >long.cnn
sed 's/conv 4/convv 4/; s/maxpool 2/maxpool 99/' digits.cnn >bad.cnn
cp digits.cnn ./--odd.cnn

# ---- wrong usage: status 2, nothing on stdout, one line on stderr --------------------------------

# arguments | what stderr must say
while IFS='|' read -r args text; do
    # shellcheck disable=SC2086
    run $args
    is 2 "$args"
    has err "$text" "$args"
    has err "cnnrun: error: " "$args"
    empty out "$args"
    [ "$(wc -l <err)" = 1 ] && pass || fail "$args: not one line"
done <<'EOF'
first.cnn --trian|did you mean --train?
first.cnn --treads 2|did you mean --threads?
first.cnn --train --cache 0|--cache wants a whole number from 1 to 1,000,000
first.cnn --show --strict|--strict has no meaning with --show
first.cnn --train --allow_empty|did you mean --allow-empty?
first.cnn --qwertz|there is no option --qwertz
first.cnn -train|there is no option -train
first.cnn --train --epochs -1|--epochs wants a whole number from 1 to 1,000,000, not '-1'
first.cnn --train --epochs 0|not '0'
first.cnn --train --epochs 1.5|not '1.5'
first.cnn --train --epochs 1e3|not '1e3'
first.cnn --train --epochs=|not ''
first.cnn --train --epochs 99999999999999999999|not '99999999999999999999'
first.cnn --train --epochs|--epochs needs a value: --epochs N
first.cnn --train --run --ref|--run needs a value: --run DIR
first.cnn --train --lr nan|not 'nan'
first.cnn --train --lr inf|not 'inf'
first.cnn --train --lr 1e999|not '1e999'
first.cnn --train --lr 0|not '0'
first.cnn --train --lr 0,1|not '0,1'
first.cnn --train --lr 0x1p-3|not '0x1p-3'
first.cnn --train --lr=-0.1|not '-0.1'
first.cnn --train --threads 0|--threads wants a whole number from 1 to 1,024, not '0'
first.cnn --train --threads 99999|not '99999'
first.cnn --train --seed -1|not '-1'
first.cnn --train --seed 18446744073709551616|below 2^64
first.cnn --train --epochs 1 --epochs 2|--epochs is given twice
first.cnn --train=yes|--train takes no value
first.cnn --train --test|--train and --test are two different things
first.cnn --resume --weights w|--weights has no meaning with --resume
first.cnn --epochs 3|--epochs has a meaning only with --train or --resume
first.cnn --check --ref|--ref has no meaning with --check
first.cnn digits.cnn|one model at a time, not both 'first.cnn' and 'digits.cnn'
train first.cnn|write cnnrun first.cnn --train
--train|which model?
--predict a.png|which model?
first.cnn --predict|--predict needs pictures
help conv relu|one word at a time
bench --mode infer|--mode needs a model: cnnrun bench MODEL.cnn
bench first.cnn --mode fast|--mode wants train or infer, not 'fast'
first.cnn --mode infer|--mode has a meaning only with bench
EOF
run
is 2 "no arguments"
has err "usage: cnnrun MODEL.cnn" "no arguments"
empty out "no arguments"

# ---- help and version ---------------------------------------------------------------------------

run --help
is 0 "--help"
for option in --train --resume --test --predict --check --epochs --weights --seed --threads; do
    has out "  $option" "--help"
done
empty err "--help"
for args in "first.cnn --view --help" "first.cnn --help --train" "first.cnn --view --image 3 --help"; do
    # shellcheck disable=SC2086
    run $args
    is 0 "$args"
    has out "usage: cnnrun MODEL.cnn" "$args"
done
run first.cnn --nothing --help
is 2 "a wrong option before --help"
# Of 4 images of 8x8: 4·36·9 products each in conv, 36·16 and 16·10 in dense.
run bench digits.cnn --mode infer --batch 4 --threads 1 --json
is 0 "bench"
has out '"mode": "infer"' "bench"
has out '"mflop_step": 0.016256' "bench"
run bench digits.cnn --threads 1
is 0 "bench"
has out "images/s" "bench"
run --version
is 0 "--version"
has out "cnnrun 0." "--version"
run help
is 0 "help"
for word in conv maxpool crossentropy adam cosine mnist train evaluate; do has out "$word" "help"; done
run help conv
is 0 "help conv"
has out "stride" "help conv"
run help convv
is 1 "help of no word"
has err "conv" "help of no word"
empty out "help of no word"
run help S003
is 0 "help S003"
has out "S003" "help S003"
run help S999
is 1 "help of no code"

# ---- looking at a model --------------------------------------------------------------------------

run first.cnn --check
is 0 "--check"
[ "$(cat out)" = "first.cnn: fine: 8 layers, 29,962 parameters" ] && pass || fail "--check: other words"
empty err "--check"
run bad.cnn --check
is 1 "--check of a bad file"
has err "bad.cnn:2:1" "--check of a bad file"
has err "conv" "--check of a bad file"
empty out "--check of a bad file"
run nowhere.cnn --check
is 1 "no such file"
has err "nowhere.cnn" "no such file"
run . --check
is 1 "a folder"
run -- --odd.cnn
is 0 "a name that begins with dashes"
run first.cnn
is 0 "the table"
for text in 29,962 "conv 2 5x5" 24×24×2 28×28×1 "(inserted)" "loss crossentropy" "optimizer sgd lr=0.1" \
    "train iterations=1000 batch=64" "momentum=" "batch=64 takes" "cnnrun first.cnn --train"; do
    has out "$text" "the table"
done
plain out "the table"
# ×, … and ─ are several bytes: columns are counted without the continuation bytes.
wide=$(LC_ALL=C sed 's/[\x80-\xBF]//g' out | awk 'length > 100' | wc -l)
[ "$wide" = 0 ] && pass || fail "the table: lines of more than 100 columns"

"$cnnrun" --help >usage
if grep -q -e --draw usage; then
    run first.cnn --draw net.svg
    is 0 "--draw"
    [ -s net.svg ] && pass || fail "--draw: no picture"
    run first.cnn --draw ./first.cnn
    is 2 "--draw onto the model"
    has err "would overwrite the model" "--draw onto the model"

    { echo 'preprocess { blur 3x3; normalize }'; echo 'augment { shear 20%; flip horizontal }'
      cat first.cnn; } | sed '/^data/d; 1i data digits' >random.cnn
    for more in '' --augment '--augment --image 7' '--image 7' "--image $root/tests/data/seven.png"; do
        rm -f sheet.png
        run random.cnn --sheet sheet.png $more
        is 0 "--sheet $more"
        [ "$(head -c 4 sheet.png | tr -d '\211')" = PNG ] && pass || fail "--sheet $more: no picture"
        cp sheet.png again.png
        run random.cnn --sheet sheet.png $more --threads 3
        cmp -s sheet.png again.png && pass || fail "--sheet $more: another picture"
    done
    run random.cnn --sheet other.png --augment --seed 9
    run random.cnn --sheet sheet.png --augment
    cmp -s sheet.png other.png && fail "--sheet --augment --seed: the same picture" || pass
    run random.cnn --sheet ./random.cnn
    is 2 "--sheet onto the model"
    run first.cnn --sheet sheet.png --augment
    is 1 "--sheet --augment without augment"
    has err "first.cnn has no random steps" "--sheet --augment without augment"
    run random.cnn --sheet sheet.png --image 99999
    is 1 "--sheet of no picture"
    has err "training pictures, counted from 0" "--sheet of no picture"
    run random.cnn --sheet sheet.bmp
    is 1 "--sheet sheet.bmp"
    run random.cnn --augment
    is 2 "--augment alone"
    has err "--augment has a meaning only with --sheet" "--augment alone"
else
    run first.cnn --draw net.svg
    is 2 "--draw without pictures"
    has err "built without pictures (make VIZ=1)" "--draw without pictures"
    run first.cnn --sheet sheet.png
    is 2 "--sheet without pictures"
fi

# ---- training ------------------------------------------------------------------------------------

# A program without `train` needs neither loss nor optimizer.
printf 'data digits\ndense classes; softmax\nsave "copy.safetensors"\nload "copy.safetensors"\nevaluate\n' >copy.cnn
run copy.cnn --train
is 0 "a program without train"
has out "weights loaded from copy.safetensors" "a program without train"
has out "accuracy " "a program without train"
run copy.cnn --resume
is 0 "a program without train, resumed"
printf 'data digits\ndense classes; softmax\n' >bare.cnn
run bare.cnn --train
is 1 "no program"
has err "bare.cnn has nothing to carry out" "no program"

run digits.cnn --train --epochs 1
is 0 "--train"
empty err "--train"
plain out "--train"
has out "epoch 1/1  loss " "--train"
hasnt out "epoch 2" "--train"
grep -qE '^accuracy [0-9.]+ % \([0-9]+ of [0-9]+ test images\)$' out && pass || fail "--train: accuracy"
grep -qE '^right among the first 3: ' out && pass || fail "--train: top 3"
has out "confusion matrix" "--train"
has out "precision" "--train: report"
has out "loss over steps" "--train: curve"
[ -s digits.safetensors ] && pass || fail "--train: no weights"
[ -s runs/digits/results.csv ] && pass || fail "--train: no results"
if "$cnnrun" digits.cnn --draw net.svg 2>/dev/null; then # else built without pictures
    for chart in curves confusion; do
        [ "$(head -c 4 runs/digits/$chart.png | tr -d '\211')" = PNG ] && pass || fail "no $chart.png"
        grep -q '<svg' runs/digits/$chart.svg && pass || fail "no $chart.svg"
    done
fi
grep '^accuracy' out >accuracy
sed 's/  [0-9,]* images.*//; s/runs.*//' out >first_run

run digits.cnn --train --epochs=1 --threads 1 --run again
is 0 "--train again"
sed 's/  [0-9,]* images.*//; s/runs.*//; s/again.*//' out | diff - first_run >/dev/null && pass ||
    fail "two trainings print different things"
run digits.cnn --train --epochs=1 --run again
is 1 "a folder that holds a run"
run digits.cnn --resume
is 0 "--resume of what is finished"
has out "nothing to do" "--resume of what is finished"
run first.cnn --resume
is 1 "--resume of what never began"

run digits.cnn --test
is 0 "--test"
grep '^accuracy' out | diff - accuracy >/dev/null && pass || fail "--test: another accuracy than --train"
has out "weights digits.safetensors" "--test"
run digits.cnn --test --weights nowhere.safetensors
is 1 "weights that are not there"
has err "nowhere.safetensors" "weights that are not there"
run digits.cnn --test --weights digits.cnn
is 1 "weights that are none"

# ---- predicting ----------------------------------------------------------------------------------

{ printf 'P5 8 8 255\n'; head -c 64 /dev/zero; } >dark.pgm
printf 'P5 8 8 255\n' >cut.pgm
run digits.cnn --predict dark.pgm
is 0 "--predict"
grep -qE '^dark.pgm  [0-9]$' out && pass || fail "--predict: no class"
[ "$(grep -cE '^  [0-9] +[0-9.]+ %' out)" = 5 ] && pass || fail "--predict: not five classes"
plain out "--predict"
run digits.cnn --predict cut.pgm nowhere.png dark.pgm
is 1 "--predict of unreadable pictures"
has err "cut.pgm" "--predict of unreadable pictures"
has err "nowhere.png" "--predict of unreadable pictures"
has out "dark.pgm  " "--predict of unreadable pictures"
cp dark.pgm "$escape[31m.pgm"
run digits.cnn --predict "$escape[31m.pgm" "$escape[32m.pgm"
is 1 "names that would colour the terminal"
plain out "names that would colour the terminal"
plain err "names that would colour the terminal"
has out '\x1B[31m.pgm' "names that would colour the terminal"
run digits.cnn --predict=dark.pgm -- dark.pgm
is 0 "--predict=IMAGE"
[ "$(grep -c '^dark' out)" = 2 ] && pass || fail "--predict=IMAGE: not two pictures"

# ---- where output goes ---------------------------------------------------------------------------

"$cnnrun" digits.cnn --train --run full >/dev/full 2>err
status=$?
is 1 "training >/dev/full"
[ -s full/best.safetensors ] && pass || fail "training >/dev/full: no weights"
for args in --help "first.cnn" "digits.cnn --test" "help"; do
    # shellcheck disable=SC2086
    "$cnnrun" $args >/dev/full 2>err
    status=$?
    is 1 "$args >/dev/full"
    has err "could not be written" "$args >/dev/full"
    # shellcheck disable=SC2086
    { "$cnnrun" $args 2>err; echo $? >status; } | true
    empty err "$args | true"
    [ "$(cat status)" = 0 ] && pass || fail "$args | true: status $(cat status)"
done
"$cnnrun" first.cnn >&- 2>err
status=$?
is 1 "stdout closed"

if script -qec true /dev/null >/dev/null 2>&1; then # there is a terminal to be had
    TERM=xterm script -qec "stty cols 80; '$cnnrun' digits.cnn --train --run live" /dev/null >out </dev/null
    status=$?
    is 0 "on a terminal"
    has out "$escape[K" "on a terminal"
    has out "epoch 1/2" "on a terminal"
    NO_COLOR=1 TERM=xterm script -qec "stty cols 80; '$cnnrun' first.cnn" /dev/null >out </dev/null
    hasnt out "$escape" "NO_COLOR"
    TERM=dumb script -qec "stty cols 80; '$cnnrun' digits.cnn --train --run dumb" /dev/null >out </dev/null
    hasnt out "$escape" "TERM=dumb"
    TERM=xterm script -qec "stty cols 1; '$cnnrun' digits.cnn --train --run thin" /dev/null >out </dev/null
    hasnt out "$escape" "one column"
fi

# ---- signals -------------------------------------------------------------------------------------

# stopped SIGNAL ARGUMENTS…: trains until the signal
stopped() {
    signal=$1
    shift
    timeout --foreground --preserve-status -s "$signal" 1 "$cnnrun" "$@" >out 2>err </dev/null
    status=$?
}
stopped INT long.cnn --train --seed 7
is 130 "SIGINT"
has out "cnnrun long.cnn --resume --seed 7" "SIGINT"
empty err "SIGINT"
stopped TERM long.cnn --resume --seed 7
is 130 "SIGTERM, resumed"
has out "resuming runs/long" "SIGTERM, resumed"
hasnt out "epoch 1/" "SIGTERM, resumed"
stopped HUP long.cnn --resume --seed 7
is 130 "SIGHUP, resumed"
run long.cnn --resume --seed 8
is 1 "resumed with another seed"
"$cnnrun" long.cnn --train --run piped 2>err | head -n 1 >out
has out "1,438 training" "training into head"
empty err "training into head"
[ -s piped/last.safetensors ] && pass || fail "training into head: nothing saved"

# ---- what goes wrong while it runs ---------------------------------------------------------------

cat >wild.cnn <<'EOF'
data digits
section head { dense 50; dense classes as last }
loss mse
optimizer sgd lr=0.9 momentum=0.9
train epochs=50
save "wild.safetensors"
EOF
run wild.cnn --train
is 1 "a loss that runs away"
has err "the loss became infinite at step" "a loss that runs away"
has err "in the output of dense (layer head.last, line 2)" "a loss that runs away"
has err "try lr=0.09" "a loss that runs away"
[ -e wild.safetensors ] && fail "a loss that runs away: weights were saved" || pass
run wild.cnn --resume --lr 0.01 --epochs 1
is 0 "the same, resumed with a smaller rate"

"$cnnrun" long.cnn --train --run both >out 2>err </dev/null &
first=$!
tries=0
while [ ! -s both/last.safetensors ] && [ $tries -lt 400 ]; do sleep 0.05; tries=$((tries + 1)); done
run long.cnn --resume --run both
is 1 "a second process in the same folder"
has err "both is in use: process $first is training there" "a second process in the same folder"
kill -TERM $first
wait $first
status=$?
is 130 "the first of two processes"
[ -e both/lock ] && fail "the lock stays behind" || pass

sed 's/confusion.*/worst=3/; s/digits.safe/worst.safe/' digits.cnn >worst.cnn
run worst.cnn --train
is 0 "evaluate worst=3"
has out "worst mistakes" "evaluate worst=3"
[ "$(grep -c '^test image ' out)" = 3 ] && pass || fail "evaluate worst=3: not three of them"

sed 's/; softmax//; s/crossentropy/hinge/; s/worst.safe/scores.safe/' worst.cnn >scores.cnn
run scores.cnn --train
is 0 "a network that puts out scores"
[ "$(grep -cE '^test image .* with -?[0-9.]+, loss' out)" = 3 ] && pass || fail "scores: worst mistakes"
run scores.cnn --predict dark.pgm
[ "$(grep -cE '^  [0-9] +-?[0-9.]+$' out)" = 5 ] && pass || fail "scores: --predict"

echo "cli: $passed passed, $failed failed"
[ "$failed" = 0 ]
