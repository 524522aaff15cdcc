#!/bin/sh
# own.sh — how fast cnnrun is on this machine: kernels, then the networks. Needs nothing else.
#
#   sh tests/bench/own.sh        BUILD=DIR (default build)
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
"$BUILD/cnnrun" bench
for net in S0 LENET S3b S3a S4a S1 S4b RES20 VGGS; do
    echo
    "$BUILD/cnnrun" bench "tests/bench/nets/$net.cnn"
done
