#!/bin/sh
# data.sh — cnnrun data: the known sets, and what is in a folder.
set -u
. "$(dirname "$0")/tools/common.sh"
cd "$dir" || exit 1
bytes() { for n in "$@"; do printf "\\$(printf %03o "$n")"; done; }
show() { "$cnnrun" data "$@" > out 2> err; status=$?; }
is() { [ $status -eq "$1" ]; verdict $? "$2: status $status, not $1: $(cat err)"; }
says() { grep -qF -- "$2" "$1"; verdict $? "$3: '$2' is not in $1: $(cat "$1")"; }

# ---- the known sets ----------------------------------------------------------------------------------
mkdir -p empty/mnist
show
is 0 'the known sets'
says out "digits    here                1,797    8×8×1       10  $CNNRUN_DATA/digits" 'the known sets'
says out "mnist     here      60,000 + 10,000  28×28×1       10  $CNNRUN_DATA/mnist" 'the known sets'
grep -qE '^cifar100 +(not here +32×32×3 +100|here +50,000)' out
verdict $? "the known sets: $(cat out)"
says out "  $CNNRUN_DATA" 'where they are looked for'
show --csv
is 0 'as a table'
says out 'set,state,training,validation,test,height,width,channels,classes,place' 'as a table'
says out "mnist,here,60000,0,10000,28,28,1,10,$CNNRUN_DATA/mnist" 'as a table'
[ "$(wc -l < out)" -eq 6 ] && [ "$(awk -F, 'NF != 10' out | wc -l)" -eq 0 ]
verdict $? "as a table: $(cat out)"

head -c 1000 "$CNNRUN_DATA/mnist/train-images-idx3-ubyte.gz" > empty/mnist/train-images-idx3-ubyte.gz
cp "$CNNRUN_DATA/mnist/train-labels-idx1-ubyte.gz" empty/mnist
CNNRUN_DATA=$dir/empty "$cnnrun" data > out 2> err
status=$?
is 1 'a set that is damaged'
grep -q '^mnist  *damaged ' out
verdict $? "a set that is damaged: $(cat out)"
says err 'empty/mnist/train-images-idx3-ubyte.gz: announces 47040000 bytes' 'a set that is damaged'

# ---- one set: counts, mean and deviation as everybody knows them -----------------------------------
show mnist
is 0 'mnist'
for text in 'mnist: 60,000 training + 10,000 test images in 10 classes' '5         5,421     892' \
    'all      60,000  10,000' 'mean      0.1307' 'deviation 0.3081' 'no image comes twice' 'data mnist'; do
    says out "$text" 'mnist'
done
for n in 1 3; do
    "$cnnrun" data digits --threads $n > "threads$n" 2>&1
done
cmp -s threads1 threads3
verdict $? 'digits: another answer on three threads'

# ---- a folder: two pictures come again, one of them with another label ------------------------------
mkdir few
{ bytes 0 0 8 3  0 0 0 5  0 0 0 1  0 0 0 2;  bytes 1 2  3 4  5 6  7 8  3 4; } > few/train-images-idx3-ubyte
{ bytes 0 0 8 1  0 0 0 5;  bytes 0 0 0 0 1; } > few/train-labels-idx1-ubyte
{ bytes 0 0 8 3  0 0 0 2  0 0 0 1  0 0 0 2;  bytes 9 9  7 8; } > few/t10k-images-idx3-ubyte
{ bytes 0 0 8 1  0 0 0 2;  bytes 1 0; } > few/t10k-labels-idx1-ubyte
show few
is 0 'a folder'
cat > want <<'TXT'
few: 5 training + 2 test images in 2 classes
from ./few

class  training  test
─────────────────────
0             4     1
1             1     1
─────────────────────
all           5     2

size      1x2, gray
mean      0.0169   black is 0, white is 1
deviation 0.0082
the largest class has 4.0 times as many training images as the smallest: train balance=oversample evens that out
1 training image comes again (1 with another label): training image 4 is training image 1
1 test image is a training image, too: test image 1 is training image 3

in a model file: data "few"
TXT
diff -u want out
verdict $? 'a folder'
show few --csv
for row in what,part,of,value place,,,./few width,,,2 classes,,,2 images,training,0,4 images,test,1,1 \
    repeats,training,training,1 repeats,test,training,1 repeats,test,test,0 mean,training,gray,0.0168627; do
    grep -qxF -- "$row" out
    verdict $? "as a table: no $row: $(cat out)"
done
[ "$(awk -F, 'NF != 4' out | wc -l)" -eq 0 ]
verdict $? 'as a table: four fields in each line'

