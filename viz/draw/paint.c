/* paint.c — the one painter: a draw list through Cairo. */
#include "viz/draw/paint.h"

#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/io.h"
#include "viz/draw/hatch.h"
#include "viz/draw/png_file.h"

typedef struct Painter {
    cairo_t *cr;
    const DrawList *list;
    Theme theme;
    bool vector;                       // SVG or PDF
    cairo_font_face_t *font[N_FONTS];
} Painter;

// ---- colours -----------------------------------------------------------------------------------

static void set_rgb(cairo_t *cr, uint32_t rgb) {
    const double red = rgb >> 16 & 0xFF, green = rgb >> 8 & 0xFF, blue = rgb & 0xFF;
    cairo_set_source_rgb(cr, red / 255, green / 255, blue / 255);
}

static void set_tone(const Painter *p, Tone tone) {
    set_rgb(p->cr, tone_rgb(p->theme, tone));
}

// ---- shapes ------------------------------------------------------------------------------------

// Fills and outlines the current path, and forgets it.
static void finish(const Painter *p, const ShapeStyle *s) {
    const double width = s->width > 0 ? s->width : 1;
    if (s->fill) {
        set_tone(p, s->fill);
        cairo_fill_preserve(p->cr);
    }
    if (s->line) {
        set_tone(p, s->line);
        cairo_set_line_width(p->cr, width);
        if (s->dashed) cairo_set_dash(p->cr, (double[]){4 * width, 3 * width}, 2, 0);
        cairo_stroke_preserve(p->cr);
        cairo_set_dash(p->cr, NULL, 0, 0);
    }
    cairo_new_path(p->cr);
}

static void paint_rect(const Painter *p, const DrawCommand *c) {
    const Rect r = c->rect;
    const double quarter = acos(0);
    const double radius = fmin(c->shape.radius, fmin(r.w, r.h) / 2);

    if (radius > 0) {
        cairo_arc(p->cr, r.x + r.w - radius, r.y + radius, radius, -quarter, 0);
        cairo_arc(p->cr, r.x + r.w - radius, r.y + r.h - radius, radius, 0, quarter);
        cairo_arc(p->cr, r.x + radius, r.y + r.h - radius, radius, quarter, 2 * quarter);
        cairo_arc(p->cr, r.x + radius, r.y + radius, radius, 2 * quarter, 3 * quarter);
        cairo_close_path(p->cr);
    } else {
        cairo_rectangle(p->cr, r.x, r.y, r.w, r.h);
    }
    finish(p, &c->shape);
}

