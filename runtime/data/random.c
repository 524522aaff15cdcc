/* random.c — the random steps of one picture, one after the other.
 *
 * Neighbours that say where every pixel comes from are joined into one map, and the picture is
 * resampled once for all of them. They can be joined if they show the same outside of the picture:
 * a black frame (crop) and repeated edges (the others) cannot be one map, but crop only moves pixels,
 * so that nothing is blurred twice.
 *
 * While all maps only move pixels the picture stays bytes, and a table can do the work of the fixed
 * steps (numbers.c). */
#include "runtime/data/store.h"

// Random numbers of step k for picture i: nothing else goes into them.
static Rng rng_of(const Draw *draw, int i, int k) {
    const Rng picture = rng_at(rng_at(draw->rng, draw->epoch), (uint64_t)i);
    return rng_at(picture, (uint64_t)k);
}

void random_draw(const Dataset *d, const Draw *draw, int i, int k, double *drawn) {
    const AugmentKind *a = augment_kind(d, k);
    for (int n = 0; n < MAX_DRAWN; n++) drawn[n] = 0;
    if (a->draw)
        a->draw(d->augment[k].cfg, store_of(d)->random_shape[k], rng_of(draw, i, k), drawn);
}

// ---- maps ---------------------------------------------------------------------------------------

// Steps that are one map together.
typedef struct Joined { Affine m; Outside outside; int steps; } Joined;

static bool can_join(Outside a, Outside b) {
    if (a == OUTSIDE_NEVER || b == OUTSIDE_NEVER) return true;
    return a == OUTSIDE_EDGE && b == OUTSIDE_EDGE;
}

// Steps k, k + 1 … before `upto`, as many as can be joined.
static Joined join(const Dataset *d, const Draw *draw, int i, int k, int upto) {
    Joined j = {affine_identity(), OUTSIDE_NEVER, 0};
    for (; k < upto; k++, j.steps++) {
        const AugmentKind *a = augment_kind(d, k);
        const Shape *shape = &store_of(d)->random_shape[k];
        double drawn[MAX_DRAWN];
        if (!a->place || !can_join(j.outside, a->outside)) break;
        random_draw(d, draw, i, k, drawn);
        j.m = affine_then(j.m, a->place(d->augment[k].cfg, shape[0], shape[1], drawn));
        if (a->outside != OUTSIDE_NEVER) j.outside = a->outside;
    }
    return j;
}

static bool stays(const Affine *m, Shape from, Shape to) {
    const Affine none = affine_identity();
    return from.h == to.h && from.w == to.w && m->yy == none.yy && m->yx == none.yx
        && m->y0 == none.y0 && m->xy == none.xy && m->xx == none.xx && m->x0 == none.x0;
}

static void swap(Scratch *s) {
    real *const done = s->dst;
    s->dst = s->src;
    s->src = done;
}

static Canvas carry_out(const Joined *j, Canvas c, Shape to, Scratch *s) {
    const bool moves = affine_moves(&j->m);
    if (stays(&j->m, c.shape, to)) return c;
    if (c.bytes && moves) {
        uint8_t *dst = c.bytes == s->bytes[1] ? s->bytes[2] : s->bytes[1];
        affine_move(&j->m, j->outside, c.bytes, c.shape, dst, to);
        return (Canvas){.shape = to, .bytes = dst};
    }
    canvas_numbers(&c, s);
    const Tensor src = plain_picture(s->src, c.shape), dst = plain_picture(s->dst, to);
    if (moves) affine_move_ref(&j->m, j->outside, src, dst);
    else affine_resample(&j->m, src, dst, s->row);
    swap(s);
    return (Canvas){.shape = to, .numbers = s->src};
}

// ---- values -------------------------------------------------------------------------------------

static Canvas change_values(const Dataset *d, const Draw *draw, int i, int k, Canvas c,
                            const Scratch *s) {
    double drawn[MAX_DRAWN];
    random_draw(d, draw, i, k, drawn);
    canvas_numbers(&c, s);
    augment_kind(d, k)->apply(d->augment[k].cfg, drawn, rng_of(draw, i, k),
                              plain_picture(s->src, c.shape));
    return c;
}

Canvas random_apply(const Dataset *d, const uint8_t *pixel, const Draw *draw, int i, int upto,
                    Scratch *s) {
    const Shape *shape = store_of(d)->random_shape;
    Canvas c = {.shape = shape[0], .bytes = pixel};
    for (int k = 0; k < upto;) {
        const Joined j = join(d, draw, i, k, upto);
        k += j.steps;
        if (j.steps) c = carry_out(&j, c, shape[k], s);
        else c = change_values(d, draw, i, k++, c, s);
    }
    return c;
}
