/* fuzz_list.c — any bytes are a list of pictures, or are refused (see image_bytes.h). */
#include "tests/fuzz/image_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    list_bytes(bytes, len);
    return 0;
}
