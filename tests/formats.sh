#!/bin/sh
# formats.sh — good and bad files, each with the verdict a reader must give: safetensors, IDX, gzip,
# pictures. Refusing is status 1 with a message that names the file, never a signal.
#
#   SHARED=DIR  where the makers of the files lie (default ../shared)     BUILD=DIR  (default build)
set -u
cd "$(dirname "$0")/.." || exit 1
shared=${SHARED:-../shared}
read_file=${BUILD:-build}/read_file
python=/usr/bin/python3

if [ ! -d "$shared/faults" ] || ! "$python" -c 'import numpy' 2>/dev/null; then
    echo "formats: 0 passed, 0 failed, 0 skipped (no makers of files or no numpy here)"
    exit 0
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
tab=$(printf '\t')

# verdict FILE WANTED COMMAND…: "accept" and "reject" are binding, "accept?" leaves the choice
verdict() {
    file=$1 wanted=$2
    shift 2
    timeout 10 "$read_file" "$@" >/dev/null 2>"$dir/said"
    status=$?
    case $wanted$status in
    accept0 | accept\?0) passed=$((passed + 1)); return ;;
    reject1 | accept\?1) grep -qF "$file" "$dir/said" && { passed=$((passed + 1)); return; } ;;
    esac
    failed=$((failed + 1))
    echo "formats: $file: $wanted, but status $status: $(head -c 200 "$dir/said")"
}

# A question mark marks what only we refuse, or what we accept as the format's own reader does.
"$python" "$shared/oracle/bad_safetensors.py" "$dir/st" >/dev/null
while IFS=$tab read -r name wanted _; do
    verdict "$name" "${wanted%\?}" safetensors "$dir/st/$name.safetensors"
done < "$dir/st/manifest.tsv"

# Which reader is asked.
"$python" "$shared/faults/gen_bad.py" "$dir/bad" >/dev/null
while IFS=$tab read -r name wanted _; do
    case $name in
    idx/labels-range | idx/labels-mismatch)
        # Alone it is a good file; as the labels of three pictures it is not.
        timeout 10 "$read_file" pair "$dir/bad/idx/ok-images" "$dir/bad/$name" 2>"$dir/said"
        if [ $? -eq 1 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "$name"; fi ;;
    idx/*label* | idx/swapped) verdict "$name" "$wanted" labels "$dir/bad/$name" ;;
    idx/* | gz/*) verdict "$name" "$wanted" images "$dir/bad/$name" ;;
    cifar/*)
        mkdir -p "$dir/folder/$name" && cp "$dir/bad/$name" "$dir/folder/$name/data_batch_1.bin"
        verdict "$name" "$wanted" cifar "$dir/folder/$name" ;;
    img/*) verdict "$name" "$wanted" picture "$dir/bad/$name" ;;
    esac
done < "$dir/bad/manifest.tsv"

echo "formats: $passed passed, $failed failed"
[ $failed -eq 0 ]
