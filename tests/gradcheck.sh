#!/bin/sh
# gradcheck.sh — `--gradcheck` on every model that ships and whose pictures are here: every gradient
# agrees with finite differences; and what it says when it cannot be done.
set -u
. "$(dirname "$0")/tools/common.sh"
cd "$dir" || exit 1
skipped=0

for f in "$root"/models/*.cnn; do
    "$cnnrun" "$f" --gradcheck --batch 2 --limit 100 > out 2> err
    status=$?
    if [ $status -ne 0 ] && [ ! -s out ] && grep -q 'data' err; then
        skipped=$((skipped + 1))
        continue
    fi
    verdict $status "$f: $(cat out err)"
    grep -q '^Every gradient is right' out; verdict $? "$f: no verdict"
    ! grep -q 'kinks only' out; verdict $? "$f: a tensor stands on kinks only: $(grep 'kinks only' out)"
done

first=$root/models/first.cnn
"$cnnrun" "$first" --gradcheck --limit 100 --image 7 --batch 3 --seed 4 > a 2>&1; verdict $? "$(cat a)"
"$cnnrun" "$first" --gradcheck --limit 100 --image 7 --batch 3 --seed 4 --threads 1 > b 2>&1
cmp -s a b; verdict $? 'the same check says the same'
grep -q '^3 test pictures from number 7 on' a; verdict $? "which pictures: $(head -n 1 a)"
grep -q '^input  *2,352' a; verdict $? 'the gradient of the input is checked, too'
"$cnnrun" "$first" --gradcheck --limit 100 --ref > out 2>&1; verdict $? "definitions: $(cat out)"
"$BUILD/cnnrun-f64" "$first" --gradcheck --limit 100 > out 2>&1; verdict $? "cnnrun-f64: $(cat out)"

# refused STATUS WORDS ARGUMENTS… — with that status and those words on stderr, and nothing else.
refused() {
    want=$1 words=$2 && shift 2
    "$@" > out 2> err
    [ $? -eq "$want" ] && [ ! -s out ] && grep -q "$words" err
    verdict $? "$*: wanted $want and '$words', got: $(cat out err)"
}
refused 2 '0 to 99' "$cnnrun" "$first" --gradcheck --limit 100 --image seven
refused 1 '0 to 99' "$cnnrun" "$first" --gradcheck --limit 100 --image 100
refused 2 'no meaning' "$cnnrun" "$first" --gradcheck --epochs 3
printf 'data digits\ndense 10; softmax\n' > bare.cnn
refused 1 'no loss' "$cnnrun" bare.cnn --gradcheck
mkdir alone && cp "$cnnrun" alone/cnnrun
refused 1 'cnnrun-f64' alone/cnnrun "$first" --gradcheck
CNNRUN_F64=$BUILD/cnnrun-f64 alone/cnnrun "$first" --gradcheck --limit 100 > out 2>&1
verdict $? "\$CNNRUN_F64: $(cat out)"
CNNRUN_F64=$dir/nothing
export CNNRUN_F64
refused 1 'nothing' "$cnnrun" "$first" --gradcheck

echo "gradcheck: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
