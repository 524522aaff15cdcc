/* blur_step.c — blurring one pixel: its neighbourhood times the kernel, number by number. */
#include <math.h>

#include "viz/view/panels/steps.h"
#include "viz/view/panels/window.h"

// The terms of a convolution with a known kernel stand row by row: factors are kernel and number.
static void draw_grids(Screen *s, Rect r, const Answer *x) {
    const int side = (int)(sqrt(x->n) + 0.5);
    if (!x->known || side * side != x->kept) {
        draw_sum_card(s, r, x);
        return;
    }
    float *v[3];
    for (int k = 0; k < 3; k++) v[k] = arena_array(s->a, float, (size_t)x->kept);
    for (int i = 0; i < x->kept; i++) {
        const Term *t = &x->term[i];
        for (int f = 0; f < t->n_factors; f++) v[t->factor[f].of != OF_SRC][i] = (float)t->factor[f].v;
        v[2][i] = (float)t->value;
    }
    static const char *const titles[] = {"window", "kernel", "products"}, *const signs[] = {"", "×", "="};
    const bool one = s->v->at.level == LEVEL_TERM;
    const int current = one ? s->v->at.term : -1;
    draw_card(s->d, r);
    for (int k = 0; k < 3; k++) {
        const double h = (r.h - 12) / 3;
        const Grid g = {.title = titles[k], .sign = signs[k], .v = v[k], .rows = side, .columns = side,
                        .current = current, .done = k == 2 && one ? current + 1 : x->kept,
                        .max = map_size(v[k], x->kept), .framed = k == 0 && !one};
        draw_window_grid(s, (Rect){r.x, r.y + 8 + k * h, r.w, h}, &g);
    }
}

static void draw_pixel(Screen *s) { draw_step_number(s, draw_grids); }

const Panel blur_step_panel = {
    .kind = STAGE_STEP, .of = "blur", .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
