/* fuzz_bmp.c — any bytes are a BMP, or are refused (see image_bytes.h). */
#include "tests/fuzz/image_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    bmp_bytes(bytes, len);
    return 0;
}
