#!/bin/sh
# show_json.sh — `--show --json` is strict JSON whatever a model and its names contain, and says
# what the table says.
#
#   BUILD=DIR  (default build)
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
case ${BUILD:=build} in /*) cnnrun=$BUILD/cnnrun ;; *) cnnrun=$root/$BUILD/cnnrun ;; esac
python=/usr/bin/python3
CNNRUN_DATA=$root/models/data
export CNNRUN_DATA
if ! "$python" -c 'import json' 2>/dev/null; then
    echo "show_json: 0 passed, 0 failed, 0 skipped (no python here)"
    exit 0
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
passed=0 failed=0
verdict() {
    if [ "$1" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "failed: $2"; fi
}
cat >strict.py <<'END'
import json, sys
def refuse(word): raise ValueError(word)          # NaN, Infinity
def once(pairs):
    assert len(dict(pairs)) == len(pairs), pairs  # a key that is written twice
    return dict(pairs)
x = json.loads(open(sys.argv[1], "rb").read().decode("utf-8", "strict"),
               parse_constant=refuse, object_pairs_hook=once)
for condition in sys.argv[2:]:
    assert eval(condition), condition
END
# json FILE CONDITION… — the model's JSON is strict, and each condition on it, x, holds
json() {
    file=$1
    shift
    "$cnnrun" "$file" --show --json >out 2>err
    verdict $? "$file: status"
    "$python" strict.py out "$@"
    verdict $? "$file: JSON"
}

for model in "$root"/models/*.cnn; do
    words=$("$cnnrun" "$model" --check | sed 's/.*fine: //; s/,//g; s/ [a-z][a-z]*//g') # LAYERS PARAMETERS
    layers=${words%% *}
    json "$model" "x['totals']['layers'] == len(x['nodes']) - 1 == ${layers:-0}" \
        "all(i in [m['name'] for m in x['nodes'][:k]] for k, n in enumerate(x['nodes']) for i in n['inputs'])" \
        "x['output'] == x['nodes'][-1]['name'] and x['program'] and x['loss'] and x['optimizer']" \
        "all(len(n['shape']) == 3 and n['line'] >= 1 for n in x['nodes'])"
done
json "$root/models/first.cnn" "x['totals'] == {'layers': 8, 'parameters': 29962, 'trained': 29962, 'macs': 58600}" \
    "x['model'] == 'first' and x['seed'] == 1 and x['data']['name'] == 'mnist'" \
    "x['data']['image'] == [1, 28, 28] and x['data']['classes'] == 10 and x['data']['known']" \
    "x['nodes'][1]['options']['kernel'] == [5, 5] and x['nodes'][1]['shape'] == [2, 24, 24]" \
    "x['nodes'][1]['parameters'][0] == {'name': '0.weight', 'role': 'weight', 'shape': [2, 1, 5, 5]}" \
    "[p['kind'] for p in x['program']] == ['train', 'evaluate', 'save']" \
    "x['optimizer']['options']['lr'] == 0.1 and x['optimizer']['options']['momentum'] == 0" \
    "{'where': 'train', 'option': 'schedule', 'value': 'constant'} in x['defaults']" \
    "[n['name'] for n in x['nodes'] if n['inserted']] == ['flatten_before_3']"

# The names of weights are those of the public files.
json "$root/models/vgg16.cnn" \
    "{p['name'] for n in x['nodes'] for p in n['parameters']} == {f'{l}.{p}' for p in ('weight', 'bias') for l in [f'features.{i}' for i in (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)] + [f'classifier.{i}' for i in (0, 3, 6)]}"
cat >resnet18.py <<'END'
norm = ("weight", "bias", "running_mean", "running_var")
names = {"conv1.weight", "fc.weight", "fc.bias"} | {f"bn1.{p}" for p in norm}
for block in [f"layer{i}.{k}" for i in (1, 2, 3, 4) for k in (0, 1)]:
    names |= {f"{block}.conv{i}.weight" for i in (1, 2)} | {f"{block}.bn{i}.{p}" for i in (1, 2) for p in norm}
    if block[5:] in ("2.0", "3.0", "4.0"):
        names |= {f"{block}.downsample.0.weight"} | {f"{block}.downsample.1.{p}" for p in norm}
