/* check.h — from tree to graph: what the parts of the checker share.
 *
 *     experiment.c  reads a file, lets the others work, asks what is missing at the end
 *     check.c       one statement after the other; words that are not known
 *     statements.c  the table of statements: their options, and who carries them out
 *     values.c      4*f, classes, 25%: what a value is
 *     options.c     the values of a statement into the options of a kind
 *     network.c     layers become nodes; sections and names
 *     expand.c      block, repeat, residual, parallel: layers made of layers
 *     input.c       the pictures, and steps for them, until they are node 0
 *     shapes.c      what comes out of a layer, and the story of a size that does not fit
 *     import.c      use: the layers of another file
 *     program.c     data, loss, train … : everything around the layers
 *
 * After a mistake checking goes on. A value nobody knows (`here` is LOST) is passed on in silence:
 * its cause has been reported. */
#pragma once
#include "lang/graph.h"
#include "lang/tree.h"
#include "lang/words.h"

enum { LOST = -1 }; // instead of a node: it could not be made

// ---- values -------------------------------------------------------------------------------------

typedef enum ValueKind { VALUE_NUMBER, VALUE_SIZE, VALUE_TEXT, VALUE_WORD, VALUE_BAD } ValueKind;

// What an expression comes to. VALUE_BAD: a message has said why.
typedef struct Value {
    ValueKind kind;
    Span at;
    double number;
    Size size;
    const char *text; // VALUE_TEXT, and VALUE_WORD: a word that is no name of a value
} Value;

// Something with a name: a value (let, a block's parameter), or a block.
typedef struct Name {
    const char *name;
    Span at;
    Value value;
    const Stmt *block;         // NULL for a value
    const struct Name *seen;   // block: the names its body may use
    const struct Name *next;   // the one that was given before
    int count;                 // how many names there are from here on
} Name;

// ---- the checker --------------------------------------------------------------------------------

typedef struct Part { // a section while it is built
    Section section;
    int next;         // position of the next layer or section in it
    int output;       // its last node
    bool closed;
    Cut cut;          // what `use … upto=` left behind of a file that stands in it
} Part;

typedef struct Import { const char *path; const struct Import *outer; } Import; // a file being read

typedef struct Uses { Use *v; int n, room; } Uses;

typedef struct Check {
    Arena *arena;
    Diags *diags;
    const Vocabulary *words;
    Experiment *x;
    const Source *source;      // the file itself
    const char *folder;        // of the file that is being read
    const Import *importing;   // it, and those that use it
    const Stmt *program;       // all statements of the file
    bool complete;             // none is missing because reading had to stop
    bool has_broken;           // some could not be read
    const Stmt *now;           // the one that is being checked
    const char *meant[MAX_ERRORS]; // words that misspelt ones were taken for: they are not missing
    int n_meant;

    const Name *names;         // that may be used here
    const Name *outer_names;   // those from outside of the innermost braces
    int depth;                 // braces and blocks around this statement
    int n_steps;               // statements carried out, repeats counted
    bool stopped;              // a limit was reached; a message says so

    int n_nodes, room_nodes, n_parts, room_parts;
    Node *node;
    Part *part;
    int here;                  // the node whose value the next layer gets
    int section;               // the part the next layer belongs to
    int repeated;              // the part around the innermost block or repeat, or LOST
    bool lost;                 // some layer could not be made: names may be missing
    bool said_no_data;
    const Use *init;           // of the last `init`, or NULL
    Span init_at;              // where it stands, and whether a layer has taken it
    bool init_taken;
    Uses steps, augments;
    bool bad_steps;            // a message has said what is wrong with preprocess
    Action *action;
    int n_actions, room_actions;
    Span data_at, preprocess_at, augment_at, loss_at, optimizer_at, seed_at, train_at;
} Check;

// What options of statements fill that nobody but the checker reads.
typedef struct ChoiceOptions { Use rule; } ChoiceOptions; // loss, optimizer, init
typedef struct RepeatOptions { int n; } RepeatOptions;
typedef struct SeedOptions { int seed; } SeedOptions;
typedef struct ImportOptions { const char *file, *upto; } ImportOptions; // use

// A statement of the language.
typedef struct Statement {
    KindSpec spec;
    bool inside;             // may stand in braces
    bool plain;              // its values are not options: let, block
    bool named;              // may be followed by `as`
    int min_bodies, max_bodies;
    bool (*carry_out)(Check *c, const Stmt *s, const Use *use);
} Statement;

