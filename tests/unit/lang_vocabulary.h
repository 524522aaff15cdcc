/* lang_vocabulary.h — a small vocabulary for tests of the language: the checker must work with any.
 *
 * `paint` has an option of every sort; the other words are there for one purpose each. */
#pragma once
#include "lang/graph.h"
#include "lang/words.h"
#include "tests/unit/test.h"

typedef struct Paint {
    int coats;
    Size size, brush;
    int edge, mode;
    double share;
    bool dry;
    Use tone;
    Reals mix;
    const char *note;
} Paint;

enum { EDGE_SOFT = -1, EDGE_HARD = -2 };
static const Word edges[] = {{"soft", EDGE_SOFT}, {"hard", EDGE_HARD}, {0}};
static const Word modes[] = {{"thin", 1}, {"thick", 2}, {0}};

static const AttrSpec paint_attrs[] = {
    INT_ATTR(Paint, coats, 0, 1, 100, "how many coats", .main = true, .required = true,
             .synonyms = "filters layers_of_paint"),
    SIZE_ATTR(Paint, size, 1, 50, "sides of the brush", .main = true),
    INT_ATTR(Paint, edge, 0, 0, 9, "width of the edge", .words = edges),
    WINDOW_ATTR(Paint, brush, 1, 50, "another brush"),
    WORD_ATTR(Paint, mode, 1, modes, "how thick"),
    REAL_ATTR(Paint, share, 0.5, 0, 1, "share of colour", .open = true),
    BOOL_ATTR(Paint, dry, true, "wait until it is dry"),
    CHOICE_ATTR(Paint, tone, GROUP_SCHEDULE, "tone of the colour", .def_word = "plain"),
    REALS_ATTR(Paint, mix, "parts of a mixture"),
    TEXT_ATTR(Paint, note, "what is written on it"),
    {0},
};

typedef struct Tone { int depth; } Tone;
static const AttrSpec deep_attrs[] = {INT_ATTR(Tone, depth, 3, 1, 5, "how deep"), {0}};

static bool paint_infer(Infer *q) {
    const Paint *p = q->cfg;
    q->dst.c = p->coats;
    if (p->size.h > q->src[0].h) return infer_error(q, "size", S_KERNEL, "the brush is too large");
    return true;
}

static bool roll_infer(Infer *q) {
    q->dst = (Shape){q->src[0].c * q->src[0].h * q->src[0].w, 1, 1};
    return true;
}

static bool add_infer(Infer *q) {
    if (q->src[0].c != q->src[1].c) return infer_error(q, NULL, S_JOIN, "they differ");
    return true;
}

static bool concat_infer(Infer *q) {
    q->dst.c = 0;
    for (int k = 0; k < q->n_src; k++) q->dst.c += q->src[k].c;
    return true;
}

typedef struct Count { int n; } Count;
static const AttrSpec count_attrs[] = {
    INT_ATTR(Count, n, 0, 1, 1000, "how many", .main = true, .required = true), {0},
};
static bool count_infer(Infer *q) {
    q->dst = (Shape){((const Count *)q->cfg)->n, 1, 1};
    return true;
}
static int count_params(const void *cfg, const Shape *src, ParamSpec *out) {
    out[0] = (ParamSpec){.name = "weight", .role = PARAM_WEIGHT, .rank = 2,
                         .dim = {((const Count *)cfg)->n, src->c}};
    out[1] = (ParamSpec){.name = "seen", .role = PARAM_STATISTIC, .rank = 1, .dim = {7}};
    return 2;
}

#define ROW(id, ...) \
    static const KindSpec id = {.example = #id " …", .min_src = 1, .max_src = 1, __VA_ARGS__}
ROW(paint,   .name = "paint", .cfg_size = sizeof(Paint), .attrs = paint_attrs, .infer = paint_infer,
             .synonyms = "Paint2D colour");
ROW(shine,   .name = "shine", .synonyms = "Gloss");
ROW(roll,    .name = "flatten", .infer = roll_infer);
ROW(counter, .name = "count", .cfg_size = sizeof(Count), .attrs = count_attrs, .infer = count_infer,
             .params = count_params, .wants_vector = true);
static const KindSpec add = {.name = "add", .min_src = 2, .max_src = 3, .infer = add_infer};
static const KindSpec concat = {
    .name = "concat", .min_src = 2, .max_src = 9, .infer = concat_infer};
ROW(plain,   .name = "plain");
ROW(deep,    .name = "deep", .cfg_size = sizeof(Tone), .attrs = deep_attrs);
ROW(guess,   .name = "guess", .synonyms = "Gamble");
ROW(drift,   .name = "drift", .cfg_size = sizeof(Tone), .attrs = deep_attrs);
ROW(he,      .name = "he");
ROW(rescale, .name = "rescale");
ROW(turn,    .name = "turn");
static const DataSpec cats = {
    .kind = {.name = "cats", .example = "cats"}, .image = {3, 8, 8}, .classes = 4};

static bool probe(const DataOptions *o, const char *folder, Shape *image, int *classes, char *why,
                  size_t cap) {
    (void)folder;
    if (strcmp(o->path, "there") != 0) return snprintf(why, cap, "it is not\nthere"), false;
    *image = (Shape){1, 5, 6};
    *classes = 2;
    return true;
}

static const KindSpec *const layers[] = {&paint, &shine, &roll, &counter, &add, &concat, NULL};
static const KindSpec *const schedules[] = {&plain, &deep, NULL};
static const KindSpec *const losses[] = {&guess, NULL};
static const KindSpec *const optimizers[] = {&drift, NULL};
static const KindSpec *const inits[] = {&he, NULL};
static const KindSpec *const steps[] = {&rescale, &turn, NULL};
static const KindSpec *const sets[] = {&cats.kind, NULL};
static const Vocabulary words = {
    .kinds = {[GROUP_LAYER] = layers, [GROUP_SCHEDULE] = schedules, [GROUP_LOSS] = losses,
              [GROUP_OPTIMIZER] = optimizers, [GROUP_INIT] = inits, [GROUP_STEP] = steps,
              [GROUP_DATA] = sets},
    .probe = probe,
};

// ---- one text ----------------------------------------------------------------------------------

typedef struct Run { Arena *arena; Diags *diags; Experiment *x; } Run;

static inline Run run_bytes(const char *text, size_t len) {
    Run r = {.arena = arena_make()};
    r.diags = diags_make(r.arena);
    r.x = experiment_parse(r.arena, r.diags, &words, "models/test.cnn", text, len);
    CHECK((r.x == NULL) == (diags_errors(r.diags) > 0)); // no result without a message
    return r;
}

static inline Run run(const char *text) { return run_bytes(text, strlen(text)); }
static inline void done(Run r) { arena_free(r.arena); }
