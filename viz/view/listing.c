/* listing.c — see listing.h. */
#include "viz/view/listing.h"

#include <math.h>
#include <string.h>

#include "viz/view/pieces/pieces.h"

enum { LINE = 24, GUTTER = 44, COMMENT_H = 160 };

static const TextStyle code = {.font = FONT_MONO, .size = SIZE_LABEL, .tone = TONE_INK};

// The text the current statement stands in: the model itself, or a file it imports.
typedef struct Listing {
    const char *name, *text;
    size_t len, lo, hi;      // of the statement; lo = hi: none
    int lines, first, last;  // lines of the text, from 1; those of the statement
} Listing;

static int line_of(const char *text, size_t at) {
    int n = 1;
    for (size_t i = 0; i < at; i++) n += text[i] == '\n';
    return n;
}

static Listing listing_of(const Screen *s) {
    const Experiment *x = s->v->t.s->x;
    const Use *use = s->stage->use;
    const Span at = use && use->kind ? (use->whole.hi > use->whole.lo ? use->whole : use->at) : (Span){0, 0};
    const Source *source = at.hi > at.lo ? diags_source_of(x->places, at) : NULL;
    Listing l = {.name = x->file, .text = x->text, .len = x->text_len};
    if (source) {
        l = (Listing){.name = source->name, .text = source->text, .len = source->len,
                      .lo = at.lo - source->base, .hi = at.hi - source->base};
        l.first = line_of(l.text, l.lo), l.last = line_of(l.text, l.hi > l.lo ? l.hi - 1 : l.lo);
    }
    l.lines = line_of(l.text, l.len);
    return l;
}

// The stage that a line made: backward while one looks backward; −1: none.
static int stage_of_line(const Screen *s, const Listing *l, int line) {
    const Trace *t = &s->v->t;
    const bool back = s->stage->kind == STAGE_BACKWARD;
    int found = -1;
    for (int i = 0; i < t->n_stages; i++) {
        const Use *use = t->stage[i].use;
        if (!use || !use->kind || (t->stage[i].kind == STAGE_BACKWARD) != back) continue;
        const Source *source = diags_source_of(t->s->x->places, use->at);
        if (source && source->text == l->text && diags_line(t->s->x->places, use->at) == line && found < 0)
            found = i;
    }
    return found;
}

// What stands behind # is for people.
static size_t statement_len(const char *line, size_t len) {
    const char *hash = memchr(line, '#', len);
    return hash ? (size_t)(hash - line) : len;
}

// So many letters have room.
static size_t room_of(Screen *s, double w) {
    return (size_t)fmax(4, floor(w / fonts_width(s->d->fonts, &code, "0")));
}

static bool is_blank(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] > ' ') return false;
    return true;
}

// One line, cut where the column ends. A comment that has no room behind its statement is left out: that of
// the current statement stands in full below the text.
static void draw_line_of(Screen *s, Rect r, const char *line, size_t len, bool current) {
    const size_t room = room_of(s, r.w), words = statement_len(line, len);
    if (len > room && words > 0 && words <= room) len = words;
    const size_t shown = len > room ? room - 1 : len;
    const double y = r.y + (r.h + FONT_CAPITAL * code.size) / 2;
    char *text = arena_text(s->a, line, shown);
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ') *c = ' ';
    // A cut within a character would be shown as a broken one.
    size_t end = shown;
    while (len > room && end > 0 && ((unsigned char)line[end] & 0xC0) == 0x80) text[--end] = '\0';
    const size_t split = words < end ? words : end;
    char *comment = arena_print(s->a, "%s%s", text + split, len > room ? "…" : "");
    text[split] = '\0';
    const double x = r.x + draw_text(s->d, (Point){r.x, y}, code, text);
    TextStyle faint = code;
    faint.tone = !current && words < len ? TONE_INK3 : TONE_INK;
    if (*comment) draw_text(s->d, (Point){x, y}, faint, comment);
}

