/* fuzz_lang.c — any bytes are a graph or messages: never a crash, never a refusal without a reason.
 *
 *     clang -fsanitize=fuzzer,address,undefined … tests/fuzz/fuzz_lang.c liblang.a libruntime.a */
#include <stdlib.h>

#include "lang/graph.h"
#include "runtime/vocabulary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static FILE *nowhere;
    if (!nowhere) nowhere = fopen("/dev/null", "w");
    Vocabulary words = runtime_vocabulary;
    words.probe = NULL; // looks at the disk
    Arena *a = arena_make();
    Diags *d = diags_make(a);
    const Experiment *x = experiment_parse(a, d, &words, "fuzz.cnn", (const char *)data, size);
    if (!x == !diags_errors(d)) abort();
    diags_render(d, nowhere);
    arena_free(a);
    return 0;
}
