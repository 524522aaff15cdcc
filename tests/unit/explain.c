/* explain.c — every explanation adds up: for every number of every kind of layer, loss and
 * optimiser the terms sum to what was computed, each term is the product of its factors, and each
 * factor is the number that lies where it says; whatever the layout.
 *
 * A new kind needs a row in `layers`, `losses` or `optimisers`; nothing below them names a kind. */
#include "runtime/explain.h"

#include <float.h>

#include "runtime/params.h"
#include "tests/unit/bench.h"
#include "tests/unit/model.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

// The last layer of `net` is the one that is asked.
static const struct { Shape in; const char *net; } layers[] = {
    {{3, 5, 4}, "conv 4 3x3"},
    {{3, 5, 4}, "conv 4 3x3 pad=1"},
    {{2, 7, 6}, "conv 3 3x2 stride=2 pad=1"},
    {{2, 6, 7}, "conv 3 3x3 stride=2 pad=same"},
    {{2, 7, 6}, "conv 3 2x3 pad=same bias=no"},
    {{2, 8, 7}, "conv 3 3x3 dilation=2 pad=2 stride=2"},
    {{4, 5, 5}, "conv 6 3x3 groups=2 pad=1"},
    {{3, 5, 5}, "conv 6 3x3 groups=3 stride=2"},
    {{5, 3, 2}, "conv 3 1x1"},
    {{1, 9, 9}, "conv 2 2x2 stride=3"},
    {{3, 2, 2}, "dense 5"},
    {{7, 1, 1}, "dense 3 bias=no"},
    {{2, 6, 4}, "maxpool 2"},
    {{2, 7, 7}, "maxpool 3 stride=2 pad=1"},
    {{1, 6, 6}, "maxpool 3 stride=2 ceil=yes"},
    {{1, 7, 7}, "maxpool 2 stride=3"},
    {{2, 7, 9}, "maxpool 2x3 stride=1 pad=same"},
    {{2, 6, 4}, "avgpool 2"},
    {{2, 6, 6}, "avgpool 3 stride=2 pad=1"},
    {{1, 6, 6}, "avgpool 3 stride=2 ceil=yes"},
    {{2, 7, 5}, "avgpool 2x3 stride=1 pad=same"},
    {{3, 4, 5}, "globalavgpool"},
    {{2, 3, 4}, "upsample 3"},
    {{2, 3, 4}, "widen 5"},
    {{3, 4, 5}, "flatten"},
    {{3, 4, 5}, "relu"},
    {{3, 4, 5}, "leakyrelu 0.3"},
    {{3, 4, 5}, "elu 0.5"},
    {{3, 4, 5}, "gelu"},
    {{3, 4, 5}, "gelu approximate=tanh"},
    {{3, 4, 5}, "silu"},
    {{3, 4, 5}, "sigmoid"},
    {{3, 4, 5}, "tanh"},
    {{7, 1, 1}, "softmax"},
    {{4, 2, 3}, "softmax"},
    {{3, 4, 5}, "dropout 30%"},
    {{3, 4, 3}, "batchnorm"},
    {{5, 1, 1}, "batchnorm eps=0.1"},
    {{3, 3, 4}, "instancenorm"},
    {{2, 1, 3}, "instancenorm eps=0.1"},
    {{3, 3, 4}, "layernorm"},
    {{7, 1, 1}, "layernorm eps=0.1"},
    {{7, 3, 2}, "lrn"},
    {{6, 2, 2}, "lrn 4 alpha=3 beta=0.5 k=2"},
    {{2, 3, 3}, "relu as a; tanh; add a"},
    {{2, 3, 3}, "relu as a; tanh as b; sigmoid; add a b"},
    {{2, 4, 3}, "relu as a; maxpool 3 stride=1 pad=1 as b; concat a b"},
};

static const struct { const char *net; int c; } losses[] = {
    {"dense 5; softmax\nloss crossentropy", 5},
    {"dense 1; sigmoid\nloss crossentropy", 1},
    {"dense 4; sigmoid\nloss crossentropy", 4},
    {"dense 5\nloss mse", 5},
    {"dense 1\nloss mse", 1},
    {"dense 5\nloss hinge", 5},
};

