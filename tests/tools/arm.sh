#!/bin/sh
# arm.sh [TEST…] — the kernels of a 64-bit ARM, on a machine that is none: builds for it, runs the unit
# tests (all, or those named) in an emulator, float and double, and trains two models for a few steps.
#
# Not part of `make test`: it takes about half an hour. On Debian it needs
#
#     dpkg --add-architecture arm64 && apt-get update
#     apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
#
# and fetches the libraries (libpng, libjpeg, zlib, libdeflate) as packages, which are unpacked into BUILD/arm/root
# and not installed. The program has no window and no pictures, and is linked with all it needs.
set -u
. "$(dirname "$0")/common.sh"
root=$(cd "$(dirname "$0")/../.." && pwd)
case $made in /*) ;; *) BUILD=$root/$made ;; esac
cd "$root" || exit 1
CNNRUN_DATA=$root/models/data
libraries=$BUILD/arm/root/usr
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

for tool in aarch64-linux-gnu-gcc qemu-aarch64; do
    if ! command -v $tool >/dev/null 2>&1; then
        echo "there is no $tool: nothing can be tried (the head of this file says how to get it)"
        skipped=1
        finish arm
    fi
done

# The libraries, static and with their headers.
mkdir -p "$BUILD/arm/packages" "$libraries"
if [ ! -f "$libraries/lib/aarch64-linux-gnu/libdeflate.a" ]; then
    (cd "$BUILD/arm/packages" &&
        apt-get download libpng-dev:arm64 libjpeg62-turbo-dev:arm64 zlib1g-dev:arm64 libdeflate-dev:arm64 &&
        for package in *.deb; do dpkg -x "$package" ../root; done) > "$dir/fetch.txt" 2>&1 ||
        { cat "$dir/fetch.txt"; echo 'the libraries for arm64 cannot be fetched'; skipped=1; finish arm; }
fi
cat > "$BUILD/arm/pkg-config" <<PKG
#!/bin/sh
PKG_CONFIG_LIBDIR=$libraries/lib/aarch64-linux-gnu/pkgconfig PKG_CONFIG_SYSROOT_DIR=$BUILD/arm/root \\
    exec pkg-config --static "\$@"
PKG
chmod +x "$BUILD/arm/pkg-config"

[ $# -gt 0 ] || set -- $(basename -s .c tests/unit/*.c)
wanted=''
for name in "$@"; do
    wanted="$wanted $name"
    case $name in lang*) ;; *) wanted="$wanted $name-f64" ;; esac
done
# shellcheck disable=SC2046
$MAKE --no-print-directory -j"$jobs" VIZ=0 OPT=-O2 WERROR=1 BUILD="$made/arm" AR=aarch64-linux-gnu-ar \
    CC="${CC:-aarch64-linux-gnu-gcc}" PKG="$BUILD/arm/pkg-config" \
    CPPFLAGS="-I$libraries/include -I$libraries/include/aarch64-linux-gnu" \
    LDFLAGS="-static -L$libraries/lib/aarch64-linux-gnu" \
    "$made/arm/cnnrun" $(for t in $wanted; do echo "$made/arm/tests/$t"; done) > "$BUILD/arm/build.txt" 2>&1
verdict $? "it cannot be built: $(tail -n 5 "$BUILD/arm/build.txt")"

# Several tests at once, some with fewer rows; each leaves its last line.
export EMULATED=1
for t in $wanted; do echo "$t"; done | xargs -P "$jobs" -I TEST sh -c \
    "qemu-aarch64 '$BUILD/arm/tests/TEST' > '$BUILD/arm/TEST.txt' 2>&1; echo \$? > '$BUILD/arm/TEST.status'"
for t in $wanted; do
    echo "$t: $(tail -n 1 "$BUILD/arm/$t.txt")"
    [ "$(cat "$BUILD/arm/$t.status")" = 0 ]
    verdict $? "$t: $(grep -m 3 failed: "$BUILD/arm/$t.txt")"
done

# Training steps with the NEON kernels: the same bytes on any number of threads.
for model in first lenet5; do
    for n in 1 3; do
        mkdir -p "$dir/$model$n"
        (cd "$dir/$model$n" && qemu-aarch64 "$BUILD/arm/cnnrun" "$root/models/$model.cnn" --train --epochs 1 \
            --limit 1000 --threads $n > out.txt 2>&1)
        verdict $? "$model does not train: $(tail -n 3 "$dir/$model$n/out.txt")"
    done
    cmp "$dir/${model}1/$model.safetensors" "$dir/${model}3/$model.safetensors"
    verdict $? "$model: one thread and three give other weights"
    echo "$model: $(grep '^accuracy' "$dir/${model}1/out.txt")"
done
finish arm
