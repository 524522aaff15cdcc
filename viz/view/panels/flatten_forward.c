/* flatten_forward.c — the maps of an image as one row of numbers: which place goes where. */
#include <math.h>

#include "viz/view/panels/layers.h"

// The maps, one below the other, that the number comes from; then the row, in rows of one map's width.
static void draw_pixel(Screen *s) {
    const Tensor src = layer_src(s, 0);
    if (src.h * src.w == 1) {
        draw_number(s, "Input x", src, OF_SRC, "Output y");
        return;
    }
    const int i = s->v->at.channel, H = src.h, W = src.w;
    const int c = i / (H * W), y = i / W % H, x = i % W;
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    const double side = fmin(0.36 * room.w, room.h);
    draw_map_card(s, cut_left(&room, side), "Input x", src, -1, (Cells){c, y, x, 1, 1}, -1);
    draw_result_card(s, cut_right(&room, side), "Output y");
    const Rect in = draw_titled(s, room, "Where a number goes", "counted from 0");
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK, .tabular = true};
    const TextStyle small = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const char *const lines[] = {
        arena_print(s->a, "channel %d", c), arena_print(s->a, "row %d", y),
        arena_print(s->a, "column %d", x),
    };
    for (int k = 0; k < 3; k++) draw_text(s->d, (Point){in.x, in.y + 26 + 34 * k}, words, lines[k]);
    const double end = in.y + 26 + 34 * 3 + 20;
    draw_fitted(s->d, (Rect){in.x, end, in.w, 26}, words,
                arena_print(s->a, "%d·%d + %d·%d + %d", c, H * W, y, W, x));
    draw_text(s->d, (Point){in.x, end + 62}, words, "=");
    draw_result(s, (Point){in.x + 20, end + 66}, SIZE_TILE, arena_print(s->a, "%d", i));
    draw_prose(s, (Point){in.x, end + 120}, in.w, small,
               "No number changes. Map after map, row after row, they are written one behind the other; "
               "backward, each gradient goes back the same way.");
    const double value = target_value(&s->here, i, 0);
    draw_sentence(s, card, arena_print(s->a, "y[%d]  =  x[%d,%d,%d]  =", i, c, y, x),
                  figures(s, value, 4), "");
}

const Panel flatten_forward_panel = {
    .kind = STAGE_FORWARD, .of = "flatten", .formula = "y[c·H·W + y·W + x] = x[c,y,x]",
    .draw = {[LEVEL_CHANNEL] = draw_pixel, [LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