static const struct { const char *optimizer; double decay; } optimisers[] = {
    {"sgd lr=0.1", 0},
    {"sgd lr=0.1", 0.3},
    {"sgd lr=0.1 momentum=0.9", 0},
    {"sgd lr=0.1 momentum=0.9", 0.3},
    {"sgd lr=0.1 momentum=0.9 nesterov=yes", 0},
    {"sgd lr=0.1 momentum=0.9 nesterov=yes", 0.3},
    {"adam lr=0.1", 0},
    {"adam lr=0.1 beta1=0.7 beta2=0.8 eps=0.5", 0.3},
    {"adamw lr=0.1", 0.3},
    {"adamw lr=0.1", 0},
    {"rmsprop lr=0.1", 0},
    {"rmsprop lr=0.1 rho=0.7 eps=0.1", 0.3},
    {"rmsprop lr=0.1 momentum=0.5", 0.3},
    {"adagrad lr=0.1", 0},
    {"adagrad lr=0.1 eps=0.5", 0.3},
};

// The last row asks with random choices made beforehand.
static const Mode modes[] = {
    {.training = true}, {.training = true, .frozen = true}, {0}, {.training = true, .replay = true},
};
static const Layout layouts[] = {LAYOUT_PLAIN, LAYOUT_LAST, LAYOUT_LANES};

enum { IMAGES = LANES + 1 }; // more than fit into one group of lanes

static const double EPSILON = sizeof(real) == sizeof(float) ? (double)FLT_EPSILON : DBL_EPSILON;

// ---- listening ----------------------------------------------------------------------------------

// What is heard of one answer.
typedef struct Heard {
    const Question *q;
    double sum, size; // of the terms, and of their sizes
    int n_terms, n_helpers;
    Operand last;      // first factor of the term before, if it is an input or a gradient
    const char *wrong; // the first thing that is not as promised, or NULL
} Heard;

static bool within(Tensor t, const Operand *o) {
    return t.v && 0 <= o->n && o->n < t.n && 0 <= o->c && o->c < t.c && 0 <= o->y && o->y < t.h &&
           0 <= o->x && o->x < t.w;
}

static const char *fault_of(const Question *q, const Operand *o) {
    const OperandOf of = o->of == OF_NOTHING ? o->from : o->of;
    if (!o->name || !*o->name) return "an operand without a name";
    if (o->of == OF_NOTHING && (!o->note || !*o->note)) return "worked out, but it does not say how";
    if (o->of != OF_NOTHING && o->note) return "a note on a number that lies somewhere";
    if (of == OF_NOTHING) return NULL;
    const Tensor t = explain_tensor(q, of, o->k);
    if (!within(t, o)) return "a place outside of its tensor";
    if (o->of == OF_NOTHING) return NULL;
    return (double)*at(t, o->n, o->c, o->y, o->x) == o->v ? NULL : "another number lies there";
}

// Does b lie before a in the same tensor?
static bool goes_back(const Operand *a, const Operand *b) {
    if ((b->of != OF_SRC && b->of != OF_DIFF_DST) || a->of != b->of || a->k != b->k) return false;
    if (b->n != a->n) return b->n < a->n;
    if (b->c != a->c) return b->c < a->c;
    return b->y != a->y ? b->y < a->y : b->x < a->x;
}

static void hear(void *ctx, const Term *t) {
    Heard *h = ctx;
    double product = 1;
    for (int i = 0; i < t->n_factors; i++) {
        const char *fault = fault_of(h->q, &t->factor[i]);
        if (fault && !h->wrong) h->wrong = fault;
        product *= t->factor[i].v;
    }
    if (t->n_factors < 1 && !h->wrong) h->wrong = "a term without factors";
    if (goes_back(&h->last, &t->factor[0]) && !h->wrong) h->wrong = "terms out of order";
    if (product != t->value && !h->wrong) h->wrong = "a value that is not the product";
    h->sum += t->value;
    h->size += fabs(t->value);
    h->n_terms++;
    h->last = t->factor[0];
}

