/* fuzz_exif.c — any bytes are an Exif block, or tell nothing (see image_bytes.h). */
#include "tests/fuzz/image_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    exif_bytes(bytes, len);
    return 0;
}
