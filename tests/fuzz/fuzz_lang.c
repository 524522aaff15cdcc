/* fuzz_lang.c — any bytes are a graph or messages, and can be written neatly (see lang_bytes.h).
 *
 *     clang -fsanitize=fuzzer,address,undefined … tests/fuzz/fuzz_lang.c liblang.a libruntime.a */
#include "tests/fuzz/lang_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    lang_bytes((const char *)data, size);
    return 0;
}
