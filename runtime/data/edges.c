/* edges.c — how fast a picture changes at each place: two convolutions with known kernels.
 *
 *             −1  0  1             −1 −2 −1
 *     A   =   −2  0  2       B  =   0  0  0
 *             −1  0  1              1  2  1
 *
 *     a = Σ Σ A[i,j] · src[c, y + i − 1, x + j − 1]            from left to right
 *     b = Σ Σ B[i,j] · src[c, y + i − 1, x + j − 1]            from above to below
 *     dst[c,y,x] = √(a² + b²)
 *
 * for each channel. At the edge of the picture its nearest pixel counts. From numbers 0 … 1 come
 * numbers 0 … 4.5. Source: I. Sobel and G. Feldman, "A 3×3 Isotropic Gradient Operator for Image
 * Processing", 1968. */
#include <math.h>

#include "runtime/data/terms.h"

enum { K = 3 };

static const double sobel[2][K][K] = {
    {{-1, 0, 1}, {-2, 0, 2}, {-1, 0, 1}},
    {{-1, -2, -1}, {0, 0, 0}, {1, 2, 1}},
};

static bool kernel(const void *cfg, int k, Size *size, double *weight) {
    (void)cfg;
    if (k > 1) return false;
    *size = (Size){K, K};
    for (int i = 0; i < K; i++)
        for (int j = 0; j < K; j++) *weight++ = sobel[k][i][j];
    return true;
}

// The number between columns l, x and r of three rows.
static real magnitude(const real *above, const real *here, const real *below, int l, int x, int r) {
    const real a = (above[r] - above[l]) + 2 * (here[r] - here[l]) + (below[r] - below[l]);
    const real b = (below[l] - above[l]) + 2 * (below[x] - above[x]) + (below[r] - above[r]);
    return (real)sqrt((double)(a * a + b * b));
}

static void apply(const ImageStep *s) {
    const Tensor src = s->src;
    const int W = src.w;
    for (int c = 0; c < src.c; c++)
    for (int y = 0; y < src.h; y++) {
        const real *above = at(src, 0, c, step_near(y - 1, src.h), 0), *here = at(src, 0, c, y, 0);
        const real *below = at(src, 0, c, step_near(y + 1, src.h), 0);
        real *dst = at(s->dst, 0, c, y, 0);
        dst[0] = magnitude(above, here, below, 0, 0, step_near(1, W));
        for (int x = 1; x < W - 1; x++) dst[x] = magnitude(above, here, below, x - 1, x, x + 1);
        if (W > 1) dst[W - 1] = magnitude(above, here, below, W - 2, W - 1, W - 1);
    }
}

static Operand neighbour(const StepQuestion *q, int i, int j) {
    return term_src(q, q->c, step_near(q->y + i - 1, q->s.src.h), step_near(q->x + j - 1, q->s.src.w));
}

static double slope(const StepQuestion *q, int k) {
    double sum = 0;
    for (int i = 0; i < K; i++)
        for (int j = 0; j < K; j++) sum += sobel[k][i][j] * neighbour(q, i, j).v;
    return sum;
}

// √(a² + b²) = a · a/√… + b · b/√…, and a and b are sums.
static void explain(const StepQuestion *q) {
    static const char *const name[] = {"a", "b"}, *const label[] = {"left to right", "above to below"};
    static const char *const part[] = {"a/√(a² + b²)", "b/√(a² + b²)"};
    const double s[] = {slope(q, 0), slope(q, 1)}, g = sqrt(s[0] * s[0] + s[1] * s[1]);
    for (int k = 0; k < 2; k++) term_help(q, explain_worked(name[k], s[k], label[k]));
    for (int k = 0; k < 2; k++)
    for (int i = 0; i < K; i++)
    for (int j = 0; j < K; j++) {
        if (sobel[k][i][j] == 0) continue;
        term_tell(q, label[k], 3, (Operand[]){explain_worked(part[k], g > 0 ? s[k] / g : 0, NULL),
                                              explain_worked("kernel", sobel[k][i][j], NULL),
                                              neighbour(q, i, j)});
    }
}

const StepKind edges_step = {
    .spec = {.name = "edges", .summary = "show how fast the picture changes at each place (Sobel)",
             .formula = "y = √(a² + b²), a and b slopes to the right and down", .example = "edges",
             .synonyms = "sobel Sobel edge edge_detection gradient canny",
             .source = "runtime/data/edges.c"},
    .apply = apply,
    .explain = explain,
    .kernel = kernel,
};
