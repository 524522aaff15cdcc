/* value_step.c — image steps that change each number on its own: rescale, normalize, standardize.
 *
 *     rescale        y = x · factor
 *     normalize      y = (x − mean) / std       measured on all training pictures
 *     standardize    y = (x − µ) / σ            of the picture itself */
#include <math.h>
#include <string.h>

#include "viz/view/panels/chain.h"
#include "viz/view/panels/steps.h"

static double largest(Tensor t) {
    double max = 1e-12;
    for (int i = 0; i < t.c * t.h * t.w; i++)
        max = fmax(max, fabs((double)*at(t, 0, i / (t.h * t.w), i / t.w % t.h, i % t.w)));
    return max;
}

// What was measured is told before the terms; a step without it multiplies by a factor.
static void draw_way_through(Screen *s, Rect r, const Answer *x) {
    const double first = step_value(s), y = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    if (x->n_helpers > 1) {
        const Operand *mean = &x->helper[0], *deviation = &x->helper[1];
        const ChainRow row[] = {
            {"", "x", 0, first, 0},
            {"− µ", "x − µ", mean->v, first - mean->v, 0},
            {"÷ σ", "y", deviation->v, y, 0},
        };
        draw_chain(s, r, row, 3, -1);
        return;
    }
    const double factor = x->kept > 0 && x->term[0].n_factors > 1 ? x->term[0].factor[1].v : 1;
    const bool divides = factor > 0 && factor < 1;
    const double most = largest(step_src(s)); // so that both bars have the same length
    const ChainRow row[] = {{"", "x", 0, first, most},
                            {divides ? "÷" : "·", "y", divides ? 1 / factor : factor, y,
                             fabs(factor) * most}};
    draw_chain(s, r, row, 2, -1);
}

static const char *operand(Screen *s, double v) {
    return arena_print(s->a, v < 0 ? "(%s)" : "%s", number_figures(v, 4).s);
}

static void draw_sum(Screen *s, Rect r, const Answer *x) {
    const double first = step_value(s), y = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    if (x->n_helpers < 2 || s->v->at.level == LEVEL_TERM) {
        draw_arithmetic(s, r, x, NULL, NULL);
        return;
    }
    const char *sum = arena_print(s->a, "(%s − %s) / %s  =", figures(s, first, 4), operand(s, x->helper[0].v),
                                  operand(s, x->helper[1].v));
    const char *from = x->helper[0].note; // "mean of the whole picture", "of the channel, in …"
    const bool named = from && strncmp(from, "mean", 4) == 0;
    draw_sentence(s, r, sum, figures(s, y, 4),
                  from ? arena_print(s->a, "%s%s", named ? "" : "mean and deviation ", from) : "");
}

static void draw_pixel(Screen *s) {
    if (!step_src(s).v || !step_dst(s).v) return;
    const Answer x = answer_here(s->a, s->v);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    draw_before_after(s, &room, 0.3);
    const Rect in = draw_titled(s, room, "One pixel", arena_print(s->a, "channel %d", s->v->at.channel));
    if (x.known) draw_way_through(s, (Rect){in.x, in.y, in.w, fmin(140, 0.38 * in.h)}, &x);
    draw_step_spreads(s, (Rect){in.x, in.y + 0.38 * in.h + 12, in.w, 0.62 * in.h - 12});
    draw_sum(s, card, &x);
}

const Panel value_step_panel = {
    .kind = STAGE_STEP, .of = "rescale normalize standardize",
    .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
