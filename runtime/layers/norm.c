/* norm.c — mean, deviation and their gradients (norm.h has the formulas). */
#include "runtime/layers/norm.h"

#include <math.h>

#include "runtime/kernels/wide.h"

double norm_count(NormSet a) {
    return (double)(a.n.hi - a.n.lo) * (a.c.hi - a.c.lo) * a.src.h * a.src.w;
}

Norm norm_of(Moments m, double eps) { return (Norm){(real)m.mean, (real)(1 / sqrt(m.var + eps))}; }

// ---- the definition -----------------------------------------------------------------------------

static real hat(NormSet a, int n, int c, int y, int x) {
    return (*at(a.src, n, c, y, x) - a.norm.mean) * a.norm.inverse;
}

static Moments moments_ref(NormSet a) {
    const double M = norm_count(a);
    Moments m = {.M = M};
    for (int n = a.n.lo; n < a.n.hi; n++)
    for (int c = a.c.lo; c < a.c.hi; c++)
    for (int y = 0; y < a.src.h; y++)
    for (int x = 0; x < a.src.w; x++)
        m.mean += *at(a.src, n, c, y, x) / M;

    for (int n = a.n.lo; n < a.n.hi; n++)
    for (int c = a.c.lo; c < a.c.hi; c++)
    for (int y = 0; y < a.src.h; y++)
    for (int x = 0; x < a.src.w; x++) {
        const double off = *at(a.src, n, c, y, x) - m.mean;
        m.var += off * off / M;
    }
    return m;
}

static void apply_ref(NormSet a, real weight, real bias, Tensor dst) {
    for (int n = a.n.lo; n < a.n.hi; n++)
    for (int c = a.c.lo; c < a.c.hi; c++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++)
        *at(dst, n, c, y, x) = hat(a, n, c, y, x) * weight + bias;
}

static Sums sums_ref(NormSet a, Tensor g) {
    Sums s = {.M = norm_count(a)};
    for (int n = a.n.lo; n < a.n.hi; n++)
    for (int c = a.c.lo; c < a.c.hi; c++)
    for (int y = 0; y < g.h; y++)
    for (int x = 0; x < g.w; x++) {
        s.g += *at(g, n, c, y, x);
        s.gx += (double)*at(g, n, c, y, x) * hat(a, n, c, y, x);
    }
    return s;
}

static void spread_ref(NormSet a, real weight, Tensor g, Sums s, Tensor diff_src) {
    const real factor = weight * a.norm.inverse;
    const real mean_g = (real)(s.g / s.M), mean_gx = (real)(s.gx / s.M);

    for (int n = a.n.lo; n < a.n.hi; n++)
    for (int c = a.c.lo; c < a.c.hi; c++)
    for (int y = 0; y < g.h; y++)
    for (int x = 0; x < g.w; x++)
        *at(diff_src, n, c, y, x) +=
            factor * (*at(g, n, c, y, x) - mean_g - hat(a, n, c, y, x) * mean_gx);
}

const NormWay norm_ref = {moments_ref, apply_ref, sums_ref, spread_ref};

/* ---- the fast way -------------------------------------------------------------------------------
 * In the plain layout the numbers that a set has of one image stand in a row. Sums go round WAYS
 * places, so that an addition does not have to wait for the one before it. */

enum { WAYS = 8 };

