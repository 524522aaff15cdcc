/* charts.c — the three charts as files. */
#include "viz/charts/charts.h"

#include "viz/draw/paint.h"

// Draws a whole slide; false with a message if it cannot.
typedef bool Drawing(DrawList *d, Rect area, const void *subject, Error *e);

// Opens the fonts, lets `draw` fill a slide and writes it, in the light theme.
static bool write_slide(Drawing *draw, const void *subject, const char *path, Error *e) {
    const Rect slide = {0, 0, SLIDE_W, SLIDE_H};
    Fonts *fonts = fonts_open(e);
    if (!fonts) return false;
    DrawList *d = draw_make(fonts, slide.w, slide.h);
    const bool ok = d ? draw(d, slide, subject, e) && paint_file(d, THEME_LIGHT, path, e)
                      : error_set(e, "no memory for the picture");
    draw_free(d);
    fonts_close(fonts);
    return ok;
}

static bool network(DrawList *d, Rect area, const void *x, Error *e) {
    return draw_network(d, area, x, e);
}

static bool curves(DrawList *d, Rect area, const void *results, Error *e) {
    (void)e;
    draw_curves(d, area, results);
    return true;
}

static bool confusion(DrawList *d, Rect area, const void *evaluation, Error *e) {
    return draw_confusion(d, area, evaluation, e);
}

bool chart_network(const Experiment *x, const char *path, Error *e) {
    return write_slide(network, x, path, e);
}

bool chart_curves(const char *results_csv, const char *path, Error *e) {
    History r;
    if (!history_read(results_csv, &r, e)) return false;
    const bool ok = write_slide(curves, &r, path, e);
    history_free(&r);
    return ok;
}

bool chart_confusion(const Evaluation *v, const char *path, Error *e) {
    return write_slide(confusion, v, path, e);
}
