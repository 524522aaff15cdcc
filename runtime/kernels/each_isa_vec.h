/* each_isa_vec.h — vectors of one instruction set: the type, loads and stores, sums, squares.
 *
 * Read by the sources of kernels, once per instruction set (see each_isa.h). */
#define INLINE TARGET static inline __attribute__((always_inline))
#define vec    NAME(vec)

typedef real vec __attribute__((vector_size(VL * sizeof(real))));
// The same in memory: at any address, among other numbers.
typedef real NAME(packed)
    __attribute__((vector_size(VL * sizeof(real)), aligned(sizeof(real)), may_alias));

INLINE vec NAME(load)(const real *p) { return *(const NAME(packed) *)p; }
INLINE void NAME(store)(real *p, vec v) { *(NAME(packed) *)p = v; }

#ifndef LOAD
INLINE vec NAME(load_lanes)(const real *p, int n) {
    vec v = {0};
    for (int l = 0; l < n; l++) v[l] = p[l];
    return v;
}
INLINE void NAME(store_lanes)(real *p, int n, vec v) {
    for (int l = 0; l < n; l++) p[l] = v[l];
}
#define LOAD(p, n)     NAME(load_lanes)(p, n)
#define STORE(p, n, v) NAME(store_lanes)(p, n, v)
#define KEEP(v)        ((void)0)
#endif

// A vector, or the first n numbers of one.
INLINE vec NAME(load_first)(const real *p, int n) {
    if (n >= VL) return NAME(load)(p);
    return (vec)LOAD(p, n);
}
INLINE void NAME(store_first)(real *p, int n, vec v) {
    if (n >= VL) NAME(store)(p, v);
    else STORE(p, n, v);
}

// The sum of a vector, half upon half: by pieces of 16 bytes, then within the last piece.
INLINE real NAME(total)(vec v) {
    piece part[VL / PIECE];
    memcpy(part, &v, sizeof part);
    ALL for (int half = VL / PIECE / 2; half > 0; half /= 2)
        ALL for (int i = 0; i < half; i++) part[i] += part[i + half];
    piece last = part[0];
    ALL for (int half = PIECE / 2; half > 0; half /= 2)
        ALL for (int l = 0; l < half; l++) last[l] += last[l + half];
    return last[0];
}

// a0 b0 a1 b1 … of the first halves of two vectors, and of the second.
// EVEN, ODD: the way back, every second number of two vectors.
#if VL == 16
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODD(a, b)  __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#define LOW(a, b)  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif VL == 8
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODD(a, b)  __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#define LOW(a, b)  __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#elif VL == 4
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6)
#define ODD(a, b)  __builtin_shufflevector(a, b, 1, 3, 5, 7)
#define LOW(a, b)  __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#else
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2)
#define ODD(a, b)  __builtin_shufflevector(a, b, 1, 3)
#define LOW(a, b)  __builtin_shufflevector(a, b, 0, 2)
#define HIGH(a, b) __builtin_shufflevector(a, b, 1, 3)
#endif

/* Lane k of the result is the sum of vector k: zipping vectors k and k + half together and adding the
 * halves leaves half as many vectors, in which the lanes of all sums alternate. */
INLINE vec NAME(totals_of)(vec v[VL]) {
    ALL for (int half = VL / 2; half > 0; half /= 2)
        ALL for (int k = 0; k < half; k++) v[k] = LOW(v[k], v[k + half]) + HIGH(v[k], v[k + half]);
    return v[0];
}

// A square of VL × VL numbers: zipping the two halves of its rows log₂ VL times turns it round.
INLINE void NAME(zip_square)(vec v[VL]) {
    vec zipped[VL];
    ALL for (int width = 1; width < VL; width *= 2) {
        ALL for (int k = 0; k < VL / 2; k++) {
            zipped[2 * k] = LOW(v[k], v[k + VL / 2]);
            zipped[2 * k + 1] = HIGH(v[k], v[k + VL / 2]);
        }
        ALL for (int k = 0; k < VL; k++) v[k] = zipped[k];
    }
}

INLINE void NAME(turn_square)(const real *src, ptrdiff_t src_ld, real *dst, ptrdiff_t dst_ld) {
    vec v[VL];
    ALL for (int i = 0; i < VL; i++) v[i] = NAME(load)(src + i * src_ld);
    NAME(zip_square)(v);
    ALL for (int l = 0; l < VL; l++) NAME(store)(dst + l * dst_ld, v[l]);
}
