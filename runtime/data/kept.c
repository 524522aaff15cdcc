/* kept.c — numbers after all steps, kept from the first time they are worked out.
 *
 * Only where no random step changes the picture, and no table does the work of the steps (numbers.c).
 * Room is set aside when the data are opened; a picture's place is filled by whoever works it out
 * first. Several threads may ask at once: a place is empty, then being filled by one of them, then
 * full, and only the numbers of a full place are read. Since every thread would write the same
 * numbers, nothing depends on which one does. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/store.h"

enum { EMPTY, FILLING, FULL };

// True if the pictures of the part come to the network without random steps.
static bool is_fixed(const Dataset *d, Part part) {
    return part != PART_TRAIN || d->n_augments == 0;
}

static bool make_room(Dataset *d, Part part) {
    Kept *k = &store_of(d)->kept[part];
    const size_t n = (size_t)d->part[part].n, size = shape_size(d->input) * sizeof *k->numbers;
    k->numbers = malloc(n * size);
    k->state = calloc(n, sizeof *k->state);
    if (k->numbers && k->state) return true;
    free(k->numbers), free((void *)k->state);
    *k = (Kept){0};
    return false;
}

void kept_open(Dataset *d, size_t limit) {
    const size_t size = shape_size(d->input) * sizeof(real);
    if (store_of(d)->table || d->n_steps == 0) return;
    for (Part part = 0; part < N_PARTS; part++) {
        const size_t n = (size_t)d->part[part].n;
        if (n == 0 || !is_fixed(d, part) || n > limit / size) continue;
        if (make_room(d, part)) limit -= n * size;
    }
}

void kept_close(Dataset *d) {
    for (Part part = 0; part < N_PARTS; part++) {
        Kept *k = &store_of(d)->kept[part];
        free(k->numbers), free((void *)k->state);
        *k = (Kept){0};
    }
}

void kept_forget(Dataset *d) {
    for (Part part = 0; part < N_PARTS; part++)
        for (int i = 0; store_of(d)->kept[part].state && i < d->part[part].n; i++)
            atomic_store(&store_of(d)->kept[part].state[i], EMPTY);
}

static real *place(const Dataset *d, const Kept *k, int i) {
    return k->numbers + (size_t)i * shape_size(d->input);
}

const real *kept_find(const Dataset *d, Part part, int i) {
    const Kept *k = &store_of(d)->kept[part];
    if (!k->state || atomic_load_explicit(&k->state[i], memory_order_acquire) != FULL) return NULL;
    return place(d, k, i);
}

void kept_put(const Dataset *d, Part part, int i, const real *numbers) {
    const Kept *k = &store_of(d)->kept[part];
    unsigned char empty = EMPTY;
    if (!k->state || !atomic_compare_exchange_strong(&k->state[i], &empty, FILLING)) return;
    memcpy(place(d, k, i), numbers, shape_size(d->input) * sizeof *numbers);
    atomic_store_explicit(&k->state[i], FULL, memory_order_release);
}
