/* dropout_backward.c — dropout, backward: the same mask. What was switched off had no part in the result
 * and gets no blame; what was kept grew, and so does its gradient. */
#include "viz/view/panels/mask.h"

static MaskView view_of(Screen *s) {
    return (MaskView){"δ arrives", "∂L/∂x leaves", "it was kept and grew, and so does its gradient",
                      trace_diff(&s->v->t, s->stage->index), TONE_BACKWARD};
}

static void draw_stage(Screen *s) {
    const MaskView v = view_of(s);
    draw_mask_stage(s, &v);
}

static void draw_pixel(Screen *s) {
    const MaskView v = view_of(s);
    if (s->here.v.v) draw_mask_number(s, &v);
    else draw_gradient_number(s);
}

static void draw_channel(Screen *s) {
    if (s->here.v.h * s->here.v.w <= 1) draw_pixel(s);
    else draw_gradient_channel(s);
}

const Panel dropout_backward_panel = {
    .kind = STAGE_BACKWARD, .of = "dropout", .sentence = "the same mask: what was switched off gets no blame",
    .formula = "∂L/∂x = δ · keep / (1 − p)", .draw = {draw_stage, draw_channel, draw_pixel, draw_pixel},
};
