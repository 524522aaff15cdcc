/* Matrix products of every row of the table of micro-kernels against the formula, with more digits.
 *
 * Allowed is what any order of the sum may lose: (K + 2)·u·Σ|A·B|, u half a unit in the last place
 * of 1. Source: Higham, "Accuracy and Stability of Numerical Algorithms", 2002, §3.1. */
#include "runtime/kernels/gemm.h"

#include <float.h>
#include <stdlib.h>

#include "runtime/kernels/kernels.h"
#include "runtime/tensor.h"
#include "tests/unit/test.h"

#ifdef REAL_DOUBLE
static const double UNIT = DBL_EPSILON / 2;
typedef long double Exact;
#else
static const double UNIT = FLT_EPSILON / 2;
typedef double Exact; // a product of two floats is exact in it
#endif

// An emulated processor works out a long double digit by digit.
enum { EMULATED_MOST = 60000 }; // products

// Every edge: of tiles (6, 64, 16), slices of the sum (384, 1024), blocks (120) and panels (640).
static const struct { int M, N, K; } shapes[] = {
    {1, 1, 1},     {1, 1, 0},    {3, 5, 0},     {0, 4, 4},      {4, 0, 4},      {1, 7, 3},
    {2, 2, 2},     {6, 25, 576}, {6, 576, 25},  {16, 10, 84},   {16, 84, 10},   {10, 84, 16},
    {16, 64, 150}, {8, 48, 16},  {9, 49, 17},   {7, 47, 15},    {33, 31, 29},   {1, 500, 64},
    {500, 1, 64},  {64, 1, 500}, {5, 961, 3},   {65, 970, 7},   {193, 50, 33},  {400, 17, 5},
    {72, 72, 257}, {3, 3, 1025}, {2, 100, 513}, {100, 3, 2050}, {70, 130, 300}, {17, 33, 1100},
};

enum { GUARD = 7 };
static const real MARK = 12345;

// Numbers of all sizes without a pattern, the same in every run.
static real value(size_t i) {
    const unsigned h = (unsigned)(i * 2654435761u) >> 8;
    return (real)((int)(h % 2001) - 1000) / (real)(1 << (h % 7));
}

static real *numbers(size_t n, size_t salt) {
    real *v = malloc((n + !n) * sizeof *v); // exactly: a sanitizer sees every read behind the end
    for (size_t i = 0; i < n; i++) v[i] = value(i + salt);
    return v;
}

static real *filled(size_t n, real with) {
    real *v = malloc((n + !n) * sizeof *v);
    for (size_t i = 0; i < n; i++) v[i] = with;
    return v;
}

typedef void Gemm(int M, int N, int K, Matrix A, Matrix B, real *C, ptrdiff_t ldc, bool add,
                  real *work);

static void by_definition(int M, int N, int K, Matrix A, Matrix B, real *C, ptrdiff_t ldc, bool add,
                          real *work) {
    (void)work;
    gemm_ref(M, N, K, A, B, C, ldc, add);
}

// Is C[i,j] near enough to the sum, begun with `old`?
static bool right(int K, Matrix A, Matrix B, int i, int j, real old, real got) {
    Exact sum = old, size = old < 0 ? -old : old;
    for (int p = 0; p < K; p++) {
        const Exact x = (Exact)A.v[i * A.rs + p * A.cs] * B.v[p * B.rs + j * B.cs];
        sum += x;
        size += x < 0 ? -x : x;
    }
    const Exact off = sum < got ? got - sum : sum - got;
    return off <= (K + 2) * (Exact)UNIT * size; // false for NaN
}

static bool outside_untouched(const real *buffer, int M, int N, ptrdiff_t ldc) {
    for (ptrdiff_t k = 0; k < (M + 2) * ldc; k++) {
        const ptrdiff_t row = k / ldc - 1, column = k % ldc - GUARD;
        const bool in_c = row >= 0 && row < M && column >= 0 && column < N;
        if (!in_c && (buffer[k] < MARK || buffer[k] > MARK)) return false;
    }
    return true;
}

