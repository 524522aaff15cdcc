#!/bin/sh
# pictures.sh — real pictures: the odd ones of others are read, the broken ones refused, and an
# independent decoder (Pillow) sees the same, within one grey level.
#
#   SHARED=DIR  where data/robustness and data/photos lie (default ../shared)     BUILD=DIR
set -u
. "$(dirname "$0")/tools/common.sh"
read_file=$BUILD/read_file
robust=$SHARED/data/robustness
skipped=0

# ---- read or refused, as they must be ---------------------------------------------------------------

# expect FILE STATUS: what reading it ended with
expect() {
    timeout 10 "$read_file" picture "$1" >"$dir/said" 2>&1
    status=$?
    [ $status = "$2" ] && { [ $status = 0 ] || grep -qF "$1: " "$dir/said"; }
    verdict $? "$1: status $status, not $2: $(cat "$dir/said")"
}
if [ -d "$robust" ]; then
    for file in "$robust"/odd/*; do
        case $file in
        *webp*) expect "$file" 1
                grep -q 'this is a WebP picture; save it as PNG or JPEG' "$dir/said"
                verdict $? "$file: not named" ;;
        *) expect "$file" 0 ;;
        esac
    done
    for file in "$robust"/broken/*; do
        case $file in *trailing-garbage*) expect "$file" 0 ;; *) expect "$file" 1 ;; esac
    done
else
    skipped=$((skipped + 1))
fi

# ---- the same as another decoder --------------------------------------------------------------------

mkdir "$dir/odd" && "$BUILD/make_pictures" odd "$dir/odd" || exit 1
rm "$dir/odd/manifest.tsv"
if /usr/bin/python3 -c 'import PIL, numpy' 2>/dev/null; then
    set -- "$dir"/odd/*
    for folder in "$robust/odd" "$SHARED/data/photos"; do
        [ -d "$folder" ] && set -- "$@" "$folder"/*.[jp][pn]g "$folder"/*.jpeg
    done
    for file; do
        shift
        case $file in *webp* | */ink.jpg) continue ;; esac # Pillow takes all four inks for inverted
        [ -f "$file" ] && set -- "$@" "$file"
    done
    /usr/bin/python3 "$root/tests/tools/judge_pictures.py" "$read_file" "$@" >"$dir/judged" 2>&1
    tail -n 1 "$dir/judged" | grep -qE '^[0-9]+ passed, [0-9]+ failed$' || echo '0 passed, 1 failed' >>"$dir/judged"
    sed '$d' "$dir/judged"
    set -- $(tail -n 1 "$dir/judged")
    passed=$((passed + $1)) failed=$((failed + $3))
else
    skipped=$((skipped + 1))
fi

echo "pictures: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