// The point `by` dp from `a` towards `b`, at most half way.
static Point towards(Point a, Point b, double by) {
    const double length = hypot(b.x - a.x, b.y - a.y);
    const double t = length > 0 ? fmin(by / length, 0.5) : 0;
    return (Point){a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
}

// A corner becomes a cubic curve from `from` to `to` whose handles reach 0.55 of the way to it:
// the usual approximation of a quarter of a circle.
static void round_corner(cairo_t *cr, Point from, Point corner, Point to) {
    const double k = 0.55;
    cairo_line_to(cr, from.x, from.y);
    cairo_curve_to(cr, from.x + k * (corner.x - from.x), from.y + k * (corner.y - from.y),
                   to.x + k * (corner.x - to.x), to.y + k * (corner.y - to.y), to.x, to.y);
}

static void paint_path(const Painter *p, const DrawCommand *c) {
    const Point *v = c->point;
    const int n = c->n_points;
    const double radius = c->shape.radius;

    cairo_move_to(p->cr, v[0].x, v[0].y);
    for (int i = 1; i < n; i++) {
        if (radius > 0 && i < n - 1)
            round_corner(p->cr, towards(v[i], v[i - 1], radius), v[i],
                         towards(v[i], v[i + 1], radius));
        else
            cairo_line_to(p->cr, v[i].x, v[i].y);
    }
    finish(p, &c->shape);
}

// ---- text --------------------------------------------------------------------------------------

static const cairo_user_data_key_t face_key;

// Cairo keeps fonts in caches for as long as it likes, so it gets its own hold on the face.
static void *make_font(const Fonts *fonts, Font font) {
    void *face = fonts_keep(fonts, font);
    cairo_font_face_t *f = cairo_ft_font_face_create_for_ft_face(face, FT_LOAD_NO_HINTING);
    const bool known = cairo_font_face_get_user_data(f, &face_key) != NULL;
    if (known || cairo_font_face_set_user_data(f, &face_key, face, fonts_let_go))
        fonts_let_go(face);
    if (!cairo_font_face_status(f)) return f;
    cairo_font_face_destroy(f);
    return NULL;
}

static void drop_font(void *made) { cairo_font_face_destroy(made); }

// Glyphs that were drawn are Cairo's to keep for as long as there is this font of its own.
static cairo_font_face_t *cairo_font(const Fonts *fonts, Font font) {
    static const FontMaker maker = {make_font, drop_font};
    return fonts_made(fonts, font, &maker);
}

enum { RUN = 128 }; // glyphs handed over at once

// Glyphs, and the text they stand for, so that a PDF can be searched.
typedef struct TextRun {
    int n, bytes;
    cairo_glyph_t glyph[RUN];
    cairo_text_cluster_t cluster[RUN];
    char text[4 * RUN];
} TextRun;

static void show(const Painter *p, TextRun *r) {
    cairo_show_text_glyphs(p->cr, r->text, r->bytes, r->glyph, r->n, r->cluster, r->n, 0);
    r->n = r->bytes = 0;
}

static void append(TextRun *r, const Glyph *g, double y) {
    memcpy(r->text + r->bytes, g->text, (size_t)g->bytes);
    r->bytes += g->bytes;
    r->glyph[r->n] = (cairo_glyph_t){g->id, g->x, y};
    r->cluster[r->n++] = (cairo_text_cluster_t){g->bytes, 1};
}

static void paint_text(const Painter *p, const DrawCommand *c) {
    TextRun run = {0};
    const char *text = c->text;
    double x = c->baseline.x;
    Glyph g;

    cairo_set_font_face(p->cr, p->font[c->style.font]);
    cairo_set_font_size(p->cr, c->style.size);
    set_tone(p, c->style.tone);
    while (fonts_next(p->list->fonts, &c->style, &text, &x, &g)) {
        append(&run, &g, c->baseline.y);
        if (run.n == RUN) show(p, &run);
    }
    if (run.n > 0) show(p, &run);
}

// ---- cells -------------------------------------------------------------------------------------

static uint32_t byte_of(double v) {
    return v <= 0 ? 0 : v >= 1 ? 255 : (uint32_t)(v * 255 + 0.5);
}

static uint32_t cell_rgb(const DrawCommand *c, size_t i) {
    const CellStyle *s = &c->cells;
    if (s->scale != SCALE_RGB) return scale_rgb(s->palette, s->scale, c->value[i] / s->max);
    const float *v = c->value + 3 * i;
    const double max = c->cells.max;
    return byte_of(v[0] / max) << 16 | byte_of(v[1] / max) << 8 | byte_of(v[2] / max);
}

// The cells as an image of k × k pixels each.
static cairo_surface_t *cell_image(const DrawCommand *c, int k) {
    const int w = c->columns * k, h = c->rows * k;
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    if (cairo_surface_status(s)) return s;
    unsigned char *data = cairo_image_surface_get_data(s);
    const int stride = cairo_image_surface_get_stride(s);

    for (int y = 0; y < h; y++) {
        uint32_t *row = (uint32_t *)(void *)(data + (ptrdiff_t)y * stride);
        for (int x = 0; x < w; x++)
            row[x] = cell_rgb(c, (size_t)(y / k) * (size_t)c->columns + (size_t)(x / k));
    }
    cairo_surface_mark_dirty(s);
    return s;
}

// Programs that show SVG and PDF smooth images; large pixels keep the edges of cells sharp.
static int magnified(const Painter *p, const DrawCommand *c) {
    const int side = c->rows > c->columns ? c->rows : c->columns;
    return p->vector && side < 512 ? 512 / side : 1;
}

static void cell_lines(const Painter *p, const DrawCommand *c) {
    const Rect r = c->rect;
    for (int i = 0; i <= c->rows; i++) {
        cairo_move_to(p->cr, r.x, r.y + r.h * i / c->rows);
        cairo_line_to(p->cr, r.x + r.w, r.y + r.h * i / c->rows);
    }
    for (int j = 0; j <= c->columns; j++) {
        cairo_move_to(p->cr, r.x + r.w * j / c->columns, r.y);
        cairo_line_to(p->cr, r.x + r.w * j / c->columns, r.y + r.h);
    }
    finish(p, &(ShapeStyle){.line = c->cells.line, .width = c->cells.width});
}

static void paint_cells(const Painter *p, const DrawCommand *c) {
    const Rect r = c->rect;
    const int k = magnified(p, c);
    cairo_surface_t *image = cell_image(c, k);

    cairo_save(p->cr);
    cairo_rectangle(p->cr, r.x, r.y, r.w, r.h);
    cairo_clip(p->cr);
    cairo_translate(p->cr, r.x, r.y);
    cairo_scale(p->cr, r.w / (c->columns * k), r.h / (c->rows * k));
    cairo_set_source_surface(p->cr, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(p->cr), CAIRO_FILTER_NEAREST);
    cairo_paint(p->cr);
    cairo_restore(p->cr);
    cairo_surface_destroy(image);
    if (c->cells.line) cell_lines(p, c);
}

// A hatching as lines, for what is not made of pixels: from the left or lower edge up to the right; one that
// runs through the origin of all rectangles is among them, so that hatchings side by side match.
static void hatch_lines(const Painter *p, const DrawCommand *c) {
    const Rect r = c->rect;
    const double gap = c->shape.width, first = ceil((r.x + r.y) / gap) * gap;

    cairo_save(p->cr);
    cairo_rectangle(p->cr, r.x, r.y, r.w, r.h);
    cairo_clip(p->cr);
    for (double sum = first; sum < r.x + r.w + r.y + r.h; sum += gap) {
        cairo_move_to(p->cr, sum - r.y, r.y);
        cairo_line_to(p->cr, sum - r.y - r.h, r.y + r.h);
    }
    finish(p, &(ShapeStyle){.line = c->shape.line, .width = 1});
    cairo_restore(p->cr);
}

// The same as a mask, of whole pixels: a hundredth of the time.
static void hatch_pixels(const Painter *p, const DrawCommand *c, cairo_matrix_t to_pixels) {
    const double scale = to_pixels.xx;
    const int x = (int)lround(scale * c->rect.x + to_pixels.x0);
    const int y = (int)lround(scale * c->rect.y + to_pixels.y0);
    const int w = (int)lround(scale * (c->rect.x + c->rect.w) + to_pixels.x0) - x;
    const int h = (int)lround(scale * (c->rect.y + c->rect.h) + to_pixels.y0) - y;
    const Hatching lines = {to_pixels.x0 + to_pixels.y0, scale * c->shape.width, scale};
    uint8_t *share = w > 0 && h > 0 ? malloc((size_t)w + (size_t)h) : NULL;
    cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A8, w, h);
    if (share && !cairo_surface_status(mask)) {
        hatch_mask(&lines, x, y, w, h, share, cairo_image_surface_get_data(mask),
                   cairo_image_surface_get_stride(mask));
        cairo_surface_mark_dirty(mask);
        cairo_save(p->cr);
        cairo_identity_matrix(p->cr);
        set_tone(p, c->shape.line);
        cairo_mask_surface(p->cr, mask, x, y);
        cairo_restore(p->cr);
    }
    cairo_surface_destroy(mask);
    free(share);
}