static void hear_helper(void *ctx, const Operand *o) {
    Heard *h = ctx;
    const char *fault = fault_of(h->q, o);
    if (fault && !h->wrong) h->wrong = fault;
    h->n_helpers++;
}

// The limit is what rounding can do to a sum of that many terms: in double always below 1e-10.
static const char *fault_in(void (*explain)(const Question *), Question q, double want) {
    Heard h = {.q = &q};
    q.ctx = &h;
    q.term = hear;
    if ((q.n + q.c) % 2 == 0) q.helper = hear_helper; // nobody has to listen to helpers
    explain(&q);
    const double limit = (16 + h.n_terms) * EPSILON * (1 + h.size);
    if (h.wrong) return h.wrong;
    return fabs(h.sum - want) <= limit ? NULL : "the terms do not sum to the number";
}

// ---- layers -------------------------------------------------------------------------------------

static Tensor laid_out(Tensor t, Layout layout) {
    Tensor copy = t;
    copy.layout = layout;
    copy.v = calloc(tensor_len(copy), sizeof *copy.v);
    if (!copy.v) abort();
    tensor_copy(copy, t);
    return copy;
}

// The first fault in the answers to all questions about `numbers`; *asked counts them.
static const char *ask_all(void (*explain)(const Question *), Question q, Tensor numbers, int *asked) {
    for (q.n = 0; q.n < numbers.n; q.n++)
    for (q.c = 0; q.c < numbers.c; q.c++)
    for (q.y = 0; q.y < numbers.h; q.y++)
    for (q.x = 0; q.x < numbers.w; q.x++) {
        const char *fault = fault_in(explain, q, (double)*at(numbers, q.n, q.c, q.y, q.x));
        if (fault) return fault;
        ++*asked;
    }
    return NULL;
}

static const char *ask_step(void (*explain)(const Question *), const Bench *b, const Step *s) {
    const char *fault = NULL;
    int asked = 0;
    fault = ask_all(explain, (Question){.s = s, .asked = ASKED_DST}, b->dst, &asked);
    for (int k = 0; k < b->n_src && !fault; k++)
        fault = ask_all(explain, (Question){.s = s, .asked = ASKED_DIFF_SRC, .k = k}, b->diff_src[k],
                        &asked);
    for (int k = 0; k < b->n_param && !fault; k++)
        if (b->diff_param[k].v)
            fault = ask_all(explain, (Question){.s = s, .asked = ASKED_DIFF_PARAM, .k = k},
                            b->diff_param[k], &asked);
    return fault || asked ? fault : "nothing was asked";
}

// What is kept of every number lies where the number does.
static unsigned char *saved_out(const Bench *b, Tensor laid) {
    const size_t image = tensor_image(b->dst), size = b->saved_image / image, room = tensor_len(laid) / image;
    unsigned char *v = calloc(room + 1, b->saved_image + 1);
    const bool of_numbers = b->saved_image % image == 0;
    if (!v) abort();
    if (!of_numbers) memcpy(v, b->saved, (size_t)b->n * b->saved_image);
    for (int n = 0; of_numbers && n < laid.n; n++)
    for (int c = 0; c < laid.c; c++)
    for (int y = 0; y < laid.h; y++)
    for (int x = 0; x < laid.w; x++)
        memcpy(v + (size_t)(at(laid, n, c, y, x) - laid.v) * size,
               b->saved + (size_t)(at(b->dst, n, c, y, x) - b->dst.v) * size, size);
    return v;
}

// Runs the layer and asks `explain` about all its numbers, which then have another layout.
static const char *fault_of_layer(void (*explain)(const Question *), const Graph *g, Mode m,
                                  Layout layout) {
    Bench b = bench_make(g, &g->node[g->output], IMAGES);
    Call c;
    bench_fill(&b);
    for (size_t i = 0; m.replay && i < (size_t)b.n * b.saved_image; i++)
        b.saved[i] = i % 3 != 0;
    bench_run(&b, false, m, 0);
    bench_whole(&b, &c, m);
    for (int k = 0; k < b.n_src; k++)
        c.src[k] = laid_out(b.src[k], layout);
    c.s.dst = laid_out(b.dst, layout);
    c.s.diff_dst = laid_out(b.diff_dst, layout);
    c.s.saved = saved_out(&b, c.s.dst);

    const char *fault = ask_step(explain, &b, &c.s);
    for (int k = 0; k < b.n_src; k++)
        free(c.src[k].v);
    free(c.s.dst.v), free(c.s.diff_dst.v), free(c.s.saved);
    bench_free(&b);
    return fault;
}

