/* paint.h — a draw list as a picture: in a file, or in the memory of a window. */
#pragma once
#include "viz/draw/draw.h"

// Writes a PNG, SVG or PDF, as the name's extension says; any other is refused. A PNG has two
// pixels per dp (fewer if the picture would exceed 32 million), more if its smallest text needs
// them. The file is replaced whole or left as it was.
bool paint_file(const DrawList *d, Theme theme, const char *path, Error *e);

// Where a list lies in a window: dp p is at pixel scale · p + offset.
typedef struct PaintView { double scale, x, y; } PaintView;

// Paints into w × h pixels 0xFFRRGGBB; rows are `stride` bytes apart. What no command covers gets
// the background's colour.
bool paint_pixels(const DrawList *d, Theme theme, PaintView view, uint32_t *pixel, int w, int h,
                  int stride, Error *e);

// Writes a PNG of exactly what paint_pixels() would paint.
bool paint_png(const DrawList *d, Theme theme, PaintView view, int w, int h, const char *path,
               Error *e);

// Writes a PDF of n pages, A4 across, each filled by the list that page() makes. False with a
// message, and the file left as it was, if a page cannot be made.
bool paint_pages(const char *path, Theme theme, DrawList *(*page)(void *ctx, int i, Error *e),
                 void *ctx, int n, Error *e);
