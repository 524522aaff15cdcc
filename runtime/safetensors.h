/* safetensors.h — the safetensors format: named blocks of numbers and a few texts in one file.
 *
 *     8 bytes    N, little-endian
 *     N bytes    JSON: {"__metadata__": {"key": "text"},
 *                       "name": {"dtype": "F32", "shape": [2,3], "data_offsets": [0,24]}}
 *     the rest   the numbers, little-endian, in C order, without gaps
 *
 * The reader believes nothing: every field is checked against the size of the file before it is
 * used, from the first eight bytes to the last tensor; a file with duplicate names, gaps, overlaps
 * or anything it does not know is refused with the byte where it is wrong. So is one whose
 * metadata has a "crc32c" that the numbers do not have.
 * Source: the format's public description and its reference implementation, which lets more pass:
 * duplicate names, unknown fields, any rank. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/error.h"

enum {
    ST_RANK = 8,
    ST_NAME = 256,           // bytes of a name
    ST_TENSORS = 65536,      // tensors of a file, and metadata
    ST_HEADER = 100000000    // bytes of JSON: as the reference implementation
};

typedef enum DType { DT_BOOL, DT_U8, DT_I8, DT_I16, DT_U16, DT_F16, DT_BF16, DT_I32, DT_U32, DT_F32,
                     DT_F64, DT_I64, DT_U64, N_DTYPES } DType;

typedef struct StTensor {
    const char *name;
    DType dtype;
    int rank;
    int64_t dim[ST_RANK];
    uint64_t len;      // numbers
    const void *v;     // bytes, not aligned: memcpy
} StTensor;

typedef struct StMeta { const char *key, *text; } StMeta;

typedef struct StFile {
    int n, n_meta;
    StTensor *tensor;  // sorted by name
    StMeta *meta;
    void *memory[4];   // what st_close frees
} StFile;

// Reads a file. False with a message naming file and byte; *f needs no closing then.
bool st_open(StFile *f, const char *path, Error *e);
// The same for bytes in memory (which must outlive f).
bool st_parse(StFile *f, const void *bytes, size_t len, const char *path, Error *e);
void st_close(StFile *f);

const StTensor *st_find(const StFile *f, const char *name); // NULL: not there
const char *st_meta(const StFile *f, const char *key);      // NULL: not there

// Number i of a tensor of any floating or whole type, as double.
double st_number(const StTensor *t, uint64_t i);
const char *st_dtype_name(DType d);
size_t st_dtype_size(DType d);

// Writes a file atomically: tensors by descending size of their type, then by name; the header
// padded to a multiple of 8; metadata in the order given, with "crc32c" of the data behind them.
// Equal input gives equal bytes. Names and texts must be UTF-8.
bool st_write(const char *path, const StTensor *tensor, int n, const StMeta *meta, int n_meta,
              Error *e);
