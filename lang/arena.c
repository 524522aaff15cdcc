/* arena.c — memory in chunks, cut from front to back. */
#include "lang/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 << 10, ALIGN = alignof(max_align_t) };

typedef struct Chunk {
    struct Chunk *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
} Chunk;

struct Arena {
    Chunk *chunk; // the one that is being cut; the full ones hang behind it
    jmp_buf guard;
};

static Chunk *chunk_make(size_t size) {
    if (size > SIZE_MAX - sizeof(Chunk)) return NULL;
    Chunk *c = calloc(1, sizeof(Chunk) + size);
    if (c) c->size = size;
    return c;
}

Arena *arena_make(void) {
    Arena *a = calloc(1, sizeof *a);
    if (!a) return NULL;
    // The first chunk is taken now, so that a list of messages always fits.
    a->chunk = chunk_make(CHUNK);
    if (a->chunk) return a;
    free(a);
    return NULL;
}

void arena_free(Arena *a) {
    if (!a) return;
    for (Chunk *c = a->chunk, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    free(a);
}

jmp_buf *arena_guard(Arena *a) { return &a->guard; }

// Puts a chunk with room for `size` bytes in front. One that is made for a single large piece goes
// behind the current chunk, whose rest stays in use.
static Chunk *more(Arena *a, size_t size) {
    const bool large = size > CHUNK / 4;
    Chunk *c = chunk_make(large ? size : CHUNK);
    if (!c) longjmp(a->guard, 1);
    if (large) {
        c->next = a->chunk->next;
        a->chunk->next = c;
    } else {
        c->next = a->chunk;
        a->chunk = c;
    }
    return c;
}

void *arena_alloc(Arena *a, size_t size) {
    if (size > SIZE_MAX - ALIGN) longjmp(a->guard, 1);
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    Chunk *c = a->chunk;
    if (size > c->size - c->used) c = more(a, size);
    void *piece = c->bytes + c->used;
    c->used += size;
    return piece;
}

char *arena_text(Arena *a, const char *text, size_t len) {
    char *copy = arena_alloc(a, len + 1);
    if (len > 0) memcpy(copy, text, len);
    return copy;
}

char *arena_print(Arena *a, const char *fmt, ...) {
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    const int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *text = arena_alloc(a, (size_t)(len > 0 ? len : 0) + 1);
    if (len > 0) vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(again);
    return text;
}
