#!/bin/sh
# readme.sh — what README.md shows is what the program prints, and what it says about the code is so.
#
# A line "    $ build/cnnrun …" is run; the indented lines below it are compared with what it prints.
# Of a training run only the words are compared: its figures depend a little on the processor.
#
#   UPDATE=1  writes the numbers of lines anew
set -u
. "$(dirname "$0")/tools/common.sh"
cd "$root" || exit 1
CNNRUN_DATA=models/data
ln -s "$root/models" "$root/tests" "$dir"
# block ARGUMENTS — the lines README shows below that command, without the indent.
block() {
    awk -v command="    \$ build/cnnrun $1" '
        $0 == command { on = 1; next }
        on && /^[^ ]/ { exit }
        on { sub(/^    /, ""); lines[++n] = $0 }
        END { while (n && lines[n] == "") n--; for (i = 1; i <= n; i++) print lines[i] }' README.md
}
# words — a text without its numbers, and without differences in blanks.
words() { sed -e 's/[0-9][0-9.,]*/N/g' -e 's/  */ /g' -e 's/[·[]*N[]·]*/N/g' -e '/^N\( [N·]\)* *$/d'; }
trim() { awk '{ sub(/ +$/, ""); lines[NR] = $0 } END { n = NR; while (n && lines[n] == "") n--; for (i = 1; i <= n; i++) print lines[i] }'; }

sed -n 's/^    \$ build\/cnnrun //p' README.md > "$dir/commands"
while read -r arguments; do
    block "$arguments" > "$dir/want"
    # shellcheck disable=SC2086
    (cd "$dir" && COLUMNS=100 "$cnnrun" $arguments 2>&1) | trim > "$dir/got"
    case $arguments in *--train*)
        words < "$dir/want" > "$dir/want.words" && mv "$dir/want.words" "$dir/want"
        words < "$dir/got" > "$dir/got.words" && mv "$dir/got.words" "$dir/got" ;;
    esac
    diff -u "$dir/want" "$dir/got"
    verdict $? "cnnrun $arguments prints something else"
done < "$dir/commands"
[ "$(wc -l < "$dir/commands")" -ge 3 ]
verdict $? 'README.md shows what the program prints'

sed -n 's/^| `\([a-z_0-9/.]*\)` | \([0-9,]*\) |.*/\1 \2/p' README.md | grep -E '^(lang|runtime|viz)/' > "$dir/counts"
while read -r file lines; do
    if [ -f "$file" ] && [ "${UPDATE:-0}" = 1 ]; then
        sed -i "s#^| \`$file\` | [0-9]* |#| \`$file\` | $(wc -l < "$file") |#" README.md
    elif [ -f "$file" ]; then
        awk -v has="$(wc -l < "$file")" -v said="$lines" 'BEGIN { exit !(has <= 1.1 * said + 3 && has >= 0.9 * said - 3) }'
        verdict $? "$file has $(wc -l < "$file") lines, README.md says $lines"
    else
        verdict 1 "$file is in README.md only"
    fi
done < "$dir/counts"
[ "$(wc -l < "$dir/counts")" -ge 30 ]
verdict $? 'README.md lists the code in reading order'

finish readme