static void paint_hatch(const Painter *p, const DrawCommand *c) {
    cairo_matrix_t to_pixels;
    cairo_get_matrix(p->cr, &to_pixels);
    if (p->vector) hatch_lines(p, c);
    else hatch_pixels(p, c, to_pixels);
}

// ---- a whole list ------------------------------------------------------------------------------

static void push_clip(const Painter *p, const DrawCommand *c) {
    cairo_save(p->cr);
    cairo_rectangle(p->cr, c->rect.x, c->rect.y, c->rect.w, c->rect.h);
    cairo_clip(p->cr);
}

static void pop_clip(const Painter *p, const DrawCommand *c) {
    (void)c;
    cairo_restore(p->cr);
}

static void (*const painters[])(const Painter *p, const DrawCommand *c) = {
    [DRAW_RECT]   = paint_rect,
    [DRAW_PATH]   = paint_path,
    [DRAW_TEXT]   = paint_text,
    [DRAW_CELLS]  = paint_cells,
    [DRAW_HATCH]  = paint_hatch,
    [DRAW_CLIP]   = push_clip,
    [DRAW_UNCLIP] = pop_clip,
};

static void prepare(cairo_t *cr) {
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(cr, o);
    cairo_font_options_destroy(o);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
}

// Paints the whole list onto a surface. False with a message if memory ran out on the way.
static bool paint_list(const DrawList *d, Theme theme, bool vector, PaintView view,
                       cairo_surface_t *surface, Error *e) {
    if (d->failed) return error_set(e, "no memory for the picture");
    Painter p = {cairo_create(surface), d, theme, vector, {NULL}};
    bool fine = true;
    for (Font f = 0; f < N_FONTS; f++) fine = (p.font[f] = cairo_font(d->fonts, f)) && fine;
    prepare(p.cr);
    set_tone(&p, TONE_BG);
    cairo_paint(p.cr);
    cairo_translate(p.cr, view.x, view.y);
    cairo_scale(p.cr, view.scale, view.scale);
    for (int i = 0; i < d->n && fine; i++) painters[d->command[i].kind](&p, &d->command[i]);

    const cairo_status_t status = fine ? cairo_status(p.cr) : CAIRO_STATUS_NO_MEMORY;
    cairo_destroy(p.cr);
    return !status || error_set(e, "the picture cannot be painted: %s",
                                cairo_status_to_string(status));
}

