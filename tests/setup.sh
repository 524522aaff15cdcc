#!/bin/sh
# setup.sh build|test — installs what is missing to build cnnrun (or to test it), and says so.
#
# Asks the system's own package manager, as root or through sudo; does nothing when all is there.
# SDL=0 and VIZ=0 in the environment ask for less.
set -eu
purpose=${1:-build}
: "${SDL:=1}" "${VIZ:=1}"
[ "$VIZ" = 0 ] && SDL=0

# need KIND NAME debian fedora arch homebrew msys2 — one line for each thing that must be there;
# KIND says how to look for it: a command, a library known to pkg-config, a part of clang.
missing_names='' debian='' fedora='' arch='' brew='' msys=''
need() {
    case $1 in
        command) command -v "$2" >/dev/null 2>&1 && return 0 ;;
        library) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$2" && return 0 ;;
        clang) command -v clang >/dev/null 2>&1 &&
            ls "$(clang -print-runtime-dir)"/*"$2"* >/dev/null 2>&1 && return 0 ;;
    esac
    missing_names="$missing_names $2"
    debian="$debian $3" fedora="$fedora $4" arch="$arch $5" brew="$brew $6" msys="$msys $7"
}

need command cc         "gcc libc6-dev" "gcc glibc-devel" gcc gcc mingw-w64-x86_64-gcc
need command make       make make make make make
need command ar         binutils binutils binutils binutils mingw-w64-x86_64-binutils
need command flex       flex flex flex flex flex
need command bison      bison bison bison bison bison
need command pkg-config pkg-config pkgconf-pkg-config pkgconf pkg-config mingw-w64-x86_64-pkgconf
need library libpng     libpng-dev libpng-devel libpng libpng mingw-w64-x86_64-libpng
need library libjpeg    libjpeg-dev libjpeg-turbo-devel libjpeg-turbo jpeg-turbo mingw-w64-x86_64-libjpeg-turbo
need library zlib       zlib1g-dev zlib-devel zlib zlib mingw-w64-x86_64-zlib
need library libdeflate libdeflate-dev libdeflate-devel libdeflate libdeflate mingw-w64-x86_64-libdeflate
if [ "$VIZ" = 1 ]; then
    need library cairo     libcairo2-dev cairo-devel cairo cairo mingw-w64-x86_64-cairo
    need library freetype2 libfreetype-dev freetype-devel freetype2 freetype mingw-w64-x86_64-freetype
fi
if [ "$SDL" = 1 ]; then
    need library sdl2      libsdl2-dev SDL2-devel sdl2 sdl2 mingw-w64-x86_64-SDL2
fi
if [ "$purpose" = test ]; then
    need command gcc       gcc gcc gcc gcc mingw-w64-x86_64-gcc
    need command clang     clang clang clang llvm mingw-w64-x86_64-clang
    need clang   fuzzer    libclang-rt-dev compiler-rt compiler-rt llvm mingw-w64-x86_64-compiler-rt
    # A window can only be tried where there is a display: on Debian a virtual one.
    if [ "$SDL" = 1 ] && command -v apt-get >/dev/null 2>&1; then
        need command Xvfb    xvfb - - - -
        need command xdotool xdotool - - - -
        need command import  imagemagick - - - -
    fi
fi
[ -n "$missing_names" ] || exit 0

echo "Missing:$missing_names"
if [ "$(id -u 2>/dev/null || echo 1)" = 0 ]; then as_root=''
elif command -v sudo >/dev/null 2>&1; then as_root=sudo
else as_root=none
fi

run() {
    if [ "$as_root" = none ]; then
        echo "This needs root, and there is no sudo. Run as root: $*" >&2
        exit 1
    fi
    echo "+ ${as_root:+$as_root }$*"
    # shellcheck disable=SC2086
    $as_root "$@"
}

# shellcheck disable=SC2086
if [ -n "${MSYSTEM:-}" ]; then
    echo "+ pacman -S --needed --noconfirm$msys"
    pacman -S --needed --noconfirm $msys
elif command -v apt-get >/dev/null 2>&1; then
    run apt-get update -qq
    run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $debian
elif command -v dnf >/dev/null 2>&1; then run dnf install -y $fedora
elif command -v pacman >/dev/null 2>&1; then run pacman -S --needed --noconfirm $arch
elif command -v brew >/dev/null 2>&1; then
    echo "+ brew install$brew"
    brew install $brew
else
    echo "No package manager that is known here. Please install:$missing_names" >&2
    exit 1
fi
