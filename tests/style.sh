#!/bin/sh
# style.sh — the rules of the house that a command can check: who may include whom, how long files
# and functions are, what is never called, and that every table row has its file.
set -u
cd "$(dirname "$0")/.."
passed=0 failed=0
# check NAME OFFENDERS — passes when there are none.
check() {
    if [ -z "$2" ]; then passed=$((passed + 1)); return; fi
    failed=$((failed + 1))
    printf '%s:\n%s\n' "$1" "$2"
}
sources=$(find lang runtime viz tests -name '*.[chly]' -o -name '*.def' | sort)

includes() { grep -nE '^#include "' $(find "$1" -name '*.[chly]') /dev/null; }
check 'lang includes only lang' \
    "$(includes lang | grep -vE '#include "(lang/|gen/)')"
check 'runtime includes only runtime and lang' \
    "$(includes runtime | grep -vE '#include "(runtime/|lang/)')"
check 'only viz/window/sdl.c knows SDL' \
    "$(grep -lE '#include *[<"]SDL' $sources | grep -v '^viz/window/sdl.c$')"
check 'lang names no layer' \
    "$(grep -nE '"(conv|dense|maxpool|avgpool|relu|softmax|dropout|batchnorm)"' $(find lang -name '*.[chly]') | grep -v messages.def)"

check 'files have at most 500 lines' \
    "$(wc -l $sources | awk '$2 != "total" && $1 > 500')"
check 'functions have at most 60 lines' \
    "$(awk 'FNR == 1 { open = 0 }
            /^[a-zA-Z].*\)[ \t]*\{[ \t]*$/ { start = FNR; name = $0; open = 1 }
            /^\}/ { if (open && FNR - start > 60) print FILENAME ": " name; open = 0 }' $sources)"
check 'lines have at most 110 columns' \
    "$(awk '{ n = $0; gsub(/[\200-\277]/, "", n) } length(n) > 110 { print FILENAME ":" FNR }' $(echo "$sources" | grep -v '\.def$'))"
check 'no calls that mislead' \
    "$(grep -nE '\b(strcpy|strcat|sprintf|gets|atoi|atof|atol|strtok|setlocale)\(' $sources)"
check 'the library neither prints nor exits' \
    "$(grep -nE '\b(printf|puts|exit|abort|perror)\(' $(find lang runtime -name '*.[chly]') | grep -vE 'fprintf|snprintf|format\(printf|arena_print')"
check 'nothing is left to do' \
    "$(grep -nE '\b(TODO|FIXME|XXX|HACK)\b' $sources)"
check 'every layer has its row' \
    "$(for f in runtime/layers/*.c; do n=$(basename "$f" .c)
         grep -q "_layer = {" "$f" && ! grep -q "^LAYER($n)" runtime/layers/layers.def && echo "$f"; done)"
check 'every row has its layer' \
    "$(sed -n 's/^LAYER(\(.*\))$/\1/p' runtime/layers/layers.def | while read -r n; do
         [ -f "runtime/layers/$n.c" ] || echo "$n"; done)"
check 'every image step and every random one has its row' \
    "$(for f in $(grep -lE '_(step|augment) = \{' runtime/data/*.c runtime/augments/*.c); do n=$(basename "$f" .c)
         grep -qE "^(STEP|AUGMENT)\($n\)" runtime/data/steps.def runtime/augments/augments.def || echo "$f"; done)"
check 'nothing but the rooms of the house at the top' \
    "$(git ls-files 2>/dev/null | sed 's,/.*,,' | sort -u | grep -vE '^(Makefile|README.md|lang|runtime|viz|lessons|models|tests|\..*)$')"

echo "style: $passed passed, $failed failed"
[ $failed -eq 0 ]
