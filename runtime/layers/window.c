/* window.c — the arithmetic of sliding windows (window.h says the rule). */
#include "runtime/layers/window.h"

#include <stdio.h>
#include <string.h>

const Word pad_words[] = {{"same", PAD_SAME}, {"valid", 0}, {0}};

const AttrSpec pool_attrs[] = {
    WINDOW_ATTR(PoolOptions, window, 1, MAX_KERNEL, "sides of the window: 2 means 2x2",
                .main = true, .required = true,
                .synonyms = "kernel kernel_size pool_size size ksize k"),
    INT_ATTR(PoolOptions, stride, 0, 1, MAX_SIDE, "pixels from one window to the next",
             .def_text = "the window's side", .synonyms = "strides step"),
    INT_ATTR(PoolOptions, pad, 0, 0, MAX_KERNEL, "rows and columns added on every side",
             .words = pad_words, .synonyms = "padding border"),
    BOOL_ATTR(PoolOptions, ceil, 0, "keep a last window that is only partly filled",
              .synonyms = "ceil_mode round_up"),
    {0},
};

Padding padding_same(int n, int reach, int stride) {
    const int out = (n + stride - 1) / stride, covered = (out - 1) * stride + reach;
    const int total = covered > n ? covered - n : 0;
    return (Padding){total / 2, total - total / 2};
}

static Slide slide(const PoolOptions *o, int n, int k) {
    const int s = o->stride ? o->stride : k;
    const Padding p = o->pad == PAD_SAME ? padding_same(n, k, s) : (Padding){o->pad, o->pad};
    Slide a = {.n = n, .k = k, .s = s, .before = p.before, .after = p.after};
    const int room = n + a.before + a.after - k;
    if (room < 0) return a;
    a.out = (o->ceil ? room + a.s - 1 : room) / a.s + 1;
    if ((a.out - 1) * a.s >= n + a.before) a.out--;
    return a;
}

Slide pool_rows(const PoolOptions *o, int h) { return slide(o, h, o->window.h); }
Slide pool_columns(const PoolOptions *o, int w) { return slide(o, w, o->window.w); }

Range slide_inside(Slide a, int i) {
    const int first = a.before - i, last = a.n - 1 + a.before - i;
    const int lo = first > 0 ? (first + a.s - 1) / a.s : 0;
    const int hi = last >= 0 ? last / a.s + 1 : 0;
    return (Range){lo, hi < a.out ? hi : a.out};
}

int slide_stop(Slide a, int row, int i) {
    const int way = row + a.before - i;
    return way >= 0 && way % a.s == 0 && way / a.s < a.out ? way / a.s : -1;
}

int slide_count(Slide a, int y) {
    const int left = a.n + a.before + a.after - y * a.s;
    return left < a.k ? left : a.k;
}

// ---- the shape ----------------------------------------------------------------------------------

// The arithmetic of one direction: "28/2 = 14", "(28+2·1-3)/2+1 = 14".
static void note_side(const PoolOptions *o, Slide a, char *text, size_t cap) {
    const int padded = a.n + a.before + a.after;
    const bool even = (padded - a.k) % a.s == 0;
    const char *const rounded = even ? "" : o->ceil ? ", rounded up" : ", rounded down";

    if (o->pad == PAD_SAME)
        snprintf(text, cap, "%d/%d = %d%s", a.n, a.s, a.out, a.n % a.s ? ", rounded up" : "");
    else if (o->pad)
        snprintf(text, cap, "(%d+2·%d-%d)/%d+1 = %d%s", a.n, o->pad, a.k, a.s, a.out, rounded);
    else if (a.s == a.k)
        snprintf(text, cap, "%d/%d = %d%s", a.n, a.k, a.out, rounded);
    else
        snprintf(text, cap, "(%d-%d)/%d+1 = %d%s", a.n, a.k, a.s, a.out, rounded);
}

static void write_note(Infer *q, Slide rows, Slide columns) {
    char h[44], w[44];
    note_side(q->cfg, rows, h, sizeof h);
    note_side(q->cfg, columns, w, sizeof w);
    if (strcmp(h, w) == 0) snprintf(q->note, sizeof q->note, "%s", h);
    else snprintf(q->note, sizeof q->note, "%s and %s", h, w);
}

static bool too_large(Infer *q, Slide rows, Slide columns) {
    infer_error(q, "window", S_KERNEL,
                "the %dx%d window does not fit into the %dx%d image that arrives here", rows.k,
                columns.k, rows.n, columns.n);
    diag_label(q->diags, "at most %dx%d fits", rows.n + rows.before + rows.after,
               columns.n + columns.before + columns.after);
    return false;
}

bool pool_infer(Infer *q) {
    const PoolOptions *o = q->cfg;
    const Slide rows = pool_rows(o, q->src[0].h), columns = pool_columns(o, q->src[0].w);

    if (o->pad >= rows.k || o->pad >= columns.k)
        return infer_error(q, "pad", S_KERNEL, "with pad=%d some %dx%d windows would hold nothing "
                           "but padding; pad must be smaller than the window", o->pad, rows.k,
                           columns.k);
    if (!rows.out || !columns.out) return too_large(q, rows, columns);
    q->dst = (Shape){q->src[0].c, rows.out, columns.out};
    write_note(q, rows, columns);
    return true;
}