bool paint_pixels(const DrawList *d, Theme theme, PaintView view, uint32_t *pixel, int w, int h,
                  int stride, Error *e) {
    cairo_surface_t *s = cairo_image_surface_create_for_data((unsigned char *)pixel,
                                                             CAIRO_FORMAT_RGB24, w, h, stride);
    const bool ok = paint_list(d, theme, false, view, s, e);
    cairo_surface_destroy(s);
    return ok;
}

// ---- files -------------------------------------------------------------------------------------

typedef struct Bytes { unsigned char *v; size_t n, room; } Bytes;

static cairo_status_t collect(void *closure, const unsigned char *v, unsigned n) {
    Bytes *b = closure;
    if (b->room - b->n < n) {
        const size_t room = 2 * b->room + n;
        unsigned char *more = realloc(b->v, room);
        if (!more) return CAIRO_STATUS_NO_MEMORY;
        b->v = more;
        b->room = room;
    }
    memcpy(b->v + b->n, v, n);
    b->n += n;
    return CAIRO_STATUS_SUCCESS;
}

static bool finished(cairo_surface_t *s, Error *e) {
    cairo_surface_finish(s);
    const cairo_status_t status = cairo_surface_status(s);
    cairo_surface_destroy(s);
    return !status || error_set(e, "the picture cannot be made: %s",
                                cairo_status_to_string(status));
}

// Pixels per dp of a PNG.
static double png_scale(const DrawList *d) {
    const double most_pixels = 32e6, longest_side = 30000;
    double scale = 2;
    for (int i = 0; i < d->n; i++) {
        const DrawCommand *c = &d->command[i];
        if (c->kind == DRAW_TEXT) scale = fmax(scale, SIZE_AXIS / c->style.size);
    }
    scale = fmin(scale, sqrt(most_pixels / (d->w * d->h)));
    return fmin(scale, longest_side / fmax(d->w, d->h));
}

