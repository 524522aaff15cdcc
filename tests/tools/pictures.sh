# pictures.sh — made-up pictures for tests, the same on every machine: their bytes are those of a file that
# ships. Sourced after common.sh: . "$(dirname "$0")/tools/pictures.sh"
picture_bytes=$root/models/data/mnist/train-images-idx3-ubyte.gz

# picture NUMBER — the 3072 bytes of 32x32 colour pixels.
picture() { dd if="$picture_bytes" bs=3072 skip="$1" count=1 2> /dev/null; }

# cifar_pictures FROM TO — so many pictures in the form of CIFAR-10, classes in turn.
cifar_pictures() {
    i=$1
    while [ "$i" -lt "$2" ]; do
        # shellcheck disable=SC2059
        printf "\\$(printf %03o $((i % 10)))"
        picture "$i"
        i=$((i + 1))
    done
}

# folder_pictures FOLDER FROM TO CLASS… — pictures FROM to TO of each class, as PPM files in a folder for
# each of them.
folder_pictures() {
    folder=$1 from=$2 to=$3
    shift 3
    offset=0
    for class in "$@"; do
        mkdir -p "$folder/$class"
        i=$from
        while [ "$i" -lt "$to" ]; do
            { printf 'P6\n32 32\n255\n'; picture $((i + offset)); } > "$folder/$class/$i.ppm"
            i=$((i + 1))
        done
        offset=$((offset + 100))
    done
}
