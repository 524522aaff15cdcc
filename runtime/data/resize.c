/* resize.c — another height and width.
 *
 *     dst[c,y,x] = Σ Σ  share(y, i) · share(x, j) · src[c,i,j]
 *                  i j
 *
 * Along each axis on its own, n places become n', with r = n/n':
 *
 *     shrinking   place o is the mean of what lies below it, from o·r to (o+1)·r:
 *                 share(o, i) = (length that [i, i+1] and [o·r, (o+1)·r] have in common) / r
 *     growing     place o lies at p = (o + 1/2)·r − 1/2, kept within 0 … n−1, between two places:
 *                 share(o, i) = max(0, 1 − |i − p|)
 *
 * So no pixel is left out when a picture becomes smaller, and centres of pixels stay centres of
 * pixels. Source: A. S. Glassner (ed.), "Graphics Gems", 1990: box and triangle filters. */
#include "runtime/data/resize.h"

#include <math.h>

#include "runtime/data/terms.h"

typedef struct Resize { Size size; } Resize;

static const AttrSpec attrs[] = {
    SIZE_ATTR(Resize, size, 1, MAX_SIDE, "height and width that come out", .main = true,
              .required = true),
    {0},
};

static bool infer(Infer *q) {
    const Size size = ((const Resize *)q->cfg)->size;
    q->dst = (Shape){q->src[0].c, size.h, size.w};
    return true;
}

// ---- one axis -----------------------------------------------------------------------------------

// What place o of an axis is made of: places lo … hi−1, seen from `from` to `to` (shrinking) or
// from the point `from` (growing).
typedef struct Window { int lo, hi; double from, to; } Window;

static int within(double x, int lo, int hi) { return x < lo ? lo : x > hi ? hi : (int)x; }

static Window window(int o, int n, int n2) {
    const double r = (double)n / n2;
    if (n2 <= n) {
        const double from = o * r, to = (o + 1) * r;
        return (Window){within(floor(from), 0, n - 1), within(ceil(to), 1, n), from, to};
    }
    const double p = fmin(fmax((o + 0.5) * r - 0.5, 0), n - 1);
    return (Window){within(floor(p), 0, n - 1), within(floor(p) + 2, 1, n), p, p};
}

static double share(const Window *w, int i) {
    if (w->to > w->from) {
        const double common = fmin(w->to, i + 1) - fmax(w->from, i);
        return common > 0 ? common / (w->to - w->from) : 0;
    }
    return fmax(0, 1 - fabs(i - w->from));
}

// ---- both axes ----------------------------------------------------------------------------------

void resize_channel(const real *src, int h, int w, real *dst, int h2, int w2) {
    for (int y = 0; y < h2; y++)
    for (int x = 0; x < w2; x++) {
        const Window down = window(y, h, h2), right = window(x, w, w2);
        double sum = 0;
        for (int i = down.lo; i < down.hi; i++) {
            double row = 0;
            for (int j = right.lo; j < right.hi; j++)
                row += share(&right, j) * src[(size_t)i * (size_t)w + (size_t)j];
            sum += share(&down, i) * row;
        }
        dst[(size_t)y * (size_t)w2 + (size_t)x] = (real)sum;
    }
}

static void apply(const ImageStep *s) {
    const Tensor src = s->src, dst = s->dst;
    for (int c = 0; c < src.c; c++)
        resize_channel(at(src, 0, c, 0, 0), src.h, src.w, at(dst, 0, c, 0, 0), dst.h, dst.w);
}

static void explain(const StepQuestion *q) {
    const Tensor src = q->s.src, dst = q->s.dst;
    const Window down = window(q->y, src.h, dst.h), right = window(q->x, src.w, dst.w);
    for (int i = down.lo; i < down.hi; i++)
        for (int j = right.lo; j < right.hi; j++)
            term_tell(q, NULL, 3, (Operand[]){explain_worked("share(y,i)", share(&down, i), NULL),
                                              explain_worked("share(x,j)", share(&right, j), NULL),
                                              term_src(q, q->c, i, j)});
}

const StepKind resize_step = {
    .spec = {.name = "resize", .summary = "give the image another height and width",
             .formula = "y[c,y,x] = Σ share(y,i) · share(x,j) · x[c,i,j]",
             .example = "resize 32x32", .synonyms = "Resize Resizing",
             .source = "runtime/data/resize.c",
             .cfg_size = sizeof(Resize), .attrs = attrs, .infer = infer},
    .apply = apply,
    .explain = explain,
};
