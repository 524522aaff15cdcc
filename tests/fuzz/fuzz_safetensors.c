/* fuzz_safetensors.c — any bytes are a file of weights, or are refused with a message. */
#include <stdlib.h>

#include "runtime/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    StFile f;
    Error e = {""};
    if (!st_parse(&f, bytes, len, "file", &e)) {
        if (!e.text[0]) abort();
        return 0;
    }
    double sum = 0;
    for (int i = 0; i < f.n; i++) {
        if (st_find(&f, f.tensor[i].name) != &f.tensor[i]) abort();
        for (uint64_t k = 0; k < f.tensor[i].len; k++) sum += st_number(&f.tensor[i], k);
    }
    for (int i = 0; i < f.n_meta; i++)
        if (st_meta(&f, f.meta[i].key) != f.meta[i].text) abort();
    st_close(&f);
    return sum == 1e300 ? -1 : 0; // so that every number has been read
}
