/* split.c — see split.h. */
#include "runtime/data/split.h"

#include <stdlib.h>

void split_by_class(const int *label, int n, int classes, int *first, int *order) {
    for (int c = 0; c <= classes; c++) first[c] = 0;
    for (int i = 0; i < n; i++) first[label[i] + 1]++;
    for (int c = 0; c < classes; c++) first[c + 1] += first[c];
    for (int i = 0; i < n; i++) order[first[label[i]]++] = i;
    for (int c = classes; c > 0; c--) first[c] = first[c - 1]; // each had moved to its end
    first[0] = 0;
}

// Marks `share` of the n pictures in `of`; `pick` is room for n numbers.
static void choose(const int *of, int n, double share, Rng r, int *pick, bool *held) {
    const int n_held = (int)(share * n + 0.5);
    rng_shuffle(r, pick, n);
    for (int k = 0; k < n_held; k++) held[of[pick[k]]] = true;
}

bool split_choose(const int *label, int n, int classes, double share, Rng r, bool *held, Error *e) {
    int *first = malloc(((size_t)classes + 1) * sizeof *first);
    int *order = malloc((size_t)n * 2 * sizeof *order + 1);
    if (first && order) {
        split_by_class(label, n, classes, first, order);
        for (int i = 0; i < n; i++) held[i] = false;
        for (int c = 0; c < classes; c++)
            choose(order + first[c], first[c + 1] - first[c], share, rng_at(r, (uint64_t)c),
                   order + n, held);
    }
    const bool ok = first && order;
    free(first);
    free(order);
    return ok || error_set(e, "no memory to split the data");
}
