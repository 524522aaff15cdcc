#!/bin/sh
# peer.sh — PyTorch and cnnrun in turns on the same networks; a table of ratios in Markdown.
#
#   sh tests/bench/peer.sh [NETWORK…]        default: all rows of the table below, up to VGGS
#
#   MODE=infer    inference instead of training        THREADS=1   cores (default 2)
#   CONFIG=stock  PyTorch as installed (default tuned) ROUNDS=5    turns (default 3)
#   SHARED=DIR    where bench/peer_train.py lies (default ../shared)      BUILD=DIR  (default build)
#
# Each round runs the one program, then the other, on the same cores; the table has the medians of the
# rounds. A busy machine moves both by tens of per cent: only the ratios of one table mean something.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}" "${SHARED:=../shared}" "${MODE:=train}" "${THREADS:=2}" "${CONFIG:=tuned}" "${ROUNDS:=3}"
: "${PYTHON:=/usr/bin/python3}" "${SECONDS_EACH:=2}"
peer=$SHARED/bench/peer_train.py
if [ ! -f "$peer" ] || ! "$PYTHON" -c 'import torch' 2>/dev/null; then
    echo "peer.sh: needs $peer and a Python with PyTorch"
    exit 1
fi

# network, batch: those of the goals
rows='S0 16
S0 128
LENET 1
LENET 64
S3b 4
S3b 64
S3a 64
S4a 128
S1 32
S4b 128
RES20 128
VGGS 64
RES18 16
VGG16 8'
wanted=${*:-S0 LENET S3b S3a S4a S1 S4b RES20 VGGS}

field() { sed -n "s/.*\"$1\": *\([0-9.eE+-]*\).*/\1/p"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

echo "| network | batch | PyTorch ($CONFIG), images/s | cnnrun, images/s | ratio | % of peak |"
echo '|---|--:|--:|--:|--:|--:|'
echo "$rows" | while read -r net batch; do
    case " $wanted " in *" $net "*) ;; *) continue ;; esac
    theirs='' ours='' share=''
    for round in $(seq "$ROUNDS"); do
        for format in nchw nhwc; do
            theirs="$theirs $format:$("$PYTHON" "$peer" "$net" "$batch" "$THREADS" --mode "$MODE" \
                --config "$CONFIG" --fmt $format --seconds "$SECONDS_EACH" 2>/dev/null | field img_s)"
            [ "$CONFIG" = tuned ] || break
        done
        out=$("$BUILD/cnnrun" bench "tests/bench/nets/$net.cnn" --mode "$MODE" --batch "$batch" \
              --threads "$THREADS" --json)
        ours="$ours $(echo "$out" | field images_per_second)"
        share="$share $(echo "$out" | field percent_of_peak)"
    done
    # The better of the two memory formats is the peer's.
    for format in nchw nhwc; do
        echo "$theirs" | tr ' ' '\n' | sed -n "s/^$format://p" | grep . | median
    done | sort -n | tail -n 1 > "$BUILD/peer.tmp"
    awk -v net="$net" -v batch="$batch" -v a="$(cat "$BUILD/peer.tmp")" \
        -v b="$(echo "$ours" | tr ' ' '\n' | grep . | median)" \
        -v s="$(echo "$share" | tr ' ' '\n' | grep . | median)" \
        'BEGIN { printf "| %s | %s | %.0f | %.0f | %.2f | %.0f |\n", net, batch, a, b, a ? b / a : 0, s }'
    rm -f "$BUILD/peer.tmp"
done