# ---- a folder of pictures: of different sizes, one broken, one twice --------------------------------
# picture FILE WIDTH HEIGHT BYTE — a picture of one gray all over.
picture() {
    mkdir -p "$(dirname "$1")"
    { printf 'P5 %d %d 255\n' "$2" "$3"; i=0; while [ $i -lt $(($2 * $3)) ]; do bytes "$4"; i=$((i + 1)); done; } > "$1"
}
picture pets/train/cat/1.pgm 3 5 100; picture pets/train/cat/2.pgm 4 2 110; picture pets/train/cat/3.pgm 4 4 120
picture pets/train/dog/1.pgm 6 6 130; picture pets/train/dog/2.pgm 3 3 100
picture pets/test/cat/9.pgm 5 3 110;  picture pets/test/dog/9.pgm 5 3 111
printf 'P5 9 9 255\nshort' > pets/train/dog/broken.pgm
echo 'not a picture' > pets/train/dog/readme.txt
show pets
is 0 'a folder of pictures'
cat > want <<'TXT'
pets: 5 training + 2 test images in 2 classes
from ./pets

class  training  test
─────────────────────
cat           3     1
dog           2     1
─────────────────────
all           5     2

size      2x3 to 6x6, here brought to 64x64, gray
mean      0.4392   black is 0, white is 1
deviation 0.0457
the largest class has 1.5 times as many training images as the smallest: train balance=oversample evens that out
1 training image comes again (1 with another label): ./pets/train/dog/2.pgm is ./pets/train/cat/1.pgm
1 test image is a training image, too: ./pets/test/cat/9.pgm is ./pets/train/cat/2.pgm
1 other file or folder among the images is left out
1 image cannot be read:
  ./pets/train/dog/broken.pgm: the file is too short for 9 x 9 pixels

in a model file: data "pets" size=64x64
TXT
sed 's/broken.pgm: .*/broken.pgm: …/' out > short
sed 's/broken.pgm: .*/broken.pgm: …/' want | diff -u - short
verdict $? 'a folder of pictures'
show pets --csv
for row in unreadable,,,1 left_out,,,1 least_height,,,2 most_width,,,6 images,training,cat,3 repeats,test,training,1; do
    grep -qxF -- "$row" out
    verdict $? "a folder as a table: no $row: $(cat out)"
done

# ---- the same picture in another size --------------------------------------------------------------------
# slope FILE SIDE WHITE — a square that grows lighter from left to right, up to WHITE.
slope() {
    mkdir -p "$(dirname "$1")"
    { printf 'P5 %d %d 255\n' "$2" "$2"
      y=0; while [ $y -lt "$2" ]; do
          x=0; while [ $x -lt "$2" ]; do bytes $((x * $3 / ($2 - 1))); x=$((x + 1)); done
          y=$((y + 1))
      done; } > "$1"
}
slope again/train/cat/1.pgm 16 240; slope again/train/dog/1.pgm 16 120
slope again/test/cat/1.pgm 24 240;  slope again/test/dog/1.pgm 16 40
show again
is 0 'another size'
says out '1 test image looks like a training image, perhaps the same in another quality or size: ./again/test/cat/1.pgm like ./again/train/cat/1.pgm' 'another size'
[ "$(grep -c 'looks like' out)" = 1 ]
verdict $? "another size: $(cat out)"
show again --csv
for row in alike,test,training,1 alike,training,training,0 repeats,test,training,0; do
    grep -qxF -- "$row" out
    verdict $? "another size as a table: no $row: $(cat out)"
done

# ---- as a picture ----------------------------------------------------------------------------------------
if "$cnnrun" --help | grep -q -e '--draw FILE'; then
    for name in pets few digits; do
        show "$name" --sheet "$name.svg"
        is 0 "--sheet of $name"
        grep -q '</svg>' "$name.svg"
        verdict $? "--sheet of $name: no picture"
    done
    show pets --sheet pets.png
    [ "$(head -c 4 pets.png | tail -c 3)" = PNG ]
    verdict $? '--sheet: no PNG'
    show pets --sheet pets.txt
    is 1 '--sheet of another form'
    show --sheet all.png
    is 2 '--sheet of nothing'
    says err 'which pictures? cnnrun data NAME --sheet all.png' '--sheet of nothing'
fi

# ---- wrong -------------------------------------------------------------------------------------------
show nowhere
is 1 'no such folder'
says err 'there is no data set "nowhere"; looked in:' 'no such folder'
[ ! -s out ]
verdict $? 'no such folder: something on stdout'
show few many
is 2 'two folders'
show --epochs 3
is 2 'an option of training'
"$cnnrun" few --csv > out 2> err
status=$?
is 2 '--csv of a model'

finish data
