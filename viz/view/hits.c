/* hits.c — see hits.h. */
#include "viz/view/hits.h"

#include <stddef.h>

void hits_add(Hits *h, Hit hit) {
    if (h->n < MAX_HITS) h->hit[h->n++] = hit;
}

static bool inside(Rect r, Point p) {
    return p.x >= r.x && p.x < r.x + r.w && p.y >= r.y && p.y < r.y + r.h;
}

const Hit *hits_at(const Hits *h, Point p) {
    for (int i = h->n - 1; i >= 0; i--)
        if (inside(h->hit[i].rect, p)) return &h->hit[i];
    return NULL;
}

void hit_cell(const Hit *h, Point p, int *row, int *column) {
    *row = (int)((p.y - h->rect.y) / h->rect.h * h->rows);
    *column = (int)((p.x - h->rect.x) / h->rect.w * h->columns);
}