// One product with C in the middle of a larger buffer, all of it marked.
static void check_product(Gemm *product, int M, int N, int K, Matrix A, Matrix B, bool add,
                          real *work) {
    const ptrdiff_t ldc = N + 2 * GUARD;
    real *buffer = filled((size_t)((M + 2) * ldc), MARK), *C = buffer + ldc + GUARD;
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) C[i * ldc + j] = add ? value((size_t)(i + j)) : (real)NAN;

    product(M, N, K, A, B, C, ldc, add, work);
    bool all = true;
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            all &= right(K, A, B, i, j, add ? value((size_t)(i + j)) : 0, C[i * ldc + j]);
    if (!CHECK(all)) printf("%d x %d x %d, add %d\n", M, N, K, add);
    CHECK(outside_untouched(buffer, M, N, ldc));
    free(buffer);
}

// All ways a matrix of rows × columns can lie, in one block of memory.
enum { LIE_PLAIN, LIE_TURNED, LIE_WIDE, LIE_EVERY_OTHER, N_LIES };

static Matrix lying(int how, int rows, int columns, real **memory, size_t salt) {
    static const struct { int wide, apart; bool turned; } ways[N_LIES] = {
        [LIE_PLAIN] = {0, 1, false}, [LIE_TURNED] = {0, 1, true},
        [LIE_WIDE] = {3, 1, false},  [LIE_EVERY_OTHER] = {1, 2, true},
    };
    const int lines = ways[how].turned ? columns : rows, length = ways[how].turned ? rows : columns;
    const ptrdiff_t apart = ways[how].apart, line = apart * length + ways[how].wide;
    *memory = numbers(lines && length ? (size_t)((lines - 1) * line + (length - 1) * apart + 1) : 0,
                      salt);
    return ways[how].turned ? (Matrix){*memory, apart, line} : (Matrix){*memory, line, apart};
}

static void check_shape(Gemm *product, int M, int N, int K, real *work) {
    for (int a = 0; a < N_LIES; a++)
    for (int b = 0; b < N_LIES; b++) {
        real *memory_a, *memory_b;
        const Matrix A = lying(a, M, K, &memory_a, 1), B = lying(b, K, N, &memory_b, 77);
        check_product(product, M, N, K, A, B, (a + b) % 2, work);
        if (a == b) check_product(product, M, N, K, A, B, true, work);
        free(memory_a), free(memory_b);
    }
}

static void check_all(Gemm *product) {
    real *work = filled(gemm_work(), (real)NAN);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const int M = shapes[i].M, N = shapes[i].N, K = shapes[i].K;
        if (!test_emulated() || M * N * K <= EMULATED_MOST) check_shape(product, M, N, K, work);
    }
    for (int M = 1; M <= 9; M++)
    for (int N = 1; N <= 50; N += 7)
    for (int K = 1; K <= 19; K += 6)
        check_shape(product, M, N, K, work);
    free(work);
}

// [1 2; 3 4] · [5 6; 7 8], worked by hand.
static void check_by_hand(Gemm *product, real *work) {
    static const real a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8};
    real c[] = {100, 100, 100, 100};
    product(2, 2, 2, (Matrix){a, 2, 1}, (Matrix){b, 2, 1}, c, 2, true, work);
    CHECK_NEAR(c[0], 119, 0);
    CHECK_NEAR(c[1], 122, 0);
    CHECK_NEAR(c[2], 143, 0);
    CHECK_NEAR(c[3], 150, 0);
}

// The sums are the same bits wherever the matrices lie in memory.
static void check_same_bits(void) {
    enum { M = 37, N = 90, K = 310 };
    real *work = filled(gemm_work(), 0), *a = numbers(M * K + 1, 5), *b = numbers(N * K + 1, 6);
    real *c = filled(M * N, 0), *d = filled(M * (N + 5) + 1, 0);
    gemm(M, N, K, (Matrix){a, K, 1}, (Matrix){b, 1, K}, c, N, false, work);
    memmove(a + 1, a, M * K * sizeof *a), memmove(b + 1, b, N * K * sizeof *b);
    gemm(M, N, K, (Matrix){a + 1, K, 1}, (Matrix){b + 1, 1, K}, d + 1, N + 5, false, work);
    bool same = true;
    for (int i = 0; i < M; i++)
        same &= memcmp(c + i * N, d + 1 + i * (N + 5), N * sizeof *c) == 0;
    CHECK(same);
    free(work), free(a), free(b), free(c), free(d);
}

