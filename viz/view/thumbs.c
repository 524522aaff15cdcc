/* thumbs.c — small pictures of the data; see thumbs.h. */
#include "viz/view/thumbs.h"

#include <math.h>
#include <stdlib.h>

static const Thumb *find(const Thumbs *t, int picture) {
    for (int i = 0; i < MOST_THUMBS; i++)
        if (t->thumb[i].v && t->thumb[i].picture == picture) return &t->thumb[i];
    return NULL;
}

// The mean of the pixels that one pixel of the small picture stands for.
static float mean_of(const uint8_t *v, Shape s, int c, const int lo[2], const int hi[2]) {
    long sum = 0;
    for (int y = lo[0]; y < hi[0]; y++)
        for (int x = lo[1]; x < hi[1]; x++) sum += v[(y * s.w + x) * s.c + c];
    return (float)sum / 255 / (float)((hi[0] - lo[0]) * (hi[1] - lo[1]));
}

static void make_smaller(Thumb *t, const uint8_t *v, Shape s) {
    for (int y = 0; y < t->h; y++)
        for (int x = 0; x < t->w; x++) {
            const int lo[2] = {y * s.h / t->h, x * s.w / t->w};
            const int hi[2] = {(y + 1) * s.h / t->h, (x + 1) * s.w / t->w};
            for (int c = 0; c < t->c; c++) t->v[(y * t->w + x) * t->c + c] = mean_of(v, s, c, lo, hi);
        }
}

static void read_picture(Thumb *t, const Dataset *d, Part part, int picture) {
    const Shape s = d->image;
    const double scale = fmin(1, THUMB_SIDE / fmax(s.w, s.h));
    Error e;
    *t = (Thumb){picture, (int)fmax(1, s.w * scale), (int)fmax(1, s.h * scale), s.c >= 3 ? 3 : 1, NULL};
    uint8_t *room = malloc((size_t)s.w * (size_t)s.h * (size_t)s.c + 1);
    const uint8_t *v = room ? dataset_pixels(d, part, picture, room, &e) : NULL;
    if (v) t->v = calloc((size_t)t->w * (size_t)t->h * (size_t)t->c, sizeof *t->v);
    if (t->v) make_smaller(t, v, s);
    free(room);
}

static bool among(const int *picture, int n, int wanted) {
    for (int i = 0; i < n; i++)
        if (picture[i] == wanted) return true;
    return false;
}

void thumbs_want(Thumbs *t, const Dataset *d, Part part, const int *picture, int n) {
    if (n > MOST_THUMBS) n = MOST_THUMBS;
    for (int i = 0; i < MOST_THUMBS; i++) {
        if (!t->thumb[i].v || among(picture, n, t->thumb[i].picture)) continue;
        free(t->thumb[i].v);
        t->thumb[i].v = NULL;
    }
    for (int i = 0, k = 0; i < n; i++) {
        if (find(t, picture[i])) continue;
        while (t->thumb[k].v) k++;
        read_picture(&t->thumb[k], d, part, picture[i]);
    }
}

void thumbs_free(Thumbs *t) {
    for (int i = 0; i < MOST_THUMBS; i++) free(t->thumb[i].v);
    *t = (Thumbs){0};
}

Rect draw_thumb(DrawList *d, Rect r, const Thumbs *t, int picture) {
    const Thumb *p = find(t, picture);
    const double cell = p ? fmin(r.w / p->w, r.h / p->h) : 0;
    if (p) {
        const double w = cell * p->w, h = cell * p->h;
        r = (Rect){r.x + (r.w - w) / 2, r.y + (r.h - h) / 2, w, h};
        draw_cells(d, r, p->h, p->w, p->v, (CellStyle){.scale = p->c == 3 ? SCALE_RGB : SCALE_GRAY});
    }
    draw_rect(d, r, (ShapeStyle){.line = TONE_LINE});
    return r;
}
