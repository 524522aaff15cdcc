/* dropout_forward.c — a random part of the numbers is switched off while the network learns, so that no
 * number can rely on a single other one; those that are kept grow by 1/(1 − p). */
#include "viz/view/panels/mask.h"

static MaskView view_of(Screen *s) {
    return (MaskView){"Before x", "After y", "kept, and larger: on average the sum stays",
                      layer_src(s, 0), TONE_FORWARD};
}

static void draw_stage(Screen *s) {
    const MaskView v = view_of(s);
    draw_mask_stage(s, &v);
}

static void draw_pixel(Screen *s) {
    const MaskView v = view_of(s);
    draw_mask_number(s, &v);
}

static void draw_channel(Screen *s) {
    if (s->here.v.h * s->here.v.w == 1) draw_pixel(s);
    else draw_channel_page(s, s->area, 0);
}

const Panel dropout_forward_panel = {
    .kind = STAGE_FORWARD, .of = "dropout", .formula = "y = x · keep / (1 − p)",
    .draw = {draw_stage, draw_channel, draw_pixel, draw_pixel},
};
