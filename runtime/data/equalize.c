/* equalize.c — spread the numbers of each channel so that every shade is used about equally often.
 *
 *     dst = white · (N(l) − N(0)) / (P − N(0))             l = 255 · (src − lo) / (hi − lo), rounded
 *
 * lo and hi are the smallest and the largest number of the channel, l is the level of a number between
 * them, and N(l) is how many of the channel's P pixels have that level or a lower one. The darkest
 * pixels become 0, the lightest white. A channel of one shade stays as it is.
 *
 * white is 255 if a number of the picture is above 8, else 1: whether pixels have been rescaled can be
 * seen in them. Source: Gonzalez & Woods, "Digital Image Processing", §3.3 (histogram equalisation). */
#include <stdio.h>

#include "runtime/data/terms.h"

enum { LEVELS = 256 };

static double white_of(Tensor t) {
    for (size_t i = 0, n = tensor_image(t); i < n; i++)
        if (t.v[i] > 8) return 255;
    return 1;
}

// The histogram of one channel: N(0) … N(255).
typedef struct Counts { double lo, hi; int upto[LEVELS]; } Counts;

static int level(double x, const Counts *n) {
    return (int)((LEVELS - 1) * (x - n->lo) / (n->hi - n->lo) + 0.5);
}

static Counts count(Tensor t, int c) {
    const real *v = at(t, 0, c, 0, 0);
    const int P = t.h * t.w;
    Counts n = {v[0], v[0], {0}};
    for (int i = 0; i < P; i++) {
        n.lo = v[i] < n.lo ? v[i] : n.lo;
        n.hi = v[i] > n.hi ? v[i] : n.hi;
    }
    if (n.lo == n.hi) return n;
    for (int i = 0; i < P; i++) n.upto[level(v[i], &n)]++;
    for (int l = 1; l < LEVELS; l++) n.upto[l] += n.upto[l - 1];
    return n;
}

static void apply(const ImageStep *s) {
    const double white = white_of(s->src);
    const int P = s->src.h * s->src.w;
    for (int c = 0; c < s->src.c; c++) {
        const Counts n = count(s->src, c);
        const real *src = at(s->src, 0, c, 0, 0);
        real *dst = at(s->dst, 0, c, 0, 0);
        for (int i = 0; i < P; i++) {
            const bool one = n.lo == n.hi;
            const int darker = one ? 0 : n.upto[level(src[i], &n)] - n.upto[0];
            dst[i] = one ? src[i] : (real)(white * darker / (P - n.upto[0]));
        }
    }
}

static void explain(const StepQuestion *q) {
    const double white = white_of(q->s.src);
    const int P = q->s.src.h * q->s.src.w;
    const Counts n = count(q->s.src, q->c);
    const Operand x = term_src(q, q->c, q->y, q->x);
    if (n.lo == n.hi) {
        term_tell(q, "one shade only", 1, &x);
        return;
    }
    const int l = level(x.v, &n), darker = n.upto[l] - n.upto[0];
    char note[64];
    snprintf(note, sizeof note, "%d − %d", n.upto[l], n.upto[0]);
    term_help(q, explain_worked("l", l, "level between the darkest (0) and the lightest (255)"));
    term_help(q, explain_worked("N(l)", n.upto[l], "pixels of this level or a lower one"));
    term_help(q, explain_worked("N(0)", n.upto[0], "pixels of the lowest level"));
    term_tell(q, NULL, 3, (Operand[]){explain_worked("white", white, NULL),
                                      explain_worked("N(l) − N(0)", darker, note),
                                      explain_worked("1/(P − N(0))", 1.0 / (P - n.upto[0]), NULL)});
}

const StepKind equalize_step = {
    .spec = {.name = "equalize", .summary = "use every shade about equally often",
             .formula = "y = white · (N(x) − N(0)) / (P − N(0))", .example = "equalize",
             .synonyms = "RandomEqualize equalise equalizeHist histogram hist_equalize clahe autocontrast",
             .source = "runtime/data/equalize.c"},
    .apply = apply,
    .explain = explain,
};
