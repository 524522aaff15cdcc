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

# Networks that ship, on made-up pictures and with another training.
for network in lenet5 resnet20 inception_small cats_dogs; do
    case $network in cats_dogs) set=idx ;; *) set=cifar ;; esac
    { [ $network = lenet5 ] && echo 'data mnist' || echo "data \"$set\""
      grep -vE '^(data|loss|optimizer|train|evaluate|save)' "$root/models/$network.cnn"
      echo 'loss crossentropy smoothing=10%'; } > $network.cnn
done

# Layers, options and a balance that those have not.
cat > all_others.cnn <<'CNN'
data "cifar" limit=33
section stem { conv 8 3x3 stride=2 pad=same bias=no; batchnorm; elu as early }
section body {
  residual { conv 8 3x3 pad=same dilation=2 groups=4 bias=no; instancenorm; gelu }
  silu; lrn 5 alpha=0.5; upsample 2; widen 11; avgpool 3 stride=2 pad=1
  layernorm; leakyrelu 0.2; concat stem.early; dropout 25%; maxpool 3 stride=2 ceil=yes
}
section head { globalavgpool; dense 20; tanh; dense classes; softmax }
loss crossentropy smoothing=10%
CNN

# Three steps on one batch with each rule. The double program is held to a much narrower limit.
rule() {
    case $1 in
        sgd)      echo 'sgd lr=0.02 momentum=0.9 decay=0.001' ;;
        nesterov) echo 'sgd lr=0.02 momentum=0.9 decay=0.001 nesterov=yes' ;;
        adam)     echo 'adam lr=0.003 decay=0.001' ;;
        adam-eps) echo 'adam lr=0.003 decay=0.001 eps=0.001' ;;
    esac
}

for form in cifar idx; do "$python" -B "$root/tests/trace_torch.py" pictures $form $form; done
traces='' wanted=0
for network in lenet5 resnet20 inception_small cats_dogs all_others; do
    case $network in all_others) sgd=nesterov train=' balance=weights' ;; *) sgd=sgd train='' ;; esac
    for how in cnnrun:$sgd cnnrun:adam-eps cnnrun-f64:$sgd cnnrun-f64:adam; do
        program=${how%%:*} optimizer=${how#*:}
        case $network:$how in resnet20:*64:sgd|inception_small:*64:sgd) continue ;; esac # slow
        # sixteen images lie side by side in memory, eight one after the other
        case $optimizer in sgd|nesterov) batch=16 ;; *) batch=8 ;; esac
        { cat $network.cnn; echo "optimizer $(rule "$optimizer")"; echo "train epochs=1 batch=$batch clip=1$train"
        } > now.cnn
        "$BUILD/$program" now.cnn --trace "$network-$how" --updates 3 > now.txt 2>&1
        verdict $? "$program --trace of $network: $(cat now.txt)"
        traces="$traces $network $optimizer $network-$how"
        wanted=$((wanted + 1))
    done
done
# shellcheck disable=SC2086
"$python" -B "$root/tests/trace_torch.py" check $traces > torch.txt 2>&1
grep -v '^ok' torch.txt
passed=$((passed + $(grep -c '^ok' torch.txt)))
[ "$(grep -c '^ok' torch.txt)" -eq $wanted ]
verdict $? 'every trace agrees with PyTorch'

finish trace_torch
