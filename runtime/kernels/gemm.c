/* gemm.c — the definition of the matrix product, and the same sums in an order that caches like.
 *
 *     C[i,j] (+)= Σ A[i,p] · B[p,j]          i < M,  j < N,  p < K
 *                 p
 *
 * gemm_ref() is that formula. gemm() computes the same products in blocks: five loops around a
 * micro-kernel, each block of a size that fits one level of the memory.
 *
 *     loop 5   j by nc    a panel of B and C
 *     loop 4   p by kc    a slice of the sum            (B panel: in the L3 cache)
 *     loop 3   i by mc    a block of A                  (A block: in the L2 cache)
 *     loop 2   j by nr    a sliver of the B panel       (in the L1 cache)
 *     loop 1   i by mr    a sliver of the A block
 *     micro    p by 1     an mr × nr tile of C          (in registers: gemm_micro.h)
 *
 * Source: Smith et al., "Anatomy of High-Performance Many-Threaded Matrix Multiplication", 2014;
 * loops numbered and named as in the BLIS documentation. */
#include "runtime/kernels/gemm.h"

#include <stdint.h>
#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/tensor.h"

// ---- the definition -----------------------------------------------------------------------------

void gemm_ref(int M, int N, int K, Matrix A, Matrix B, real *C, ptrdiff_t ldc, bool add) {
    for (int i = 0; i < M; i++)
    for (int j = 0; j < N; j++) {
        real sum = add ? C[i * ldc + j] : 0;
        for (int p = 0; p < K; p++)
            sum += A.v[i * A.rs + p * A.cs] * B.v[p * B.rs + j * B.cs];
        C[i * ldc + j] = sum;
    }
}

double gemm_chain(int n) {
    const GemmKernels *k = kernels_chosen()->gemm;
    volatile real sum = k->chain(n); // volatile: the compiler must believe that somebody reads it
    (void)sum;
    return 2.0 * CHAINS * k->vl * n;
}

// ---- how a product is cut -----------------------------------------------------------------------

enum {
    NC = 640,        // columns of a panel of B: KC rows of it are 1 MB
    KC = 384,        // products of a slice: so long, a sliver of B (16 to 64 columns) is 24 to 96 KB
    KC_LANES = 128,  // the same for blocks of images, of which up to four make a sliver of 64 columns
    KC_DOT = 1024,   // the same for dot tiles: a sliver is 3 columns, and lanes are added up rarely
    MC = 120,        // rows of a block of A: 180 KB, or 480 KB with dot tiles
    FEW_ROWS = 64,   // an A of at most so many rows is done before a copy of B has paid
};

// The copy of B begins where a vector should: one that lies across two cache lines costs twice.
enum { CACHE_LINE = 64 };

size_t gemm_work(void) { return (size_t)KC * NC + CACHE_LINE / sizeof(real); }

static real *aligned(real *work) {
    const size_t over = (uintptr_t)work % CACHE_LINE;
    return over ? work + (CACHE_LINE - over) / sizeof *work : work;
}

typedef struct Product {
    int M, N, K;
    Matrix A, B;
    real *C;
    ptrdiff_t ldc;
    ptrdiff_t b_block, c_block; // from the first of LANES columns to the first of the next LANES
    const real *bias;           // a number for each row of C, or NULL
    bool add;
    Micro *const (*micro)[MAX_MR + 1];
    int width;              // columns of C that one vector stands for: vl, or 1 with dot tiles
    int nc, kc, mc, nr, mr; // the steps of the loops
    bool pack;              // copy B
} Product;

static int min(int a, int b) { return a < b ? a : b; }
static int round_up(int n, int unit) { return (n + unit - 1) / unit * unit; }

// The step of a loop: `total` in as few steps as possible, each at most `most` and all of nearly
// one size, so that no narrow last one leaves the machine half idle. A multiple of unit.
static int step(int total, int most, int unit) {
    if (total <= 0) return unit;
    const int steps = (total - 1) / most + 1;
    return round_up((total - 1) / steps + 1, unit);
}

// Dot tiles read both matrices where they lie, and pay for it when the lanes are added up; against
// this stands turning B round, whose price is spread over the rows of A. The factor was measured. A
// single column of B would leave the vectors of an outer tile empty but for one number.
static bool dot_is_better(const Product *q) {
    const bool along = q->A.cs == 1 && q->B.rs == 1 && q->B.cs != 1;
    return along && (q->K / 5 >= q->M || q->N == 1);
}

// What is left when width and nr are there.
static void cut_rows(Product *q, const GemmKernels *k, bool dot) {
    const int most = k->mr[round_up(q->nr, q->width) / q->width];
    const bool packed = q->B.cs == 1 && q->B.rs == q->nr && q->N == q->nr; // it lies as a copy would
    q->pack = !dot && !packed && (q->B.cs != 1 || q->M > FEW_ROWS);
    q->mr = step(q->M, most, 1);
    q->mc = step(q->M, MC / q->mr * q->mr, q->mr);
    q->kc = step(q->K, dot ? KC_DOT : KC, 1);
    q->nc = step(q->N, NC / q->nr * q->nr, q->nr);
}

static void cut(Product *q, const GemmKernels *k) {
    const bool dot = dot_is_better(q);
    q->micro = dot ? k->dot : k->outer;
    q->width = dot ? 1 : k->vl;
    q->nr = step(q->N, k->nv * q->width, q->width);
    cut_rows(q, k, dot);
}

// A tile is within one block of LANES columns, or its vectors are one block each.
static void cut_lanes(Product *q, const GemmKernels *k) {
    q->micro = k->outer;
    q->width = k->vl;
    q->nr = step(k->vl < LANES ? LANES : q->N, k->nv * k->vl, k->vl);
    cut_rows(q, k, false);
    q->kc = step(q->K, KC_LANES, 1);
    q->pack = false;
}

