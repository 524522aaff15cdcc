/* kind.h — what the language must know about a kind of layer (or loss, optimiser, step), and
 * nothing more.
 *
 * Everything that can be written in a .cnn file has a name, a table of options and a sentence of
 * help. One row of that sort is a KindSpec. Layers, losses, optimisers, schedules, first values,
 * image steps and data sets are all KindSpecs; the statements of the language are, too. Scanner,
 * checker, did-you-mean, help, formatter and captions are generic over these tables.
 *
 * The tables come from outside, in a Vocabulary: lang names no layer and no kernel. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lang/diag.h"

// The sides of one image or feature map; a vector of n numbers is n × 1 × 1.
typedef struct Shape { int c, h, w; } Shape;

// A size as written: 5x5, 28x28. {0, 0} means "not written".
typedef struct Size { int h, w; } Size;

// The tables a word can come from.
typedef enum Group {
    GROUP_LAYER, GROUP_LOSS, GROUP_OPTIMIZER, GROUP_SCHEDULE, GROUP_INIT,
    GROUP_STEP,     // image steps of `preprocess`
    GROUP_AUGMENT,  // random image steps of `augment`
    GROUP_DATA,     // known data sets
    GROUP_STATEMENT,
    N_GROUPS
} Group;

// ---- options ---------------------------------------------------------------------------------

typedef enum AttrType {
    ATTR_INT,    // int: a whole number within [lo, hi], or one of `words`
    ATTR_REAL,   // double within [lo, hi]: 0.1, 25%, 1/255
    ATTR_BOOL,   // bool: yes or no
    ATTR_FLAG,   // bool: the bare word is written (`evaluate accuracy`), or not
    ATTR_SIZE,   // Size: 5x5
    ATTR_WINDOW, // Size: 2x2, or a bare 2 that means 2x2
    ATTR_WORD,   // int: the value of one of `words`
    ATTR_TEXT,   // const char *: "file.txt"
    ATTR_CHOICE, // Use: a word of another group, which brings its own options along
    ATTR_REALS,  // Reals: a list 0.485,0.456,0.406
    ATTR_NAMES   // Names: names of layers or sections, separated by blanks or commas
} AttrType;

typedef struct Reals { int n; const double *v; } Reals;
typedef struct Names { int n; const char *const *name; const Span *at; } Names;

// A word that may stand for a whole number: {"same", PAD_SAME}. Lists end with {0}.
typedef struct Word { const char *name; int value; } Word;

// One option: `stride=2`. Rows are written with the macros below, lists end with {0}.
typedef struct AttrSpec {
    const char *name;
    AttrType type;
    size_t at;             // offset in the kind's configuration
    double def, lo, hi;    // default and range, for numbers; for ATTR_SIZE and _WINDOW of a side
    const char *help;      // half a sentence
    const Word *words;     // ATTR_WORD, and words an ATTR_INT takes besides numbers
    Group group;           // ATTR_CHOICE: the table
    const char *def_word;  // ATTR_CHOICE: the default's name; ATTR_TEXT: the default
    const char *def_text;  // how the default reads when it is worked out: "the window's side"
    const char *synonyms;  // what other programs call it, separated by blanks
    bool main;             // stands without its name, in the order of the rows
    bool required;
    bool open;             // hi itself is excluded (dropout 100%), and so is lo if it is 0 (lr=0)
} AttrSpec;

// The offset of a field, refused by the compiler when the field has another type.
#define FIELD(T, field, type) (offsetof(T, field) + 0 * sizeof(_Generic(((T *)0)->field, type: 0)))

#define INT_ATTR(T, f, def_, lo_, hi_, help_, ...) \
    {.name = #f, .type = ATTR_INT, .at = FIELD(T, f, int), .def = (def_), .lo = (lo_), \
     .hi = (hi_), .help = (help_), __VA_ARGS__}
#define REAL_ATTR(T, f, def_, lo_, hi_, help_, ...) \
    {.name = #f, .type = ATTR_REAL, .at = FIELD(T, f, double), .def = (def_), .lo = (lo_), \
     .hi = (hi_), .help = (help_), __VA_ARGS__}
#define BOOL_ATTR(T, f, def_, help_, ...) \
    {.name = #f, .type = ATTR_BOOL, .at = FIELD(T, f, bool), .def = (def_), .help = (help_), \
     __VA_ARGS__}
#define FLAG_ATTR(T, f, help_, ...) \
    {.name = #f, .type = ATTR_FLAG, .at = FIELD(T, f, bool), .main = true, .help = (help_), \
     __VA_ARGS__}
#define SIZE_ATTR(T, f, lo_, hi_, help_, ...) \
    {.name = #f, .type = ATTR_SIZE, .at = FIELD(T, f, Size), .lo = (lo_), .hi = (hi_), \
     .help = (help_), __VA_ARGS__}
#define WINDOW_ATTR(T, f, lo_, hi_, help_, ...) \
    {.name = #f, .type = ATTR_WINDOW, .at = FIELD(T, f, Size), .lo = (lo_), .hi = (hi_), \
     .help = (help_), __VA_ARGS__}
#define WORD_ATTR(T, f, def_, words_, help_, ...) \
    {.name = #f, .type = ATTR_WORD, .at = FIELD(T, f, int), .def = (def_), .words = (words_), \
     .help = (help_), __VA_ARGS__}
#define TEXT_ATTR(T, f, help_, ...) \
    {.name = #f, .type = ATTR_TEXT, .at = FIELD(T, f, const char *), .help = (help_), __VA_ARGS__}
#define CHOICE_ATTR(T, f, group_, help_, ...) \
    {.name = #f, .type = ATTR_CHOICE, .at = FIELD(T, f, Use), .group = (group_), \
     .help = (help_), __VA_ARGS__}
#define REALS_ATTR(T, f, help_, ...) \
    {.name = #f, .type = ATTR_REALS, .at = FIELD(T, f, Reals), .help = (help_), __VA_ARGS__}
#define NAMES_ATTR(T, f, help_, ...) \
    {.name = #f, .type = ATTR_NAMES, .at = FIELD(T, f, Names), .main = true, .help = (help_), \
     __VA_ARGS__}

typedef struct KindSpec KindSpec;

// One use of a kind: `conv 8 5x5 stride=2`, `sgd lr=0.1`.
typedef struct Use {
    const KindSpec *kind; // NULL: nothing was written and there is no default
    const void *cfg;      // kind->cfg_size bytes, every option filled in
    Span at;              // the word
    Span whole;           // the statement, options included
    const Span *attr_at;  // where option i was written, {0, 0} if it has its default
} Use;

// ---- shapes and parameters ---------------------------------------------------------------------

// A question to a kind: what comes out when this goes in?
typedef struct Infer {
    const void *cfg;
    int n_src;
    const Shape *src;
    const KindSpec *const *src_kind; // the kinds the inputs come from
    int classes;                     // of the data
    Shape dst;                       // the answer
    char note[96];                   // how it was worked out: "32-5+1 = 28"
    Diags *diags;                    // for infer_error
    const Use *use;
    bool about_shape;                // set by infer_error: the code it was given is an S
} Infer;

// Records an error at the option `attr` of this use (at the word if it was not written, or if
// attr is NULL). The checker adds how the image got its size. Returns false.
bool infer_error(Infer *q, const char *attr, Code code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

typedef enum ParamRole { PARAM_WEIGHT, PARAM_BIAS, PARAM_SCALE, PARAM_SHIFT, PARAM_STATISTIC } ParamRole;

// One parameter tensor of a layer. A statistic is kept with the weights but never trained.
typedef struct ParamSpec {
    const char *name;    // "weight", "bias", "running_mean": the last part of its name
    ParamRole role;
    int rank, dim[4];    // as stored in files: O×I×K×K, O×I, or O
    int fan_in, fan_out; // for first values: products that one output sums, and the reverse
    double first;        // first value of all but weights
    const Use *init;     // rule for the first values of this layer's weights; NULL: the file's
} ParamSpec;

// ---- a kind ------------------------------------------------------------------------------------

struct KindSpec {
    const char *name;
    const char *summary;   // one line: "slide small windows over the image"
    const char *formula;   // "y = max(0, x)"
    const char *example;   // "conv 8 5x5 stride=2"
    const char *synonyms;  // what other programs call it: "Conv2D convolution conv2d"
    const char *source;    // the file it is written in: "runtime/layers/conv.c"
    int min_src, max_src;  // layers: number of inputs. add and concat name theirs: min_src 2
    bool wants_vector;     // layers: an image is made a vector before it arrives (dense)
    size_t cfg_size;
    const AttrSpec *attrs; // NULL or ends with {0}

    // The shape of what comes out, with q->note; or false after infer_error. NULL: as it came in.
    // Optimisers have no shape; theirs says whether the options go together.
    bool (*infer)(Infer *q);
    // Writes the parameters into out (room for MAX_PARAMS) and returns how many; NULL: none.
    int (*params)(const void *cfg, const Shape *src, ParamSpec *out);
    // Products of one image's forward pass; NULL: not counted (as usual, only conv and dense are).
    int64_t (*macs)(const void *cfg, const Shape *src, Shape dst);
};

// A data set that is known by name: its shape and classes are known without its files.
typedef struct DataSpec {
    KindSpec kind;
    Shape image;
    int classes;
} DataSpec;

typedef struct DataOptions DataOptions; // see graph.h

// All words of the language but the statements, as tables of pointers that end with NULL.
typedef struct Vocabulary {
    const KindSpec *const *kinds[N_GROUPS];
    // Looks at the data a path names: image shape and number of classes, for what the options do
    // not say. `folder` is that of the model file. False with a sentence in `why` (room for `cap`
    // bytes) if it cannot tell.
    bool (*probe)(const DataOptions *o, const char *folder, Shape *image, int *classes, char *why,
                  size_t cap);
} Vocabulary;

// The kind of that exact name in one table, or NULL.
const KindSpec *kind_named(const Vocabulary *v, Group g, const char *name);
// The statements' own table, with the same pattern (statements.c).
extern const KindSpec *const statement_kinds[];
