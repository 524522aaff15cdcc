#!/bin/sh
# compare_steps.sh — image steps against other programs (Pillow, NumPy, PyTorch): at most one grey level apart.
#
#   SHARED=DIR  where photographs lie (default ../shared)     BUILD=DIR  (default build)
#
# Without these programs nothing is checked, and it says so. The photographs are looked for; the
# picture that ships is always used.
cd "$(dirname "$0")/.." || exit 1
python=/usr/bin/python3
if ! "$python" -c 'import numpy, PIL, torch' 2>/dev/null; then
    echo "compare_steps: 0 passed, 0 failed, 0 skipped (no NumPy, Pillow or PyTorch here)"
    exit 0
fi
exec "$python" -B tests/compare_steps.py "${BUILD:-build}/step_file" tests/data/seven.png \
    "${SHARED:-../shared}"/data/photos/*.png
