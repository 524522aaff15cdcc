#!/bin/sh
# cifar.sh — a real training against the steps of PyTorch alone: images/s of models/resnet20.cnn on
# CIFAR-10, pictures mirrored and moved as they come, and PyTorch's steps on random numbers that are in
# memory already. A table in Markdown.
#
#   sh tests/bench/cifar.sh        ROUNDS=3  THREADS=2  IMAGES=50000  SHARED=DIR  BUILD=DIR
#
# IMAGES: training pictures of an epoch; 50,000 is all of them. What cnnrun says itself at the end of the
# epoch is what counts: reading the files is not in it, preparing the pictures is.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/bench/common.sh
: "${THREADS:=2}" "${IMAGES:=50000}"
need_peer
# The folder above cifar10/ with the .bin files; packed ones are unpacked first (../shared/data).
packed=$SHARED/data/cifar10
for place in "$CNNRUN_DATA" ~/.local/share/cnnrun "$dir/data"; do
    [ -f "$place/cifar10/data_batch_1.bin" ] && break
done
if [ "$place" = "$dir/data" ] && [ -f "$packed/c10p.c" ]; then
    mkdir -p "$place/cifar10" && ${CC:-cc} -O2 -o "$dir/c10p" "$packed/c10p.c" || exit 1
    for f in "$packed"/*.c10p; do echo "$f $place/cifar10/$(basename "$f" .c10p).bin"; done |
        xargs -n 2 -P 2 "$dir/c10p" d
elif [ "$place" = "$dir/data" ]; then
    echo "cifar.sh: needs CIFAR-10: make data SETS=cifar10 fetches it"
    exit 1
fi

# Images per second of one epoch.
real() {
    (cd "$dir" && rm -rf runs && CNNRUN_DATA=$place timed cost "$cnnrun" "$OLDPWD/models/resnet20.cnn" --train \
        --epochs 1 --limit "$IMAGES" --threads "$THREADS" > out.txt 2>&1)
    tr -d , < "$dir/out.txt" | sed -n 's|^epoch 1/1 .* \([0-9.]*\) images/s.*|\1|p'
}

ways='nchw:eager nhwc:eager' mine='' cost='' stock=''
for round in $(seq "$ROUNDS"); do
    mine="$mine $(real)"
    cost="$cost $(cut -d ' ' -f 2 < "$dir/cost")"
    stock="$stock $(theirs train RES20 128 "$THREADS" stock nchw:eager "$SECONDS_EACH")"
    for way in $ways; do
        theirs train RES20 128 "$THREADS" tuned "$way" "$SECONDS_EACH" >> "$dir/tuned.$way"
    done
done
tuned=$(for way in $ways; do median < "$dir/tuned.$way"; done | sort -g | tail -n 1)
mine=$(echo "$mine" | median)

line() { # WHO IMAGES/S TIMES
    awk -v who="$1" -v rate="$2" -v mine="$mine" \
        'BEGIN { printf "| %s | %.0f | %s |\n", who, rate, (rate > 0 ? sprintf("%.2f", mine / rate) : "-") }'
}
echo '| program | images/s | cnnrun is so many times as fast |'
echo '|---|--:|--:|'
echo "| cnnrun, CIFAR-10 with augmentation ($(echo "$cost" | median) MB at most) | $mine | |"
line 'PyTorch stock, steps on numbers in memory' "$(echo "$stock" | median)"
line 'PyTorch tuned, steps on numbers in memory' "$tuned"
