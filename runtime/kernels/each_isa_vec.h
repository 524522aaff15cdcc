/* each_isa_vec.h — vectors of one instruction set: the type, loads and stores, sums.
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
