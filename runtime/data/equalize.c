/* equalize.c — spread the numbers of each channel so that every shade is used about equally often.
 *
 *     dst = white · (N(l) − N(l₀)) / (P − N(l₀))
 *
 * l is the level of the number, 0 … 255: l = 255 · src / white, rounded; N(l) is how many of the
 * channel's P pixels have that level or a lower one; l₀ is the lowest level there is. The darkest pixels
 * become 0, the lightest white. A channel of a single level stays as it is.
 *
 * white is 1 if no number of the picture is above 1, else 255: whether pixels have been rescaled can
 * be seen in them. Source: Gonzalez & Woods, "Digital Image Processing", §3.3 (histogram equalisation). */
#include "runtime/data/terms.h"

enum { LEVELS = 256 };

static double white_of(Tensor t) {
    for (size_t i = 0, n = tensor_image(t); i < n; i++)
        if (t.v[i] > 1) return 255;
    return 1;
}

static int level(real x, double white) {
    const double l = x * (LEVELS - 1) / white + 0.5;
    return l < 0 ? 0 : l < LEVELS ? (int)l : LEVELS - 1;
}

// N(0) … N(255) of channel c.
typedef struct Counts { int upto[LEVELS], least; } Counts; // least: N(l₀)

static Counts count(Tensor t, int c, double white) {
    Counts n = {{0}, 0};
    const real *v = at(t, 0, c, 0, 0);
    for (int i = 0, P = t.h * t.w; i < P; i++) n.upto[level(v[i], white)]++;
    for (int l = 0; l < LEVELS; l++) {
        if (!n.least) n.least = n.upto[l];
        if (l > 0) n.upto[l] += n.upto[l - 1];
    }
    return n;
}

static void apply(const ImageStep *s) {
    const double white = white_of(s->src);
    const int P = s->src.h * s->src.w;
    for (int c = 0; c < s->src.c; c++) {
        const Counts n = count(s->src, c, white);
        const real *src = at(s->src, 0, c, 0, 0);
        real *dst = at(s->dst, 0, c, 0, 0);
        for (int i = 0; i < P; i++)
            dst[i] = n.least == P ? src[i] : (real)(white * (n.upto[level(src[i], white)] - n.least)
                                                    / (P - n.least));
    }
}

static void explain(const StepQuestion *q) {
    const double white = white_of(q->s.src);
    const int P = q->s.src.h * q->s.src.w;
    const Counts n = count(q->s.src, q->c, white);
    const Operand x = term_src(q, q->c, q->y, q->x);
    const int l = level((real)x.v, white), above = n.upto[l] - n.least;
    if (n.least == P) {
        term_tell(q, "one level only", 1, &x);
        return;
    }
    char note[64];
    snprintf(note, sizeof note, "%d − %d", n.upto[l], n.least);
    term_help(q, term_number("level", l, "255 · x / white, rounded"));
    term_help(q, term_number("N", n.upto[l], "pixels of this level or a lower one"));
    term_help(q, term_number("N₀", n.least, "pixels of the lowest level"));
    term_tell(q, NULL, 3, (Operand[]){term_number("white", white, NULL),
                                      term_number("N − N₀", above, note),
                                      term_number("1/(P − N₀)", 1.0 / (P - n.least), NULL)});
}

const StepKind equalize_step = {
    .spec = {.name = "equalize", .summary = "use every shade about equally often",
             .formula = "y = white · (N(x) − N₀) / (P − N₀)", .example = "equalize",
             .synonyms = "RandomEqualize equalise equalizeHist histogram hist_equalize clahe autocontrast",
             .source = "runtime/data/equalize.c"},
    .apply = apply,
    .explain = explain,
};
