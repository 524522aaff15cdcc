/* panels.c — the product of panels.h, with the micro-kernels of the matrix product. */
#include "runtime/layers/panels.h"

#include <string.h>

#include "runtime/kernels/kernels.h"
#include "runtime/layers/conv.h"

enum { SLICE = 128 }; // rows of a panel at a time: 16 KB, which stay in the first cache for all places

static int smaller(int a, int b) { return a < b ? a : b; }

int panels_of(int filters) { return (filters + PANEL - 1) / PANEL; }

static int equal_part(int total, int limit) {
    const int parts = (total + limit - 1) / limit;
    return (total + parts - 1) / parts;
}

static void begin_with_bias(int T, const real *bias, real *sums) {
    for (int t = 0; t < T; t++) memcpy(sums + (ptrdiff_t)t * PANEL, bias, PANEL * sizeof *sums);
}

void panel_product(int T, int K, const real *A, ptrdiff_t next, const real *W, const real *bias, real *sums) {
    const GemmKernels *const g = kernels_chosen()->gemm;
    const int nv = smaller(g->nv, PANEL / g->vl), wide = nv * g->vl, most = equal_part(T, g->mr[nv]);
    if (bias) begin_with_bias(T, bias, sums);

    for (int k = 0; k < K; k += SLICE)
    for (int f = 0; f < PANEL; f += wide)
    for (int t = 0; t < T; t += most) {
        const Tile tile = {.kc = smaller(SLICE, K - k), .n = wide, .A = {A + t * next + k, next, 1},
                           .B = {W + (ptrdiff_t)k * PANEL + f, PANEL, 1}, .b_vector = g->vl,
                           .C = sums + (ptrdiff_t)t * PANEL + f, .ldc = PANEL, .c_vector = g->vl,
                           .add = bias || k > 0, .fetch = t == 0};
        g->outer[nv][smaller(most, T - t)](&tile);
    }
}

// By squares, then what is left of each row, and of the columns.
void panel_turn(int rows, int columns, const real *src, ptrdiff_t src_ld, real *dst, ptrdiff_t dst_ld) {
    const GemmKernels *const g = kernels_chosen()->gemm;
    const int vl = g->vl, square_rows = rows / vl * vl, square_columns = columns / vl * vl;
    for (int i = 0; i < square_rows; i += vl)
        for (int j = 0; j < square_columns; j += vl)
            g->turn(src + i * src_ld + j, src_ld, dst + j * dst_ld + i, dst_ld);
    for (int i = 0; i < rows; i++)
        for (int j = i < square_rows ? square_columns : 0; j < columns; j++)
            dst[j * dst_ld + i] = src[i * src_ld + j];
}

PanelCut panel_cut(const Step *s, int strips, int panels) {
    const bool by_strips = strips >= s->share.of;
    return (PanelCut){by_strips ? step_share(s, strips) : (Range){0, strips},
                      by_strips ? (Range){0, panels} : step_share(s, panels)};
}

const real *panel_bias(const Step *s, int k, real *room) {
    if (!((const Conv *)s->cfg)->bias) return NULL;
    const int f = k * PANEL, n = smaller(PANEL, s->dst.c - f);
    memcpy(room, s->param[1].v + f, (size_t)n * sizeof *room);
    memset(room + n, 0, (size_t)(PANEL - n) * sizeof *room);
    return room;
}
