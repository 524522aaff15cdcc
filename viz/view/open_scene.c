/* open_scene.c — choosing the picture that is looked at: the files of a folder with the marked one
 * beside them, or the pictures of the data in pages. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "viz/view/opener.h"
#include "viz/view/pieces/pieces.h"
#include "viz/view/scenes.h"

enum { PREVIEW = 320, THUMBNAIL = 64 }; // pixels of a side that are shown
enum { SAMPLES = 4 };

// ---- files ---------------------------------------------------------------------------------------

static void draw_entry(Screen *s, Rect r, int i) {
    const Opener *o = &s->v->opener;
    const OpenEntry *e = &o->entry[i];
    const bool marked = i == o->at;
    const TextStyle words = {marked ? FONT_BOLD : FONT_REGULAR, SIZE_BODY, e->folder ? TONE_INK2 : TONE_INK,
                             ALIGN_LEFT, false};
    if (marked) draw_rect(s->d, r, (ShapeStyle){.fill = TONE_FOCUS_TINT, .radius = CHIP_RADIUS});
    const char *up = strcmp(e->name, "..") == 0 ? "the folder above" : NULL;
    const char *text = up ? arena_print(s->a, "../   %s", up)
                          : arena_print(s->a, "%s%s", e->name, e->folder ? "/" : "");
    draw_fitted(s->d, (Rect){r.x + 12, r.y, r.w - 24, r.h}, words, text);
    hits_add(s->hits, (Hit){.kind = HIT_ENTRY, .rect = r, .to = i});
}

// The page of lines around the marked one.
static int first_of_page(int at, int page) { return at / page * page; }

static void draw_files(Screen *s, Rect in) {
    const Opener *o = &s->v->opener;
    const double h = in.h / OPEN_LINES;
    const int lo = first_of_page(o->at, OPEN_LINES);
    for (int i = lo; i < o->n && i < lo + OPEN_LINES; i++)
        draw_entry(s, (Rect){in.x, in.y + (i - lo) * h, in.w, h - 2}, i);
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
    if (o->n <= 1)
        draw_prose(s, (Point){in.x + 12, in.y + 2 * h}, in.w - 24, words,
                   "There are no pictures here: PNG, JPEG, BMP, PGM and PPM files are shown.");
}

static Map rgb_map(const float *v, int h, int w) {
    return (Map){.v = v, .rows = h, .columns = w, .scale = SCALE_RGB, .max = 255, .done = h * w,
                 .target = -1, .step = w};
}

// Of channel c, in the square of `by` pixels' side that begins at row y, column x: of a large square
// SAMPLES × SAMPLES pixels are enough.
static float mean_of(const Picture *p, int y, int x, int c, int by) {
    const int y1 = y + by < p->h ? y + by : p->h, x1 = x + by < p->w ? x + by : p->w;
    const int step = (by + SAMPLES - 1) / SAMPLES;
    int sum = 0, n = 0;
    for (int i = y; i < y1; i += step)
        for (int j = x; j < x1; j += step, n++)
            sum += p->v[((size_t)i * (size_t)p->w + (size_t)j) * (size_t)p->c + (size_t)c];
    return (float)sum / (float)n;
}

// A picture with its sides reduced: each number is the mean of by × by.
static Map small_map(Screen *s, const Picture *p) {
    const int by = ((p->h > p->w ? p->h : p->w) + PREVIEW - 1) / PREVIEW;
    const int h = (p->h + by - 1) / by, w = (p->w + by - 1) / by;
    float *v = arena_array(s->a, float, (size_t)(3 * h * w));
    for (int i = 0; i < h * w; i++)
        for (int c = 0; c < 3; c++) v[3 * i + c] = mean_of(p, i / w * by, i % w * by, c < p->c ? c : 0, by);
    return rgb_map(v, h, w);
}

static void draw_preview(Screen *s, Rect card) {
    const Opener *o = &s->v->opener;
    const Picture *p = &o->preview;
    const bool entry = o->at < o->n, folder = entry && o->entry[o->at].folder;
    const char *kind = p->c == 3 ? "colour" : "gray";
    const char *helper = p->v ? arena_print(s->a, "%d pixels wide, %d high, %s", p->w, p->h, kind) : NULL;
    const Rect in = draw_titled(s, card, folder ? "A folder" : "The picture", helper);
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
    if (p->v) {
        const Map m = small_map(s, p);
        draw_map(s, map_fit(in, m.rows, m.columns), &m);
    } else if (o->why[0]) {
        draw_prose(s, (Point){in.x, in.y + 30}, in.w, words, o->why);
    } else if (folder) {
        draw_prose(s, (Point){in.x, in.y + 30}, in.w, words, "Enter shows what is in it.");
    }
}

// What is typed, with a mark where the next letter goes.
static void draw_typed(Screen *s, Rect r) {
    const Opener *o = &s->v->opener;
    const bool begun = o->typed[0] != '\0';
    const char *hint = o->data ? "or type a number" : "or type a path";
    const TextStyle words = {FONT_MONO, SIZE_BODY, begun ? TONE_INK : TONE_INK3, ALIGN_LEFT, false};
    draw_rect(s->d, r, (ShapeStyle){.fill = TONE_SUNKEN, .line = begun ? TONE_INK2 : TONE_LINE,
                                    .radius = CHIP_RADIUS});
    draw_fitted(s->d, (Rect){r.x + 12, r.y, r.w - 24, r.h}, words,
                begun ? arena_print(s->a, "%s_", o->typed) : hint);
}

// ---- pictures of the data ------------------------------------------------------------------------

static void draw_thumbnail(Screen *s, Rect cell, int i) {
    const View *v = s->v;
    float *rgb = arena_array(s->a, float, 3 * THUMBNAIL * THUMBNAIL);
    int h, w;
    const Rect r = {cell.x, cell.y, cell.w, cell.h - 24};
    Rect place = r;
    if (opener_thumbnail(v, i, THUMBNAIL, rgb, &h, &w)) {
        const Map m = rgb_map(rgb, h, w);
        place = map_fit(r, h, w);
        draw_map(s, place, &m);
    }
    const char *label = opener_label(v, i), *word = isdigit((unsigned char)*label) ? "label " : "";
    const bool marked = i == v->opener.picture;
    if (marked) draw_marker(s->d, place);
    const TextStyle words = {marked ? FONT_BOLD : FONT_REGULAR, SIZE_AXIS, TONE_INK, ALIGN_CENTRE, true};
    draw_fitted(s->d, (Rect){cell.x, cell.y + cell.h - 22, cell.w, 20}, words,
                arena_print(s->a, "%s · %s%s", number_count(i).s, word, label));
    hits_add(s->hits, (Hit){.kind = HIT_ENTRY, .rect = cell, .to = i});
}

static void draw_data(Screen *s, Rect in) {
    const int n = opener_count(s->v), page = OPEN_COLUMNS * OPEN_ROWS;
    const int lo = first_of_page(s->v->opener.picture, page);
    const double w = (in.w + 12) / OPEN_COLUMNS, h = (in.h + 8) / OPEN_ROWS;
    for (int k = 0; k < page && lo + k < n; k++) {
        const double x = in.x + k % OPEN_COLUMNS * w, y = in.y + k / OPEN_COLUMNS * h;
        draw_thumbnail(s, (Rect){x, y, w - 12, h - 8}, lo + k);
    }
    if (n == 0)
        draw_prose(s, (Point){in.x, in.y + 40}, in.w, (TextStyle){.size = SIZE_BODY, .tone = TONE_INK2},
                   "The data have no pictures.");
}

// ---- the scene -----------------------------------------------------------------------------------

static const char *page_words(Screen *s, int at, int page) {
    const int n = opener_count(s->v), lo = first_of_page(at, page), hi = lo + page < n ? lo + page : n;
    if (n == 0) return "none";
    return arena_print(s->a, "%s to %s of %s", number_count(lo + 1).s, number_count(hi).s,
                       number_count(n).s);
}

static void draw_open(Screen *s) {
    static const char *const tabs[] = {"Files", "Pictures of the data"};
    const Opener *o = &s->v->opener;
    draw_title(s->d, (Point){MARGIN, TITLE_TOP + 30}, s->w - MARGIN, "Open",
               "which picture shall be looked at?");
    Rect area = s->area;
    Rect bar = cut_top(&area, 38);
    const double w = draw_choice(s, (Point){bar.x, bar.y}, 38, tabs, 2, o->data, HIT_TAB);
    cut_left(&bar, w + 8);
    draw_typed(s, bar);
    if (o->data) {
        const char *page = page_words(s, o->picture, OPEN_COLUMNS * OPEN_ROWS);
        const char *words = arena_print(s->a, "%s %s pictures", page, part_names[s->v->chosen.part]);
        draw_data(s, draw_titled(s, area, "Pictures of the data", opener_count(s->v) ? words : ""));
        return;
    }
    const Rect right = cut_right(&area, 0.4 * area.w);
    const char *helper = arena_print(s->a, "%s   %s", page_words(s, o->at, OPEN_LINES),
                                     o->folder ? o->folder : "");
    draw_files(s, draw_titled(s, area, "Files", helper));
    draw_preview(s, right);
}

static void tell_open(Telling *t) {
    const Opener *o = &t->v->opener;
    const int n = opener_count(t->v);
    tell(t, o->data ? "pictures of the data: %d\n" : "files: %d\n", n);
    if (o->typed[0]) tell(t, "typed %s_\n", o->typed);
    if (o->data) {
        const int lo = first_of_page(o->picture, OPEN_COLUMNS * OPEN_ROWS);
        for (int i = lo; i < n && i < lo + OPEN_COLUMNS * OPEN_ROWS; i++)
            tell(t, "%s %d: %s\n", i == o->picture ? ">" : " ", i, opener_label(t->v, i));
        return;
    }
    tell(t, "folder %s\n", o->folder ? o->folder : "");
    for (int i = 0; i < o->n; i++)
        tell(t, "%s %s%s\n", i == o->at ? ">" : " ", o->entry[i].name, o->entry[i].folder ? "/" : "");
}

const SceneSpec open_scene = {
    .name = "open", .footer = "", .draw = draw_open, .tell = tell_open, .key = opener_key,
    .hint = {{{"↑", "↓"}, "choose"}, {{"Enter"}, "open"}, {{"Tab"}, "files or data"},
             {{"Backspace"}, "folder above"}, {{"Esc"}, "back"}},
};