static double total(const double *sum) {
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

static size_t run_len(NormSet a) {
    return (size_t)(a.c.hi - a.c.lo) * (size_t)a.src.h * (size_t)a.src.w;
}

// The run of image n in a tensor that has the sides of src.
static real *run(NormSet a, Tensor t, int n) { return at(t, n, a.c.lo, 0, 0); }

static void add_run(double *restrict sum, const real *restrict v, size_t len) {
    size_t i = 0;
    for (; i + WAYS <= len; i += WAYS)
        for (size_t k = 0; k < WAYS; k++)
            sum[k] += v[i + k];
    for (size_t k = 0; i + k < len; k++)
        sum[k] += v[i + k];
}

static void add_squares(double *restrict sum, const real *restrict v, double mean, size_t len) {
    size_t i = 0;
    for (; i + WAYS <= len; i += WAYS)
        for (size_t k = 0; k < WAYS; k++)
            sum[k] += (v[i + k] - mean) * (v[i + k] - mean);
    for (size_t k = 0; i + k < len; k++)
        sum[k] += (v[i + k] - mean) * (v[i + k] - mean);
}

static void add_products(double *restrict sum, const real *restrict g, const real *restrict v,
                         Norm norm, size_t len) {
    size_t i = 0;
    for (; i + WAYS <= len; i += WAYS)
        for (size_t k = 0; k < WAYS; k++)
            sum[k] += (double)g[i + k] * ((v[i + k] - norm.mean) * norm.inverse);
    for (size_t k = 0; i + k < len; k++)
        sum[k] += (double)g[i + k] * ((v[i + k] - norm.mean) * norm.inverse);
}

static Moments moments(NormSet a) {
    const double M = norm_count(a);
    double sum[WAYS] = {0}, squares[WAYS] = {0};
    for (int n = a.n.lo; n < a.n.hi; n++)
        add_run(sum, run(a, a.src, n), run_len(a));
    const double mean = total(sum) / M;
    for (int n = a.n.lo; n < a.n.hi; n++)
        add_squares(squares, run(a, a.src, n), mean, run_len(a));
    return (Moments){mean, total(squares) / M, M};
}

static void apply(NormSet a, real weight, real bias, Tensor dst_all) {
    for (int n = a.n.lo; n < a.n.hi; n++) {
        const real *restrict src = run(a, a.src, n);
        real *restrict dst = run(a, dst_all, n);
        for (size_t i = 0, len = run_len(a); i < len; i++)
            dst[i] = (src[i] - a.norm.mean) * a.norm.inverse * weight + bias;
    }
}

static Sums sums(NormSet a, Tensor g) {
    double sum[WAYS] = {0}, products[WAYS] = {0};
    for (int n = a.n.lo; n < a.n.hi; n++) {
        add_run(sum, run(a, g, n), run_len(a));
        add_products(products, run(a, g, n), run(a, a.src, n), a.norm, run_len(a));
    }
    return (Sums){total(sum), total(products), norm_count(a)};
}

static void spread(NormSet a, real weight, Tensor g_all, Sums s, Tensor diff_all) {
    const real factor = weight * a.norm.inverse;
    const real mean_g = (real)(s.g / s.M), mean_gx = (real)(s.gx / s.M);

    for (int n = a.n.lo; n < a.n.hi; n++) {
        const real *restrict src = run(a, a.src, n), *restrict g = run(a, g_all, n);
        real *restrict diff_src = run(a, diff_all, n);
        for (size_t i = 0, len = run_len(a); i < len; i++) {
            const real xh = (src[i] - a.norm.mean) * a.norm.inverse;
            diff_src[i] = (a.fresh ? 0 : diff_src[i]) + factor * (g[i] - mean_g - xh * mean_gx);
        }
    }
}

const NormWay norm_fast = {moments, apply, sums, spread};

/* ---- sixteen images side by side ------------------------------------------------------------------
 * Every lane has sums of its own; those of lanes without an image are left out at the end. FEW places at
 * a time are added up before they go into a sum of doubles: four roundings of a real are less than what
 * each of the numbers is off already, and turning reals into doubles is what takes the time. */

enum { FEW = 4 };

// Numbers of sixteen images, and how many of the lanes have an image.
typedef struct Lanes { ptrdiff_t len; int n; } Lanes;

static Lanes lanes_at(NormSet a, int n) {
    return (Lanes){(ptrdiff_t)run_len(a), a.n.hi - n < LANES ? a.n.hi - n : LANES};
}

static double lane_total(const double *sum, int n) {
    double all = 0;
    for (int l = 0; l < n; l++) all += sum[l];
    return all;
}

WIDE static double lanes_sum(const real *restrict v, Lanes a) {
    double sum[LANES] = {0};
    ptrdiff_t i = 0;
    for (; i + FEW <= a.len; i += FEW, v += FEW * LANES)
        for (int l = 0; l < LANES; l++)
            sum[l] += (v[l] + v[LANES + l]) + (v[2 * LANES + l] + v[3 * LANES + l]);
    for (; i < a.len; i++, v += LANES)
        for (int l = 0; l < LANES; l++) sum[l] += v[l];
    return lane_total(sum, a.n);
}

// Σ (v − μ) and Σ (v − μ)², around a mean that was rounded.
typedef struct Offs { double sum, squares; } Offs;

WIDE static Offs lanes_offs(const real *restrict v, real mean, Lanes a) {
    double sum[LANES] = {0}, squares[LANES] = {0};
    ptrdiff_t i = 0;
    for (; i + FEW <= a.len; i += FEW, v += FEW * LANES)
        for (int l = 0; l < LANES; l++) {
            const real d0 = v[l] - mean, d1 = v[LANES + l] - mean;
            const real d2 = v[2 * LANES + l] - mean, d3 = v[3 * LANES + l] - mean;
            sum[l] += (d0 + d1) + (d2 + d3);
            squares[l] += (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3);
        }
    for (; i < a.len; i++, v += LANES)
        for (int l = 0; l < LANES; l++) {
            const real d = v[l] - mean;
            sum[l] += d;
            squares[l] += d * d;
        }
    return (Offs){lane_total(sum, a.n), lane_total(squares, a.n)};
}

static inline real off_mean(real g, real v, real mean) { return g * (v - mean); }

// Both sums of backward in one pass.
WIDE static Sums lanes_sums(const real *restrict g, const real *restrict v, Norm norm, Lanes a) {
    const real mean = norm.mean;
    double sum[LANES] = {0}, products[LANES] = {0};
    ptrdiff_t i = 0;
    for (; i + FEW <= a.len; i += FEW, g += FEW * LANES, v += FEW * LANES)
        for (int l = 0; l < LANES; l++) {
            const int m = l + LANES, n = l + 2 * LANES, o = l + 3 * LANES;
            sum[l] += (g[l] + g[m]) + (g[n] + g[o]);
            products[l] += (off_mean(g[l], v[l], mean) + off_mean(g[m], v[m], mean)) +
                           (off_mean(g[n], v[n], mean) + off_mean(g[o], v[o], mean));
        }
    for (; i < a.len; i++, g += LANES, v += LANES)
        for (int l = 0; l < LANES; l++) {
            sum[l] += g[l];
            products[l] += off_mean(g[l], v[l], mean);
        }
    return (Sums){.g = lane_total(sum, a.n), .gx = lane_total(products, a.n) * norm.inverse};
}

// Two passes: a mean that is nearly right, then how far it is off, and the squares around it. Those are
// too large by the square of the distance.
static Moments moments_lanes(NormSet a) {
    const double M = norm_count(a);
    double sum = 0, off = 0, squares = 0;
    for (int n = a.n.lo; n < a.n.hi; n += LANES) sum += lanes_sum(run(a, a.src, n), lanes_at(a, n));
    const real mean = (real)(sum / M);
    for (int n = a.n.lo; n < a.n.hi; n += LANES) {
        const Offs d = lanes_offs(run(a, a.src, n), mean, lanes_at(a, n));
        off += d.sum / M;
        squares += d.squares / M;
    }
    const double var = squares - off * off;
    return (Moments){mean + off, var < 0 ? 0 : var, M};
}

WIDE static void apply_run(const real *restrict src, Norm norm, real weight, real bias, real *restrict dst,
                           ptrdiff_t len) {
    for (ptrdiff_t i = 0; i < len; i++) dst[i] = (src[i] - norm.mean) * norm.inverse * weight + bias;
}

static void apply_lanes(NormSet a, real weight, real bias, Tensor dst) {
    for (int n = a.n.lo; n < a.n.hi; n += LANES)
        apply_run(run(a, a.src, n), a.norm, weight, bias, run(a, dst, n), (ptrdiff_t)run_len(a) * LANES);
}

static Sums sums_lanes(NormSet a, Tensor g) {
    Sums all = {.M = norm_count(a)};
    for (int n = a.n.lo; n < a.n.hi; n += LANES) {
        const Sums s = lanes_sums(run(a, g, n), run(a, a.src, n), a.norm, lanes_at(a, n));
        all.g += s.g;
        all.gx += s.gx;
    }
    return all;
}

// What every number gets: factor · (g − mean_g − x̂·mean_gx). Lanes without an image keep their zeros.
typedef struct Spread { Norm norm; real factor, mean_g, mean_gx; bool fresh; } Spread;

WIDE static void spread_run(Spread s, const real *restrict src, const real *restrict g, Lanes a,
                            real *restrict diff_src) {
    const int n = a.n;
    for (ptrdiff_t i = 0; i < a.len * LANES; i += LANES)
        for (int l = 0; l < LANES; l++) {
            const real xh = (src[i + l] - s.norm.mean) * s.norm.inverse;
            const real d = s.factor * (g[i + l] - s.mean_g - xh * s.mean_gx);
            diff_src[i + l] = (s.fresh ? 0 : diff_src[i + l]) + (l < n ? d : 0);
        }
}

static void spread_lanes(NormSet a, real weight, Tensor g, Sums s, Tensor diff_src) {
    const Spread each = {a.norm, weight * a.norm.inverse, (real)(s.g / s.M),
                         (real)(s.gx / s.M), a.fresh};
    for (int n = a.n.lo; n < a.n.hi; n += LANES)
        spread_run(each, run(a, a.src, n), run(a, g, n), lanes_at(a, n), run(a, diff_src, n));
}

const NormWay norm_lanes = {moments_lanes, apply_lanes, sums_lanes, spread_lanes};
