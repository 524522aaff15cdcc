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

# Three steps on one batch with each rule. The double program is held to a much narrower limit.
rule() {
    case $1 in
        sgd)      echo 'sgd lr=0.02 momentum=0.9 decay=0.001' ;;
        adam)     echo 'adam lr=0.003 decay=0.001' ;;
        adam-eps) echo 'adam lr=0.003 decay=0.001 eps=0.001' ;;
    esac
}

for form in cifar idx; do "$python" -B "$root/tests/trace_torch.py" pictures $form $form; done
traces='' wanted=0
for network in lenet5 resnet20 inception_small cats_dogs; do
    for how in cnnrun:sgd cnnrun:adam-eps cnnrun-f64:sgd cnnrun-f64:adam; do
        program=${how%%:*} optimizer=${how#*:}
        case $network:$how in resnet20:*64:sgd|inception_small:*64:sgd) continue ;; esac # slow
        # sixteen images lie side by side in memory, eight one after the other
        case $optimizer in sgd) batch=16 ;; *) batch=8 ;; esac
        { cat $network.cnn; echo "optimizer $(rule "$optimizer")"; echo "train epochs=1 batch=$batch clip=1"; } > now.cnn
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
