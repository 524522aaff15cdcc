/* kernel_step.c — image steps that are convolutions with a known kernel: the window around a pixel times
 * the kernel, number by number. edges has two kernels, and takes the length of both sums together. */
#include <math.h>

#include "viz/view/panels/steps.h"
#include "viz/view/panels/window.h"

typedef struct Kernels {
    int n;                   // 1 or 2
    Size size;
    float *w[2], *product[2];
    double sum[2];
    float *x;                // the window
} Kernels;

static int near(int p, int n) { return p < 0 ? 0 : p < n ? p : n - 1; }

// Where the window reaches over the edge, the nearest pixel of the edge counts.
static void take_window(Kernels *k, Tensor src, Spot p) {
    for (int i = 0; i < k->size.h; i++)
        for (int j = 0; j < k->size.w; j++)
            k->x[i * k->size.w + j] = (float)*at(src, 0, p.c, near(p.y + i - k->size.h / 2, src.h),
                                                 near(p.x + j - k->size.w / 2, src.w));
}

static Kernels kernels_of(Screen *s, Tensor src, Spot p) {
    const StepKind *kind = (const StepKind *)s->stage->use->kind;
    double weight[MAX_STEP_KERNEL * MAX_STEP_KERNEL];
    Kernels k = {0};
    while (k.n < 2 && kind->kernel && kind->kernel(s->stage->use->cfg, k.n, &k.size, weight)) {
        const size_t cells = (size_t)(k.size.h * k.size.w);
        if (k.n == 0) k.x = arena_array(s->a, float, cells), take_window(&k, src, p);
        k.w[k.n] = arena_array(s->a, float, cells), k.product[k.n] = arena_array(s->a, float, cells);
        for (size_t i = 0; i < cells; i++) {
            k.w[k.n][i] = (float)weight[i];
            k.product[k.n][i] = (float)(weight[i] * (double)k.x[i]);
            k.sum[k.n] += weight[i] * (double)k.x[i];
        }
        k.n++;
    }
    return k;
}

// ---- the grids -----------------------------------------------------------------------------------------

// Terms whose kernel is 0 are not told; so the cell of a term is counted among the others.
static int current_cell(const Screen *s, const Kernels *k, int which) {
    int term = 0;
    for (int q = 0; q < k->n; q++)
        for (int i = 0; i < k->size.h * k->size.w; i++) {
            if (k->n > 1 && k->w[q][i] == 0) continue;
            if (term++ == s->v->at.term && s->v->at.level == LEVEL_TERM && q == which) return i;
        }
    return -1;
}

static void draw_sum(Screen *s, Rect r, const Kernels *k, int which) {
    static const char *const names[] = {"a", "b"};
    const TextStyle words = {FONT_BOLD, SIZE_BODY, TONE_INK, ALIGN_CENTRE, true};
    if (k->n > 1)
        draw_fitted(s->d, r, words,
                    arena_print(s->a, "%s = Σ = %s", names[which], number_figures(k->sum[which], 3).s));
}

static void draw_grids(Screen *s, Rect r, const Kernels *k, const Map *src) {
    const int cells = k->size.h * k->size.w;
    const double sums = k->n > 1 ? 34 : 0, h = (r.h - sums) / 3, w = r.w / k->n;
    Grid g = {.title = "window of x", .sign = "", .v = k->x, .rows = k->size.h, .columns = k->size.w,
              .current = -1, .done = cells, .max = src->max, .scale = src->scale, .framed = true};
    draw_window_grid(s, (Rect){r.x, r.y, r.w, h}, &g);
    for (int q = 0; q < k->n; q++) {
        const Rect column = {r.x + q * w, r.y, w, r.h};
        const double most = map_size(k->product[q], cells);
        g = (Grid){.title = k->n == 1 ? "kernel k" : q ? "above to below" : "left to right", .sign = "×",
                   .v = k->w[q], .rows = k->size.h, .columns = k->size.w, .current = current_cell(s, k, q),
                   .done = cells, .max = map_size(k->w[q], cells)};
        draw_window_grid(s, (Rect){column.x, r.y + h, w, h}, &g);
        g.title = arena_print(s->a, "products  %s", power_of(most).text), g.sign = "=";
        g.v = k->product[q], g.max = most;
        if (k->n == 1 && g.current >= 0) g.done = g.current + 1;
        draw_window_grid(s, (Rect){column.x, r.y + 2 * h, w, h}, &g);
        draw_sum(s, (Rect){column.x, r.y + 3 * h, w, sums}, k, q);
    }
}

