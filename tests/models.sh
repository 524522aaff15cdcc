#!/bin/sh
# models.sh — the models that ship do what their comments say: they check, have the numbers of
# parameters that are written about them, learn, and are read back from their files unchanged.
set -u
. "$(dirname "$0")/tools/common.sh"
cd "$dir" || exit 1

# accuracy FILE — the number in its last "accuracy 95.87 %" line.
accuracy() { sed -n 's/.*accuracy \([0-9.]*\) %.*/\1/p' "$1" | tail -n 1; }
at_least() { awk -v got="${1:-0}" -v want="$2" 'BEGIN { exit !(got + 0 >= want + 0) }'; }

for f in "$root"/models/*.cnn; do
    "$cnnrun" "$f" --check > out.txt 2>&1
    verdict $? "$f does not check: $(cat out.txt)"
done

# Parameters of the networks that are published, or written about, with that number.
while read -r model parameters; do
    "$cnnrun" "$root/models/$model.cnn" --check 2>&1 | grep -q " $parameters parameters$"
    verdict $? "$model has not $parameters parameters"
done <<'PARAMETERS'
recipe           34,108
cats_dogs        813,217
flowers          548,645
pneumonia        56,194
cifar_cnn        62,006
cifar_deeper     551,466
vgg16            138,357,544
vgg_small        14,719,818
resnet18         11,689,512
resnet20         272,474
resnet20_public  269,722
plain20          269,722
inception_small  211,266
transfer         272,149
from_scratch     272,149
PARAMETERS

# model, parameters, accuracy it must reach in a short training, how many pictures (0: all), options
while read -r model parameters least pictures options; do
    [ "$pictures" = 0 ] && limit='' || limit="--limit $pictures"
    "$cnnrun" "$root/models/$model.cnn" | grep -q "$parameters"
    verdict $? "$model has not $parameters parameters"
    # shellcheck disable=SC2086
    "$cnnrun" "$root/models/$model.cnn" --train $limit $options > "$model.txt" 2>&1
    verdict $? "$model --train failed: $(tail -n 3 "$model.txt")"
    at_least "$(accuracy "$model.txt")" "$least"
    verdict $? "$model: accuracy $(accuracy "$model.txt") %, expected $least"
    # shellcheck disable=SC2086
    "$cnnrun" "$root/models/$model.cnn" --test $limit > "$model.test.txt" 2>&1
    [ "$(accuracy "$model.txt")" = "$(accuracy "$model.test.txt")" ]
    verdict $? "$model: the saved weights give $(accuracy "$model.test.txt") %"
done <<'MODELS'
first        29,962     95  0
mlp_sigmoid  418,060    88  0     --epochs 1
mlp_dropout  535,818    94  0     --epochs 1
lenet5       61,706     97  0     --epochs 1
quick        61,706     98  0
mnist_cnn    1,199,882  80  6000  --epochs 1
MODELS

finish models
