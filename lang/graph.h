/* graph.h — a checked network, in an order in which inputs come first, and the experiment
 * around it.
 *
 * Made by experiment_load(), read by everything else, changed by nobody. All of it lives in the
 * arena it was loaded into. */
#pragma once
#include "lang/kind.h"

// One layer. Node 0 of a graph is the image itself, of kind `input_kind`.
typedef struct Node {
    const char *name;   // SECTION.….LEAF, unique: "features.0", "conv1", "flatten_before_3"
    Use use;            // kind, options and place in the text
    int n_src, *src;    // the nodes it reads, all of them earlier ones
    Shape shape;        // of what comes out, for one image
    int n_uses;         // how many nodes read it
    int section;        // index in Graph.section
    int n_params;
    const ParamSpec *param; // their full names are NODE.name, "." and ParamSpec.name
    int64_t macs;       // products per image in the forward pass
    const char *note;   // how the shape was worked out: "28-5+1 = 24"
    bool inserted;      // not written itself: the flatten before a dense, the add of a residual
} Node;

// A part of the network with a name. Section 0 is the whole file.
typedef struct Section { const char *name; int parent; Span at; } Section;

typedef struct Graph {
    int n_nodes, n_sections;
    Node *node;
    Section *section;
    int output;            // the last node
    int64_t n_weights;     // trainable parameters, statistics not counted
    int64_t macs;          // products of one image's forward pass
} Graph;

extern const KindSpec input_kind;

// ---- statements: what their options fill -------------------------------------------------------

enum { COLOR_ANY, COLOR_GRAY, COLOR_RGB };

struct DataOptions {
    Use set;             // a known set, or
    const char *path;    // a folder
    Size size;           // {0, 0}: as the pictures are
    int color, classes;  // COLOR_…; 0: count them
    double split, valid; // parts of the training pictures that are held back
    const char *list;    // file with the names of the pictures to use, or NULL
    int limit;           // use only so many training and test pictures; 0: all
};

enum { BALANCE_NONE, BALANCE_OVERSAMPLE, BALANCE_UNDERSAMPLE, BALANCE_WEIGHTS };

typedef struct TrainOptions {
    int epochs, iterations; // the one that was written; neither: epochs = 1
    int batch, steps;       // steps per epoch; 0: all pictures once
    double lr;              // 0: the optimizer's
    Use schedule;
    int warmup, patience;   // epochs; 0: none
    int balance;
    double clip;            // largest norm of the whole gradient; 0: no limit
} TrainOptions;

typedef struct EvaluateOptions {
    bool accuracy, confusion, curves, report;
    int top, worst;
} EvaluateOptions;

// What `use … upto=NAME` left behind in the other file: its sections and named layers, and the
// positions from `from` on (0: none). Names have no place in this file.
typedef struct Cut { Names names; int from; } Cut;

typedef struct FileOptions {
    const char *file;
    const char *into; // load only: put this name in front of every name in the file
    Names except;     // load only
    Cut cut;          // load only: nothing of it is expected in `into`, though it is in the file
} FileOptions;

typedef struct NameOptions { Names names; } NameOptions; // freeze, unfreeze; "all" is a name

// The statements that are carried out, in the order written.
typedef enum ActionKind {
    ACTION_TRAIN, ACTION_EVALUATE, ACTION_SAVE, ACTION_LOAD, ACTION_FREEZE, ACTION_UNFREEZE
} ActionKind;

typedef struct Action {
    ActionKind kind;
    Use use; // use.cfg is the TrainOptions, EvaluateOptions, FileOptions or NameOptions
} Action;

// ---- everything in a file ----------------------------------------------------------------------

typedef struct Experiment {
    const char *file;     // as given: "models/first.cnn"
    const char *name;     // "first"
    const char *folder;   // "models"; `data` and `use` paths start here
    const char *text;     // the whole model as written
    uint32_t text_len;
    const Diags *places;  // for diags_line(): where a Span of this experiment lies
    Use data;             // cfg is a DataOptions
    Shape image;          // of the pictures as they come from the source
    int classes;
    int n_steps;          // `preprocess`, the inserted rescale included
    const Use *step;
    int n_augments;
    const Use *augment;
    Graph graph;
    Use init;             // default rule for first values
    Use loss;             // kind NULL: the file has no loss (it can be shown, not trained)
    Use optimizer;        // kind NULL: none
    uint64_t seed;
    bool seed_written;
    int n_actions;
    const Action *action;
} Experiment;

// Reads, parses and checks one file. Returns NULL if there are errors in `d` (never without one).
// A missing or unreadable file is an error in `d`, too. Warnings leave a result.
Experiment *experiment_load(Arena *a, Diags *d, const Vocabulary *v, const char *path);

// The same for a text already in memory (which must live as long as `a`); `path` names it.
Experiment *experiment_parse(Arena *a, Diags *d, const Vocabulary *v, const char *path,
                             const char *text, size_t len);

// Calls `each` for every option that was left to its default, in the order of the file:
// where = "optimizer sgd", option = "momentum", value = "0".
void experiment_defaults(const Experiment *x,
                         void (*each)(void *ctx, const char *where, const char *option,
                                      const char *value),
                         void *ctx);

// One use as text, main values first, defaults left out: "conv 8 5x5 stride=2".
const char *use_text(Arena *a, const Use *u);

// Height × width × channels, as image sizes are written: "28×28×3"; of a vector its length.
const char *size_text(Arena *a, Shape s);
