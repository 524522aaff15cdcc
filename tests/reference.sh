#!/bin/sh
# reference.sh — the pages and word lists that are made from the program's own tables are what it
# prints today; and what editors are to read can be read.
#
#   BUILD=DIR  (default build)      UPDATE=1  writes the files anew: read the difference!
set -u
cd "$(dirname "$0")/.." || exit 1
: "${BUILD:=build}"
python=/usr/bin/python3
passed=0 failed=0
got=$(mktemp) || exit 1
trap 'rm -f "$got"' EXIT
verdict() {
    if [ "$1" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "failed: $2"; fi
}

# same FORMAT FILE
same() {
    "$BUILD/cnnrun" help --as "$1" >"$got"
    verdict $? "cnnrun help --as $1"
    [ "${UPDATE:-0}" = 1 ] && cp "$got" "$2"
    diff -u "$2" "$got"
    verdict $? "$2 is not what the program prints: UPDATE=1 sh tests/reference.sh"
}
vscode=lang/editors/vscode
same markdown lang/REFERENCE.md
same vim lang/editors/vim/syntax/cnn.vim
same textmate $vscode/syntaxes/cnn.tmLanguage.json

# Every word and every code that can be asked for stands in the reference.
for word in $("$BUILD/cnnrun" help | awk '/^  / { print $1 }'); do
    grep -qx "### $word" lang/REFERENCE.md
    verdict $? "lang/REFERENCE.md lacks $word"
done
for code in $(sed -n 's/^MESSAGE("\([A-Z][0-9]*\)".*/\1/p' lang/messages.def); do
    grep -q "^| $code |" lang/REFERENCE.md
    verdict $? "lang/REFERENCE.md lacks $code"
done

# The editors' files are well formed, their patterns are patterns, and models are coloured by them.
if "$python" -c 'import json' 2>/dev/null; then
    for file in $vscode/*.json $vscode/syntaxes/*.json; do
        "$python" -m json.tool "$file" >/dev/null
        verdict $? "$file"
    done
    "$python" - $vscode/syntaxes/cnn.tmLanguage.json models/*.cnn <<'END'
import json, re, sys
patterns = [re.compile(p["match"]) for p in json.load(open(sys.argv[1]))["patterns"]]
for name in sys.argv[2:]:
    own = re.findall(r"\bblock (\w+)", open(name).read())
    for n, line in enumerate(open(name), 1):
        word = re.match(r"[ \t]*([a-z]\w*)", line)
        if word and word[1] not in own and not any(p.match(line, word.start(1)) for p in patterns):
            sys.exit(f"{name}:{n}: {word[1]} has no colour")
END
    verdict $? "a word of a model has no colour"
fi
if command -v vim >/dev/null; then
    printf 'data mnist # why\nconv 8 5x5 pad=same\nsave "a"\n' >"$got.cnn"
    cat >"$got.vim" <<'END'
let colours = map([[1, 1], [1, 6], [1, 12], [2, 1], [2, 6], [2, 8], [2, 12], [2, 16], [3, 6]],
    \ {_, at -> synIDattr(synID(at[0], at[1], 1), 'name')})
call writefile([join(colours)], expand('%:r') . '.colours')
qa!
END
    vim -es -u NONE --cmd 'set nocompatible rtp^=lang/editors/vim' -c 'filetype on' -c 'syntax on' \
        -c "edit $got.cnn" -S "$got.vim" >/dev/null 2>&1
    [ "$(cat "$got.colours")" = "cnnStatement cnnChoice cnnComment cnnLayer cnnNumber cnnSize \
cnnOption cnnValue cnnText" ]
    verdict $? "Vim's colours: $(cat "$got.colours")"
    rm -f "$got".*
fi

echo "reference: $passed passed, $failed failed"
[ $failed -eq 0 ]
