/* sources.c — puts source files into the program, and finds lines in them. */
#include "viz/view/sources.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#ifdef __APPLE__
#define SECTION ".section __TEXT,__const\n"
#define SYMBOL(name) "_" #name
#else
#define SECTION ".section .rodata\n"
#define SYMBOL(name) #name
#endif

// The assembler reads the file; a zero behind it ends the text.
#define INCLUDE_SOURCE(folder, name) \
    __asm__(SECTION \
            ".globl " SYMBOL(folder##_##name##_text) "\n" SYMBOL(folder##_##name##_text) ":\n" \
            ".incbin \"runtime/" #folder "/" #name ".c\"\n" \
            ".byte 0\n" \
            ".text\n"); \
    extern const char folder##_##name##_text[];

#define LAYER(name) INCLUDE_SOURCE(layers, name)
#include "runtime/layers/layers.def"
#undef LAYER
#define LOSS(name) INCLUDE_SOURCE(losses, name)
#include "runtime/losses/losses.def"
#undef LOSS
#define OPTIM(name) INCLUDE_SOURCE(optimisers, name)
#include "runtime/optimisers/optimisers.def"
#undef OPTIM
#define STEP(name) INCLUDE_SOURCE(data, name)
#include "runtime/data/steps.def"
#undef STEP

#define AUGMENT(name) INCLUDE_SOURCE(augments, name)
#include "runtime/augments/augments.def"
#undef AUGMENT

// What several kinds share.
INCLUDE_SOURCE(layers, norm)
INCLUDE_SOURCE(augments, affine)

static const struct { const char *path, *text; } sources[] = {
    {"runtime/layers/norm.c", layers_norm_text},
    {"runtime/augments/affine.c", augments_affine_text},
#define AUGMENT(name) {"runtime/augments/" #name ".c", augments_##name##_text},
#include "runtime/augments/augments.def"
#undef AUGMENT
#define LAYER(name) {"runtime/layers/" #name ".c", layers_##name##_text},
#include "runtime/layers/layers.def"
#undef LAYER
#define LOSS(name) {"runtime/losses/" #name ".c", losses_##name##_text},
#include "runtime/losses/losses.def"
#undef LOSS
#define OPTIM(name) {"runtime/optimisers/" #name ".c", optimisers_##name##_text},
#include "runtime/optimisers/optimisers.def"
#undef OPTIM
#define STEP(name) {"runtime/data/" #name ".c", data_##name##_text},
#include "runtime/data/steps.def"
#undef STEP
};

// ---- finding a statement -------------------------------------------------------------------------

static const char *source_of(const char *path) {
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (strcmp(sources[i].path, path) == 0) return sources[i].text;
    return NULL;
}

// Where the body of a function begins: its head starts a line, and ends with the brace.
static const char *body_of(const char *text, const char *function) {
    const size_t len = strlen(function);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *end = strchr(line, '\n');
        const char *at = isalpha((unsigned char)*line) ? strstr(line, function) : NULL;
        if (!at || !end || at >= end || at == line) continue;
        if (at[-1] == ' ' && at[len] == '(' && end[-1] == '{') return end;
    }
    return NULL;
}

static int line_number(const char *text, const char *at) {
    int n = 1;
    for (; text < at; text++) n += *text == '\n';
    return n;
}

// A statement on one line, however many it fills in the source.
static const char *one_line(Arena *a, const char *from, const char *end) {
    char *text = arena_text(a, from, (size_t)(end - from));
    size_t n = 0;
    for (const char *c = text; *c; c++) {
        const bool blank = isspace((unsigned char)*c) != 0;
        if (!blank) text[n++] = *c;
        else if (n > 0 && text[n - 1] != ' ') text[n++] = ' ';
    }
    text[n] = '\0';
    return text;
}

CodeLine source_line(Arena *a, const char *source, const char *function, const char *begins) {
    const char *text = source_of(source), *body = text ? body_of(text, function) : NULL;
    const char *close = body ? strstr(body, "\n}") : NULL;
    const char *at = body ? strstr(body, begins) : NULL;
    const char *end = at ? strchr(at, ';') : NULL;
    if (!close || !end || end > close) return (CodeLine){0};
    const char *slash = strrchr(source, '/');
    return (CodeLine){.path = source, .file = slash ? slash + 1 : source, .line = line_number(text, at),
                      .text = one_line(a, at, end + 1)};
}
