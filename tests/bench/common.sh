# common.sh — what the benchmarks share: where everything is, one measurement of each program, the
# median. Sourced from the folder of the sources: . tests/bench/common.sh
: "${BUILD:=build}" "${SHARED:=../shared}" "${PYTHON:=/usr/bin/python3}"
: "${ROUNDS:=3}" "${SECONDS_EACH:=1}" "${CNNRUN_DATA:=$PWD/models/data}"
export CNNRUN_DATA
case $BUILD in /*) cnnrun=$BUILD/cnnrun ;; *) cnnrun=$PWD/$BUILD/cnnrun ;; esac
peer=$SHARED/bench/peer_train.py
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# Is everything there for a comparison?
need_peer() {
    if [ -f "$peer" ] && "$PYTHON" -c 'import torch' 2>/dev/null; then return; fi
    echo "$(basename "$0"): needs $peer and a Python with PyTorch"
    exit 1
}

field() { sed -n "s/.*\"$1\": *\([0-9.eE+-]*\).*/\1/p"; }
median() { tr ' ' '\n' | grep . | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# on THREADS COMMAND… — on the first cores of the machine, where the system lets us choose them.
on() {
    cores=0-$(($1 - 1))
    shift
    if command -v taskset >/dev/null 2>&1 && taskset -c "$cores" true 2>/dev/null; then
        taskset -c "$cores" "$@"
    else
        "$@"
    fi
}

# theirs MODE NETWORK BATCH THREADS CONFIG FORMAT:ENGINE SECONDS — PyTorch, images/s; nothing if it cannot.
theirs() {
    on "$4" "$PYTHON" "$peer" "$2" "$3" "$4" --mode "$1" --config "$5" --fmt "${6%:*}" \
        --engine "${6#*:}" --seconds "$7" 2>/dev/null | field img_s
}

# ours MODE NETWORK BATCH THREADS — cnnrun, the whole JSON.
ours() {
    on "$4" "$cnnrun" bench "tests/bench/nets/$2.cnn" --mode "$1" --batch "$3" --threads "$4" --json
}

# timed FILE COMMAND… — writes "seconds megabytes" into FILE: from start to end, and the most memory the
# command held at once. What it prints goes to the output.
timed() {
    "$PYTHON" -c '
import resource, subprocess, sys, time
began = time.perf_counter()
status = subprocess.run(sys.argv[2:]).returncode
took = time.perf_counter() - began
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
open(sys.argv[1], "w").write(f"{took:.3f} {most:.0f}\n")
sys.exit(status)' "$@"
}
