#!/bin/sh
# data_fetch.sh — models/data/fetch.sh, with folders (file://) for the places that data come from, and
# with a web server on this machine where there is Python.
set -u
. "$(dirname "$0")/tools/common.sh"
if ! command -v curl > /dev/null || ! curl --version | grep -q 'Protocols:.* file'; then
    echo 'data_fetch: 0 passed, 0 failed, 1 skipped (curl that reads file:// is not here)'
    exit 0
fi
cd "$dir" || exit 1
unset FROM

# A set of two files and one that is packed, on a disk; a script with a table of them.
mkdir -p here disk/letters disk/packed/folder to
cp "$root/models/data/fetch.sh" here
head -c 30000 "$cnnrun" > disk/letters/a.bin
head -c 20000 "$cnnrun" | tail -c 9000 > disk/letters/b.bin
head -c 5000 "$cnnrun" | tail -c 1234 > disk/packed/folder/in.bin
(cd disk/packed && tar -czf pack.tar.gz folder && mv folder "$dir/unpacked")
sum() { CNNRUN_DATA=/ sh -c '. "$0"' "$dir/sum.sh" "$1"; }
sed -n '/^sha256()/,/^}/p' here/fetch.sh > sum.sh
echo 'sha256 "$1"' >> sum.sh
bytes() { wc -c < "$1" | tr -d ' '; }
row() { echo "$1 $2 $3 $(bytes "disk/$1/$3") $(sum "disk/$1/$3")"; }
{ echo '# a comment'
  echo "letters from file://$dir/nowhere"
  echo "letters from file://$dir/disk/letters"
  row letters file a.bin; row letters file b.bin
  echo
  echo "packed from file://$dir/disk/packed"
  row packed pack pack.tar.gz
  echo 'packed holds in.bin 1234'; } > here/sets.txt

fetch() { # its words are in out and err, its status in $status
    CNNRUN_DATA=$dir/to sh here/fetch.sh "$@" > out 2> err
    status=$?
}
is() { [ $status -eq "$1" ]; verdict $? "$2: status $status, not $1: $(cat out err)"; }
says() { grep -qF "$2" "$1"; verdict $? "$3: '$2' is not in $1: $(cat "$1")"; }
same() { cmp -s "$1" "$2"; verdict $? "$3: $2 is not $1"; }
only() { [ "$(cd to && find . -type f | sort | tr '\n' ' ')" = "$1" ]; verdict $? "$2: $(cd to && find . -type f)"; }

# ---- everything, from the first place that has it --------------------------------------------------
fetch
is 0 'everything'
says out "letters: complete in $dir/to/letters" 'everything'
says out "letters: a.bin, 30 kB, from file://$dir/disk/letters" 'everything'
says out "packed: complete in $dir/to/packed" 'everything'
same disk/letters/a.bin to/letters/a.bin 'everything'
same disk/letters/b.bin to/letters/b.bin 'everything'
same unpacked/in.bin to/packed/in.bin 'everything'
only './letters/a.bin ./letters/b.bin ./packed/in.bin ' 'nothing but the data is left'
[ "$(grep -c 'a.bin, 30 kB, from' out)" = 2 ] && [ "$(grep -c 'b.bin, 9 kB, from' out)" = 1 ]
verdict $? 'a place that gives nothing is not asked again'

# ---- again: nothing is fetched ----------------------------------------------------------------------
mv disk gone
fetch
is 0 'again, without the disk'
[ "$(wc -l < out)" -eq 2 ]
verdict $? "again: more is said than that they are there: $(cat out)"
mv gone disk

# ---- a file that is damaged, and one that is too long ---------------------------------------------
printf x | dd of=to/letters/a.bin bs=1 seek=77 conv=notrunc 2> /dev/null
echo >> to/packed/in.bin
head -c 12345 "$cnnrun" > to/letters/b.bin.part
rm to/letters/b.bin
fetch
is 0 'damaged'
says out 'a.bin is not the file it should be' 'damaged'
same disk/letters/a.bin to/letters/a.bin 'damaged'
same disk/letters/b.bin to/letters/b.bin 'a part that is too long'
same unpacked/in.bin to/packed/in.bin 'an unpacked file of another size'

# ---- interrupted: only the rest is fetched --------------------------------------------------------
rm to/letters/a.bin
head -c 10000 disk/letters/a.bin > to/letters/a.bin.part
cp disk/letters/a.bin right
printf y | dd of=disk/letters/a.bin bs=1 seek=5000 conv=notrunc 2> /dev/null # what was fetched before
fetch letters
is 0 'interrupted'
same right to/letters/a.bin 'interrupted'
[ ! -e to/letters/a.bin.part ]
verdict $? 'interrupted: the part is still there'

# ---- not the file it should be --------------------------------------------------------------------
rm to/letters/a.bin
fetch letters
is 1 'another file of that name'
says err "$dir/disk/letters/a.bin gave 30000 bytes that are not the file: thrown away" 'another file'
[ ! -e to/letters/a.bin ] && [ ! -e to/letters/a.bin.part ] && [ -e to/letters/b.bin ]
verdict $? 'another file: it is kept'
cp right disk/letters/a.bin
head -c 100 right > disk/letters/a.bin
fetch letters
is 1 'a file that is too short'
says err 'gave 100 bytes that are not the file' 'a file that is too short'
cp right disk/letters/a.bin

