/* concat_forward.c — parallel paths come together: their channels are put one behind the other. */
#include <math.h>

#include "viz/view/panels/join.h"

static void draw_stage(Screen *s) {
    const int n = s->node->n_src;
    Rect room = s->area;
    const Rect left = cut_left(&room, (room.w - 60) / 2);
    room.x += 48, room.w -= 48;
    for (int k = 0; k < n; k++) {
        const int first = path_first(s, k), count = path_channels(s, k);
        const Rect a = path_row(left, k, n), b = path_row(room, k, n);
        const Rect in = draw_titled(s, a, arena_print(s->a, "Path %d", k + 1), path_words(s, k));
        draw_path_maps(s, in, layer_src(s, k), n);
        const Rect out = draw_titled(s, b, "y", channels_text(s, first, count));
        draw_path_maps(s, out, channels_of(s, s->here.v, first, count), n);
        draw_way(s, a, b, TONE_FORWARD);
    }
}

// ---- one number ------------------------------------------------------------------------------------

static int path_of(const Screen *s, int channel) {
    int k = 0;
    while (k + 1 < s->node->n_src && channel >= path_first(s, k + 1)) k++;
    return k;
}

// Which channels come from which path.
static void draw_paths(Screen *s, Rect r, int own) {
    const int n = s->node->n_src;
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const Rect in = draw_titled(s, r, "Which channels come from where", "");
    const double row = fmin(84, in.h / n);
    for (int k = 0; k < n; k++) {
        const double y = in.y + k * row;
        const TextStyle bold = {k == own ? FONT_BOLD : FONT_REGULAR, SIZE_BODY, TONE_INK, ALIGN_LEFT, true};
        if (k == own) draw_rect(s->d, (Rect){in.x - 8, y, in.w + 16, row - 4},
                                (ShapeStyle){.fill = TONE_FOCUS_TINT});
        draw_fitted(s->d, (Rect){in.x, y + 4, in.w, fmin(30, row - 8)}, bold,
                    arena_print(s->a, "%s: path %d", channels_text(s, path_first(s, k), path_channels(s, k)),
                                k + 1));
        if (row > 60) draw_fitted(s->d, (Rect){in.x, y + 36, in.w, 26}, words, path_words(s, k));
    }
}

static void draw_pixel(Screen *s) {
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const int k = path_of(s, p.c), c = p.c - path_first(s, k);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, 92);
    const Sides sides = {0.33, arena_print(s->a, "Path %d", k + 1), layer_src(s, k), {c, p.y, p.x, 1, 1},
                         "Output y"};
    draw_sides(s, &room, &sides);
    draw_paths(s, room, k);
    const double v = target_value(&s->here, s->v->at.channel, s->v->at.pixel);
    draw_sentence(s, card, arena_print(s->a, "channel %d of y is channel %d of path %d  =", p.c, c, k + 1),
                  figures(s, v, 4), "a copy");
}

static void draw_channel(Screen *s) {
    if (s->here.v.h * s->here.v.w == 1) draw_pixel(s);
    else draw_channel_page(s, s->area, 0);
}

static void tell_paths(Telling *t) {
    Screen s = told_screen(t);
    for (int k = 0; k < s.node->n_src; k++)
        tell(t, "%s: path %d, %s\n", channels_text(&s, path_first(&s, k), path_channels(&s, k)), k + 1,
             path_words(&s, k));
    tell_answer(t);
}

const Panel concat_forward_panel = {
    .kind = STAGE_FORWARD, .of = "concat", .sentence = "their channels, one behind the other",
        .formula = "y = (x, x′, …)",
    .draw = {draw_stage, draw_channel, draw_pixel, draw_pixel}, .tell = tell_paths,
};
