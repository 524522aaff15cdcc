/* idx.h — the IDX format of MNIST: numbers with their sides in front, plain or gzipped. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "runtime/error.h"

typedef struct Idx { int rank, dim[4]; uint8_t *v; } Idx; // v malloc'd: the product of dim bytes

// Reads an IDX file of bytes with `rank` sides (1: labels, 3: gray images). Strict: type, rank,
// sides, and exactly as many bytes as they announce; a .gz must end well and hold nothing else.
// False with a message naming the file and the byte; *x then owns nothing.
bool idx_read(Idx *x, const char *path, int rank, Error *e);
void idx_free(Idx *x);

// The same for a file in memory, plain or gzipped (for tests and fuzzing).
bool idx_parse(Idx *x, const uint8_t *bytes, size_t len, const char *name, int rank, Error *e);

// Only the sides of a file; the rest is not looked at, and v stays NULL.
bool idx_sides(Idx *x, const char *path, int rank, Error *e);
