/* outputs.c — does a network of ours, with weights that others have trained, say what theirs says?
 *
 *     outputs MODEL.cnn WEIGHTS.safetensors REFERENCE.safetensors FOLDER
 *
 * REFERENCE holds `input`, some pictures after all image steps, and what the other program makes of
 * them: `logits` (before the last layer, if that is softmax), or `pooled` (the output). The same
 * weights written into FOLDER as F64, F16 and BF16 must be read as those numbers, to the bit, and the
 * outputs may then differ no more than so coarse numbers explain. Status 0: so it is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/plan.h"
#include "runtime/vocabulary.h"
#include "runtime/weights.h"

typedef struct Job {
    Arena *arena;
    Diags *diags;
    const Experiment *x;
    Params *params;
    Plan *plan;
    StFile weights, reference;
    const char *folder;
} Job;

// ---- the types: how a number is written, and how far the outputs may then be off ----------------

static uint16_t bf16_of(float v) { // to the nearest, of two the even one
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static uint16_t f16_of(float v) {
    const uint16_t sign = signbit(v) ? 0x8000 : 0;
    int exponent;
    const double size = fabs((double)v);
    if (size < 0x1p-14) return (uint16_t)(sign | (uint16_t)nearbyint(size * 0x1p24));
    const double part = frexp(size, &exponent); // ½ … 1
    const int mantissa = (int)nearbyint(part * 2048);
    return (uint16_t)(sign | (((exponent + 14) << 10) + mantissa - 1024));
}

static void put_f64(void *p, float v) { memcpy(p, &(double){(double)v}, sizeof(double)); }
static void put_f32(void *p, float v) { memcpy(p, &v, sizeof v); }
static void put_f16(void *p, float v) { memcpy(p, &(uint16_t){f16_of(v)}, sizeof(uint16_t)); }
static void put_bf16(void *p, float v) { memcpy(p, &(uint16_t){bf16_of(v)}, sizeof(uint16_t)); }

static const struct { DType type; void (*put)(void *p, float v); double limit; } types[] = {
    {DT_F32, put_f32, 5e-6}, {DT_F64, put_f64, 5e-6}, {DT_F16, put_f16, 3e-3}, {DT_BF16, put_bf16, 3e-2},
};

// ---- weights of another type --------------------------------------------------------------------

// The tensors of a file, each number written as one of `type`; lives in the arena.
static StTensor *retyped(Job *j, const StFile *from, int row) {
    const size_t size = st_dtype_size(types[row].type);
    StTensor *t = arena_array(j->arena, StTensor, from->n);
    for (int i = 0; i < from->n; i++) {
        char *v = arena_alloc(j->arena, size * (size_t)from->tensor[i].len + 1);
        t[i] = from->tensor[i];
        for (uint64_t k = 0; k < t[i].len; k++)
            types[row].put(v + k * size, (float)st_number(&from->tensor[i], k));
        t[i].dtype = types[row].type;
        t[i].v = v;
    }
    return t;
}

static bool load(Job *j, const char *path, Error *e) {
    StFile f;
    if (!st_open(&f, path, e)) return false;
    const bool fine = weights_take(&f, path, &(WeightsFit){0}, j->x, j->params, e);
    st_close(&f);
    return fine;
}

// Loads the weights as numbers of that type. They must be the very ones that the same numbers written
// as F32 give.
static bool load_as(Job *j, int row, Error *e) {
    const char *path = arena_print(j->arena, "%s/%s", j->folder, st_dtype_name(types[row].type));
    const char *plain = arena_print(j->arena, "%s/plain", j->folder);
    StFile coarse;
    if (!st_write(path, retyped(j, &j->weights, row), j->weights.n, NULL, 0, e) ||
        !st_open(&coarse, path, e)) return false;
    const bool written = st_write(plain, retyped(j, &coarse, 0), coarse.n, NULL, 0, e);
    st_close(&coarse);
    if (!written || !load(j, plain, e)) return false;
    const size_t bytes = j->params->len * sizeof(real);
    void *want = memcpy(arena_alloc(j->arena, bytes), j->params->value, bytes);
    memset(j->params->value, 0, bytes);
    return load(j, path, e) && (memcmp(want, j->params->value, bytes) == 0 ||
                                error_set(e, "%s: other numbers than as F32", path));
}

// ---- the outputs --------------------------------------------------------------------------------

// Where the other program looked: before the last layer for logits, if that makes probabilities.
static int node_of(const Graph *g, bool logits) {
    const Node *last = &g->node[g->output];
    return logits && strcmp(last->use.kind->name, "softmax") == 0 ? last->src[0] : g->output;
}

static bool same_len(const StTensor *t, Tensor v, Error *e) {
    return t->len == tensor_len(v) || error_set(e, "%s: %zu numbers are not %zu", t->name, (size_t)t->len,
                                                tensor_len(v));
}

// The largest difference, as a part of the largest number; negative after a message.
static double difference(Job *j, Error *e) {
    const StTensor *in = st_find(&j->reference, "input"), *logits = st_find(&j->reference, "logits");
    const StTensor *want = logits ? logits : st_find(&j->reference, "pooled");
    if (!in || !want) return error_set(e, "the reference lacks input or logits"), -1;
    const int n = (int)in->dim[0];
    const Tensor src = plan_input(j->plan, n);
    if (!same_len(in, src, e)) return -1;
    weights_copy(src.v, in);
    plan_infer(j->plan, n);
    const Tensor got = plan_value(j->plan, node_of(&j->x->graph, logits != NULL), n);
    if (!same_len(want, got, e)) return -1;
    double worst = 0, largest = 0;
    for (size_t i = 0; i < tensor_len(got); i++) {
        const double v = st_number(want, i), off = fabs(v - (double)got.v[i]);
        worst = off <= worst ? worst : off; // a NaN is the worst of all
        largest = fabs(v) > largest ? fabs(v) : largest;
    }
    return worst / largest;
}

static bool compare(Job *j, Error *e) {
    for (size_t row = 0; row < sizeof types / sizeof *types; row++) {
        if (!load_as(j, (int)row, e)) return false;
        const double off = difference(j, e);
        if (off < 0) return false;
        printf("%-4s  outputs differ by %.1e of the largest\n", st_dtype_name(types[row].type), off);
        if (!(off <= types[row].limit)) return error_set(e, "that is more than %.0e", types[row].limit);
    }
    return true;
}

static bool prepare(Job *j, char **arg, Error *e) {
    if (!st_open(&j->weights, arg[1], e) || !st_open(&j->reference, arg[2], e)) return false;
    j->x = experiment_load(j->arena, j->diags, &runtime_vocabulary, arg[0]);
    if (!j->x) diags_render(j->diags, stderr);
    if (!j->x) return error_set(e, "%s is no model", arg[0]);
    const StTensor *in = st_find(&j->reference, "input");
    const PlanOptions o = {.batch = in ? (int)in->dim[0] : 1, .keep = true};
    j->params = params_make(&j->x->graph, NULL, e);
    return j->params && (j->plan = plan_make(j->x, j->params, NULL, &o, e));
}

int main(int argc, char **argv) {
    Error e = {""};
    Job j = {.arena = arena_make(), .folder = argc == 5 ? argv[4] : NULL};
    if (argc != 5 || !j.arena || setjmp(*arena_guard(j.arena))) return 2;
    j.diags = diags_make(j.arena);
    const bool fine = prepare(&j, argv + 1, &e) && compare(&j, &e);
    if (!fine) fprintf(stderr, "outputs: %s\n", e.text);
    plan_free(j.plan);
    params_free(j.params);
    st_close(&j.weights);
    st_close(&j.reference);
    arena_free(j.arena);
    return fine ? 0 : 1;
}
