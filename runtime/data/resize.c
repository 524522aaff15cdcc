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
#include <stdlib.h>
#include <string.h>

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

// ---- the definition -----------------------------------------------------------------------------

void resize_channel_ref(const real *src, int h, int w, real *dst, int h2, int w2) {
    for (int y = 0; y < h2; y++)
    for (int x = 0; x < w2; x++) {
        const Window down = window(y, h, h2), right = window(x, w, w2);
        double sum = 0;
        for (int j = right.lo; j < right.hi; j++) {
            double column = 0;
            for (int i = down.lo; i < down.hi; i++)
                column += share(&down, i) * (double)src[(size_t)i * (size_t)w + (size_t)j];
            sum += share(&right, j) * column;
        }
        dst[(size_t)y * (size_t)w2 + (size_t)x] = (real)sum;
    }
}

// ---- the fast way -------------------------------------------------------------------------------
//
// The same sums, each part of them once: the shares of both axes are written down, and for each
// row y of dst the columns are added up for all j before any x wants them.

// Place o of an axis is the sum of share[k] times place lo + k, for k in 0 … n−1.
typedef struct Taps { int lo, n; const double *share; } Taps;

// The shares of all places of an axis; `share` has room for n + 2·n2 of them.
static void axis_taps(int n, int n2, Taps *taps, double *shares) {
    for (int o = 0; o < n2; o++) {
        const Window w = window(o, n, n2);
        taps[o] = (Taps){w.lo, w.hi - w.lo, shares};
        for (int i = w.lo; i < w.hi; i++) *shares++ = share(&w, i);
    }
}

// Both axes of a resizing and room for one row of sums, in one piece of memory.
typedef struct Plan { int h, w, c, h2, w2; Taps *down, *right; double *column; } Plan;

static bool plan_make(Plan *p, int h, int w, int c, int h2, int w2) {
    const size_t shares = (size_t)h + (size_t)w + 2 * ((size_t)h2 + (size_t)w2);
    const size_t taps = (size_t)h2 + (size_t)w2, columns = (size_t)w * (size_t)c;
    Taps *v = malloc(taps * sizeof *v + (shares + columns) * sizeof(double));
    if (!v) return false;
    double *share_h = (double *)(v + taps), *share_w = share_h + h + 2 * (size_t)h2;
    *p = (Plan){h, w, c, h2, w2, v, v + h2, share_w + w + 2 * (size_t)w2};
    axis_taps(h, h2, p->down, share_h);
    axis_taps(w, w2, p->right, share_w);
    return true;
}

static void plan_free(Plan *p) { free(p->down); }

// Number c of place x of a row of dst, from the sums of the columns.
static inline double across(const Plan *p, int x, int c) {
    const Taps *t = &p->right[x];
    const double *column = p->column + (size_t)t->lo * (size_t)p->c + (size_t)c;
    double sum = 0;
    for (int k = 0; k < t->n; k++) sum += t->share[k] * column[(size_t)k * (size_t)p->c];
    return sum;
}

// One row of src into the sums of its columns, n of them.
static void add_bytes(double *column, double share, const uint8_t *row, size_t n) {
    for (size_t j = 0; j < n; j++) column[j] += share * row[j];
}

static void add_reals(double *column, double share, const real *row, size_t n) {
    for (size_t j = 0; j < n; j++) column[j] += share * (double)row[j];
}

// A half stays a half although shares such as 1/3 are not exact.
static uint8_t rounded(double v) { return (uint8_t)(v + 0.5 + 1e-6); }

bool resize_bytes(const uint8_t *src, int h, int w, int c, uint8_t *dst, int h2, int w2) {
    Plan p;
    if (h == h2 && w == w2) {
        memcpy(dst, src, (size_t)h * (size_t)w * (size_t)c);
        return true;
    }
    if (!plan_make(&p, h, w, c, h2, w2)) return false;
    const size_t n = (size_t)w * (size_t)c;
    for (int y = 0; y < h2; y++) {
        const Taps *t = &p.down[y];
        memset(p.column, 0, n * sizeof *p.column);
        for (int i = 0; i < t->n; i++)
            add_bytes(p.column, t->share[i], src + (size_t)(t->lo + i) * n, n);
        for (int x = 0; x < w2; x++)
            for (int k = 0; k < c; k++) *dst++ = rounded(across(&p, x, k));
    }
    plan_free(&p);
    return true;
}

static void resize_channel(const Plan *p, const real *src, real *dst) {
    const size_t n = (size_t)p->w;
    for (int y = 0; y < p->h2; y++) {
        const Taps *t = &p->down[y];
        memset(p->column, 0, n * sizeof *p->column);
        for (int i = 0; i < t->n; i++)
            add_reals(p->column, t->share[i], src + (size_t)(t->lo + i) * n, n);
        for (int x = 0; x < p->w2; x++) *dst++ = (real)across(p, x, 0);
    }
}

// Without memory for a plan the definition does it.
static void apply(const ImageStep *s) {
    const Tensor src = s->src, dst = s->dst;
    Plan p;
    const bool fast = plan_make(&p, src.h, src.w, 1, dst.h, dst.w);
    for (int c = 0; c < src.c; c++) {
        const real *from = at(src, 0, c, 0, 0);
        real *to = at(dst, 0, c, 0, 0);
        if (fast) resize_channel(&p, from, to);
        else resize_channel_ref(from, src.h, src.w, to, dst.h, dst.w);
    }
    if (fast) plan_free(&p);
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