static void report(const char *fault, const char *what) {
    if (!CHECK(fault == NULL)) printf("    %s: %s\n", what, fault);
}

static void test_layer(const char *net, Shape in) {
    Model m = model_make(net, in, 10);
    const LayerKind *kind = m.g ? layer_of(&m.g->node[m.g->output]) : NULL;
    if (kind && CHECK(kind->explain != NULL))
        for (size_t i = 0; i < COUNT(modes) * COUNT(layouts); i++)
            report(fault_of_layer(kind->explain, m.g, modes[i % COUNT(modes)],
                                  layouts[i / COUNT(modes)]), net);
    model_free(&m);
}

// A forward stage can be asked when there is no way back: diff_dst is not there.
static void test_forward_only(const char *net, Shape in) {
    Model m = model_make(net, in, 10);
    if (m.g && layer_of(&m.g->node[m.g->output])->explain) {
        Bench b = bench_make(m.g, &m.g->node[m.g->output], 1);
        Call c;
        int asked = 0;
        bench_fill(&b);
        bench_run(&b, false, (Mode){0}, 0);
        bench_whole(&b, &c, (Mode){0});
        c.s.diff_dst.v = NULL;
        report(ask_all(b.kind->explain, (Question){.s = &c.s, .asked = ASKED_DST}, b.dst, &asked), net);
        bench_free(&b);
    }
    model_free(&m);
}

// ---- losses -------------------------------------------------------------------------------------

enum { JUDGED = 3, MAX_C = 5 };

typedef struct Judged { Tensor score, target, diff; double loss[JUDGED]; LossStep s; } Judged;

static void judged_make(Judged *j, const Experiment *x, int C, double smoothing, const real *weight) {
    double total = JUDGED;
    int label[JUDGED];
    for (int n = 0; n < JUDGED; n++) label[n] = n % (C > 1 ? C : 2);
    if (weight) total = 0;
    for (int n = 0; weight && n < JUDGED; n++) total += weight[label[n]];
    j->score = bench_block(JUDGED, C, 1, 1, LAYOUT_PLAIN);
    j->target = bench_block(JUDGED, C, 1, 1, LAYOUT_PLAIN);
    j->diff = bench_block(JUDGED, C, 1, 1, LAYOUT_PLAIN);
    bench_ruler(j->score, "score");
    for (size_t i = 0; i < tensor_len(j->score); i++) j->score.v[i] *= 4;
    loss_target(label, j->target, smoothing);
    j->s = (LossStep){.cfg = x->loss.cfg, .last = x->graph.node[x->graph.output].use.kind,
                      .score = j->score, .diff = j->diff, .target = j->target,
                      .class_weight = weight, .share = R(1 / total), .loss = j->loss};
    ((const LossKind *)x->loss.kind)->judge(&j->s);
}

static const char *ask_loss(void (*explain)(const Question *), const Judged *j, Layout layout) {
    LossStep s = j->s;
    int asked = 0;
    const char *fault = NULL;
    s.score = laid_out(j->score, layout);
    s.target = laid_out(j->target, layout);
    for (int n = 0; n < JUDGED && !fault; n++)
        fault = fault_in(explain, (Question){.loss = &s, .asked = ASKED_LOSS, .n = n}, j->loss[n]);
    if (!fault)
        fault = ask_all(explain, (Question){.loss = &s, .asked = ASKED_DIFF_SCORE}, j->diff, &asked);
    free(s.score.v), free(s.target.v);
    return fault;
}

