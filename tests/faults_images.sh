#!/bin/sh
# faults_images.sh — what can be wrong with pictures, folders and data sets, one numbered check per
# line of the list of faults: the message says what it must, the status is right, and no signal ends
# the program. The pictures are written by tests/tools/make_pictures.c.
#
# Also: tests/unit/{picture,jpeg,bmp,exif,idx,cifar}.c (every way to cut and to damage a file),
# tests/unit/{listing,folder_data}.c (folders; 56: files that change or vanish), tests/formats.sh.
#
#   BUILD=DIR  (default build)
set -u
. "$(dirname "$0")/tools/common.sh"
read_file=$BUILD/read_file make_pictures=$BUILD/make_pictures
cd "$dir" || exit 1
mkdir odd bad
"$make_pictures" odd odd && "$make_pictures" bad bad || exit 1
tab=$(printf '\t')

# expect NAME STATUS WANTED TEXT…: what ended with STATUS said all of the texts (in the file said)
expect() {
    name=$1 status=$2 wanted=$3
    shift 3
    wrong=
    [ "$status" = "$wanted" ] || wrong="status $status, not $wanted"
    for text in "$@"; do grep -qF -e "$text" said || wrong="$wrong; no '$text'"; done
    [ -z "$wrong" ]
    verdict $? "$name: $wrong: $(head -c 300 said)"
}
# train NAME STATUS DATA TEXT… — one step with `data DATA`; options of the program stand in $with
with=
train() {
    name=$1 wanted=$2 data=$3
    shift 3
    printf 'data %s\npreprocess { normalize }\ndense classes; softmax\nloss crossentropy\n' "$data" >m.cnn
    printf 'optimizer sgd lr=0.1\ntrain iterations=1 batch=4\nevaluate accuracy\nsave "m.st"\n' >>m.cnn
    # shellcheck disable=SC2086
    timeout 20 "$cnnrun" m.cnn --train $with >said 2>&1 </dev/null
    expect "$name" $? "$wanted" "$@"
    with=
}
# unsaid NAME TEXT: the last run did not say it
unsaid() { if grep -qF -e "$2" said; then verdict 1 "$1: said '$2'"; else verdict 0; fi; }
# gray FILE NUMBER: a small picture, different for every number
gray() { printf 'P5 2 2 255 %04d' "$2" >"$1"; }
# pets FOLDER: a folder of two classes, five pictures each
pets() {
    mkdir -p "$1/cat" "$1/dog"
    for i in 1 2 3 4 5; do gray "$1/cat/$i.pgm" "1$i"; gray "$1/dog/$i.pgm" "2$i"; done
}

# ---- 37 – 48: pictures -----------------------------------------------------------------------------

pets all
train 'a folder' 0 '"all"' '8 training and 2 test images from ./all'

# 37 cut, 38 a bit, 39 PNG, 40 claims, 41 bomb, 42 scans, 43 sides, 44 what it is, 48 overflow
while IFS=$tab read -r file _ says why; do
    timeout 5 "$read_file" picture "bad/$file" >said 2>&1
    expect "$file ($why)" $? 1 "bad/$file: " "$says"
    timeout 5 "$cnnrun" m.cnn --predict "bad/$file" >said 2>&1
    expect "--predict $file" $? 1 "cnnrun: error: bad/$file: " "$says"
done <bad/manifest.tsv
# Refused before anything is allocated: 30000 x 30000 pixels in 100 megabytes of memory.
for file in claims.png bomb.png huge.jpg; do
    (ulimit -v 100000; timeout 5 "$read_file" picture "bad/$file") >said 2>&1
    expect "40 $file in little memory" $? 1 'pixels are too many'
done

# 45 – 47: content decides, kinds are converted, photographs are set upright
while IFS=$tab read -r file _ _ why; do
    timeout 5 "$cnnrun" m.cnn --predict "odd/$file" >said 2>&1
    expect "45 – 47 $file ($why)" $? 0 "odd/$file  "
done <odd/manifest.tsv
for file in colour.jpg progressive.jpg restart.jpg rgb.jpg cmyk.jpg ycck.jpg ink.jpg junk.jpg \
    trailing.jpg rgb16.png palette.png interlaced.png png-named.jpg plain.bmp top-first.bmp; do
    case $file in *.jpg) most=3 ;; *) most=0 ;; esac
    "$read_file" same "odd/$file" odd/comments.ppm $most >said 2>&1
    expect "46 $file shows what it should" $? 0
