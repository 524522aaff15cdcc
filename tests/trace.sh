#!/bin/sh
# trace.sh — a training step looked at from outside: --steps, --trace, --dry-run and --overfit.
set -u
. "$(dirname "$0")/tools/common.sh"
cd "$dir" || exit 1

# Every kind of layer that there is, and random image steps.
cat > all.cnn <<'CNN'
data digits
augment { flip horizontal; shift 1 }
preprocess { blur 3x3; normalize }
conv 8 3x3 pad=1 as first; batchnorm; relu as b; dropout 20%
conv 8 3x3 pad=1 groups=2; instancenorm; elu; add b; leakyrelu; maxpool 2
conv 4 1x1; layernorm; silu as c; avgpool 3 stride=1 pad=1; gelu; lrn 3; concat c; upsample 2
globalavgpool; dense 20; tanh; dense 20; sigmoid; dense classes; softmax
loss crossentropy smoothing=10%
optimizer adam lr=0.01 decay=0.001
train epochs=1 batch=20 clip=0.5
CNN
cat > two.cnn <<'CNN'
data digits
conv 4 3x3; relu; dense classes
loss hinge
optimizer sgd lr=0.1 momentum=0.9
train iterations=30 batch=16
save "two.safetensors"
CNN
printf 'data digits\nconv 2 3x3; relu\n' > plain.cnn

# ---- --steps: each stage, each number the sum of its terms -----------------------------------------------

# stages FILE — the names in the tables of --steps: one a line, "NAME" or "NAME --backward".
stages() {
    awk '/^backward/ { back = " --backward" } $1 ~ /^[0-9]+$/ && $2 != "loss" && $2 != "update" { print $2 back }' "$1"
    printf 'loss\nupdate\n'
}

for program in cnnrun cnnrun-f64; do
    for model in all two; do
        "$BUILD/$program" $model.cnn --steps --augment > table.txt 2>&1
        verdict $? "$program --steps of $model: $(tail -n 1 table.txt)"
        stages table.txt > stages.txt
        while read -r name way; do
            # shellcheck disable=SC2086
            "$BUILD/$program" $model.cnn --steps --augment --stage "$name" $way > one.txt 2>&1
            verdict $? "$program, $model, stage $name $way: $(tail -n 1 one.txt)"
            case $name in load|flip|shift) want=numbers ;; *) want=', as the run computed it' ;; esac
            case $want in numbers) grep -q '^channel 0' one.txt ;; *) grep -q "$want" one.txt ;; esac
            verdict $? "$program, $model, stage $name $way works nothing out"
            ! grep '; the run computed' one.txt | grep -v 'the same but for rounding$'
            verdict $? "$program, $model, stage $name $way: the terms do not sum to the number"
        done < stages.txt
    done
done
[ "$(wc -l < stages.txt)" -gt 8 ]
verdict $? "the table of two has its stages: $(cat stages.txt)"

# says WORDS OPTIONS… — the command succeeds and its output has the words.
says() {
    words=$1
    shift
    "$cnnrun" "$@" > out.txt 2>&1
    verdict $? "$* ended with $?: $(tail -n 1 out.txt)"
    grep -qF -e "$words" out.txt
    verdict $? "$*: no '$words' in: $(tail -n 3 out.txt)"
}
# refuses STATUS WORDS OPTIONS… — the command fails and says why.
refuses() {
    status=$1 words=$2
    shift 2
    "$cnnrun" "$@" > out.txt 2>&1
    [ $? -eq "$status" ]
    verdict $? "$* does not end with $status"
    grep -qF -e "$words" out.txt
    verdict $? "$*: no '$words' in: $(tail -n 3 out.txt)"
}

says 'nothing has been learnt yet'    two.cnn --steps
says 'test picture 7, class'          two.cnn --steps --image 7
says 'training picture 3, class'      two.cnn --steps --image 3 --part train
says 'y[2,1,4] ='                     two.cnn --steps --stage 0 --at 2,1,4
says '∂loss/∂weight[3,0,2,1] ='       two.cnn --steps --stage 0 --backward --at weight:3,0,2,1
says 'dense_x.weight[1,5] after the step' --steps --stage update --at dense_x.weight:1,5 -- /dev/stdin <<'CNN'
data digits
dense classes as dense_x; softmax; 
loss mse
optimizer adagrad lr=0.1
train epochs=1
CNN
says 'forward: what comes out'        plain.cnn --steps

# A 3x3 convolution of eight channels is trained in Winograd's way; a trace does the plain sums, and says so.
cat > short.cnn <<'CNN'
data digits
conv 8 3x3 pad=1; relu; conv 8 3x3 pad=1; relu; dense classes; softmax
loss crossentropy
optimizer sgd lr=0.1
train epochs=1 batch=32
CNN
short="Winograd's short cut"
says "$short" short.cnn --steps --stage 2
says "$short" short.cnn --steps --stage 2 --backward
for other in '--stage 0' '--stage 2 --no-winograd' '--stage 2 --ref'; do
    "$cnnrun" short.cnn --steps $other > out.txt 2>&1
    verdict $? "--steps $other: $(tail -n 1 out.txt)"
    grep -q "$short" out.txt
    [ $? -eq 1 ]
    verdict $? "--steps $other speaks of Winograd, though training does these sums"
