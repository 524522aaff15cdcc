/* fuzz_idx.c — any bytes are an IDX file, plain or gzipped, or are refused with a message. */
#include <stdlib.h>

#include "runtime/data/idx.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    for (int rank = 1; rank <= 3; rank += 2) {
        Idx x;
        Error e = {""};
        if (!idx_parse(&x, bytes, len, "file", rank, &e)) {
            if (!e.text[0] || x.v) abort();
            continue;
        }
        size_t n = 1;
        for (int i = 0; i < rank; i++) n *= (size_t)x.dim[i];
        unsigned sum = 0;
        for (size_t i = 0; i < n; i++) sum += x.v[i];
        if (sum > n * 255) abort();
        idx_free(&x);
    }
    return 0;
}