done
"$read_file" same odd/gray16.png odd/gray-alpha.png 0 >said 2>&1
expect '46 gray of 16 bits, with alpha' $? 0
"$read_file" same odd/gray16.png odd/gray.jpg 3 >said 2>&1
expect '46 gray JPEG' $? 0
"$read_file" same odd/alpha.png odd/palette-clear.png 0 >said 2>&1
expect '46 what is transparent lies over black' $? 0
"$read_file" same odd/alpha.png odd/comments.ppm 0 >said 2>&1
expect '46 what is transparent is not what it covers' $? 1 'byte 0 is 0, not 255'
"$read_file" same odd/turned-3.jpg odd/comments.ppm 3 >said 2>&1
expect '47 upside down' $? 1 'byte 1 is 255, not 0'
"$read_file" same odd/turned-6.jpg odd/comments.ppm 3 >said 2>&1
expect '47 on its side' $? 1 '32x16x3 is not 16x32x3'

# In a folder broken pictures are counted, named and left out; with --strict they are an error.
pets some
cp bad/cut.jpg bad/html.jpg bad/flip.jpg bad/webp.png some/cat/
train '37 in a folder' 0 '"some" size=2x2 color=gray' 'cnnrun: warning: ./some: 4 pictures cannot be' \
    'left out: cat/cut.jpg: the JPEG cannot be' 'cat/html.jpg: this is a web page' '… and 1 more' \
    'training and '
with=--strict
train '37 --strict' 1 '"some" size=2x2 color=gray' 'error: ./some/cat/cut.jpg: the JPEG cannot be read' \
    '(4 in all'

# ---- 49 – 58: folders ------------------------------------------------------------------------------

pets empty && mkdir empty/bird
train 49 1 '"empty"' './empty: there are no pictures of class bird for training' '--allow-empty'
with=--allow-empty
train '49 --allow-empty' 0 '"empty"' 'warning: ./empty: there are no pictures of class bird'
mkdir -p one/cat && gray one/cat/1.pgm 1 && gray one/cat/2.pgm 2
train 50 1 '"one"' 'm.cnn:1:6' './one: there is one class only (cat)' 'classes='
train '50 classes=' 1 '"one" size=2x2 color=gray classes=2' 'one class only (cat); training takes two'
pets parts/train && mkdir -p parts/test/dog && gray parts/test/dog/9.pgm 99
train '50 a test part without a class' 0 '"parts" size=2x2 color=gray classes=2' \
    'warning: ./parts: there are no pictures of class cat for the test' '10 training and 1 test images'
echo broken >parts/train/cat/1.pgm
timeout 20 "$cnnrun" m.cnn --test >said 2>&1
expect 'judging' $? 0 'of 1 test image'
unsaid 'judging decodes the test part alone' 'cannot be read'
rm -r parts/train
timeout 20 "$cnnrun" m.cnn --test >said 2>&1
expect '50 one class is judged' $? 0 'of 1 test image'
mkdir -p none/cat none/dog
train 51 1 '"none"' './none: there are no pictures in its folders'
mkdir bare
train '51 no folders' 1 '"bare"' 'there is no data set "bare"' 'which is there, but holds no such data'
pets odds
echo text >odds/cat/notes.txt; echo x >odds/cat/.hidden; echo x >odds/dog/Thumbs.db
mkdir odds/dog/inner; cp odd/gray16.png odds/loose.png
ln -s ../cat odds/dog/loop.pgm; ln -s nowhere odds/dog/dangling.pgm; ln -s cat odds/fish
mkfifo odds/cat/pipe.pgm
train '52, 53' 0 '"odds"' 'warning: ./odds: left out: 3 symbolic links (dog/dangling.pgm' \
    '1 pipe or device (cat/pipe.pgm)' '1 folder inside a class (dog/inner)' \
    '1 file of another type (cat/notes.txt)' '2 hidden files' \
    '1 picture outside of the classes (loose.png)' '8 training and 2 test'
pets names
newline=$(printf 'a\nb') latin=$(printf 'caf\351')
mkdir "names/$newline" "names/$latin" names/-rf
for i in 1 2 3; do
    gray "names/$newline/x'\"$i.pgm" "3$i"; gray "names/$latin/$i.pgm" "4$i"; gray "names/-rf/-$i.pgm" "5$i"
done
: >"names/$newline/$(printf 'q\033[31m.pgm')"
: >"names/$latin/$(printf '%0251d' 0).pgm"
train 54 0 '"names"' 'warning: ./names: 2 pictures cannot be read' \
    'a\x0Ab/q\x1B[31m.pgm: is empty' 'caf\xE9/000000000'
unsaid '54 no escape code' "$(printf '\033')"

