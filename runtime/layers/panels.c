/* panels.c — the product of panels.h, with the micro-kernels of the matrix product, and how calls are cut. */
#include "runtime/layers/panels.h"

#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/layers/cut.h"

enum { SLICE = 128 }; // rows of a panel at a time: 16 KB

int panels_of(int filters) { return (filters + PANEL - 1) / PANEL; }
int panel_filters(int k, int F) { return smaller(PANEL, F - k * PANEL); }

const real *panel_bias(const Step *s, int k) {
    return ((const Conv *)s->cfg)->bias ? s->param[1].v + (ptrdiff_t)k * PANEL : NULL;
}

// ---- the product ---------------------------------------------------------------------------------

void panel_product(const PanelProduct *q) {
    const GemmKernels *const g = kernels_chosen()->gemm;
    const int nv = smaller(g->nv, q->n / g->vl), wide = nv * g->vl, most = equal_part(q->T, g->mr[nv]);
    for (int t = 0; t < q->T && q->bias; t++)
        memcpy(q->sums + t * q->sums_next, q->bias, (size_t)q->n * sizeof *q->sums);

    for (int k = 0; k < q->K; k += SLICE)
    for (int f = 0; f < q->n; f += wide)
    for (int t = 0; t < q->T; t += most) {
        const Tile tile = {.kc = smaller(SLICE, q->K - k), .n = wide,
                           .A = {q->A + t * q->next + k, q->next, 1},
                           .B = {q->W + (ptrdiff_t)k * PANEL + f, PANEL, 1}, .b_vector = g->vl,
                           .C = q->sums + t * q->sums_next + f, .ldc = q->sums_next, .c_vector = g->vl,
                           .add = q->bias || k > 0, .fetch = t == 0};
        g->outer[nv][smaller(most, q->T - t)](&tile);
    }
}

// ---- strips --------------------------------------------------------------------------------------

// The first strip of rows [r, end), those of all images counted one after the other.
static Strip next_strip(PanelCut cut, int H, int r, int end) {
    const int n = r / H, y = r % H, whole = (end - r) / H;
    if (y == 0 && whole > 0 && cut.rows >= H) return (Strip){{n, n + smaller(cut.images, whole)}, {0, H}};
    const int left = smaller(H - y, end - r), pairs = equal_part((left + 1) / 2, cut.rows / 2);
    return (Strip){{n, n + 1}, {y, y + smaller(left, 2 * pairs)}};
}

void panel_strips(const Step *s, PanelCut cut, PanelWork *visit, void *ctx) {
    const int H = s->dst.h, all = panels_of(s->dst.c);
    const bool maps = s->share.maps;
    const Range rows = maps ? (Range){0, s->dst.n * H} : step_rows(s);
    const Range panels = maps ? step_share(s, all) : (Range){0, all};
    for (int r = rows.lo; r < rows.hi;) {
        const Strip strip = next_strip(cut, H, r, rows.hi);
        visit(ctx, strip, panels);
        r += (strip.n.hi - strip.n.lo) * (strip.y.hi - strip.y.lo);
    }
}

// ---- pixels --------------------------------------------------------------------------------------

// dst[j·dst_ld + i] = src[i·src_ld + j]: by squares, then what is left of each row, and of the columns.
static void turn(int rows, int columns, const real *src, ptrdiff_t src_ld, real *dst, ptrdiff_t dst_ld) {
    const GemmKernels *const g = kernels_chosen()->gemm;
    const int vl = g->vl, square_rows = rows / vl * vl, square_columns = columns / vl * vl;
    for (int i = 0; i < square_rows; i += vl)
        for (int j = 0; j < square_columns; j += vl)
            g->turn(src + i * src_ld + j, src_ld, dst + j * dst_ld + i, dst_ld);
    for (int i = 0; i < rows; i++)
        for (int j = i < square_rows ? square_columns : 0; j < columns; j++)
            dst[j * dst_ld + i] = src[i * src_ld + j];
}

const real *panel_pixels(Tensor src, int n, Range rows, real *room) {
    if (src.layout == LAYOUT_LAST) return at(src, n, 0, rows.lo, 0);
    turn(src.c, (rows.hi - rows.lo) * src.w, at(src, n, 0, rows.lo, 0), (ptrdiff_t)src.h * src.w, room,
         src.c);
    return room;
}
