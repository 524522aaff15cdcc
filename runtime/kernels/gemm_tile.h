/* gemm_tile.h — the micro-kernels, written once for all instruction sets.
 *
 * gemm_micro.c includes this file once for every row of its table, with these defined:
 *
 *     NAME(x)            x with the row's name behind it
 *     TARGET             the attribute that allows the instructions
 *     VL                 numbers in a vector
 *     TILES(T)           T(mr, nv) for every size of tile
 *     FMA(a, b, c)       c + a·b, of vectors
 *     ALL                before a loop: unroll it completely
 *
 * and, if the machine has something better than a loop over the lanes,
 *
 *     LOAD(p, n)         n < VL numbers from p on, with zeros behind them
 *     STORE(p, n, v)     the first n < VL numbers of v
 *     KEEP(v)            v stays in a register; gcc would read it again for each of its products
 *
 * The sizes of a tile are constants in each of the functions that TILES makes: the compiler unrolls
 * the loops over i and j and keeps `sum` in registers. */

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

// ---- outer: a vector is a piece of a row of B ---------------------------------------------------

INLINE void NAME(put)(real *c, int n, vec v, bool add) {
    if (n >= VL) {
        NAME(store)(c, add ? NAME(load)(c) + v : v);
        return;
    }
    if (add) v += LOAD(c, n);
    STORE(c, n, v);
}

INLINE void NAME(outer)(const int mr, const int nv, const Tile *t) {
    const ptrdiff_t row = t->A.rs;
    const real *a = t->A.v, *b = t->B.v;
    vec sum[MAX_MR][MAX_NV] = {{{0}}}, bp[MAX_NV];

    for (int p = 0; p < t->kc; p++, a += t->A.cs, b += t->B.rs) {
        ALL for (int j = 0; j < nv; j++) bp[j] = NAME(load)(b + j * VL);
        ALL for (int i = 0; i < mr; i++) {
            const vec ap = a[i * row] - (vec){0};
            ALL for (int j = 0; j < nv; j++) sum[i][j] = FMA(ap, bp[j], sum[i][j]);
        }
    }
    ALL for (int i = 0; i < mr; i++)
        ALL for (int j = 0; j < nv; j++)
            NAME(put)(t->C + i * t->ldc + j * VL, t->n - j * VL, sum[i][j], t->add);
}

// ---- dot: a vector is a piece of the sum --------------------------------------------------------

INLINE vec NAME(take)(const real *p, int n) {
    if (n < VL) return LOAD(p, n);
    return NAME(load)(p);
}

// The next n ≤ VL products of every sum, from p on.
INLINE void NAME(products)(const int mr, const int nv, const Tile *t, int p, int n,
                           vec sum[][MAX_NV]) {
    vec bp[MAX_NV];
    ALL for (int j = 0; j < nv; j++) bp[j] = NAME(take)(t->B.v + p + j * t->B.cs, n);
    ALL for (int i = 0; i < mr; i++) {
        vec ap = NAME(take)(t->A.v + p + i * t->A.rs, n);
        KEEP(ap);
        ALL for (int j = 0; j < nv; j++) sum[i][j] = FMA(ap, bp[j], sum[i][j]);
    }
}

INLINE void NAME(dot)(const int mr, const int nv, const Tile *t) {
    vec sum[MAX_MR][MAX_NV] = {{{0}}};
    int p = 0;

    for (; p + VL <= t->kc; p += VL) NAME(products)(mr, nv, t, p, VL, sum);
    if (p < t->kc) NAME(products)(mr, nv, t, p, t->kc - p, sum);
    ALL for (int i = 0; i < mr; i++)
        ALL for (int j = 0; j < nv; j++) {
            real *const c = t->C + i * t->ldc + j;
            *c = NAME(total)(sum[i][j]) + (t->add ? *c : 0);
        }
}

// ---- nothing but products: how fast can it be? ---------------------------------------------------

// CHAINS sums, each waiting only for itself, n products and additions of a vector each. They begin
// with different numbers: a compiler would make one of those that are equal.
TARGET static real NAME(chain)(int n) {
    const vec a = (vec){0} + R(0.5), b = (vec){0} + R(0.25);
    vec sum[CHAINS], all = {0};
    for (int k = 0; k < CHAINS; k++) sum[k] = (vec){0} + R(k);
    for (int i = 0; i < n; i++)
        ALL_CHAINS for (int k = 0; k < CHAINS; k++) sum[k] = FMA(a, b, sum[k]);
    for (int k = 0; k < CHAINS; k++) all += sum[k];
    return NAME(total)(all);
}

// ---- one function for every size ----------------------------------------------------------------

#define FUNCTIONS(mr, nv) \
    TARGET static void NAME(outer_##mr##x##nv)(const Tile *t) { NAME(outer)(mr, nv, t); } \
    TARGET static void NAME(dot_##mr##x##nv)(const Tile *t) { NAME(dot)(mr, nv, t); }
TILES(FUNCTIONS)

#define OUTER(mr, nv) [nv][mr] = NAME(outer_##mr##x##nv),
#define DOT(mr, nv)   [nv][mr] = NAME(dot_##mr##x##nv),
static Micro *const NAME(outer_tiles)[MAX_NV + 1][MAX_MR + 1] = {TILES(OUTER)};
static Micro *const NAME(dot_tiles)[MAX_NV + 1][MAX_MR + 1] = {TILES(DOT)};

#undef FUNCTIONS
#undef OUTER
#undef DOT
#undef INLINE
#undef vec
#undef NAME
#undef TARGET
#undef VL
#undef TILES
#undef FMA
#undef LOAD
#undef STORE
#undef KEEP
