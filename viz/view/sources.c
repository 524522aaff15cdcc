/* sources.c — puts source files into the program, and finds lines in them. */
#include "viz/view/sources.h"

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

static const struct { const char *path, *text; } sources[] = {
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

// ---- finding a line ------------------------------------------------------------------------------

static const char *source_of(const char *path) {
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (strcmp(sources[i].path, path) == 0) return sources[i].text;
    return NULL;
}

// The definition of a function, whose line starts with "static"; `name` may be only its beginning.
static const char *function_in(const char *text, const char *name) {
    const size_t len = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *at = strncmp(line, "static ", 7) == 0 ? strstr(line, name) : NULL;
        const char *end = strchr(line, '\n');
        if (at && end && at < end && at[-1] == ' ' && at[len] == '(' && end[-1] == '{') return line;
    }
    return NULL;
}

static int line_number(const char *text, const char *at) {
    int n = 1;
    for (; text < at; text++) n += *text == '\n';
    return n;
}

// A line that only gives something a name.
static bool declares(const char *line) {
    static const char *const types[] = {"const ", "real ", "int ", "double ", "Tensor ", "size_t "};
    line += strspn(line, " ");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strncmp(line, types[i], strlen(types[i])) == 0) return true;
    return false;
}

// The last line of the function that contains `writes` and an assignment.
static const char *writing_line(const char *function, const char *writes) {
    const char *found = NULL;
    for (const char *line = function; line && strncmp(line, "}", 1) != 0;) {
        const char *end = strchr(line, '\n');
        const char *at = strstr(line, writes), *assigns = strstr(line, "= ");
        const bool whole = end && end > line && end[-1] == ';';
        if (whole && at && at < end && assigns && assigns < end && !declares(line)) {
            const bool sum = strstr(line, "+= ") && strstr(line, "+= ") < end;
            if (!found || sum) found = line;
        }
        line = end ? end + 1 : NULL;
    }
    return found;
}

CodeLine source_line(Arena *a, const char *source, const char *function, const char *writes) {
    const char *text = source && *source ? source_of(source) : NULL;
    const char *body = text ? function_in(text, function) : NULL;
    const char *line = body ? writing_line(body, writes) : NULL;
    if (!line) return (CodeLine){0};
    const char *slash = strrchr(source, '/'), *end = strchr(line, '\n');
    const int number = line_number(text, line);
    line += strspn(line, " ");
    return (CodeLine){.file = slash ? slash + 1 : source, .line = number,
                      .text = arena_text(a, line, (size_t)(end - line))};
}
