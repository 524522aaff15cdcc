#!/bin/sh
# fetch.sh — brings the public data sets in full (sets.txt says which, and from where).
#
#   make data                              all of them
#   make data SETS="mnist cifar10"         some of them
#   make data FROM=file:///media/stick     from a place of your own that has SET/FILE (or a web server)
#
# They go to $CNNRUN_DATA, else to ~/.local/share/cnnrun, into a folder for each set. A file that was
# interrupted is gone on with. Every file is checked by size and SHA-256 before it gets its name; one
# that lies there already is checked, too. Without a connection it says what is missing and what to do.
set -u
here=$(cd "$(dirname "$0")" && pwd)
table=$here/sets.txt
from=${FROM:-}
to=${CNNRUN_DATA:-${HOME:+$HOME/.local/share/cnnrun}}
missing=  # a line for each file that could not be had
silent=   # addresses that gave nothing: not asked again

stop() { echo "make data: $1" >&2; exit "$2"; }

# rows SET KIND — the rest of the rows of that kind.
rows() { awk -v set="$1" -v kind="$2" '$1 == set && $2 == kind { $1 = $2 = ""; sub(/^ +/, ""); print }' "$table"; }

size_of() { wc -c < "$1" | tr -d ' '; }
in_words() { awk -v n="$1" 'BEGIN { if (n < 1e6) printf "%.0f kB", n / 1e3; else printf "%.0f MB", n / 1e6 }'; }

sha256() {
    if command -v sha256sum > /dev/null; then sha256sum "$1"
    elif command -v shasum > /dev/null; then shasum -a 256 "$1"
    else openssl dgst -r -sha256 "$1"
    fi | cut -d' ' -f1
}

is_right() { [ -f "$1" ] && [ "$(size_of "$1")" = "$2" ] && [ "$(sha256 "$1")" = "$3" ]; }

# download ADDRESS FILE — the rest of a file, or all of it. A progress bar where somebody watches. (Status
# 33 of curl: this place cannot give the rest of a file. Then all of it is fetched.)
download() {
    if command -v curl > /dev/null; then
        [ -t 2 ] && quiet=--progress-bar || quiet='--silent --show-error'
        # shellcheck disable=SC2086
        curl --fail --location $quiet --connect-timeout 15 -C - -o "$2" "$1"
        status=$?
        [ $status -eq 33 ] && [ -f "$2" ] || return $status
        rm -f "$2"
        download "$1" "$2"
    else
        wget --quiet --continue --timeout=15 --tries=1 -O "$2" "$1"
    fi
}

# part ADDRESS FILE BYTES SHA — FILE.part, whole and right. What an interruption leaves is kept, what is
# wrong is thrown away.
part() {
    [ -f "$2.part" ] && [ "$(size_of "$2.part")" -ge "$3" ] && ! is_right "$2.part" "$3" "$4" && rm -f "$2.part"
    [ -f "$2.part" ] && [ "$(size_of "$2.part")" = "$3" ] || download "$1" "$2.part" || return 1
    is_right "$2.part" "$3" "$4" && return 0
    echo "  $1 gave $(size_of "$2.part") bytes that are not the file: thrown away" >&2
    rm -f "$2.part"
    return 1
}

addresses() { if [ -n "$from" ]; then echo "$from/$1"; else rows "$1" from; fi; }

# bring SET NAME BYTES SHA — the file, from the first place that has it.
bring() {
    file=$to/$1/$2
    is_right "$file" "$3" "$4" && return 0
    if [ -f "$file" ]; then
        echo "$1: $2 is not the file it should be; it is fetched anew"
        rm -f "$file"
    fi
    mkdir -p "$to/$1" || stop "the folder $to/$1 cannot be made" 1
    for address in $(addresses "$1"); do
        case " $silent " in *" $address "*) continue ;; esac
        echo "$1: $2, $(in_words "$3"), from $address"
        part "$address/$2" "$file" "$3" "$4" && mv -f "$file.part" "$file" && return 0
        silent="$silent $address"
    done
    missing="$missing$1 $2 $3 $(addresses "$1" | head -n 1)/$2
"
    return 1
}

# unpacked SET FOLDER — are all files of its archive there?
unpacked() {
    rows "$1" holds | while read -r name bytes; do
        [ -f "$2/$name" ] && [ "$(size_of "$2/$name")" = "$bytes" ] || echo "$name"
    done | grep -q . && return 1
    return 0
}

unpack() { # SET ARCHIVE — beside the set first, so that it is never there by half
    rm -rf "$to/$1/new"
    mkdir "$to/$1/new" && tar -xzf "$to/$1/$2" -C "$to/$1/new" --strip-components=1 &&
        unpacked "$1" "$to/$1/new" || stop "$to/$1/$2 cannot be unpacked: is the disk full?" 1
    mv -f "$to/$1/new"/* "$to/$1" && rm -rf "$to/$1/new" "$to/$1/$2"
}

# here_already SET FOLDER
here_already() {
    [ -d "$2" ] || return 1
    rows "$1" file | while read -r name bytes sum; do
        is_right "$2/$name" "$bytes" "$sum" || echo "$name"
    done | grep -q . && return 1
    unpacked "$1" "$2"
}

fetch() {
    for folder in "$to/$1" "$here/$1"; do
        here_already "$1" "$folder" && echo "$1: complete in $folder" && return
    done
    rows "$1" file > "$list"
    while read -r name bytes sum; do bring "$1" "$name" "$bytes" "$sum"; done < "$list"
    rows "$1" pack > "$list"
    while read -r name bytes sum; do bring "$1" "$name" "$bytes" "$sum" && unpack "$1" "$name"; done < "$list"
    here_already "$1" "$to/$1" && echo "$1: complete in $to/$1"
}

known=$(awk '!/^#/ && NF { print $1 }' "$table" | uniq | tr '\n' ' ')
[ -n "$to" ] || stop 'neither CNNRUN_DATA nor HOME says where the data shall go' 1
for set in "$@"; do
    case " $known" in *" $set "*) ;; *) stop "there is no set '$set'; there are: $known" 2 ;; esac
done
command -v curl > /dev/null || command -v wget > /dev/null ||
    stop 'neither curl nor wget is here: install one of them' 1
command -v sha256sum > /dev/null || command -v shasum > /dev/null || command -v openssl > /dev/null ||
    stop 'none of sha256sum, shasum and openssl is here: install one of them' 1
list=$(mktemp) || exit 1
trap 'rm -f "$list"' EXIT
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $known
for set in "$@"; do fetch "$set"; done

[ -z "$missing" ] && exit 0
cat >&2 <<TEXT

Missing:
$(printf %s "$missing" | while read -r set name bytes address; do
      printf '  %-9s %-28s %11d bytes   %s\n' "$set" "$name" "$bytes" "$address"
  done)

What to do: with a connection to the internet, run make data again; it goes on where it stopped.
Or fetch these files elsewhere, put them into a folder for each set (mnist, fashion …), and either lay
these folders into $to
and run make data, which checks and unpacks them, or say where they are: make data FROM=file:///disk
TEXT
exit 1
