/* hatch.c — see hatch.h. */
#include "viz/draw/hatch.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

// How much of a pixel has x + y below u, if its corner has 0 and the one opposite 2: a triangle, or
// all but one.
static double below(double u) {
    return u <= 0 ? 0 : u <= 1 ? u * u / 2 : u < 2 ? 1 - (2 - u) * (2 - u) / 2 : 1;
}

// The share of ink of the pixels whose corners have x + y = sum. A line across is √2 of its width wide
// along x + y on either side of its middle, halved.
static double share_of(const Hatching *h, double sum) {
    const double half = h->width * sqrt(0.5);
    double ink = 0;
    for (double k = ceil((sum - half - h->start) / h->gap);; k++) {
        const double u = h->start + k * h->gap - sum;
        if (u - half >= 2) return fmin(ink, 1);
        ink += below(u + half) - below(u - half);
    }
}

void hatch_mask(const Hatching *h, int x, int y, int columns, int rows, uint8_t *share, uint8_t *mask,
                int stride) {
    for (int i = 0; i < columns + rows; i++) share[i] = (uint8_t)(255 * share_of(h, x + y + i) + 0.5);
    for (int row = 0; row < rows; row++)
        memcpy(mask + (ptrdiff_t)row * stride, share + row, (size_t)columns);
}
