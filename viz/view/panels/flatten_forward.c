/* flatten_forward.c — the maps of an image as one row of numbers: which place goes where. */
#include <math.h>

#include "viz/view/panels/row.h"

static Row row_of(const Screen *s, int at) {
    return (Row){.row = s->here.v, .maps = layer_src(s, 0), .row_target = 0, .maps_target = -1, .at = at,
                 .filling = at >= 0, .way = TONE_FORWARD};
}

static void draw_stage(Screen *s) {
    const Row row = row_of(s, -1);
    const Rect in = draw_titled(s, s->area, "Map after map, row after row",
                                "a colour for each channel; before a line the number of its first place");
    draw_row(s, in, &row);
}

static void draw_pixel(Screen *s) {
    const Tensor src = layer_src(s, 0);
    if (src.h * src.w == 1) {
        draw_number(s, "Input x", src, OF_SRC, "Output y");
        return;
    }
    const int i = s->v->at.channel, H = src.h, W = src.w;
    const int c = i / (H * W), y = i / W % H, x = i % W;
    const Row row = row_of(s, i);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92), right = cut_right(&room, 300);
    const Rect in = draw_titled(s, right, "Where a number goes", "from 0");
    draw_row(s, draw_titled(s, room, "Input x, output y", "map after map, row after row"), &row);
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
    .draw = {draw_stage, draw_pixel, draw_pixel, draw_pixel},
};