END
json "$root/models/resnet18.cnn" "exec(open('resnet18.py').read(), globals()) is None" \
    "{p['name'] for n in x['nodes'] for p in n['parameters']} == names and len(names) == 102"

# Names of any bytes: quotes cannot stand in a text, everything else can.
name=$(printf 'a\\b\377\303\244\342\202\254\355\240\200%%n{}[]:,')
printf 'data "%s" size=8x9 classes=3 list="%s"\nsection s { relu as t; section { relu } }\nsave "%s"\n' \
    "$name" "$name" "$name" | sed 's/%%/%/' >"$name.cnn"
json "$name.cnn" "x['data']['name'].startswith('a\\\\b\\ufffdä€\\ufffd')" \
    "x['data']['image'] == [3, 8, 9] and not x['data']['known']" \
    "[s['name'] for s in x['sections']] == ['s', 's.1'] and x['sections'][1]['parent'] == 's'" \
    "x['loss'] is None and x['optimizer'] is None and x['program'][0]['kind'] == 'save'"
tab=$(printf 't\ta\nb\001\177"q')
printf 'data mnist\nrelu\n' >"$tab.cnn"
json "$tab.cnn" "x['file'] == 't\\ta\\nb\\x01\\x7f\"q.cnn'"
printf 'data digits\nsection one { conv 4 3x3 }\n' >base.cnn
printf 'data mnist\nuse "base.cnn" as base\nrepeat 2 { relu }\n' >user.cnn
json user.cnn "x['nodes'][1]['file'] == 'base.cnn' and x['nodes'][1]['line'] == 2" \
    "'file' not in x['nodes'][2] and x['nodes'][1]['name'] == 'base.one.0'"

# What each training changes, as JSON and as a table: batchnorm's statistics are no parameters.
cat >phases.cnn <<'END'
data digits
section a { conv 2 3x3 as c; batchnorm }
dense classes; softmax
loss crossentropy
optimizer adam
freeze a.1
train
freeze a
train; train
unfreeze all
train
END
json phases.cnn "x['totals']['parameters'] == 754 and x['totals']['trained'] == 750" \
    "[n['name'] for n in x['nodes'] if n['frozen']] == ['a.1']" \
    "x['phases'] == [{'line': 7, 'trained': 750, 'frozen': ['a.1']}, {'line': 9, 'trained': 730, 'frozen': ['a.c', 'a.1']}, {'line': 9, 'trained': 730, 'frozen': ['a.c', 'a.1']}, {'line': 11, 'trained': 754, 'frozen': []}]"
"$cnnrun" phases.cnn >out
[ "$(grep -c 'frozen$' out)" = 3 ] && grep -q '^batchnorm  *a\.1 .* frozen$' out &&
    grep -q '^the training in line 7 changes 750 of the 754 parameters; the other 4 are frozen$' out &&
    grep -q '^the training in line 9 changes 730 of the 754 parameters; the other 24 are frozen$' out &&
    grep -q '^the training in line 11 changes all parameters$' out
verdict $? 'the table of what is frozen'
"$cnnrun" "$root/models/first.cnn" | grep -q frozen
[ $? = 1 ]
verdict $? 'nothing is frozen'

{ echo 'data mnist'; echo 'repeat 4000 { relu }'; } >long.cnn
json long.cnn "x['totals']['layers'] == 4000"

# usage
"$cnnrun" long.cnn --json >out 2>err
[ $? = 2 ] && grep -q -e '--json has a meaning only with --show' err && [ ! -s out ]
verdict $? '--json without --show'
"$cnnrun" base.cnn --show >out 2>err && "$cnnrun" base.cnn >bare && cmp -s out bare
verdict $? '--show is what is shown without it'
echo reluu >bad.cnn
"$cnnrun" bad.cnn --show --json >out 2>err
[ $? = 1 ] && [ -s err ] && [ ! -s out ]
verdict $? 'a wrong model has no JSON'
"$cnnrun" long.cnn --show --json >/dev/full 2>err
[ $? = 1 ]
verdict $? 'a full disk'

echo "show_json: $passed passed, $failed failed"
[ $failed -eq 0 ]