static bool encode_png(const DrawList *d, Theme theme, PaintView view, int w, int h, Bytes *out,
                       Error *e) {
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    const bool painted = paint_list(d, theme, false, view, s, e);
    if (painted) {
        cairo_surface_flush(s);
        const uint32_t *pixel = (const uint32_t *)(const void *)cairo_image_surface_get_data(s);
        out->v = png_file(pixel, w, h, (size_t)cairo_image_surface_get_stride(s) / sizeof *pixel, &out->n);
    }
    return finished(s, e) && painted && (out->v || error_set(e, "there is no memory for the picture"));
}

static bool write_png(const DrawList *d, Theme theme, Bytes *out, Error *e) {
    const double scale = png_scale(d);
    return encode_png(d, theme, (PaintView){scale, 0, 0}, (int)(d->w * scale + 0.5),
                      (int)(d->h * scale + 0.5), out, e);
}

static bool write_svg(const DrawList *d, Theme theme, Bytes *out, Error *e) {
    cairo_surface_t *s = cairo_svg_surface_create_for_stream(collect, out, d->w, d->h);
    cairo_svg_surface_set_document_unit(s, CAIRO_SVG_UNIT_PX);
    const bool painted = paint_list(d, theme, true, (PaintView){1, 0, 0}, s, e);
    return finished(s, e) && painted;
}

// A PDF counts in points; one dp is 1/96 inch.
static bool write_pdf(const DrawList *d, Theme theme, Bytes *out, Error *e) {
    const double points = 72.0 / 96;
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(collect, out, d->w * points,
                                                             d->h * points);
    const bool painted = paint_list(d, theme, true, (PaintView){points, 0, 0}, s, e);
    return finished(s, e) && painted;
}

static bool write_bytes(const char *path, Bytes *b, bool ok, Error *e) {
    ok = ok && io_write(path, &(Piece){b->v, b->n}, 1, e);
    free(b->v);
    return ok;
}

static const struct {
    const char *extension;
    bool (*write)(const DrawList *d, Theme theme, Bytes *out, Error *e);
} formats[] = {
    {".png", write_png}, {".svg", write_svg}, {".pdf", write_pdf},
};

bool paint_file(const DrawList *d, Theme theme, const char *path, Error *e) {
    const char *extension = strrchr(path, '.');
    for (size_t i = 0; extension && i < sizeof formats / sizeof *formats; i++) {
        if (strcasecmp(extension, formats[i].extension)) continue;
        Bytes out = {0};
        const bool ok = formats[i].write(d, theme, &out, e);
        return write_bytes(path, &out, ok, e);
    }
    return error_set(e, "%s: a picture's name ends in .png, .svg or .pdf", path);
}

bool paint_png(const DrawList *d, Theme theme, PaintView view, int w, int h, const char *path,
               Error *e) {
    Bytes out = {0};
    const bool ok = encode_png(d, theme, view, w, h, &out, e);
    return write_bytes(path, &out, ok, e);
}

// A4 in points, its longer side across.
enum { A4_W = 842, A4_H = 595 };

bool paint_pages(const char *path, Theme theme, DrawList *(*page)(void *ctx, int i, Error *e),
                 void *ctx, int n, Error *e) {
    Bytes out = {0};
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(collect, &out, A4_W, A4_H);
    bool ok = true;
    for (int i = 0; i < n && ok; i++) {
        DrawList *d = page(ctx, i, e);
        const double scale = d ? fmin(A4_W / d->w, A4_H / d->h) : 1;
        const PaintView view = {scale, 0, d ? (A4_H - scale * d->h) / 2 : 0};
        ok = d && paint_list(d, theme, true, view, s, e);
        cairo_surface_show_page(s);
        draw_free(d);
    }
    if (ok) return write_bytes(path, &out, finished(s, e), e);
    cairo_surface_destroy(s);
    free(out.v);
    return false;
}