# 55: many pictures, in order, in bounded memory (by hand: a million take 94 MB)
mkdir many && "$make_pictures" many many 20000 || exit 1
printf 'data "many"\ndense classes; softmax\nloss crossentropy\noptimizer sgd lr=0.1\n' >m.cnn
printf 'train iterations=1 batch=4\n' >>m.cnn
(ulimit -v 400000; timeout 60 "$cnnrun" m.cnn --train --threads 2) >said 2>&1
expect 55 $? 0 '16,000 training and 4,000 test images'
(ulimit -v 400000; timeout 60 "$cnnrun" m.cnn --train --threads 2 --limit 100) >said 2>&1
expect '55 --limit' $? 0 '100 training and 100 test images'
timeout 60 "$cnnrun" m.cnn --train --threads 2 --limit 2000 --cache 1 >said 2>&1
expect '55 --cache' $? 0 '2,000 training and 2,000 test images'

# 56: tests/unit/folder_data.c. Here: a class that cannot be entered is named.
if [ "$(id -u)" != 0 ]; then
    pets locked && chmod 000 locked/dog
    train '56 a folder that cannot be read' 1 '"locked"' 'locked/dog: Permission denied'
    chmod 700 locked/dog
fi

pets sizes && printf 'P5 3 2 255 abcdef' >sizes/dog/0.pgm
train 57 1 '"sizes"' 'm.cnn:1:6' 'different sizes: cat/1.pgm is 2x2, dog/0.pgm is 2x3; size='
train '57 size=' 0 '"sizes" size=4x4' '9 training and 2 test'
pets twins/train && pets twins/test
train 58 0 '"twins"' 'warning: ./twins: 10 test pictures are also among the training pictures' \
    'test/cat/1.pgm is train/cat/1.pgm, …'

# Lists: names that are not there, twice, outside; beside the model and in the data folder.
printf 'cat/1.pgm\ncat/2.pgm\r\n\ndog/3.pgm\n' >list.txt
train 'list=' 0 '"all" list="list.txt" split=1%' '3 training and 0 test images'
printf 'cat/1.pgm\ndog/9.pgm\n' >all/bad.txt
train 'list= of the data folder' 1 '"all" list="bad.txt"' './all/bad.txt: line 2: there is no picture dog/9.pgm'
printf 'cat/1.pgm\ncat/1.pgm\n' >list.txt
train 'list= twice' 1 '"all" list="list.txt"' 'line 2: cat/1.pgm is named a second time'
train 'list= of nothing' 1 '"all" list="none.txt"' 'list="none.txt": there is neither'

# Classes are compared before training, and travel with the weights.
train 'classes=3' 1 '"all" classes=3 size=2x2 color=gray' 'has 2 classes (cat, dog), not the 3 of classes=3'
train 'two classes' 0 '"all"' 'weights saved'
mv all/cat all/horse
timeout 20 "$cnnrun" m.cnn --test >said 2>&1
expect 'other names than the weights know' $? 1 'the weights know the classes cat, dog; no class horse'

# ---- 59 – 69: large files --------------------------------------------------------------------------

# bytes N…: those bytes, in octal; u32 N: four of them, big-endian, N below 256
bytes() { for n in "$@"; do printf "\\$n"; done; }
u32() { printf '\000\000\000'; printf "\\$(printf %o "$1")"; }
zeros() { head -c "$1" /dev/zero; }
# images NAME TEXT: the file x is no IDX file of images
images() { timeout 5 "$read_file" images x >said 2>&1; expect "$1" $? 1 'x: ' "$2"; }
# three H W: the header of three images
three() { bytes 0 0 10 3; u32 3; u32 "$1"; u32 "$2"; }

{ bytes 1 0 10 3; zeros 20; } >x;                                      images '59 magic' 'is not an IDX file'
{ bytes 0 0 7 3; zeros 20; } >x;                                       images '59 type' 'type 0x07'
{ bytes 0 0 10 0; zeros 20; } >x;                                      images '59 rank 0' '0 sides'
{ bytes 0 0 10 377; zeros 1020; } >x;                                  images '59 rank 255' '255 sides'
{ bytes 0 0 10 3; zeros 12; } >x;                                      images '59 sides of 0' 'side 1 is 0'
{ bytes 0 0 10 3 0; } >x;                                              images '59 no header' 'are missing'
{ bytes 0 0 10 3 0 1 0 0 0 1 0 0; u32 1; zeros 9; } >x;                images '59 2^32' 'more than 2^30'
{ bytes 0 0 10 3 377 377 377 377 377 377 377 377; u32 2; } >x;         images '59 2^64' 'too large'
{ three 2 2; zeros 11; } >x;                                           images '60 short' 'too short for that'
{ three 2 2; zeros 13; } >x;                                           images '60 long' 'more bytes than'
{ bytes 0 0 15 3; u32 3; u32 2; u32 2; zeros 48; } >x;                 images '66 numbers that may be NaN' 'type 0x0D'