# ---- no connection, and a place of one's own --------------------------------------------------------
mv disk gone
rm -r to
fetch
is 1 'no connection'
for text in "letters   a.bin " "30000 bytes   file://$dir/nowhere/a.bin" 'letters   b.bin' 'packed    pack.tar.gz' \
    'run make data again' "$dir/to" 'make data FROM=file:///disk'; do
    says err "$text" 'no connection'
done
CNNRUN_DATA=$dir/to FROM=file://$dir/gone sh here/fetch.sh letters > out 2> err
status=$?
is 0 'FROM'
same right to/letters/a.bin 'FROM'

# A file that somebody has put there by hand.
mkdir -p to/packed && cp gone/packed/pack.tar.gz to/packed
fetch packed
is 0 'put there by hand'
same unpacked/in.bin to/packed/in.bin 'put there by hand'
mv gone disk

# ---- what ships, wrong names, archives that hold something else -----------------------------------
mkdir here/letters && cp disk/letters/*.bin here/letters && rm -r to
fetch letters
is 0 'what ships'
says out "letters: complete in $dir/here/letters" 'what ships'
fetch letter
is 2 'an unknown set'
says err "there is no set 'letter'; there are: letters packed" 'an unknown set'
sed 's/holds in.bin 1234/holds in.bin 1235/' here/sets.txt > sets && mv sets here/sets.txt
fetch packed
is 1 'an archive that holds something else'
says err 'cannot be unpacked' 'an archive that holds something else'
(unset CNNRUN_DATA HOME; sh here/fetch.sh > out 2> err)
status=$?
is 1 'no place to put them'
says err 'neither CNNRUN_DATA nor HOME' 'no place to put them'

# ---- from a web server ----------------------------------------------------------------------------
# serve FOLDER [--whole]: its port is in $port, its process in $server, its log in requests.
serve() {
    : > requests
    rm -f port
    "$python" -B "$root/tests/tools/web_server.py" "$1" requests ${2:-} > port &
    server=$!
    tries=0
    until [ -s port ] || [ $tries -eq 300 ]; do sleep 0.1; tries=$((tries + 1)); done
    port=$(cat port)
}
leave() { kill $server && wait $server; } 2> /dev/null
asked() { grep -qxF "$1" requests; verdict $? "$2: '$1' was not asked for: $(cat requests)"; }
python=$(command -v python3)
if [ -n "$python" ]; then
    rm -rf to web here/letters && mkdir -p web/net
    cp right web/net/cut.bin && cp disk/letters/b.bin web/net/b.bin
    { echo 'net from http://127.0.0.1:PORT/net'
      echo "net file cut.bin 30000 $(sum right)"; echo "net file b.bin 9000 $(sum disk/letters/b.bin)"; } > rows

    serve web
    sed "s/PORT/$port/" rows > here/sets.txt
    fetch
    is 1 'the connection breaks'
    says err 'net       cut.bin ' 'the connection breaks'
    [ "$(bytes to/net/cut.bin.part)" = 10000 ]
    verdict $? "the connection breaks: what came is not kept: $(ls -l to/net)"
    fetch
    is 0 'gone on with'
    same right to/net/cut.bin 'gone on with'
    asked '/net/cut.bin bytes=10000-' 'gone on with'
    asked '/net/b.bin -' 'gone on with'
    leave

    rm to/net/*
    head -c 10000 right > to/net/cut.bin.part
    head -c 9000 right > to/net/b.bin.part # whole, but not the file
    serve web --whole
    sed "s/PORT/$port/" rows > here/sets.txt
    fetch
    is 0 'a server that gives files as a whole only'
    same right to/net/cut.bin 'a server that gives files as a whole only'
    same disk/letters/b.bin to/net/b.bin 'a part that is not of this file'
    rm to/net/cut.bin web/net/cut.bin
    fetch
    is 1 'a file that the server does not have'
    says err "30000 bytes   http://127.0.0.1:$port/net/cut.bin" 'a file that the server does not have'
    leave
    fetch
    is 1 'nobody answers'
    says err 'with a connection to the internet, run make data again' 'nobody answers'
else
    skipped=$((skipped + 1))
fi

# ---- the table, and make data -------------------------------------------------------------------------
table=$root/models/data/sets.txt
bad=$(awk '!/^#/ && NF && !($2 == "from" && $3 ~ /^https?:/ && NF == 3) && !($2 == "holds" && $4 > 0 && NF == 4) &&
           !($2 ~ /^(file|pack)$/ && $4 > 0 && $5 ~ /^[0-9a-f]+$/ && length($5) == 64 && NF == 5)' "$table")
[ -z "$bad" ]
verdict $? "sets.txt: $bad"
for file in "$root"/models/data/mnist/*.gz; do
    name=$(basename "$file")
    grep -q "^mnist *file *$name *$(bytes "$file") *$(sum "$file")\$" "$table"
    verdict $? "sets.txt: $name is not what ships"
done
(cd "$root" && CNNRUN_DATA=$dir/to $MAKE -s data SETS=mnist > "$dir/out" 2> "$dir/err")
status=$?
is 0 'make data SETS=mnist'
says out "mnist: complete in $root/models/data/mnist" 'make data SETS=mnist'

finish data_fetch
