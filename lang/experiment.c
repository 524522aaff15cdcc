/* experiment.c — one file, from its name to a checked experiment. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lang/check.h"
#include "lang/diag_list.h"
#include "lang/parse.h"

// ---- what is missing at the end ----------------------------------------------------------------

static bool same(Shape a, Shape b) { return a.c == b.c && a.h == b.h && a.w == b.w; }

// Says that `word` is needed for training, unless it stands in a line that could not be read.
static void needed(Check *c, const char *word, Code code, const char *why) {
    if (!is_missing(c, word)) return;
    diag_error(c->diags, c->train_at, code, "training needs a line `%s`: %s", word, why);
    diag_label(c->diags, "write for instance `%s` above",
               kind_named(c->words, GROUP_STATEMENT, word)->example);
}

// The layer that made as many numbers as come out of the network.
static const Node *last_maker(const Check *c) {
    int i = c->here;
    while (c->node[i].n_src == 1 && same(c->node[i].shape, c->node[c->node[i].src[0]].shape))
        i = c->node[i].src[0];
    return &c->node[i];
}

// Where the layer says how many numbers it makes, or {0, 0}.
static Span count_at(const Node *n) {
    const AttrSpec *a = n->use.kind->attrs;
    for (int i = 0; a && a[i].name; i++)
        if (a[i].main && a[i].type == ATTR_INT
            && *(const int *)((const char *)n->use.cfg + a[i].at) == n->shape.c)
            return n->use.attr_at[i];
    return (Span){0};
}

static bool classes_fit(Check *c) {
    const Shape out = c->node[c->here].shape;
    const int classes = c->x->classes;
    if (out.h != 1 || out.w != 1) return true; // the loss has more to say about that
    if (out.c == classes || (out.c == 1 && classes == 2)) return true;
    const Node *maker = last_maker(c);
    const Span at = count_at(maker);
    diag_error(c->diags, at.hi ? at : maker->use.at, E_CLASSES, "the network ends in %d number%s, "
               "but the data have %d classes", out.c, out.c == 1 ? "" : "s", classes);
    diag_label(c->diags, "one number per class is needed");
    if (at.hi) diag_try(c->diags, at, "classes");
    return false;
}

static void check_loss(Check *c) {
    Shape judged;
    const char *note;
    if (shape_ask(c, &c->x->loss, &c->here, 1, &judged, &note)) return;
    const Use *last = &c->node[c->here].use;
    diag_note(c->diags, "the last layer stands in line %d: %s", diags_line(c->diags, last->at),
              diags_text(c->diags, last->whole));
}

static void check_end(Check *c) {
    const bool layers = c->n_nodes > 1 || c->lost || c->said_no_data;
    const Span end = {c->source->base + c->source->len, c->source->base + c->source->len};
    if (!layers && diags_errors(c->diags) > 0) return;
    if (!layers) {
        diag_error(c->diags, c->data_at.hi ? c->data_at : end, E_LAYERS, "this file has no layers");
        diag_label(c->diags, "layers such as conv 8 5x5, relu or dense classes stand below data");
        return;
    }
    if (c->train_at.hi && !c->loss_at.hi)
        needed(c, "loss", E_LOSS, "it says how wrong an answer is");
    if (c->train_at.hi && !c->optimizer_at.hi)
        needed(c, "optimizer", E_OPTIMIZER, "it says how the weights are changed");
    init_concerns(c);
    if (c->lost || c->here == LOST) return;
    if (augments_fit(c) && c->x->loss.kind && classes_fit(c)) check_loss(c);
}

// ---- the result --------------------------------------------------------------------------------

static void default_init(Check *c) {
    const KindSpec *statement = kind_named(c->words, GROUP_STATEMENT, "init");
    const KindSpec *kind = kind_named(c->words, GROUP_INIT, statement->attrs->def_word);
    if (kind) bind_defaults(c, kind, (Span){0}, &c->x->init);
}

static void fill_in(Check *c) {
    Experiment *x = c->x;
    Section *section = arena_array(c->arena, Section, c->n_parts);
    for (int i = 0; i < c->n_parts; i++) section[i] = c->part[i].section;
    x->graph.node = c->node;
    x->graph.n_nodes = c->n_nodes;
    x->graph.section = section;
    x->graph.n_sections = c->n_parts;
    x->graph.output = c->here;
    x->n_steps = c->steps.n;
    x->step = c->steps.v;
    x->n_augments = c->augments.n;
    x->augment = c->augments.v;
    x->n_actions = c->n_actions;
    x->action = c->action;
}

// "models/first.cnn": folder "models", name "first".
static void set_names(Check *c, const char *path) {
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    const char *dot = strrchr(file, '.');
    const size_t len = dot && dot > file ? (size_t)(dot - file) : strlen(file);
    const size_t up = slash > path ? (size_t)(slash - path) : 1;
    c->x->file = arena_text(c->arena, path, strlen(path));
    c->x->name = arena_text(c->arena, file, len);
    c->x->folder = slash ? arena_text(c->arena, path, up) : ".";
    c->folder = c->x->folder;
}

const Source *source_register(Diags *d, const char *path, const char *text, size_t len) {
    const Source *source = len > MAX_SOURCE ? NULL : parse_register(d, path, text, len);
    if (len > MAX_SOURCE)
        diag_error(d, (Span){0}, F_LARGE, "'%s' is larger than %d MB: this is no model file", path,
                   MAX_SOURCE >> 20);
    else if (!source)
        diag_error(d, (Span){0}, F_USE, "there are more than %d model files", MAX_SOURCES);
    return source;
}

static Experiment *check(Arena *a, Diags *d, const Vocabulary *v, const char *path,
                         const char *text, size_t len) {
    Experiment *x = arena_new(a, Experiment);
    Check c = {.arena = a, .diags = d, .words = v, .x = x, .here = LOST, .repeated = LOST};
    x->text = text;
    x->text_len = (uint32_t)len;
    x->places = d;
    set_names(&c, path);
    const Import self = {.path = x->file};
    c.importing = &self;
    c.source = source_register(d, x->file, text, len);
    if (!c.source) return NULL;
    c.program = parse_source(a, d, c.source, &c.complete);
    c.has_broken = diags_errors(d) > 0;
    if (!c.complete) return NULL;
    x->seed = 1;
    c.part = grow(a, NULL, 0, &c.room_parts, sizeof *c.part);
    c.part[c.n_parts++] = (Part){.section = {.name = "", .parent = LOST}};
    default_init(&c);
    check_body(&c, c.program);
    if (!c.stopped && !diags_full(d)) check_end(&c);
    if (diags_errors(d) > 0) return NULL;
    fill_in(&c);
    return x;
}

// ---- files -------------------------------------------------------------------------------------

// The whole file, at most MAX_SOURCE + 1 bytes of it; NULL with errno if that cannot be.
static char *read_all(Arena *a, FILE *f, size_t *len) {
    size_t room = 1 << 16;
    char *text = arena_alloc(a, room);
    *len = 0;
    errno = 0;
    for (;;) {
        *len += fread(text + *len, 1, room - *len, f);
        if (ferror(f)) return NULL;
        if (*len < room || *len > MAX_SOURCE) return text;
        char *more = arena_alloc(a, 2 * room);
        memcpy(more, text, room);
        text = more;
        room *= 2;
    }
}

char *file_read(Arena *a, Diags *d, Span at, const char *path, size_t *len) {
    FILE *f = fopen(path, "rb");
    char *text = f ? read_all(a, f, len) : NULL;
    const int why = errno;
    if (f) fclose(f);
    if (text) return text;
    diag_error(d, at, F_READ, "'%s' cannot be read: %s", path, strerror(why));
    if (at.hi > 0) diag_label(d, "it is looked for beside this file");
    return NULL;
}

// ---- with no memory left, everything returns here ----------------------------------------------

typedef struct Job {
    Arena *arena;
    Diags *diags;
    const Vocabulary *words;
    const char *path, *text;
    size_t len;
} Job;

static Experiment *work(const Job *j) {
    size_t len = j->len;
    const char *text = j->text;
    if (!text) text = file_read(j->arena, j->diags, (Span){0}, j->path, &len);
    return text ? check(j->arena, j->diags, j->words, j->path, text, len) : NULL;
}

static Experiment *guarded(const Job *j) {
    jmp_buf outer; // the caller's own guard is in force again afterwards
    memcpy(&outer, arena_guard(j->arena), sizeof outer);
    Experiment *volatile x = NULL;
    if (setjmp(*arena_guard(j->arena)) == 0) x = work(j);
    else diags_no_memory(j->diags);
    memcpy(arena_guard(j->arena), &outer, sizeof outer);
    return x;
}

Experiment *experiment_load(Arena *a, Diags *d, const Vocabulary *v, const char *path) {
    return guarded(&(Job){.arena = a, .diags = d, .words = v, .path = path});
}

Experiment *experiment_parse(Arena *a, Diags *d, const Vocabulary *v, const char *path,
                             const char *text, size_t len) {
    return guarded(&(Job){.arena = a, .diags = d, .words = v, .path = path, .text = text,
                          .len = len});
}
