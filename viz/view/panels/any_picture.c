/* any_picture.c — the picture as it was read: as people see it, plane by plane, and as numbers. */
#include <math.h>
#include <string.h>

#include "viz/view/panel.h"
#include "viz/view/pieces/pieces.h"

enum { WINDOW = 8 }; // rows and columns of numbers shown

static Map window_of(Screen *s, const Map *m, int row, int column) {
    const int rows = m->rows < WINDOW ? m->rows : WINDOW, columns = m->columns < WINDOW ? m->columns : WINDOW;
    int top = row - rows / 2, left = column - columns / 2;
    top = top < 0 ? 0 : top > m->rows - rows ? m->rows - rows : top;
    left = left < 0 ? 0 : left > m->columns - columns ? m->columns - columns : left;
    return map_part(s, m, top, left, rows, columns);
}

static void draw_facts(Screen *s, Rect r) {
    const Trace *t = &s->v->t;
    const Tensor v = s->here.v;
    const char *slash = strrchr(t->s->data.from, '/'); // the folder's name without its path
    const char *const data = slash ? slash + 1 : t->s->data.from;
    const char *const from = t->picture[0] < 0 ? "a picture of your own" : data;
    const char *colours = v.c == 3 ? ": red green blue" : v.c == 1 ? ", gray" : "";
    const char *per_pixel = arena_print(s->a, "%d%s", v.c, colours);
    const char *const fact[][2] = {
        {"rows × columns", arena_print(s->a, "%d×%d", v.h, v.w)},
        {"numbers per pixel", per_pixel},
        {"all numbers", arena_print(s->a, "%s", number_count((int64_t)v.c * v.h * v.w).s)},
        {"label", t->label[0] < 0 ? "none" : t->s->data.class_name[t->label[0]]},
        {"picture", t->picture[0] < 0 ? "your own" : arena_print(s->a, "%s", number_count(t->picture[0]).s)},
    };
    const Rect in = draw_titled(s, r, "What it is", from);
    for (int i = 0; i < 5 && 34 * (i + 1) <= in.h + 6; i++)
        draw_fact(s, (Rect){in.x, in.y + 34 * i, in.w, 30}, fact[i][0], fact[i][1]);
}

// One plane of colour as people see it: bytes, black to white.
static Map plane(Screen *s, int c) {
    Map m = map_of(s, s->here.v, 0, c, 0);
    m.scale = SCALE_GRAY, m.max = 255;
    return m;
}

static void draw_planes(Screen *s, Rect r) {
    static const char *const names[] = {"red", "green", "blue"};
    const Rect in = draw_titled(s, r, "Its planes", "each a gray picture");
    const double w = (in.w - 24) / 3;
    for (int c = 0; c < 3; c++) {
        const Map m = plane(s, c);
        const Rect room = {in.x + c * (w + 12), in.y, w, in.h - 24};
        const Rect place = map_fit(room, m.rows, m.columns);
        const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2, .align = ALIGN_CENTRE};
        draw_map(s, place, &m);
        if (s->v->at.level > LEVEL_STAGE && c == s->v->at.channel) draw_marker(s->d, place);
        draw_text(s->d, (Point){room.x + w / 2, place.y + place.h + 20}, words, names[c]);
    }
}

static void draw(Screen *s) {
    const Tensor v = s->here.v;
    if (!v.v) return;
    const Spot at = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    Rect room = s->area;
    const Rect left = cut_left(&room, fmin(room.h - 8, 0.46 * room.w));
    const Rect in = draw_titled(s, left, "The picture", "as it was read");
    const Map m = map_of_picture(s, v, 0);
    const Rect place = map_fit(in, m.rows, m.columns);
    draw_map(s, place, &m);

    const Map own = plane(s, at.c), part = window_of(s, &own, at.y, at.x);
    draw_mark(s, map_cells(place, &m, part.top, part.left, part.rows, part.columns));
    draw_facts(s, cut_top(&room, 226));
    if (v.c == 3) draw_planes(s, cut_top(&room, fmin(0.36 * room.h, 180)));
    const Rect numbers = draw_titled(s, room, "Its numbers", "0 is black, 255 is white");
    draw_grid(s, numbers, &part, (Power){1, ""}, SIZE_BODY);
    if (s->v->at.level >= LEVEL_PIXEL) {
        draw_mark(s, map_cells(numbers, &part, at.y, at.x, 1, 1));
        draw_mark(s, map_cells(place, &m, at.y, at.x, 1, 1));
    }
}

const Panel any_picture_panel = {
    .kind = STAGE_LOAD, .title = "Load", .chip = "Load", .formula = "",
    .sentence = "a picture is a table of numbers",
    .draw = {draw, draw, draw, draw},
};
