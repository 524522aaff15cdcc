/* blur.c — every number becomes a weighted mean of its neighbourhood: a convolution with a known
 * kernel.
 *
 *     dst[c,y,x] = Σ Σ  a[i] · b[j] · src[c, y + i − K/2, x + j − L/2]        i < K, j < L, halves
 *                  i j                                                         rounded down
 *
 *     b[j] = e^(−(j − L/2)² / 2σ²) / Σ e^(…)          a likewise; the weights sum to 1
 *
 * K × L is the kernel, K and L odd. σ is written, or 0.15·L + 0.35 along an axis of length L (0.8 for
 * 3, 1.1 for 5), as other programs have it. Where the kernel reaches over the edge, the nearest
 * pixel of the edge counts.
 *
 * As the kernel is a product, columns are summed first and rows then: K + L products, not K · L. */
#include "runtime/data/terms.h"
#include "runtime/exact.h"

typedef struct Blur { Size size; double sigma; } Blur;

static const AttrSpec attrs[] = {
    SIZE_ATTR(Blur, size, 1, MAX_STEP_KERNEL, "height and width of the kernel, odd", .main = true,
              .required = true, .synonyms = "kernel kernel_size ksize"),
    REAL_ATTR(Blur, sigma, 0, 0, 100, "how wide the bell is, in pixels", .open = true,
              .def_text = "0.15 · side + 0.35", .synonyms = "std radius"),
    {0},
};

static bool infer(Infer *q) {
    const Size size = ((const Blur *)q->cfg)->size;
    q->dst = q->src[0];
    return (size.h % 2 && size.w % 2) ||
           infer_error(q, "size", W_RANGE, "the kernel must have a pixel in its middle: both sides "
                       "odd, such as 3x3 or 5x5");
}

// ---- the kernel ---------------------------------------------------------------------------------

static void bell(int n, double sigma, double *weight) {
    const double s = sigma > 0 ? sigma : 0.15 * n + 0.35;
    double sum = 0;
    for (int i = 0; i < n; i++) {
        const double far = i - n / 2;
        sum += weight[i] = exact_exp(-far * far / (2 * s * s));
    }
    for (int i = 0; i < n; i++) weight[i] /= sum;
}

static bool kernel(const void *cfg, int k, Size *size, double *weight) {
    const Blur *b = cfg;
    double down[MAX_STEP_KERNEL], right[MAX_STEP_KERNEL];
    if (k > 0) return false;
    *size = b->size;
    bell(b->size.h, b->sigma, down);
    bell(b->size.w, b->sigma, right);
    for (int i = 0; i < b->size.h; i++)
        for (int j = 0; j < b->size.w; j++) *weight++ = down[i] * right[j];
    return true;
}

// ---- applying -----------------------------------------------------------------------------------

static void add_scaled(real *dst, const real *src, real factor, int n) {
    for (int x = 0; x < n; x++) dst[x] += factor * src[x];
}

static void add_all(real *dst, real value, int n) {
    for (int x = 0; x < n; x++) dst[x] += value;
}

// row[x] = Σ a[i] · src[y + i − K/2, x]
static void sum_columns(Tensor src, int c, int y, const double *a, int K, real *row) {
    for (int x = 0; x < src.w; x++) row[x] = 0;
    for (int i = 0; i < K; i++)
        add_scaled(row, at(src, 0, c, step_near(y + i - K / 2, src.h), 0), (real)a[i], src.w);
}

// dst[x] = Σ b[j] · row[x + j − L/2], where the row goes on as it ends.
static void sum_row(const real *row, int W, const double *b, int L, real *dst) {
    for (int x = 0; x < W; x++) dst[x] = 0;
    for (int j = 0; j < L; j++) {
        const int far = j - L / 2;
        const int left = far < 0 ? step_near(-far, W + 1) : 0, right = far > 0 ? step_near(far, W + 1) : 0;
        const real weight = (real)b[j];
        add_all(dst, weight * row[0], left);
        add_scaled(dst + left, row + right, weight, W - left - right);
        add_all(dst + W - right, weight * row[W - 1], right);
    }
}

static void apply(const ImageStep *s) {
    const Blur *cfg = s->cfg;
    double a[MAX_STEP_KERNEL], b[MAX_STEP_KERNEL];
    bell(cfg->size.h, cfg->sigma, a);
    bell(cfg->size.w, cfg->sigma, b);

    for (int c = 0; c < s->dst.c; c++)
    for (int y = 0; y < s->dst.h; y++) {
        sum_columns(s->src, c, y, a, cfg->size.h, s->row);
        sum_row(s->row, s->dst.w, b, cfg->size.w, at(s->dst, 0, c, y, 0));
    }
}

static void explain(const StepQuestion *q) {
    double weight[MAX_STEP_KERNEL * MAX_STEP_KERNEL];
    const double *w = weight;
    Size size;
    kernel(q->s.cfg, 0, &size, weight);
    for (int i = 0; i < size.h; i++)
        for (int j = 0; j < size.w; j++) {
            const int y = step_near(q->y + i - size.h / 2, q->s.src.h);
            const int x = step_near(q->x + j - size.w / 2, q->s.src.w);
            term_tell(q, NULL, 2, (Operand[]){explain_worked("kernel", *w++, NULL),
                                              term_src(q, q->c, y, x)});
        }
}

const StepKind blur_step = {
    .spec = {.name = "blur", .summary = "make every number a weighted mean of its neighbourhood",
             .formula = "y[c,i,j] = Σ kernel[k,l] · x[c,i+k,j+l]", .example = "blur 3x3",
             .synonyms = "GaussianBlur gaussian_blur gaussian smooth smoothing",
             .source = "runtime/data/blur.c", .cfg_size = sizeof(Blur), .attrs = attrs,
             .infer = infer},
    .apply = apply,
    .explain = explain,
    .kernel = kernel,
};