// ---- check.c
void check_one(Check *c, const Stmt *s);
void check_body(Check *c, const Stmt *first);      // the file, or what stands in braces
bool step_counted(Check *c, const Stmt *s);        // false if too many have been carried out
bool check_braces(Check *c, const Stmt *s, int least, int most);
bool was_broken(Check *c, const char *word);       // it stands in a line that could not be read
bool is_missing(Check *c, const char *statement);  // nothing in the file was meant to be it
bool is_cut_short(const Check *c);                 // what follows this statement could not be read
// Did you mean …? Behind the message just recorded, as a label and a proposal for `at`.
void say_guess(Check *c, Span at, const Guess *g);
Span stmt_whole(const Stmt *s);                    // without its braces
// At the end of a list with room for `room` things of `size` bytes, room for one more.
void *grow(Arena *a, void *list, int n, int *room, size_t size);

// ---- values.c
Value value_of(Check *c, const Expr *e);
const Name *name_find(const Name *names, const char *name);
bool  name_give(Check *c, const Label *label, Name what); // let and block: checks the name
void  name_push(Check *c, const char *name, Span at, Value value);

// ---- options.c
// Fills in *use from what was written. False after a message.
bool bind_use(Check *c, const KindSpec *kind, const Arg *args, Span word_at, Span whole, Use *use);
bool bind_defaults(Check *c, const KindSpec *kind, Span at, Use *use);

// ---- network.c
void layer_written(Check *c, const Stmt *s, const KindSpec *kind);
// A new node that reads src. Returns its number, or LOST after a message.
int  node_make(Check *c, const Use *use, const int *src, int n_src, const char *name);
int  join_make(Check *c, const char *kind, Span at, Span whole, const int *src, int n_src);
bool section_open(Check *c, const char *name, Span at, int *outer);
void section_close(Check *c, int outer);
bool name_known(Check *c, const char *name);       // of a section or layer
int  part_named(const Check *c, const char *name); // LOST if no section is called so

// ---- input.c
bool network_start(Check *c, Span at);             // makes node 0, unless there are no data
bool augments_fit(Check *c);                       // the network's shape comes out with them, too

// ---- expand.c
void block_used(Check *c, const Stmt *s, const Name *block);
bool block_defined(Check *c, const Stmt *s, const Use *use);
bool let_defined(Check *c, const Stmt *s, const Use *use);
bool do_repeat(Check *c, const Stmt *s, const Use *use);
bool do_residual(Check *c, const Stmt *s, const Use *use);
bool do_parallel(Check *c, const Stmt *s, const Use *use);
bool do_section(Check *c, const Stmt *s, const Use *use);

// ---- shapes.c
const char *shape_text(Arena *a, Shape s);         // "28x28x1", as sizes are typed; a vector "100"
void shape_story(Check *c, int node);              // notes: how its value got its shape
bool shape_fits(Check *c, Shape s, const Use *use);
bool shape_ask(Check *c, const Use *use, const int *src, int n_src, Shape *dst, const char **note);

// ---- program.c
bool data_known(Check *c, Span at);                // false after a message: `at` needs the data
bool do_data(Check *c, const Stmt *s, const Use *use);
bool do_preprocess(Check *c, const Stmt *s, const Use *use);
bool do_augment(Check *c, const Stmt *s, const Use *use);
bool do_loss(Check *c, const Stmt *s, const Use *use);
bool do_optimizer(Check *c, const Stmt *s, const Use *use);
bool do_init(Check *c, const Stmt *s, const Use *use);
bool init_concerns(Check *c);                      // false after a message: the last one no layer
bool do_seed(Check *c, const Stmt *s, const Use *use);
bool do_train(Check *c, const Stmt *s, const Use *use);
bool do_evaluate(Check *c, const Stmt *s, const Use *use);
bool do_save(Check *c, const Stmt *s, const Use *use);
bool do_load(Check *c, const Stmt *s, const Use *use);
bool do_freeze(Check *c, const Stmt *s, const Use *use);
bool do_unfreeze(Check *c, const Stmt *s, const Use *use);

// ---- experiment.c
// parse_register(), or NULL after a message if there is too much of it.
const Source *source_register(Diags *d, const char *path, const char *text, size_t len);
// A whole file, or NULL after a message at `at`.
char *file_read(Arena *a, Diags *d, Span at, const char *path, size_t *len);

// ---- import.c
bool do_import(Check *c, const Stmt *s, const Use *use);