done

"$cnnrun" two.cnn --train --limit 300 > /dev/null 2>&1
verdict $? 'two.cnn is trained'
says 'weights: two.safetensors'       two.cnn --steps
says 'the first one that the network is wrong about' two.cnn --steps
says 'which is wrong'                 two.cnn --steps
says 'class not known'                two.cnn --steps --image "$root/tests/data/seven.png"
says 'seven.png, class 7'             two.cnn --steps --image "$root/tests/data/seven.png" --label 7

printf 'data digits\nconv 2 3x3; batchnorm; relu; dense classes; softmax\nloss crossentropy
optimizer sgd lr=0.1\ntrain epochs=1\n' > norm.cnn
"$cnnrun" norm.cnn --steps --stage 0 --backward --at bias:0 > out.txt 2>&1
tail -n 1 out.txt | grep -qE ', as the run computed it$|: the same but for rounding$'
verdict $? "a sum of which only rounding is left: $(tail -n 1 out.txt)"

printf 'data digits\npreprocess { normalize mean=0.25 std=0.5 }\nrelu\n' > written.cnn
says 'mean = 0.25, as the model file says'  written.cnn --steps --stage normalize
says 'of the channel, in all training pictures' all.cnn --steps --stage normalize

refuses 1 'there is no stage'         two.cnn --steps --stage nothing
refuses 1 'there is no way back'      plain.cnn --steps --backward
refuses 1 'NAME says it'              two.cnn --steps --image "$root/tests/data/seven.png" --stage loss
refuses 1 'no such number'            two.cnn --steps --stage 0 --at 9,0,0
refuses 1 'no such number'            two.cnn --steps --stage 0 --backward --at weight:0,0,3,0
refuses 1 'names a parameter'         two.cnn --steps --stage update --at 1
refuses 1 'channel, row and column'   two.cnn --steps --stage 0 --at 1,,2
refuses 1 '--stage NAME'              two.cnn --steps --at 1
refuses 1 'numbered from 0'           two.cnn --steps --image 99999999999
refuses 1 'nowhere.png'               two.cnn --steps --image nowhere.png
refuses 1 'no class'                  two.cnn --steps --image "$root/tests/data/seven.png" --label zebra
refuses 1 'goes with a picture'       two.cnn --steps --label 7
refuses 1 'training, validation and test' two.cnn --steps --part last
refuses 2 'has no meaning'            two.cnn --train --stage 0

# ---- --trace --------------------------------------------------------------------------------------------

says 'step 2: loss'                   all.cnn --trace one --updates 3 --threads 1
says 'tensors'                        all.cnn --trace three --updates 3 --threads 3
cmp -s one three
verdict $? 'a trace on three threads has the bytes of one on one thread'
says 'test picture 3'                 all.cnn --trace other --image 3
says 'forward only'                   two.cnn --trace other --image "$root/tests/data/seven.png"
says 'forward only'                   plain.cnn --trace other
refuses 1 'no/where'                  two.cnn --trace no/where
refuses 1 'GB'                        all.cnn --trace other --batch 1000 --updates 10000

# ---- --dry-run and --overfit ------------------------------------------------------------------------------

rm -rf two.safetensors runs
says 'PASS: training can begin'       all.cnn --dry-run
says 'ln 10 = 2.303'                  all.cnn --dry-run
says 'PASS: training can begin'       two.cnn --dry-run --batch 4 --threads 1
[ ! -e two.safetensors ] && [ ! -e runs ]
verdict $? '--dry-run leaves files behind'
sed 's|"two.safetensors"|"no/where.safetensors"|' two.cnn > bad.cnn
refuses 1 'FAIL: what is marked WRONG' bad.cnn --dry-run
refuses 1 'no `train` line'           plain.cnn --dry-run
says 'steps on these pictures the loss falls from' two.cnn --dry-run
refuses 1 'WRONG: the steps are too long; try --lr 10' two.cnn --dry-run --lr 100
refuses 1 'WRONG: the steps are too long' all.cnn --dry-run --lr 900
sed 's/^train/freeze all; train/' two.cnn > frozen.cnn
refuses 1 'WRONG: everything is frozen' frozen.cnn --dry-run

says 'PASS: after'                    two.cnn --overfit 20
refuses 1 'The loss hardly moved'     two.cnn --overfit 5 --lr 0.0000001
refuses 1 'the steps are too long'    all.cnn --overfit 10 --lr 900
refuses 1 'no `train` line'           plain.cnn --overfit 20
sed 's/^conv/init zeros; conv/' two.cnn > zeros.cnn
refuses 1 'and then stood still'      zeros.cnn --overfit 20
refuses 1 'and then stood still'      two.cnn --overfit 20 --lr 5
printf 'data digits\npreprocess { rescale 1000 }\ndense 30; relu; dense classes\nloss mse
optimizer sgd lr=0.1\ntrain epochs=1\n' > far.cnn
refuses 1 'loss NaN'                  far.cnn --overfit 20
refuses 1 'WRONG: the steps are too long' far.cnn --dry-run
[ ! -e two.safetensors ] && [ ! -e runs ]
verdict $? '--overfit leaves files behind'

finish trace
