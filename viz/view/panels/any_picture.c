/* any_picture.c — the picture as it was read: as people see it, plane by plane, and as numbers; of a
 * folder's picture also the file, which may have other sides. */
#include <math.h>
#include <string.h>

#include "viz/view/panel.h"
#include "viz/view/photo.h"
#include "viz/view/pieces/pieces.h"

enum { WINDOW = 8, FEW_ROWS = 5 }; // columns and rows of numbers shown; rows below planes of colour

static Map window_of(Screen *s, const Map *m, int most, int row, int column) {
    const int rows = m->rows < most ? m->rows : most, columns = m->columns < WINDOW ? m->columns : WINDOW;
    int top = row - rows / 2, left = column - columns / 2;
    top = top < 0 ? 0 : top > m->rows - rows ? m->rows - rows : top;
    left = left < 0 ? 0 : left > m->columns - columns ? m->columns - columns : left;
    return map_part(s, m, top, left, rows, columns);
}

// The file itself, small.
static Map map_of_photo(Screen *s, const Picture *p) {
    float *v = arena_array(s->a, float, (size_t)(3 * p->h * p->w) + 1);
    for (int i = 0; i < 3 * p->h * p->w; i++) v[i] = p->v[i];
    return (Map){.v = v, .rows = p->h, .columns = p->w, .step = p->w, .done = p->h * p->w, .scale = SCALE_RGB,
                 .max = 255, .target = -1};
}

// ---- what it is ------------------------------------------------------------------------------------

// Its first numbers as bytes are written: two hexadecimal digits each.
static const char *first_bytes(Screen *s) {
    const Tensor v = s->here.v;
    const int n = v.c == 3 ? 3 : 4;
    const char *text = "";
    for (int i = 0; i < n && i < v.c * v.w; i++) {
        const double byte = (double)*at(v, 0, i % v.c, 0, i / v.c);
        text = arena_print(s->a, "%s%s%02X", text, i ? " " : "", (unsigned)(byte + 0.5));
    }
    return text;
}

static void draw_facts(Screen *s, Rect r) {
    const Photo *f = &s->v->photo;
    const Trace *t = &s->v->t;
    const Tensor v = s->here.v;
    const char *slash = strrchr(t->s->data.from, '/'); // the folder's name without its path
    const char *const data = slash ? slash + 1 : t->s->data.from;
    const bool own = t->picture[0] < 0;
    const char *number = own ? "your own" : arena_print(s->a, "%s", number_count(t->picture[0]).s);
    const bool file = f->w > 0;
    const char *const fact[][2] = {
        {"pixels", arena_print(s->a, "%d×%d", v.h, v.w)},
        {"numbers per pixel", arena_print(s->a, "%d", v.c)},
        {"all numbers", arena_print(s->a, "%s", number_count((int64_t)v.c * v.h * v.w).s)},
        {lesson_assumed(s->v) ? "no label, taken as" : "label",
         t->label[0] < 0 ? "none" : t->s->data.class_name[t->label[0]]},
        {file ? "file" : "picture", file ? photo_name(s->v) : number},
        {file ? "pixels there" : "colours", file ? arena_print(s->a, "%d×%d", f->h, f->w)
                                         : v.c == 3 ? "red green blue" : "gray"},
        {file ? "bytes" : "bits each", arena_print(s->a, "%s", number_count(file ? (int64_t)f->bytes : 8).s)},
        {v.c == 3 ? "first pixel" : "first pixels", first_bytes(s)},
    };
    const Rect in = draw_titled(s, r, "What it is", own ? "a picture of your own" : data);
    const double w = (in.w - 40) / 2;
    for (int i = 0; i < 8; i++)
        draw_fact(s, (Rect){in.x + i / 4 * (w + 40), in.y + i % 4 * 34, w, 30}, fact[i][0], fact[i][1]);
}

// One plane of colour as people see it: bytes, black to white.
static Map plane(Screen *s, int c) {
    Map m = map_of(s, s->here.v, 0, c, 0);
    m.scale = SCALE_GRAY, m.max = 255;
    return m;
}

static void draw_small(Screen *s, Rect room, const Map *m, const char *name, bool marked) {
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK2, .align = ALIGN_CENTRE};
    const Rect place = map_fit((Rect){room.x, room.y, room.w, room.h - 24}, m->rows, m->columns);
    draw_map(s, place, m);
    if (marked) draw_marker(s->d, place);
    draw_text(s->d, (Point){room.x + room.w / 2, room.y + room.h - 3}, words, name);
}

// The file as it is, and the three colours of what was made of it.
static void draw_planes(Screen *s, Rect r) {
    const Picture *file = &s->v->photo.small;
    static const char *const names[] = {"red", "green", "blue"};
    const Rect in = draw_titled(s, r, "Its planes", "each a gray picture");
    const int n = file->v ? 4 : 3;
    const double w = (in.w - 12 * (n - 1)) / n;
    if (file->v) {
        const Map m = map_of_photo(s, file);
        draw_small(s, (Rect){in.x, in.y, w, in.h}, &m, "the file", false);
    }
    for (int c = 0; c < 3; c++) {
        const Map m = plane(s, c);
        draw_small(s, (Rect){in.x + (n - 3 + c) * (w + 12), in.y, w, in.h}, &m, names[c],
                   s->v->at.level > LEVEL_STAGE && c == s->v->at.channel);
    }
}

static void draw(Screen *s) {
    static const char *const colours[] = {"red", "green", "blue"};
    const Tensor v = s->here.v;
    if (!v.v) return;
    const Spot at = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    Rect room = s->area;
    const Rect left = cut_left(&room, fmin(room.h - 8, 0.46 * room.w));
    const Photo *f = &s->v->photo;
    const bool fitted = f->w > 0 && (f->w != v.w || f->h != v.h);
    const Picture *p = s->v->t.picture[0] < 0 ? s->v->chosen.picture : NULL;
    const char *words = fitted ? arena_print(s->a, "the file, resized to %d×%d", v.h, v.w) : "as it was read";
    if (p && (p->w != v.w || p->h != v.h))
        words = arena_print(s->a, "of %d×%d pixels, resized to %d×%d", p->h, p->w, v.h, v.w);
    const Rect in = draw_titled(s, left, "The picture", words);
    const Map m = map_of_picture(s, v, 0);
    const Rect place = map_fit(in, m.rows, m.columns);
    draw_map(s, place, &m);

    const Map own = plane(s, at.c), part = window_of(s, &own, v.c == 3 ? FEW_ROWS : WINDOW, at.y, at.x);
    draw_mark(s, map_cells(place, &m, part.top, part.left, part.rows, part.columns));
    draw_facts(s, cut_top(&room, 190));
    if (v.c == 3) draw_planes(s, cut_top(&room, 0.47 * room.h));
    const char *which = v.c == 3 ? arena_print(s->a, "%s, 0 is black, 255 is white", colours[at.c])
                                 : "0 is black, 255 is white";
    const Rect numbers = draw_titled(s, room, "Its numbers", which);
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
