/* store.h — what a Dataset owns, and the pieces that open it; see dataset.h. */
#pragma once
#include "runtime/augments/augment.h"
#include "runtime/data/dataset.h"
#include "runtime/data/decode.h"
#include "runtime/data/source.h"

// Numbers after all steps that are kept once they have been worked out; see kept.c.
typedef struct Kept { real *numbers; _Atomic unsigned char *state; } Kept;

typedef struct Store {
    Block block[N_PARTS]; // as the source gave them; their pixels are what the parts point at
    char *folder;        // where they were found
    Listing listing;     // of a folder of pictures; its `folder` is NULL for other sources
    Wanted wanted;       // what its pictures become
    uint8_t *cache;      // those of them that are kept in memory
    size_t cached;       // bytes of that
    uint64_t *hash[N_PARTS]; // of the bytes of each picture
    Shape *shape;        // of what arrives at step i; shape[n_steps] is Dataset.input
    Shape *random_shape; // of what arrives at random step i, the last of what they make
    Shape *late_shape;   // as `shape`, behind the random steps
    real *numbers;       // everything measured; Dataset.measured points into it
    real *table;         // channel × 256: what all steps make of a byte, or NULL (see numbers.c)
    Kept kept[N_PARTS];
    char *text;          // the names of the classes, and
    const char **name;   // where each begins
} Store;

static inline Store *store_of(const Dataset *d) { return d->memory; }

static inline const StepKind *step_kind(const Dataset *d, int k) {
    return (const StepKind *)d->step[k].kind;
}

static inline const AugmentKind *augment_kind(const Dataset *d, int k) {
    return (const AugmentKind *)d->augment[k].kind;
}

static inline size_t shape_size(Shape s) { return (size_t)s.c * (size_t)s.h * (size_t)s.w; }

static inline Tensor plain_picture(const real *v, Shape s) {
    return (Tensor){(real *)v, 1, s.c, s.h, s.w, LAYOUT_PLAIN};
}

// How many numbers step k measures.
int step_measures(const Dataset *d, int k);

// Names of classes: n lines of text, or "0", "1" … for NULL.
bool names_set(Dataset *d, const char *lines, Error *e);

// Fills the parts: finds, reads, checks, fits and splits the pictures.
bool pictures_open(Dataset *d, const Experiment *x, const Opening *o, Error *e);

// Tells a person, if somebody listens.
void opening_say(const Opening *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// Decodes all pictures of the parts once: those that cannot be read are named and leave their part,
// those for which there is room stay in memory. gather.c
bool gather_pictures(Dataset *d, const Opening *o, Error *e);

// Notices what may be wrong with data that can be used. notice.c
void notice_others(Dataset *d, const Opening *o);
bool notice_contents(Dataset *d, const Opening *o, Error *e);

// Measures what the steps measure on the training pictures (or on one, whose bytes are `only`), and makes
// the table.
bool measure_steps(Dataset *d, const uint8_t *only, Threads *t, Error *e);

// ---- numbers.c: one picture ---------------------------------------------------------------------

// A picture on its way to the network: bytes, channels side by side, or else numbers 0 … 255,
// channel after channel.
typedef struct Canvas { Shape shape; const uint8_t *bytes; const real *numbers; } Canvas;

// dataset_scratch() reals, cut into what the work on a picture needs.
typedef struct Scratch {
    real *src, *dst;    // numbers of a picture, twice: steps go from one to the other
    real *row;          // AFFINE_ROW numbers for each column
    uint8_t *bytes[3];  // a decoded picture, and twice a moved one
} Scratch;

Scratch scratch_cut(const Dataset *d, real *v);

// Makes numbers of the bytes, in s->src, unless they are numbers already.
void canvas_numbers(Canvas *c, const Scratch *s);

// What the first `upto` steps make of a canvas; shape[k] is what arrives at step k.
const real *steps_run(const Dataset *d, Canvas c, const Shape *shape, int upto, Scratch *s);

// The same for the bytes of a picture of Dataset.image's shape, without random steps.
const real *steps_apply(const Dataset *d, const uint8_t *pixel, int upto, real *scratch);

// Puts what the fixed steps make of the bytes of a picture into image k of dst.
void numbers_put(const Dataset *d, const uint8_t *pixel, Tensor dst, int k, real *scratch);

// Makes Store.table anew if every step is by_value, after a change of what was measured.
bool table_make(Dataset *d, Error *e);

// ---- random.c: random steps ---------------------------------------------------------------------

// The numbers that random step k draws for picture i: MAX_DRAWN.
void random_draw(const Dataset *d, const Draw *draw, int i, int k, double *drawn);

// What the first `upto` random steps make of picture i.
Canvas random_apply(const Dataset *d, const uint8_t *pixel, const Draw *draw, int i, int upto,
                    Scratch *s);

// ---- kept.c -------------------------------------------------------------------------------------

// Keeps the numbers of all pictures that no random step changes, as far as `limit` bytes last.
void kept_open(Dataset *d, size_t limit);
void kept_close(Dataset *d);
void kept_forget(Dataset *d); // what was measured has changed; nobody may be reading

const real *kept_find(const Dataset *d, Part part, int i); // NULL: not there (yet)
void kept_put(const Dataset *d, Part part, int i, const real *numbers);