static void test_loss(const char *net, int C, double smoothing, const real *weight) {
    Model m = model_make(net, (Shape){3, 4, 4}, C > 1 ? C : 2);
    const LossKind *kind = m.x ? (const LossKind *)m.x->loss.kind : NULL;
    if (kind && CHECK(kind->explain != NULL)) {
        Judged j;
        judged_make(&j, m.x, C, smoothing, weight);
        for (size_t i = 0; i < COUNT(layouts); i++)
            report(ask_loss(kind->explain, &j, layouts[i]), net);
        free(j.score.v), free(j.target.v), free(j.diff.v);
    }
    model_free(&m);
}

// ---- optimisers ---------------------------------------------------------------------------------

enum { SIDE = 3, SIZE = 2 * SIDE * SIDE * SIDE, UPDATES = 3 };

typedef struct Weights { real w[SIZE], g[SIZE], slot[MAX_SLOTS][SIZE]; } Weights;

static Tensor sides(real *v) { return (Tensor){.v = v, .n = 2, .c = SIDE, .h = SIDE, .w = SIDE}; }

// One update; asks about every weight of it.
static const char *ask_update(const OptimKind *kind, Weights *now, Before b, double lr) {
    Weights old = *now;
    UpdateStep u = {.cfg = b.cfg, .lr = lr, .decay = b.decay, .t = b.t, .n = SIZE, .w = now->w,
                    .g = now->g};
    int asked = 0;
    b.lr = lr;
    b.w = sides(old.w), b.g = sides(old.g);
    for (int k = 0; k < kind->n_slots(b.cfg); k++) {
        u.slot[k] = now->slot[k];
        b.slot[k] = sides(old.slot[k]);
    }
    kind->update(&u);
    return ask_all(kind->explain, (Question){.before = &b, .asked = ASKED_WEIGHT}, sides(now->w), &asked);
}

static void test_optimiser(const char *optimizer, double decay) {
    char text[200];
    snprintf(text, sizeof text, "dense 10; softmax\nloss crossentropy\noptimizer %s\ntrain", optimizer);
    Model m = model_make(text, (Shape){1, 2, 2}, 10);
    const OptimKind *kind = m.x ? (const OptimKind *)m.x->optimizer.kind : NULL;
    if (kind && CHECK(kind->explain != NULL)) {
        Weights w = {0};
        bench_ruler(sides(w.w), "w");
        for (uint64_t t = 1; t <= UPDATES; t++) {
            char name[] = {'g', (char)('0' + t), '\0'};
            bench_ruler(sides(w.g), name);
            report(ask_update(kind, &w, (Before){.cfg = m.x->optimizer.cfg, .decay = decay, .t = t}, 0.1),
                   optimizer);
        }
    }
    model_free(&m);
}

// ---- every kind has its row ---------------------------------------------------------------------

// Is `word` the kind of the last layer of the net, of the loss or of the optimiser in the text?
static bool last_is(const char *text, const char *word) {
    const char *last = text;
    for (const char *p = text; *p; p++)
        if (strncmp(p, "; ", 2) == 0) last = p + 2;
        else if (strncmp(p, "\nloss ", 6) == 0) last = p + 6;
    const size_t len = strlen(word);
    return strncmp(last, word, len) == 0 && (last[len] == ' ' || last[len] == '\0');
}

static bool row_for(Group group, const char *word) {
    bool found = false;
    for (size_t i = 0; group == GROUP_LAYER && i < COUNT(layers); i++)
        found |= last_is(layers[i].net, word);
    for (size_t i = 0; group == GROUP_LOSS && i < COUNT(losses); i++)
        found |= last_is(losses[i].net, word);
    for (size_t i = 0; group == GROUP_OPTIMIZER && i < COUNT(optimisers); i++)
        found |= last_is(optimisers[i].optimizer, word);
    return found;
}

static void test_complete(Group group) {
    for (const KindSpec *const *k = runtime_vocabulary.kinds[group]; *k; k++)
        if (!CHECK(row_for(group, (*k)->name))) printf("    no row for %s\n", (*k)->name);
}

// ---- can these tests fail? ----------------------------------------------------------------------

static void forgets_the_gate(const Question *q) {
    explain_term(q, NULL, explain_here(q, "x", q->asked == ASKED_DST ? OF_SRC : OF_DIFF_DST));
}