/* ---- the fast way -------------------------------------------------------------------------------
 * A is never copied: its numbers are taken one at a time, or along the sum, wherever they lie. B is
 * copied sliver by sliver into the order in which the micro-kernel reads it, if enough rows of A
 * use the copy, or if its rows are not contiguous, or if a whole vector would read behind its end. */

static Matrix part_of_A(const Product *q, int i, int p) {
    return (Matrix){q->A.v + i * q->A.rs + p * q->A.cs, q->A.rs, q->A.cs};
}

static Matrix part_of_B(const Product *q, int p, int j) {
    const ptrdiff_t column = j / LANES * q->b_block + j % LANES * q->B.cs;
    return (Matrix){q->B.v + p * q->B.rs + column, q->B.rs, q->B.cs};
}

static real *part_of_C(const Product *q, int i, int j) {
    return q->C + i * q->ldc + j / LANES * q->c_block + j % LANES;
}

// dst[p·width + j] = B[p,j] of a matrix whose columns are contiguous: by squares, then what is left.
static void pack_columns(int kc, int n, Matrix B, real *dst, int width) {
    const GemmKernels *const k = kernels_chosen()->gemm;
    const int vl = k->vl, squares_p = kc / vl * vl, squares_j = n / vl * vl;
    for (int j = 0; j < squares_j; j += vl)
        for (int p = 0; p < squares_p; p += vl) k->turn(B.v + p + j * B.cs, B.cs, dst + p * width + j, width);
    for (int p = 0; p < kc; p++)
        for (int j = p < squares_p ? squares_j : 0; j < n; j++) dst[p * width + j] = B.v[p + j * B.cs];
}

// The same of a matrix that lies anyhow.
static void pack_any(int kc, int n, Matrix B, real *dst, int width) {
    for (int p = 0; p < kc; p++)
        for (int j = 0; j < n; j++) dst[p * width + j] = B.v[p * B.rs + j * B.cs];
}

// n columns of B with zeros up to the width of whole vectors: what is computed from them is dropped,
// but numbers left behind by other work could be slow ones.
static void pack(int kc, int n, Matrix B, real *dst, int width) {
    if (B.cs == 1)
        for (int p = 0; p < kc; p++)
            memcpy(dst + p * width, B.v + p * B.rs, (size_t)n * sizeof *dst);
    else if (B.rs == 1) pack_columns(kc, n, B, dst, width);
    else pack_any(kc, n, B, dst, width);
    for (int p = 0; p < kc && n < width; p++)
        memset(dst + p * width + n, 0, (size_t)(width - n) * sizeof *dst);
}

// n columns of B as the micro-kernel wants them; copied to `room` unless that has been done.
static Matrix sliver(const Product *q, int kc, int n, Matrix B, real *room, bool done) {
    const int width = round_up(n, q->width);
    if (!q->pack && n == width) return B;
    if (!done) pack(kc, n, B, room, width);
    return (Matrix){room, width, 1};
}

static void block(const Product *q, int ic, int pc, int jc, real *panel) {
    const int mc = min(q->mc, q->M - ic), kc = min(q->kc, q->K - pc), nc = min(q->nc, q->N - jc);
    const bool apart = q->width == LANES; // vectors of a tile, if the blocks of columns are
    Tile t = {.kc = kc, .ldc = q->ldc, .add = q->add || pc > 0,
              .b_vector = apart && !q->pack ? q->b_block : q->width,
              .c_vector = apart ? q->c_block : q->width};

    for (int jr = 0; jr < nc; jr += q->nr) {                                         // loop 2
        t.n = min(q->nr, nc - jr);
        real *const room = panel ? panel + (ptrdiff_t)jr * kc : NULL;
        t.B = sliver(q, kc, t.n, part_of_B(q, pc, jc + jr), room, ic > 0);
        Micro *const *const micro = q->micro[round_up(t.n, q->width) / q->width];
        for (int ir = 0; ir < mc; ir += q->mr) {                                     // loop 1
            t.A = part_of_A(q, ic + ir, pc);
            t.C = part_of_C(q, ic + ir, jc + jr);
            t.bias = q->bias && pc == 0 ? q->bias + ic + ir : NULL;
            micro[min(q->mr, mc - ir)](&t);
        }
    }
}

static void all_blocks(const Product *q, real *work) {
    for (int jc = 0; jc < q->N; jc += q->nc)                                         // loop 5
        for (int pc = 0; pc == 0 || pc < q->K; pc += q->kc)                          // loop 4
            for (int ic = 0; ic < q->M; ic += q->mc)                                 // loop 3
                block(q, ic, pc, jc, work);
}

void gemm(int M, int N, int K, Matrix A, Matrix B, real *C, ptrdiff_t ldc, bool add, real *work) {
    Product q = {.M = M, .N = N, .K = K, .A = A, .B = B, .C = C, .ldc = ldc, .add = add,
                 .b_block = LANES * B.cs, .c_block = LANES};
    cut(&q, kernels_chosen()->gemm);
    all_blocks(&q, aligned(work));
}

void gemm_lanes(int M, int blocks, int K, Matrix A, const real *B, real *C, ptrdiff_t c_block,
                const real *bias, bool add) {
    Product q = {.M = M, .N = blocks * LANES, .K = K, .A = A, .B = {B, LANES, 1}, .C = C, .ldc = LANES,
                 .b_block = (ptrdiff_t)K * LANES, .c_block = c_block, .bias = bias, .add = add};
    cut_lanes(&q, kernels_chosen()->gemm);
    all_blocks(&q, NULL);
}
