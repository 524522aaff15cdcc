#!/bin/sh
# public_weights.sh — weights that others have trained and published load by name, and give the
# outputs and the accuracy that they give there.
#
#   SHARED=DIR  (default ../shared) holds data/weights; without it everything is skipped
#
# Accuracy on CIFAR-10 needs the unpacked data in a folder cifar10, in one of the places below:
#   sh ../shared/data/cifar10/unpack.sh ${TMPDIR:-/tmp}/cifar/cifar10
set -u
. "$(dirname "$0")/tools/common.sh"
weights=$SHARED/data/weights
if [ ! -d "$weights" ]; then
    echo 'public_weights: 0 passed, 0 failed, 0 skipped (no weights of others here)'
    exit 0
fi
cifar=''
for place in "$CNNRUN_DATA" "${HOME:-}/.local/share/cnnrun" /usr/share/datasets "${TMPDIR:-/tmp}/cifar"; do
    [ -z "$cifar" ] && [ -f "$place/cifar10/test_batch.bin" ] && cifar=$place
done
cd "$dir" && mkdir numbers || exit 1

# model (in models/ or in tests/public/), file of weights, accuracy measured with PyTorch, and where
while read -r model file accuracy data; do
    text=$root/models/$model.cnn
    [ -f "$text" ] || text=$root/tests/public/$model.cnn
    "$BUILD/outputs" "$text" "$weights/$file.safetensors" "$weights/$file.ref.safetensors" numbers > out 2>&1
    verdict $? "$model with $file: $(cat out)"
    case $data in
        none) continue ;;
        cifar10) if [ -z "$cifar" ]; then skipped=$((skipped + 1)); continue; else where=$cifar; fi ;;
        *) where=$CNNRUN_DATA ;;
    esac
    CNNRUN_DATA=$where "$cnnrun" "$text" --test --weights "$weights/$file.safetensors" > out 2>&1
    grep -q "^accuracy $accuracy % " out
    verdict $? "$model with $file: $(grep -E 'accuracy|error' out), expected $accuracy %"
done <<'WEIGHTS'
lenet5           lenet5-mnist        99.13  mnist
resnet20_public  resnet20-cifar10    91.73  cifar10
resnet32         resnet32-cifar10    92.63  cifar10
resnet8          resnet8-cifar10     87.19  cifar10
tinydnn          tinydnn-cifar10     70.11  cifar10
tinyvgg          tinyvgg-10          -      none
squeezenet       squeezenet11-notop  -      none
WEIGHTS

# What does not fit is refused as a whole, with the names that differ.
"$cnnrun" "$root/models/lenet5.cnn" --test --weights "$weights/tinydnn-cifar10.safetensors" > out 2>&1
[ $? -eq 1 ] && grep -q 'conv1.weight *expected 6x1x5x5, found 32x3x5x5' out &&
    grep -q 'conv3.weight *is not in the model' out && grep -q 'and 2 more' out
verdict $? "weights of another network: $(cat out)"

finish public_weights