static void wrong_number(const Question *q) {
    Operand x = explain_here(q, "y", OF_DST);
    x.of = OF_SRC; // the negative ones lie not there
    explain_term(q, NULL, x);
}

static void outside(const Question *q) {
    Operand y = explain_here(q, "y", OF_DST);
    y.c += q->s->dst.c;
    explain_term(q, NULL, y);
}

static void says_not_how(const Question *q) {
    explain_term(q, NULL, explain_from(explain_here(q, "y", OF_DST), "max(0, x)",
                                       explain_here(q, "y", OF_DST).v, NULL));
}

static void no_product(const Question *q) {
    const Operand y = explain_here(q, "y", OF_DST);
    const Term t = {.n_factors = 2, .factor = {y, y}, .value = y.v};
    q->term(q->ctx, &t);
}

// The sum is right, but the terms do not come in the order of the loops.
static void backwards(const Question *q) {
    const Operand y = explain_here(q, "y", OF_DST), none = explain_worked("0", 0, "nothing");
    Operand next = explain_at(q, "x", OF_SRC, 0, IMAGES - 1, 0, 0, 0);
    explain_term(q, NULL, next, none);
    next = explain_at(q, "x", OF_SRC, 0, 0, 0, 0, 0);
    explain_term(q, NULL, next, none);
    explain_term(q, NULL, y);
}

static void nameless(const Question *q) { explain_term(q, NULL, explain_here(q, "", OF_DST)); }
static void silent(const Question *q) { (void)q; }

// Off by one in ten million of the number: double notices.
static void nearly(const Question *q) {
    explain_term(q, NULL, explain_here(q, "y", OF_DST), explain_worked("1", 1 + 1e-7, "nearly 1"));
}

static void test_liars(void) {
    static void (*const liars[])(const Question *) = {forgets_the_gate, wrong_number, outside,
                                                      says_not_how, no_product, backwards,
                                                      nameless, silent};
    Model m = model_make("relu", (Shape){3, 4, 5}, 10);
    for (size_t i = 0; m.g && i < COUNT(liars); i++)
        CHECK(fault_of_layer(liars[i], m.g, modes[0], LAYOUT_PLAIN) != NULL);
    if (m.g && sizeof(real) == sizeof(double))
        CHECK(fault_of_layer(nearly, m.g, modes[0], LAYOUT_PLAIN) != NULL);
    model_free(&m);
}

// ---- notes --------------------------------------------------------------------------------------

static void test_notes(void) {
    CHECK_TEXT(figure(0.25).s, "0.25");
    CHECK_TEXT(figure(-2).s, "−2");
    CHECK_TEXT(figure(-0.0).s, "0");
    CHECK_TEXT(figure(-NAN).s, "NaN");
    CHECK_TEXT(inner(-INFINITY).s, "(−∞)");
    CHECK_TEXT(figure(-1.23456e-7).s, "−1.235e−07");
    CHECK_TEXT(inner(0.25).s, "0.25");
    CHECK_TEXT(inner(-1.23456e-107).s, "(−1.235e−107)");
    CHECK_TEXT(explain_note("%s − %s", figure(1).s, inner(-0.5).s).s, "1 − (−0.5)");
}

int main(void) {
    static const real weight[MAX_C] = {R(0.5), 2, 3, 1, R(0.25)};
    for (size_t i = 0; i < COUNT(layers); i++) {
        test_layer(layers[i].net, layers[i].in);
        test_forward_only(layers[i].net, layers[i].in);
    }
    for (size_t i = 0; i < COUNT(losses) * 4; i++) {
        const size_t row = i / 4;
        test_loss(losses[row].net, losses[row].c, i & 1 ? 0.2 : 0, i & 2 ? weight : NULL);
    }
    for (size_t i = 0; i < COUNT(optimisers); i++)
        test_optimiser(optimisers[i].optimizer, optimisers[i].decay);
    test_complete(GROUP_LAYER);
    test_complete(GROUP_LOSS);
    test_complete(GROUP_OPTIMIZER);
    test_liars();
    test_notes();
    return test_end("explain");
}
