#!/bin/sh
# accuracy.sh — how long a person waits from typing the command until LeNet-5 knows the digits of MNIST,
# and how much memory that takes; PyTorch in turns. A table in Markdown.
#
#   sh tests/bench/accuracy.sh        THREADS=2  ROUNDS=3  SHARED=DIR  BUILD=DIR
#
# cnnrun: the whole run of models/quick.cnn from start to exit, with as many epochs as the goal takes. The
# files are read and unpacked, ten thousand test pictures judged, weights and curves saved. PyTorch:
# ../shared/bench/tta.py, which stops its clock at the first evaluation that reaches the goal and reads
# files that are unpacked already. Of its recipes the fastest one counts.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/bench/common.sh
: "${THREADS:=2}"
tta=$SHARED/bench/tta.py
need_peer

mkdir -p "$dir/mnist"
for f in models/data/mnist/*.gz; do gzip -dc "$f" > "$dir/mnist/$(basename "$f" .gz)"; done

# our_run EPOCHS — "seconds megabytes percent" of one run.
our_run() {
    (cd "$dir" && rm -rf runs && timed cost "$cnnrun" "$OLDPWD/models/quick.cnn" --train --threads "$THREADS" \
        --epochs "$1" > out.txt 2>&1)
    echo "$(cat "$dir/cost") $(sed -n 's/^accuracy \([0-9.]*\) %.*/\1/p' "$dir/out.txt")"
}

# The least number of epochs that reaches GOAL %. A run gives the same weights every time.
epochs_for() {
    for n in 1 2 3 4 5; do
        our_run $n | awk -v goal="$1" '{ exit !($3 >= goal) }' && break
    done
    echo $n
}

# their_run GOAL CONFIG OPTIONS… — "seconds megabytes percent" of one run of PyTorch.
their_run() {
    goal=$1 config=$2
    shift 2
    PEER_DATA=$dir "$PYTHON" "$tta" LENET mnist --config "$config" --threads "$THREADS" --stop \
        --targets "$goal" "$@" 2>/dev/null > "$dir/theirs"
    echo "$(sed -n 's/.*"hit": {[^}]*"wall_s": *\([0-9.]*\).*/\1/p' "$dir/theirs")" \
         "$(field rss_mb < "$dir/theirs")" "$goal"
}

# The median of column N of lines.
column() { cut -d ' ' -f "$1" | median; }

# compare GOAL "RECIPE OF PYTORCH" …
compare() {
    goal=$1
    shift
    epochs=$(epochs_for "$goal")
    rm -f "$dir"/rows.*
    for round in $(seq "$ROUNDS"); do
        our_run "$epochs" >> "$dir/rows.cnnrun"
        for config in stock tuned; do
            k=0
            for recipe in "$@"; do
                k=$((k + 1))
                # shellcheck disable=SC2086
                their_run "$goal" $config $recipe >> "$dir/rows.$config.$k"
            done
        done
    done
    line "$goal" "cnnrun, $epochs of \`--epochs\`, $(column 3 < "$dir/rows.cnnrun") %" "$dir/rows.cnnrun"
    for config in stock tuned; do
        best=$(for f in "$dir/rows.$config".*; do echo "$(column 1 < "$f") $f"; done | grep '^[0-9]' |
               sort -g | sed -n '1s/.* //p')
        line "$goal" "PyTorch $config" "${best:-/dev/null}"
    done
}

line() { # GOAL WHO ROWS
    echo "| $1 % | $2 | $(column 1 < "$3") | $(column 2 < "$3") |"
}

echo '| accuracy | program | seconds | MB at most |'
echo '|--:|---|--:|--:|'
compare 98 '--epochs 1 --lr 0.05 --evals 8' '--epochs 2 --batch 128 --lr 0.1 --evals 8'
compare 99 '--epochs 4 --lr 0.05 --evals 4' '--epochs 5 --batch 128 --lr 0.1 --evals 4'