// What is written behind the current statement, and in the lines below it that are nothing but comment.
static const char *comment_of(Screen *s, const Listing *l) {
    const char *at = l->text, *stop = l->text + l->len, *out = "";
    if (l->hi <= l->lo) return out;
    for (int line = 1; at < stop; line++) {
        const char *end = memchr(at, '\n', (size_t)(stop - at));
        const size_t len = (size_t)((end ? end : stop) - at), words = statement_len(at, len);
        const bool own = line >= l->first && line <= l->last;
        if (line > l->last && (words == len || !is_blank(at, words) || !*out)) break;
        size_t from = words;
        while (from < len && (at[from] == '#' || at[from] == ' ')) from++;
        if ((own || line > l->last) && from < len)
            out = arena_print(s->a, "%s%s%s", out, *out ? " " : "", arena_text(s->a, at + from, len - from));
        if (!end) break;
        at = end + 1;
    }
    return out;
}

// A line is shown from here on, so that a statement far to the right can be seen.
static size_t begin_of(Screen *s, const Listing *l, int line, size_t start, double w) {
    if (line != l->first || l->hi <= l->lo || l->hi - start <= room_of(s, w)) return 0;
    return l->lo - start;
}

// `begin`: how much of the line is not shown.
static void draw_current(Screen *s, Rect r, const Listing *l, int line, size_t start, size_t len,
                         size_t begin) {
    if (line < l->first || line > l->last || l->hi <= l->lo) return;
    const double wide = fonts_width(s->d->fonts, &code, "0");
    const size_t lo = l->lo > start ? l->lo - start : 0, hi = l->hi - start < len ? l->hi - start : len;
    const double x = r.x + GUTTER + wide * (double)(lo - begin), w = wide * (double)(hi > lo ? hi - lo : 0);
    draw_rect(s->d, (Rect){r.x - 12, r.y, r.w + 24, r.h}, (ShapeStyle){.fill = TONE_FOCUS_TINT});
    if (w > 0 && x + w <= r.x + r.w) draw_mark(s, (Rect){x - 2, r.y + 1, w + 4, r.h - 2});
}

void draw_listing(Screen *s, Rect r) {
    const Listing l = listing_of(s);
    const TextStyle head = {.font = FONT_BOLD, .size = SIZE_LABEL, .tone = TONE_INK};
    TextStyle number = {.font = FONT_MONO, .size = SIZE_AXIS, .tone = TONE_INK3, .align = ALIGN_RIGHT};
    const char *comment = comment_of(s, &l), *slash = strrchr(l.name, '/');
    const Rect in = {r.x + 16, r.y + 52, r.w - 32, r.h - 64 - (*comment ? COMMENT_H : 0)};
    const int rows = (int)(in.h / LINE);
    int top = l.first - rows / 2;
    top = top > l.lines - rows + 1 ? l.lines - rows + 1 : top;
    top = top < 1 ? 1 : top;
    draw_rect(s->d, r, (ShapeStyle){.fill = TONE_SURFACE});
    draw_rule(s, (Point){r.x + 0.5, r.y}, (Point){r.x + 0.5, r.y + r.h}, TONE_LINE);
    draw_fitted(s->d, (Rect){in.x, r.y + 16, in.w, 20}, head, slash ? slash + 1 : l.name);
    const char *at = l.text, *stop = l.text + l.len;
    for (int line = 1; at <= stop && line < top + rows; line++) {
        const char *end = memchr(at, '\n', (size_t)(stop - at));
        const size_t len = (size_t)((end ? end : stop) - at);
        const Rect row = {in.x, in.y + (line - top) * LINE, in.w, LINE};
        if (line >= top) {
            const size_t start = (size_t)(at - l.text), begin = begin_of(s, &l, line, start, row.w - GUTTER);
            draw_current(s, row, &l, line, start, len, begin);
            const bool current = line >= l.first && line <= l.last;
            number.tone = current ? TONE_INK : TONE_INK3;
            draw_print(s->d, (Point){row.x + GUTTER - 12, row.y + 17}, number, "%d", line);
            draw_line_of(s, (Rect){row.x + GUTTER, row.y, row.w - GUTTER, row.h}, at + begin, len - begin,
                         current);
            const int stage = stage_of_line(s, &l, line);
            if (stage >= 0) hits_add(s->hits, (Hit){.kind = HIT_STAGE, .rect = row, .to = stage});
        }
        if (!end) break;
        at = end + 1;
    }
    if (!*comment) return;
    const double y = r.y + r.h - COMMENT_H;
    draw_rule(s, (Point){in.x, y}, (Point){in.x + in.w, y}, TONE_LINE);
    draw_prose(s, (Point){in.x, y + 34}, in.w, (TextStyle){.size = SIZE_BODY, .tone = TONE_INK2}, comment);
}
