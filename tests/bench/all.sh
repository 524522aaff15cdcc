#!/bin/sh
# all.sh — every table of README.md, in Markdown; about 20 minutes on a machine that does nothing else.
#
#   sh tests/bench/all.sh > tables.md      ROUNDS=2  SECONDS_EACH=0.6  SHARED, BUILD: as in the scripts
#
# What a row's program says goes wrong is seen on the terminal.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${ROUNDS:=2}" "${SECONDS_EACH:=0.6}"
. tests/bench/common.sh
export BUILD SHARED PYTHON ROUNDS SECONDS_EACH
need_peer

part() {
    printf '\n### %s\n\n' "$1"
    echo "$(date +%T) $1" >&2
}

echo "$(date +%F), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(getconf _NPROCESSORS_ONLN)" \
     "cores, load $(cut -d ' ' -f 1 /proc/loadavg); PyTorch" \
     "$("$PYTHON" -c 'import torch; print(torch.__version__)'), $("$cnnrun" --version | head -n 1)"

part 'The machine, the matrix product, the convolutions'
echo '```'
"$cnnrun" bench
echo '```'
part 'Training steps'
sh tests/bench/peer.sh train
part 'Inference'
sh tests/bench/peer.sh infer
part 'MNIST, from typing the command'
sh tests/bench/accuracy.sh
part 'CIFAR-10, ResNet-20'
sh tests/bench/cifar.sh
echo "$(date +%T) done" >&2
