/* dataset.h — labelled images: where they come from, and how they become numbers.
 *
 * A source (a row of sources.def: IDX files, CIFAR binaries, a folder …) gives pictures as bytes.
 * Image steps (rows of steps.def) turn a picture into the C × H × W numbers that the network reads.
 * What a step measures on the training pictures (mean, deviation) is kept here and travels with
 * the weights. */
#pragma once
#include <stdint.h>

#include "lang/graph.h"
#include "runtime/error.h"
#include "runtime/rng.h"
#include "runtime/tensor.h"
#include "runtime/threads.h"

// A picture as it was read: rows from the top, pixels from the left, channels side by side.
typedef struct Picture { int w, h, c; uint8_t *v; } Picture;

typedef enum Part { PART_TRAIN, PART_VALID, PART_TEST, N_PARTS } Part;
extern const char *const part_names[N_PARTS]; // "training", "validation", "test"

// How many files named in a report stand for all of them.
enum { FEW_FILES = 3 };

// Pictures of one part.
typedef struct ImageList {
    int n;
    int *label;
    const uint8_t **pixel;  // n pictures of Dataset.image's shape, channels side by side; an entry
                            // is NULL if the picture is decoded again whenever it is asked for
    const char **file;      // paths of the pictures; NULL if they have none (IDX, CIFAR)
} ImageList;

// How random steps draw for a picture: a function of (seed, epoch, number of the picture in its
// part) alone. Where a `const Draw *` is NULL, there are no random steps.
typedef struct Draw { Rng rng; uint64_t epoch; } Draw;

static inline Draw draw_at(uint64_t seed, uint64_t epoch) {
    return (Draw){rng_make(seed, "augment"), epoch};
}

// What one image step does with one picture; src and dst are 1 × C × H × W, and two places unless
// the step is by_value.
typedef struct ImageStep {
    const void *cfg;
    const real *measured;  // what measure() found, n_measured numbers
    Tensor src, dst;
    real *row;             // scratch: as many numbers as a row of src has
} ImageStep;

// A question about one number of dst, and where the answer goes: the terms whose sum it is, as
// runtime/explain.h tells them. Numbers of src are OF_SRC, all others OF_NOTHING.
struct Term;
struct Operand;
typedef struct StepQuestion {
    ImageStep s;           // as it was carried out
    int c, y, x;
    void *ctx;
    void (*term)(void *ctx, const struct Term *t);
    void (*helper)(void *ctx, const struct Operand *o); // may be NULL
} StepQuestion;

typedef struct StepKind {
    KindSpec spec;                      // infer: the shape that comes out
    // Every number of dst follows from the number at the same place and its channel alone: then
    // the 256 values a byte can have tell everything, and a table does the work of all the steps.
    bool by_value;
    const char *measured_name[3];       // "mean", "std": an equal share of the numbers each
    int (*n_measured)(const void *cfg, Shape src); // NULL: measures nothing
    // Measuring sees every training picture once, as it arrives at this step, and adds to `sum`:
    // n_measured + 2·C doubles, zero at first (sums of ranges of pictures are added up, in order);
    // finish turns them into the measured numbers.
    void (*measure)(Tensor src, double *sum);
    void (*finish)(const double *sum, Shape src, int n, real *measured);
    void (*apply)(const ImageStep *s);
    void (*explain)(const StepQuestion *q);
    // Steps that are convolutions with a known kernel: kernel number k, row by row, into `kernel`
    // (MAX_STEP_KERNEL² numbers); false if there is none of that number. NULL: no convolution.
    bool (*kernel)(const void *cfg, int k, Size *size, double *kernel);
} StepKind;

enum { MAX_STEP_KERNEL = 31 };

#define STEP(name) extern const StepKind name##_step;
#include "runtime/data/steps.def"
#undef STEP

// A known data set: where its files are looked for and who reads them.
typedef struct KnownSet {
    DataSpec spec;
    const char *folder;       // below each data directory: "mnist"
    const char *elsewhere;    // a folder where a distribution's package puts it, or NULL
    const char *const *class_name;
    const char *how_to_get;   // one sentence for the message when it is not there
    int white;                // the largest value of a pixel, stretched to 255 (digits: 16)
} KnownSet;

#define KNOWN_SET(name) extern const KnownSet name##_set;
#include "runtime/data/sets.def"
#undef KNOWN_SET

// What opening noticed; each has been told through Opening.say.
typedef struct Findings {
    int unreadable;           // pictures that were left out; the first of them:
    const char *unreadable_file[FEW_FILES];
    int left_out;             // other things among the pictures: links, devices, text files …
    int in_both;              // test pictures that are training pictures, too
    Size least, most;         // sides of the picture files; {0, 0}: all as Dataset.image
} Findings;

typedef struct Dataset {
    Shape image;              // of the pictures; what the network reads is `input`
    Shape input;
    int classes;
    const char *const *class_name; // NULL entries never; "0", "1" … if nothing is known
    ImageList part[N_PARTS];
    int n_steps;
    const Use *step;
    int n_augments;
    const Use *augment;       // random steps, for training pictures
    real **measured;          // per step, or NULL
    bool measured_known;      // measured here, or taken from a file of weights
    const char *from;         // where it was found, for people; "" without pictures
    Findings found;
    void *memory;             // what dataset_close frees
} Dataset;