// ---- the pictures --------------------------------------------------------------------------------------

static Rect draw_picture(Screen *s, Rect r, const char *title, const Map *m, Cells marked) {
    const Rect in = draw_titled(s, r, title, arena_print(s->a, "channel %d", m->channel));
    const Rect place = map_fit((Rect){in.x, in.y, in.w, in.h - LEGEND_H - 4}, m->rows, m->columns);
    const int y0 = marked.y > 0 ? marked.y : 0, x0 = marked.x > 0 ? marked.x : 0;
    const int y1 = marked.y + marked.h < m->rows ? marked.y + marked.h : m->rows;
    const int x1 = marked.x + marked.w < m->columns ? marked.x + marked.w : m->columns;
    const Rect cells = map_cells(place, m, y0, x0, y1 - y0, x1 - x0);
    draw_map(s, place, m);
    draw_legend(s, (Rect){in.x, in.y + in.h - LEGEND_H + 4, in.w, LEGEND_H}, m, NULL);
    draw_mark(s, cells);
    return cells;
}

// Of two kernels, the sum of the current one up to the current product.
static void draw_sum_so_far(Screen *s, Rect card, const Kernels *k) {
    const int which = current_cell(s, k, 0) < 0, cell = current_cell(s, k, which);
    const char *text = which ? "b so far  =  " : "a so far  =  ";
    double sum = 0;
    for (int i = 0, any = 0; i <= cell; i++) {
        if (k->w[which][i] == 0) continue;
        const double w = (double)k->w[which][i];
        const char *factor = arena_print(s->a, w < 0 ? "(%s)" : "%s", number_fixed(w, 0).s);
        text = arena_print(s->a, "%s%s%s·%s", text, any++ ? " + " : "", factor,
                           figures(s, (double)k->x[i], 3));
        sum += (double)k->product[which][i];
    }
    draw_sentence(s, card, arena_print(s->a, "%s  =", text), figures(s, sum, 3), "");
}

static void draw_pixel(Screen *s) {
    const Tensor src = step_src(s), dst = step_dst(s);
    if (!src.v || !dst.v) return;
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    const Answer x = answer_here(s->a, s->v);
    const Kernels k = kernels_of(s, src, p);
    if (k.n == 0) {
        draw_step_pixel(s);
        return;
    }
    const Map before = map_of_plane(s, src, p.c, -1),
        after = map_until(map_of_plane(s, dst, p.c, 0), s->v->at.pixel + 1);
    Rect room = s->area;
    const Rect card = cut_bottom(&room, k.n > 1 ? 92 : ARITHMETIC_H);
    const double side = fmin((k.n > 1 ? 0.28 : 0.32) * room.w, room.h - 40);
    const Rect left = cut_left(&room, side), right = cut_right(&room, side);
    draw_picture(s, left, "Before", &before,
                 (Cells){p.c, p.y - k.size.h / 2, p.x - k.size.w / 2, k.size.h, k.size.w});
    draw_picture(s, right, "After", &after, (Cells){p.c, p.y, p.x, 1, 1});
    draw_card(s->d, room);
    draw_grids(s, (Rect){room.x, room.y + 8, room.w, room.h - 12}, &k, &before);
    if (k.n == 1) {
        draw_arithmetic(s, card, &x, NULL, NULL);
        return;
    }
    if (s->v->at.level == LEVEL_TERM) {
        draw_sum_so_far(s, card, &k);
        return;
    }
    const char *sum = arena_print(s->a, "√(a² + b²)  =  √((%s)² + (%s)²)  =", figures(s, k.sum[0], 3),
                                  figures(s, k.sum[1], 3));
    draw_sentence(s, card, sum, figures(s, target_value(&s->here, s->v->at.channel, s->v->at.pixel), 4), "");
}

const Panel kernel_step_panel = {
    .kind = STAGE_STEP, .of = "blur edges", .draw = {[LEVEL_PIXEL] = draw_pixel, [LEVEL_TERM] = draw_pixel},
};
