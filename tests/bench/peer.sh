#!/bin/sh
# peer.sh — PyTorch and cnnrun in turns on the same networks; a table of ratios in Markdown.
#
#   sh tests/bench/peer.sh [train|infer] [NETWORK…]      default: train, all rows
#
#   THREADS="1 2"   on how many cores (inference: 2)      ROUNDS=3   turns
#   SECONDS_EACH=1  of each measurement of PyTorch        SHARED=DIR where bench/peer_train.py lies
#   BUILD=DIR       which cnnrun (default build)
#
# A round is: PyTorch as it is installed (stock), PyTorch at its best (tuned), cnnrun, one after the
# other on the same cores; the table has the medians of the rounds. What is best for PyTorch, images or
# channels last, and in inference which of its engines, a short trial finds out for each row. A busy
# machine moves all three by tens of per cent: only the ratios of one row mean something.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/bench/common.sh
mode=train
case ${1:-} in train|infer) mode=$1; shift ;; esac
need_peer

# Network, batch, and how many times as fast as `tuned` on two cores cnnrun is to be. In inference the
# goal is 2 times (1.2 times for the larger networks) the better of ONNX Runtime and PyTorch; ONNX Runtime
# is not here, so the goal is told as a multiple of PyTorch, by how the two compared on one machine.
train_rows='S0 16 6
S0 128 7
LENET 1 10
LENET 64 3.5
S3b 4 6
S3b 64 3.5
S3a 64 1.6
S4a 128 2
S1 32 2.2
S4b 128 2.2
RES20 128 1.4
VGGS 64 1.4
RES18 16 1.3
VGG16 8 1.3'
infer_rows='S0 1 9.3
S0 64 3.0
LENET 1 8.7
LENET 64 2.0
S3b 1 7.1
S3b 64 2.0
S3a 1 5.6
S3a 64 3.2
S4a 1 5.6
S4a 64 4.0
S1 1 2.2
S1 64 1.4
S4b 1 3.0
S4b 64 1.7
RES20 1 2.5
RES20 64 1.3
VGGS 1 1.7
VGGS 64 1.2
RES18 1 1.6
RES18 8 1.4
VGG16 1 1.6'
if [ "$mode" = train ]; then
    rows=$train_rows ways='nchw:eager nhwc:eager' ; : "${THREADS:=1 2}"
else
    rows=$infer_rows ways='nchw:eager nchw:jit nhwc:jit nchw:mkldnn' ; : "${THREADS:=2}"
fi
wanted=$*

# The way in which PyTorch is fastest.
best_way() {
    for way in $ways; do
        echo "$(theirs "$mode" "$1" "$2" "$3" tuned "$way" 0.3) $way"
    done | grep '^[0-9]' | sort -g | sed -n '$s/.* //p'
}

row() { # NETWORK BATCH GOAL CORES
    stock='' tuned='' mine='' share=''
    for round in $(seq "$ROUNDS"); do
        stock="$stock $(theirs "$mode" "$1" "$2" "$4" stock nchw:eager "$SECONDS_EACH")"
        tuned="$tuned $(theirs "$mode" "$1" "$2" "$4" tuned "${way:-nchw:eager}" "$SECONDS_EACH")"
        out=$(ours "$mode" "$1" "$2" "$4")
        mine="$mine $(echo "$out" | field images_per_second)"
        share="$share $(echo "$out" | field percent_of_peak)"
    done
    awk -v net="$1" -v batch="$2" -v goal="$3" -v cores="$4" -v way="$way" \
        -v stock="$(echo "$stock" | median)" -v tuned="$(echo "$tuned" | median)" \
        -v mine="$(echo "$mine" | median)" -v share="$(echo "$share" | median)" '
        function rate(x) { return x == "" ? "-" : sprintf(x < 100 ? "%.1f" : "%.0f", x) }
        function times(a, b) { return b > 0 ? sprintf("%.2f", a / b) : "-" }
        BEGIN {
            best = stock > tuned ? stock : tuned
            wanted = cores == 2 ? "≥ " goal : ""
            met = cores != 2 || best <= 0 ? "" : mine / best >= goal ? "yes" : "**no**"
            printf "| %s | %s | %s | %s | %s (%s) | %s | %s | %s | %.0f | %s | %s |\n", net, batch, cores,
                rate(stock), rate(tuned), way, rate(mine), times(mine, stock), times(mine, tuned), share,
                wanted, met
        }'
}

echo '| network | batch | cores | PyTorch stock, images/s | tuned | cnnrun | × stock | × tuned | % of peak |' \
     'goal, × tuned | met |'
echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|'
echo "$rows" | while read -r net batch goal; do
    case " $wanted " in '  '|*" $net "*) ;; *) continue ;; esac
    way=$(best_way "$net" "$batch" "${THREADS##* }" < /dev/null)
    for n in $THREADS; do row "$net" "$batch" "$goal" "$n" < /dev/null; done
done