// ---- images side by side --------------------------------------------------------------------------

static const struct { int M, K, blocks; bool turned, add, bias; } lanes_cases[] = {
    {1, 1, 1, false, false, true},     {10, 84, 1, false, false, true},  {14, 300, 1, true, true, false},
    {29, 257, 2, false, false, false}, {84, 120, 2, true, false, false}, {120, 400, 3, false, false, true},
    {200, 33, 3, true, true, false},   {37, 19, 4, false, false, true},  {193, 520, 4, true, false, false},
    {13, 40, 5, false, true, false},   {6, 7, 61, false, false, true},   {5, 0, 2, false, false, true},
};

// All blocks at once are right, and the same bits as one after the other.
static void check_lanes(int i) {
    const int M = lanes_cases[i].M, K = lanes_cases[i].K, blocks = lanes_cases[i].blocks;
    const bool add = lanes_cases[i].add, bias = lanes_cases[i].bias, turned = lanes_cases[i].turned;
    const size_t b_block = (size_t)K * LANES, c_block = (size_t)M * LANES, len = (size_t)blocks * c_block;
    real *a = numbers((size_t)(M * K), 1), *b = numbers((size_t)blocks * b_block, 77);
    real *first = numbers((size_t)M, 9), *c = filled(len, (real)NAN), *d = filled(len, (real)NAN);
    const Matrix A = turned ? (Matrix){a, 1, M} : (Matrix){a, K, 1};
    for (size_t k = 0; k < len && add; k++) c[k] = d[k] = value(k);

    gemm_lanes(M, blocks, K, A, b, c, (ptrdiff_t)c_block, bias ? first : NULL, add);
    bool all = true;
    for (int n = 0; n < blocks; n++)
    for (int o = 0; o < M; o++)
    for (int l = 0; l < LANES; l++) {
        const size_t at = (size_t)n * c_block + (size_t)(o * LANES + l);
        const real old = add ? value(at) : bias ? first[o] : 0;
        all &= right(K, A, (Matrix){b + (size_t)n * b_block + (size_t)l, LANES, 1}, o, 0, old, c[at]);
    }
    if (!CHECK(all)) printf("lanes: %d x %d blocks x %d\n", M, blocks, K);
    for (size_t n = 0; n < (size_t)blocks; n++)
        gemm_lanes(M, 1, K, A, b + n * b_block, d + n * c_block, 0, bias ? first : NULL, add);
    CHECK(memcmp(c, d, len * sizeof *c) == 0);
    free(a), free(b), free(first), free(c), free(d);
}

static void check_choice(void) {
    Error e = {""};
    CHECK(kernels_choose("c", &e));
    CHECK_TEXT(kernels_chosen()->name, "c");
    CHECK(!kernels_choose("pentium", &e));
    CHECK(strstr(e.text, "'pentium'") && strstr(e.text, " c"));
    CHECK_TEXT(kernels_chosen()->name, "c");
    CHECK(kernels_choose(NULL, &e));
}

int main(void) {
    check_choice();
    check_all(by_definition);
    check_by_hand(by_definition, NULL);
    for (const Kernels *k = kernels_table; k->name; k++) {
        Error e;
        if (!k->usable()) continue;
        CHECK(kernels_choose(k->name, &e));
        real *work = filled(gemm_work(), 0);
        check_by_hand(gemm, work);
        free(work);
        check_all(gemm);
        check_same_bits();
        for (int i = 0; i < (int)(sizeof lanes_cases / sizeof *lanes_cases); i++) check_lanes(i);
    }
    return test_end("gemm");
}