# set FOLDER LABELS: nine images of 2x2 with those labels, in octal
set_of() {
    folder=$1
    shift
    mkdir -p "$folder"
    { bytes 0 0 10 3; u32 9; u32 2; u32 2; printf '%036d' 7; } >"$folder/train-images-idx3-ubyte"
    { bytes 0 0 10 1; u32 $#; bytes "$@"; } >"$folder/train-labels-idx1-ubyte"
}
set_of right 0 1 0 1 0 1 0 1 0
train 'nine images' 0 '"right"' '7 training and 2 test images'
set_of fewer 0 1 0 1 0 1 0 1
train '61 as many labels as images' 1 '"fewer"' '9 images, but 8 labels'
set_of swapped 0 1 0 1 0 1 0 1 0
mv swapped/train-images-idx3-ubyte x
mv swapped/train-labels-idx1-ubyte swapped/train-images-idx3-ubyte
mv x swapped/train-labels-idx1-ubyte
train '61 exchanged' 1 '"swapped"' 'images and labels are exchanged'
set_of range 0 1 0 12 0 1 0 377 0
train '62' 1 '"range" classes=2 size=2x2 color=gray' 'training picture 3 has label 10'
set_of equal 1 1 1 1 1 1 1 1 1
train '63' 0 '"equal"' 'warning: ./equal: all 7 training pictures are of class 1: there is nothing to tell'

three 2 2 >plain && zeros 12 >>plain
gzip -c plain >good.gz
size=$(wc -c <good.gz)
cp good.gz x; timeout 5 "$read_file" images x >said 2>&1;              expect '64 a good one' $? 0
head -c $((size - 12)) good.gz >x;                                     images '64 cut' 'cut short'
head -c $((size - 8)) good.gz >x;                                      images '64 no checksum' 'cut short'
{ head -c $((size - 8)) good.gz; zeros 8; } >x;                        images '64 checksum' 'it is damaged'
{ cat good.gz; echo junk; } >x;                                        images '64 junk' 'behind the end'
cat good.gz good.gz >x;                                                images '64 two of them' 'behind the end'
{ three 2 2; zeros 3000000; } | gzip -c >x
(ulimit -v 100000; timeout 5 "$read_file" images x) >said 2>&1;        expect '64 bomb' $? 1 'more bytes than'

mkdir -p ten && zeros 30730 >ten/data_batch_1.bin
train 'ten records' 0 '"ten"' '8 training and 2 test images' 'all 8 training pictures are of class 0'
zeros 30729 >ten/data_batch_1.bin
train '65 not whole' 1 '"ten" size=32x32 classes=10' 'not a whole number of records'
zeros 30740 >ten/data_batch_1.bin
train '65 the other set' 1 '"ten" size=32x32 classes=10' 'this is a file of CIFAR-100, not of CIFAR-10'

set_of constant 0 1 0 1 0 1 0 1 0
three 2 2 | head -c 4 >constant/train-images-idx3-ubyte
{ u32 9; u32 2; u32 2; zeros 36; } >>constant/train-images-idx3-ubyte
train '67' 0 '"constant"' 'warning: ./constant: channel 1 of 1 has the same number everywhere' 'loss 0.69'
unsaid '67' nan

with='--batch 1000'
train '68 a batch larger than the set' 0 '"right"' 'batch=1000 is more than the 7 training pictures'
printf 'data "right"\ndense 3; batchnorm; dense classes; softmax\nloss crossentropy\n' >m.cnn
printf 'optimizer sgd lr=0.1\ntrain epochs=1 batch=%s\nevaluate accuracy\n' 1 >>m.cnn
timeout 20 "$cnnrun" m.cnn --train >said 2>&1
expect '68 batches of one, normalised' $? 0 'epoch 1/1'
unsaid '68' nan
sed -i.bak 's/batch=1/batch=3/' m.cnn
timeout 20 "$cnnrun" m.cnn --train >said 2>&1
expect '68 a short last batch' $? 0 'of 3' 'epoch 1/1'
train '69' 1 '"right" split=99%' 'no pictures are left for training'

# 70: tables are not read, and are not taken for something else.
printf 'a,b\n1,2\n' >table.csv
train 70 1 '"table.csv"' 'there is no data set "table.csv"'

finish faults_images
