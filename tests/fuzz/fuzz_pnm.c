/* fuzz_pnm.c — any bytes are a PGM or PPM, or are refused (see image_bytes.h). */
#include "tests/fuzz/image_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    pnm_bytes(bytes, len);
    return 0;
}
