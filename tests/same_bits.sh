#!/bin/sh
# same_bits.sh — the same file and the same seed give the same weights, byte for byte: on any number
# of threads, run by run, and when the run is killed or interrupted and resumed.
set -u
. "$(dirname "$0")/tools/common.sh"
. "$(dirname "$0")/tools/pictures.sh"
cd "$dir" || exit 1

# A network with all that could go wrong: random pictures, dropout, batch statistics, large and small gradients,
# a last batch that is short, two phases, a rate that follows the loss.
cat > all.cnn <<'CNN'
data digits valid=20%
preprocess { blur 3x3; normalize }
augment { shear 20%; rotate 10; shift 1; noise 2% }
conv 8 3x3 pad=1; batchnorm; relu
conv 12 3x3; relu; maxpool 2; dropout 20%
dense 200; relu; dropout 30%
dense 64; tanh
dense classes; softmax
loss crossentropy smoothing=10%
optimizer adam lr=0.003 decay=0.0001
train epochs=6 batch=50 schedule=plateau every=1 factor=0.5 clip=1 warmup=1
train epochs=4 batch=32 lr=0.001 schedule=cosine
save "all.safetensors"
CNN

run() { # run FOLDER OPTIONS… — a whole run in a folder of its own
    mkdir -p "$1" && cp all.cnn "$1" && folder=$1 && shift
    (cd "$folder" && "$cnnrun" all.cnn "$@" > out.txt 2>&1)
}

run one --train --threads 1
verdict $? 'training on one thread'
for n in 2 3 8; do
    run "t$n" --train --threads $n && cmp -s one/all.safetensors "t$n/all.safetensors"
    verdict $? "$n threads give the bytes of one"
    cmp -s one/runs/all/last.safetensors "t$n/runs/all/last.safetensors"
    verdict $? "$n threads give the checkpoint of one"
done
run seed --train --seed 7
cmp -s one/all.safetensors seed/all.safetensors
[ $? -eq 1 ]; verdict $? 'another seed gives other weights'

# Killed without warning, several times, at moments that depend on the machine, then resumed.
for round in 1 2 3; do
    f=kill$round
    mkdir "$f" && cp all.cnn "$f"
    action=--train
    for delay in 0.1$round 0.2$round 0.15$round 0.3$round; do
        (cd "$f" && exec "$cnnrun" all.cnn $action --threads 2 >> out.txt 2>&1) &
        pid=$!
        sleep "$delay"
        kill -KILL $pid 2>/dev/null
        wait $pid 2>/dev/null
        [ -f "$f/runs/all/last.safetensors" ] && action=--resume || rm -rf "$f/runs"
    done
    (cd "$f" && "$cnnrun" all.cnn $action --threads 3 >> out.txt 2>&1)
    cmp -s one/all.safetensors "$f/all.safetensors"
    verdict $? "killed and resumed (round $round) gives the same bytes"
    cut -d, -f1-8 one/runs/all/results.csv > a.txt
    cut -d, -f1-8 "$f/runs/all/results.csv" > b.txt
    cmp -s a.txt b.txt
    verdict $? "killed and resumed (round $round) gives the same table of results"
done

# Interrupted politely (a shell lets its background jobs ignore Ctrl-C, so by SIGTERM): status 130, and the step it stopped at is not done twice.
for round in 1 2 3; do
    f=int$round
    mkdir "$f" && cp all.cnn "$f"
    (cd "$f" && exec "$cnnrun" all.cnn --train --threads 2 > out.txt 2>&1) &
    pid=$!
    sleep "0.2$round"
    kill -TERM $pid 2>/dev/null
    wait $pid
    status=$?
    [ $status -eq 130 ] || [ $status -eq 0 ]
    verdict $? "interrupted: status $status"
    (cd "$f" && "$cnnrun" all.cnn --resume > out2.txt 2>&1)
    cmp -s one/all.safetensors "$f/all.safetensors"
    verdict $? "interrupted and resumed (round $round) gives the same bytes"
done

# Every model that ships, but those for large photographs: two epochs of a few pictures, two groups and
# a short last batch in each. What one saves another one may load: resnet20 comes before transfer.
mkdir -p data/cifar10
ln -s "$root/models/data/mnist" data/mnist
cifar_pictures 0 36 > data/cifar10/data_batch_1.bin
cifar_pictures 40 60 > data/cifar10/test_batch.bin
folder_pictures data/catsdogs/train 0 18 cat dog
folder_pictures data/catsdogs/test 20 30 cat dog
folder_pictures data/flowers/train 0 16 daisy dandelion roses sunflowers tulips
folder_pictures data/flowers/test 20 24 daisy dandelion roses sunflowers tulips
folder_pictures data/pneumonia/train 0 18 healthy pneumonia
folder_pictures data/pneumonia/test 20 30 healthy pneumonia

place() { # place MODEL FOLDER — a folder for a run of it, with what the model loads
    mkdir -p "$2"
    [ "$1" != transfer ] || cp resnet20.1/resnet20.safetensors "$2"
}
few() { # few MODEL FOLDER OPTIONS… — a short run of a model that ships
    place "$1" "$2"
    few=$root/models/$1.cnn
    (cd "$2" && shift 2 && "$cnnrun" "$few" "$@" --epochs 2 --batch 20 --limit 180 > out.txt 2>&1)
}
same_weights() { # same_weights MODEL FOLDER WHAT
    cmp -s "$1.1/$1.safetensors" "$2/$1.safetensors" &&
        cmp -s "$1.1/runs/$1/last.safetensors" "$2/runs/$1/last.safetensors"
    verdict $? "$1: $3 gives the same weights and checkpoint"
}

CNNRUN_DATA=$dir/data
for model in "$root"/models/*.cnn; do
    model=$(basename "$model" .cnn)
    case $model in vgg16|resnet18) continue ;; esac
    few "$model" "$model.1" --train --threads 1
    verdict $? "$model: $(tail -n 3 "$model.1/out.txt")"
    for n in 2 3 8; do
        few "$model" "$model.$n" --train --threads $n
        same_weights "$model" "$model.$n" "a run on $n threads"
    done
    place "$model" "$model.kill"
    (cd "$model.kill" && exec "$cnnrun" "$root/models/$model.cnn" --train --epochs 2 --batch 20 \
        --limit 180 --threads 2 > out.txt 2>&1) &
    pid=$!
    while [ ! -f "$model.kill/runs/$model/last.safetensors" ] && kill -0 $pid 2> /dev/null; do
        sleep 0.02
    done
    sleep 0.1
    kill -KILL $pid 2> /dev/null
    wait $pid 2> /dev/null
    few "$model" "$model.kill" --resume --threads 3
    same_weights "$model" "$model.kill" "a run that was killed and resumed"
done

finish same_bits
