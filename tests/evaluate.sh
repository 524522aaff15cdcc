#!/bin/sh
# evaluate.sh — what is printed about right and wrong answers, for a network whose answers are known: a
# picture is four pixels, and the network says the class of the brightest. Worked out by hand.
set -u
. "$(dirname "$0")/tools/common.sh"
cd "$dir" || exit 1

# bytes NUMBER… — one byte for each.
bytes() { for n in "$@"; do printf "\\$(printf %03o "$n")"; done; }

# Eight pictures: 4 of class 0, 2 of class 1, none of class 2, 2 of class 3.
mkdir four
{ bytes 0 0 8 3  0 0 0 8  0 0 0 1  0 0 0 4
  bytes 255 0 0 0  200 100 0 0  255 51 0 51  102 204 0 0
  bytes 0 255 0 0  153 102 0 0  204 153 0 51  0 0 255 204; } > four/t10k-images-idx3-ubyte
{ bytes 0 0 8 1  0 0 0 8; bytes 0 0 0 0 1 1 3 3; } > four/t10k-labels-idx1-ubyte
cp four/t10k-images-idx3-ubyte four/train-images-idx3-ubyte
cp four/t10k-labels-idx1-ubyte four/train-labels-idx1-ubyte

# Weights of 10 on the diagonal, as float32: 0 0 32 65.
header='{"0.weight":{"dtype":"F32","shape":[4,4],"data_offsets":[0,64]}}'
{ bytes ${#header} 0 0 0 0 0 0 0; printf %s "$header"
  for k in 0 1 2 3; do for c in 0 1 2 3; do
      [ $k = $c ] && bytes 0 0 32 65 || bytes 0 0 0 0
  done; done; } > diagonal.safetensors

cat > four.cnn <<'CNN'
data "four" classes=4
dense classes bias=no; softmax
loss crossentropy
load "diagonal.safetensors"
evaluate accuracy confusion report top=2 worst=3
CNN
"$cnnrun" four.cnn --train > out.txt 2>&1
verdict $? "evaluating: $(tail -n 1 out.txt)"

cat > want.txt <<'TXT'
accuracy 50.00 % (4 of 8 test images)
loss 1.8035
right among the first 2: 87.50 %

confusion matrix  (row: what it was, column: what the network said)
   0   1   2   3
0 [3]  1   ·   ·
1  1  [1]  ·   ·
2  ·   ·  [0]  ·
3  1   ·   1  [0]
most confused: 0 taken for 1: 1 time
               1 taken for 0: 1 time
               3 taken for 0: 1 time

class      precision   recall       F1  images
──────────────────────────────────────────────
0            60.00 %  75.00 %  66.67 %       4
1            50.00 %  50.00 %  50.00 %       2
2             0.00 %        –   0.00 %    none
3                  –   0.00 %   0.00 %       2
──────────────────────────────────────────────
mean of 3    36.67 %  41.67 %  38.89 %       8
balanced accuracy 41.67 %: the mean recall, in which all classes count the same
1 class has no test images and is left out of the means

worst mistakes
test image      6: 3 taken for 0 with 87.86 %, loss 6.13
test image      3: 0 taken for 1 with 98.14 %, loss 4.02
test image      5: 1 taken for 0 with 87.70 %, loss 2.13
TXT
sed -n '/^accuracy/,/^test image      5/p' out.txt | sed 's/ *$//' > got.txt
diff -u want.txt got.txt
verdict $? 'what is printed'

# --test prints the same, and the tables lie in the run's folder.
"$cnnrun" four.cnn --test --weights diagonal.safetensors > test.txt 2>&1
sed -n '/^accuracy/,/^test image      5/p' test.txt | sed 's/ *$//' | diff -u want.txt -
verdict $? '--test prints something else'
cat > want.csv <<'CSV'
class,images,answers,right,precision,recall,f1
0,4,5,3,0.6,0.75,0.666667
1,2,2,1,0.5,0.5,0.5
2,0,1,0,0,,0
3,2,0,0,,0,0
CSV
cmp -s want.csv runs/four/classes.csv
verdict $? "classes.csv holds $(cat runs/four/classes.csv)"
for file in evaluation confusion worst; do
    [ -s "runs/four/$file.csv" ]
    verdict $? "there is no $file.csv"
done
[ "$(sed -n '2s/,.*,1.8034[0-9]*,/ /p' runs/four/evaluation.csv)" = 'test 2,0.875,0.416667,0.366667,0.416667,0.388889' ]
verdict $? "evaluation.csv holds $(cat runs/four/evaluation.csv)"

# A folder that takes no tables: said, and the end is not status 0.
sed 's/load.*/&\nsave "again.safetensors"/; s/evaluate.*/evaluate\nsave "after.safetensors"/' four.cnn > full.cnn
mkdir -p taken/evaluation.csv
"$cnnrun" full.cnn --train --run taken > out.txt 2>&1
[ $? -eq 1 ]; verdict $? 'tables that cannot be written: status'
grep -q 'evaluation.csv.*; training goes on' out.txt && grep -q 'the evaluation could not be saved' out.txt
verdict $? "tables that cannot be written: $(cat out.txt)"
[ -s after.safetensors ]
verdict $? 'the line behind the evaluation was carried out'

finish evaluate
