/* arena.h — memory that is all freed at once.
 *
 * A model file becomes a tree, then a graph; both live exactly as long as the arena they were cut
 * from, so nothing in lang/ is ever freed on its own and no error path can leak.
 *
 * An arena never returns NULL. When the machine has no memory left it jumps to the place that
 * arena_guard() marked; the one function that calls it (experiment_load) reports the failure. */
#pragma once
#include <setjmp.h>
#include <stddef.h>

typedef struct Arena Arena;

// A new, empty arena, or NULL if there is no memory for even that.
Arena *arena_make(void);

// Gives everything back; NULL is allowed.
void arena_free(Arena *a);

// `size` bytes, all zero, aligned for any type. Owned by the arena.
void *arena_alloc(Arena *a, size_t size);

// A copy of `len` bytes of text with a NUL behind it. Owned by the arena.
char *arena_text(Arena *a, const char *text, size_t len);

// A formatted text. Owned by the arena.
char *arena_print(Arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// The jump buffer that running out of memory returns to: `if (setjmp(*arena_guard(a))) …`.
jmp_buf *arena_guard(Arena *a);

// `arena_new` is one zeroed Type, `arena_array` are n of them.
#define arena_new(a, Type) ((Type *)arena_alloc((a), sizeof(Type)))
#define arena_array(a, Type, n) ((Type *)arena_alloc((a), sizeof(Type) * (size_t)(n)))