enum { CACHE_DEFAULT = 1000 * 1000 * 1000 };

// How a data set is opened.
typedef struct Opening {
    uint64_t seed;
    int limit;            // > 0: keep only that many training and test pictures
    bool need_pictures;   // false: names and steps only, as predicting needs them (measured values
                          // are then taken from a file of weights)
    bool strict;          // a broken picture is an error; else it is counted, named and left out
    bool allow_empty;     // a class without pictures is no error
    bool judging;         // trained weights are judged: classes may be missing
    const char *steps;    // what the steps have measured, as a file of weights tells it; NULL: measure it
    bool only_test;       // the other parts stay empty, unless steps have to be measured
    size_t cache;         // bytes that decoded pictures, and what the steps make of them, may take;
                          // 0: CACHE_DEFAULT
    Threads *threads;     // may be NULL: one
    void (*say)(void *ctx, const char *text); // one line for a person: warnings; may be NULL
    // So many of all pictures have been decoded; called by the thread that opens; may be NULL.
    void (*progress)(void *ctx, int done, int all);
    void *ctx;
} Opening;

// Finds, reads and splits the data of x and measures what its steps measure.
bool dataset_open(Dataset *d, const Experiment *x, const Opening *o, Error *e);
void dataset_close(Dataset *d);

// Measures what the steps measure on one picture, where there are neither pictures that train nor weights
// that know it.
bool dataset_measure(Dataset *d, const Picture *p, Error *e);

// The bytes of picture i of a part, in Dataset.image's shape, channels side by side: where they
// lie, or decoded into `room` (that many bytes). NULL with a message naming the file if it cannot
// be read any more.
const uint8_t *dataset_pixels(const Dataset *d, Part part, int i, uint8_t *room, Error *e);

// The numbers of picture i of a part, all steps applied (random ones first, unless draw is NULL),
// into image k of dst. `scratch` holds dataset_scratch() reals.
bool dataset_image(const Dataset *d, Part part, int i, const Draw *draw, Tensor dst, int k,
                   real *scratch, Error *e);
size_t dataset_scratch(const Dataset *d);

// Is preparing a picture of this part no more than looking up its bytes, which lie in memory?
bool dataset_quick(const Dataset *d, Part part, bool random);

// If it is quick: n pictures at once into images k … k + n − 1 of dst, which is in LAYOUT_LANES; k is a
// multiple of LANES, n at most LANES.
void dataset_lanes(const Dataset *d, Part part, const int *picture, int n, Tensor dst, int k);

// A picture as dataset_image() makes it, stage by stage, for somebody who looks: `each` is called with the
// picture itself (use is NULL; bytes as numbers), then with what comes out of every random step and of
// every fixed one. `elsewhere` is looked at instead of picture i if it is not NULL. What a stage points to
// lives as long as the call.
typedef struct PictureStage {
    const Use *use;
    bool random;
    Tensor v;                // 1 × C × H × W, plain
    int n_drawn;             // random steps: the numbers drawn, and what they mean
    const char *const *drawn_name;
    const double *drawn;
} PictureStage;
bool dataset_watch(const Dataset *d, Part part, int i, const Picture *elsewhere, const Draw *draw,
                   void (*each)(void *ctx, const PictureStage *s), void *ctx, Error *e);

// Takes number [c,y,x] of what step k made of src apart: fills in q->s and asks the step.
void dataset_explain(const Dataset *d, int k, Tensor src, Tensor dst, StepQuestion *q);

// The same for a picture from elsewhere: gray or colour as the data are, resized to their shape.
bool dataset_picture(const Dataset *d, const Picture *p, Tensor dst, int k, Error *e);

// Steps with measured values as text, one per line ("normalize mean=0.1307 std=0.3081"), numbers
// exact; and back, from the metadata of a file of weights. `cap` bytes of room; false if too small.
bool dataset_steps_text(const Dataset *d, char *text, size_t cap);
bool dataset_steps_take(Dataset *d, const char *text, Error *e);

// Names of classes from the metadata of a file of weights, one per line; NULL: it names none. Where
// classes are folders, these must be among the names, and the labels become those of the names.
bool dataset_classes_take(Dataset *d, const char *text, Error *e);

// Looks at the data that `o` names, beside the model in `folder` or in one of data_folders(): the
// shape of the pictures and the number of classes. This is Vocabulary.probe.
bool data_probe(const DataOptions *o, const char *folder, Shape *image, int *classes, char *why,
                size_t cap);

// The order of a part in an epoch: a permutation that depends on (seed, epoch) alone.
void dataset_order(const Dataset *d, Part part, uint64_t seed, uint64_t epoch, int *order);

// The folders where known sets are looked for, best first, as the search does: $CNNRUN_DATA,
// models/data beside the source tree of the program, PREFIX/share/cnnrun/data,
// ~/.local/share/cnnrun, /usr/share/datasets. Calls each until it returns true; false if none did.
bool data_folders(bool (*each)(void *ctx, const char *folder), void *ctx);

// Vocabulary.probe: image shape and number of classes of the data that `o` names.
bool data_probe(const DataOptions *o, const char *folder, Shape *image, int *classes, char *why,
                size_t cap);
