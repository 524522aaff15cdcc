#!/bin/sh
# fmt.sh — `cnnrun fmt`: what is printed, what is written, what is left alone. How files are
# written neatly is tested by tests/unit/lang_format.c.
#
#   BUILD=DIR  (default build)
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
case ${BUILD:=build} in /*) cnnrun=$BUILD/cnnrun ;; *) cnnrun=$root/$BUILD/cnnrun ;; esac
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
passed=0 failed=0
check() { # NAME CONDITION…
    name=$1
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "failed: $name"; fi
}
run() { "$cnnrun" fmt "$@" >out 2>err </dev/null; status=$?; }
says() { grep -qF -e "$2" "$1"; }
stamp() { stat -c '%i %Y' "$1"; }

printf 'data   mnist\nConv2D 8 3x3 ;relu # why\n\n\n\ndense classes;softmax\n' >m.cnn
printf 'data mnist\nconv 8 3x3; relu  # why\n\ndense classes; softmax\n' >neat
cp m.cnn written
run m.cnn
check 'status' [ $status = 0 ]
check 'printed' cmp -s out neat
check 'the file is left alone' cmp -s m.cnn written
check 'nothing is said' [ ! -s err ]

chmod 640 m.cnn
run m.cnn --write
check '--write: status' [ $status = 0 ]
check '--write: written' cmp -s m.cnn neat
check '--write: says so' says out 'm.cnn: written anew'
check '--write: nothing is left beside it' [ "$(ls)" = "$(printf 'err\nm.cnn\nneat\nout\nwritten')" ]
before=$(stamp m.cnn)
run --write m.cnn
check 'what is neat is not written' [ "$(stamp m.cnn)" = "$before" ]
check 'what is neat: says so' says out 'm.cnn: is neat already'

printf 'data mnist\nrelu {\n' >open.cnn
cp open.cnn written
run open.cnn --write
check 'a syntax error: status' [ $status = 1 ]
check 'a syntax error: message' says err 'open.cnn:2:6'
check 'a syntax error: left alone' cmp -s open.cnn written
check 'a syntax error: nothing printed' [ ! -s out ]
printf 'data mnist\nconv 99   99x99\n' >shape.cnn
run shape.cnn
check 'a size that does not fit is written neatly' says out 'conv 99 99x99'
check 'a size that does not fit: status' [ $status = 0 ]

ln -s m.cnn link.cnn
printf 'relu;relu' >m.cnn
run link.cnn --write
check 'a link stays one' [ -L link.cnn ]
check 'the file behind it is written' says m.cnn 'relu; relu'
cp m.cnn ./--odd.cnn
run -- --odd.cnn
check 'a name with dashes' [ $status = 0 ]
run nowhere.cnn
check 'no such file' [ $status = 1 ]
check 'no such file: message' says err 'nowhere.cnn'
run .
check 'a folder' [ $status = 1 ]
run /dev/zero
check 'a device without end' [ $status = 1 ]
"$cnnrun" fmt m.cnn >/dev/full 2>err
check 'a full disk' [ $? = 1 ]
if [ "$(id -u)" != 0 ]; then
    chmod 500 . && printf 'relu' >m.cnn
    run m.cnn --write
    check 'a folder that cannot be written' [ $status = 1 ]
    chmod 700 .
fi

# wrong usage | what is said
while IFS='|' read -r args text; do
    # shellcheck disable=SC2086
    run $args
    check "fmt $args: status" [ $status = 2 ]
    check "fmt $args: message" says err "$text"
done <<'END'
|which file? cnnrun fmt FILE.cnn
m.cnn link.cnn|one model at a time
m.cnn --wirte|did you mean --write?
m.cnn --train|fmt and --train are two different things
m.cnn --json|--json has no meaning with fmt
END
"$cnnrun" m.cnn --write >out 2>err
check '--write without fmt: status' [ $? = 2 ]
check '--write without fmt: message' says err '--write has a meaning only with fmt'
"$cnnrun" help conv --as vim >out 2>err
check 'help conv --as vim' [ $? = 2 ]
"$cnnrun" help --as tex >out 2>err
check 'help --as tex' [ $? = 2 ]
"$cnnrun" --help >out
check '--help names fmt' says out 'cnnrun fmt FILE.cnn [--write]'

echo "fmt: $passed passed, $failed failed"
[ $failed -eq 0 ]
