#!/bin/sh
# transfer.sh — models/transfer.cnn from end to end on a few made-up pictures: resnet20.cnn is trained for
# a step or two, its file fills the base, and what is frozen stays as it is to the last bit, the running
# statistics of batchnorm included, until a line thaws it.
set -u
. "$(dirname "$0")/tools/common.sh"
. "$(dirname "$0")/tools/pictures.sh"
cd "$dir" || exit 1

mkdir -p data/cifar10 other/cifar10
cifar_pictures 10 50 > data/cifar10/data_batch_1.bin
cifar_pictures 50 70 > data/cifar10/test_batch.bin
cifar_pictures 70 110 > other/cifar10/data_batch_1.bin
cp data/cifar10/test_batch.bin other/cifar10
CNNRUN_DATA=$dir/data

# The models as they are, but for their pictures; weights are saved at every stage, and only the last
# stage of the base is thawed.
sed '/^augment/d' "$root/models/resnet20.cnn" > resnet20.cnn
sed -e '/^augment/d' -e 's/^data .*/data cifar10/' -e 's/^load [^#]*/&; save "loaded.safetensors"/' \
    -e 's/^unfreeze base/save "frozen.safetensors"; &.stage3/' "$root/models/transfer.cnn" > transfer.cnn

# part FILE UPTO EXCEPT — writes FILE.part: of the weights in FILE.safetensors, those of the base up to
# and with UPTO; what else is in the file is named in EXCEPT.
part() {
    cat > part.cnn <<CNN
data cifar10
preprocess { normalize }
use "resnet20.cnn" upto=$2 as base
load "weights.safetensors" except=$3
save "part.safetensors"
CNN
    cp "$1.safetensors" weights.safetensors
    "$cnnrun" part.cnn --train > out 2>&1
    verdict $? "the base of $1.safetensors: $(tail -n 3 out)"
    mv part.safetensors "$1.part"
}

"$cnnrun" resnet20.cnn --train --epochs 2 --batch 16 > out 2>&1
verdict $? "resnet20: $(tail -n 3 out)"
"$cnnrun" transfer.cnn > out 2>&1
grep -q ' changes 650 of the 272,474 parameters; the other 271,824 are frozen$' out
verdict $? "what the first training changes: $(grep 'frozen$' out | tail -n 2)"
"$cnnrun" transfer.cnn --train --epochs 2 --batch 16 > out 2>&1
verdict $? "transfer: $(tail -n 3 out)"
grep -q '^weights loaded from resnet20.safetensors$' out
verdict $? "$(grep loaded out)"

part loaded stage3 head
part frozen stage3 head
cmp -s loaded.part frozen.part
verdict $? 'the frozen base is as it was loaded, byte for byte'
cmp -s loaded.safetensors frozen.safetensors
[ $? -eq 1 ]
verdict $? 'the new layer has learnt'
part transfer stage3 head
cmp -s frozen.part transfer.part
[ $? -eq 1 ]
verdict $? 'the last stage has followed'
part frozen stage2 base.stage3,head
part transfer stage2 base.stage3,head
cmp -s frozen.part transfer.part
verdict $? 'what stayed frozen is as it was, byte for byte'

# The measured mean and deviation are not loaded; that they differ is said.
CNNRUN_DATA=$dir/other "$cnnrun" transfer.cnn --train --epochs 1 --batch 16 > out 2>&1
grep -q '^weights loaded from resnet20.safetensors: it was trained .* "normalize mean=.*, here that step is' out
verdict $? "other pictures: $(grep loaded out)"

finish transfer
