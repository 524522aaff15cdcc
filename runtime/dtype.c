/* dtype.c — the types of number a safetensors file can hold, as a table.
 *
 * Numbers lie in the file in little-endian order, at any byte. */
#include <math.h>
#include <string.h>

#include "runtime/safetensors.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "files hold little-endian numbers");

#define READER(name, T) \
    static double name(const void *p) { \
        T x; \
        memcpy(&x, p, sizeof x); \
        return (double)x; \
    }
READER(read_u8, uint8_t)
READER(read_i8, int8_t)
READER(read_i16, int16_t)
READER(read_u16, uint16_t)
READER(read_i32, int32_t)
READER(read_u32, uint32_t)
READER(read_f32, float)
READER(read_f64, double)
READER(read_i64, int64_t)
READER(read_u64, uint64_t)

// 1 bit sign, 5 bits exponent (bias 15), 10 bits fraction. Source: IEEE 754-2008, §3.4.
static double read_f16(const void *p) {
    uint16_t x;
    memcpy(&x, p, sizeof x);
    const int exponent = x >> 10 & 31, fraction = x & 1023;
    double value;
    if (exponent == 31) value = fraction ? NAN : INFINITY;
    else if (exponent == 0) value = ldexp(fraction, -24);
    else value = ldexp(1024 + fraction, exponent - 25);
    return x >> 15 ? -value : value;
}

// The upper half of a float.
static double read_bf16(const void *p) {
    uint16_t half;
    memcpy(&half, p, sizeof half);
    const uint32_t bits = (uint32_t)half << 16;
    return read_f32(&bits);
}

typedef struct TypeRow { const char *name; size_t size; double (*read)(const void *p); } TypeRow;

static const TypeRow types[N_DTYPES] = {
    [DT_BOOL] = {"BOOL", 1, read_u8},
    [DT_U8]   = {"U8",   1, read_u8},
    [DT_I8]   = {"I8",   1, read_i8},
    [DT_I16]  = {"I16",  2, read_i16},
    [DT_U16]  = {"U16",  2, read_u16},
    [DT_F16]  = {"F16",  2, read_f16},
    [DT_BF16] = {"BF16", 2, read_bf16},
    [DT_I32]  = {"I32",  4, read_i32},
    [DT_U32]  = {"U32",  4, read_u32},
    [DT_F32]  = {"F32",  4, read_f32},
    [DT_F64]  = {"F64",  8, read_f64},
    [DT_I64]  = {"I64",  8, read_i64},
    [DT_U64]  = {"U64",  8, read_u64},
};

double st_number(const StTensor *t, uint64_t i) {
    return types[t->dtype].read((const char *)t->v + i * types[t->dtype].size);
}

const char *st_dtype_name(DType d) { return types[d].name; }

size_t st_dtype_size(DType d) { return types[d].size; }
