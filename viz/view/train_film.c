/* train_film.c — the film of the first kernels: how they looked at earlier steps, and how they look now.
 *
 * All pictures have one scale, so that growing weights get stronger colours. */
#include <math.h>

#include "viz/view/train_parts.h"

enum { STEP_H = 18, FRAME_GAP = 10, KERNEL_GAP = 4 };

// How a frame is laid out: its kernels in rows × columns, and so many frames.
typedef struct Film { int rows, columns, n; double side, w; Rect room; } Film;

static Film lay_out(const Record *r, Rect room) {
    const Filmed *k = &r->kernels;
    Film f = {.rows = k->shown > 1 ? 2 : 1, .columns = k->shown > 2 ? 2 : 1, .room = room};
    f.side = (room.h - STEP_H - (f.rows - 1) * KERNEL_GAP) / f.rows;
    const double wide = fmin(1.5, fmax(0.5, (double)k->w / k->h)) * f.side;
    f.w = f.columns * wide + (f.columns - 1) * KERNEL_GAP;
    f.n = (int)((room.w + FRAME_GAP) / (f.w + FRAME_GAP));
    return f;
}

static double largest(const Record *r) {
    const int len = r->kernels.shown * r->kernels.h * r->kernels.w;
    double max = map_size(r->now.v, len);
    for (int i = 0; i < r->n_frames; i++) max = fmax(max, map_size(r->frame[i].v, len));
    return max;
}

static void draw_frame(Screen *s, const Film *f, const Record *r, const RecordFrame *frame, double x,
                       double max, bool now) {
    const Filmed *k = &r->kernels;
    const double w = (f->w - (f->columns - 1) * KERNEL_GAP) / f->columns;
    const TextStyle words = {now ? FONT_BOLD : FONT_REGULAR, SIZE_AXIS, now ? TONE_INK : TONE_INK2,
                             ALIGN_CENTRE, true};
    for (int i = 0; i < k->shown; i++) {
        const Rect at = {x + i / f->rows * (w + KERNEL_GAP), f->room.y + i % f->rows * (f->side + KERNEL_GAP),
                         w, f->side};
        float *v = arena_array(s->a, float, (size_t)(k->h * k->w) + 1);
        for (int p = 0; p < k->h * k->w; p++) v[p] = frame->v[i * k->h * k->w + p];
        const Map m = {.v = v, .rows = k->h, .columns = k->w, .scale = SCALE_SIGNED, .max = max,
                       .done = k->h * k->w, .target = -1, .step = k->w};
        draw_map(s, map_fit(at, k->h, k->w), &m);
    }
    draw_fitted(s->d, (Rect){x - FRAME_GAP / 2 + 1, f->room.y + f->room.h - STEP_H + 4, f->w + FRAME_GAP - 2,
                             STEP_H - 4}, words, number_count((int64_t)frame->step).s);
}

static const char *helper_of(Screen *s, const Record *r) {
    const Filmed *k = &r->kernels;
    const int node = s->v->s->params->param[k->param].node;
    const char *layer = stage_title(s->a, &s->v->t, stage_of(&s->v->t, STAGE_FORWARD, node));
    const char *inputs = k->inputs == 3 ? ", for red" : k->inputs > 1 ? ", for the first input channel" : "";
    if (k->shown == k->n) return arena_print(s->a, "of %s%s, after so many steps", layer, inputs);
    return arena_print(s->a, "%d of the %d of %s%s, after so many steps", k->shown, k->n, layer, inputs);
}

void draw_film(Screen *s, Rect card, const Record *r) {
    const bool any = r->kernels.param >= 0;
    Rect in = draw_titled(s, card, "Kernels", any ? helper_of(s, r) : "no layer reads the picture directly");
    if (!any || r->n_frames == 0) return;
    in.h += 10;
    const Film f = lay_out(r, in);
    const bool last = r->frame[r->n_frames - 1].step == r->now.step; // the newest frame is that of now
    const int old = last ? r->n_frames - 1 : r->n_frames;
    const int room = f.n - 1, shown = old < room ? old : room;
    const double max = largest(r);
    for (int i = 0; i < shown; i++) {
        const int frame = shown < 2 || shown == old ? i : (int)lround((double)i * (old - 1) / (shown - 1));
        draw_frame(s, &f, r, &r->frame[frame], in.x + i * (f.w + FRAME_GAP), max, false);
    }
    draw_frame(s, &f, r, &r->now, in.x + shown * (f.w + FRAME_GAP), max, true);
}
