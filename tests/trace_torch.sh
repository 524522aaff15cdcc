#!/bin/sh
# trace_torch.sh — whole networks, traced for three training steps, against the same networks written
# in PyTorch (trace_torch.py), tensor by tensor. Without PyTorch nothing is checked, and it says so.
set -u
. "$(dirname "$0")/tools/common.sh"
cd "$dir" || exit 1
python=/usr/bin/python3
if ! "$python" -c 'import torch' 2> /dev/null; then
    echo 'trace_torch: 0 passed, 0 failed, 0 skipped (no PyTorch here)'
    exit 0
fi

cat > resnet20.cnn <<'CNN'
data "cifar"
preprocess { normalize }
block convbn f s { conv f 3x3 stride=s pad=1 bias=no; batchnorm }
block basic f { residual { convbn f 1; relu; convbn f 1 }; relu }
block down f {
  residual { convbn f 2; relu; convbn f 1 } shortcut { conv f 1x1 stride=2 bias=no; batchnorm }
  relu
}
section stem   { convbn 16 1; relu }
section stage1 { repeat 3 { basic 16 } }
section stage2 { down 32; repeat 2 { basic 32 } }
section stage3 { down 64; repeat 2 { basic 64 } }
section head   { globalavgpool; dense classes; softmax }
loss crossentropy
CNN
cat > inception.cnn <<'CNN'
data "cifar"
preprocess { normalize }
conv 8 3x3 pad=same; batchnorm; relu
parallel { conv 6 1x1; relu } { conv 4 1x1; relu; conv 8 3x3 pad=same; relu }
         { maxpool 3 stride=1 pad=1; conv 4 1x1; relu }
maxpool 2
parallel { conv 8 1x1; relu } { conv 6 1x1; relu; conv 8 5x5 pad=same; relu }
globalavgpool; dense classes; softmax
loss crossentropy smoothing=10%
CNN
cat > cats_dogs.cnn <<'CNN'
data "idx"
conv 32 3x3; relu; maxpool 2
conv 32 3x3; relu; maxpool 2
dense 128; relu
dense 1; sigmoid
loss crossentropy
CNN
grep -vE '^(optimizer|train|evaluate|save)' "$root/models/lenet5.cnn" > lenet5.cnn

# Three steps on one batch with each rule. The double program is held to a much narrower limit.
rule() {
    case $1 in
        sgd)      echo 'sgd lr=0.02 momentum=0.9 decay=0.001' ;;
        adam)     echo 'adam lr=0.003 decay=0.001' ;;
        adam-eps) echo 'adam lr=0.003 decay=0.001 eps=0.001' ;;
    esac
}

for form in cifar idx; do "$python" -B "$root/tests/trace_torch.py" pictures $form $form; done
traces=''
for network in lenet5 resnet20 inception cats_dogs; do
    for how in cnnrun:sgd cnnrun:adam-eps cnnrun-f64:sgd cnnrun-f64:adam; do
        program=${how%%:*} optimizer=${how#*:}
        # sixteen images lie side by side in memory, eight one after the other
        case $optimizer in sgd) batch=16 ;; *) batch=8 ;; esac
        { cat $network.cnn; echo "optimizer $(rule "$optimizer")"; echo "train epochs=1 batch=$batch clip=1"; } > now.cnn
        "$BUILD/$program" now.cnn --trace "$network-$how" --updates 3 > now.txt 2>&1
        verdict $? "$program --trace of $network: $(cat now.txt)"
        traces="$traces $network $optimizer $network-$how"
    done
done
# shellcheck disable=SC2086
"$python" -B "$root/tests/trace_torch.py" check $traces > torch.txt 2>&1
grep -v '^ok' torch.txt
passed=$((passed + $(grep -c '^ok' torch.txt)))
[ "$(grep -c '^ok' torch.txt)" -eq 16 ]
verdict $? 'every trace agrees with PyTorch'

finish trace_torch
