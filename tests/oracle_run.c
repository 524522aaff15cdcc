/* oracle_run.c — runs one case of the oracle (../shared/oracle), writes every number it asks for.
 *
 *     oracle_run CASEDIR OUT.safetensors [lanes]
 *
 * with `lanes` computes with sixteen images side by side; it
 * reads CASEDIR/spec.json and CASEDIR/in.safetensors; the names it writes are those of oracle.py.
 * Status 0: written; 3: the case is outside of the language, the reason is printed; 1: an error. */
#include "runtime/io.h"
#include "runtime/plan.h"
#include "tests/oracle_graph.h"

enum { SKIPPED = 3, MOST_TENSORS = 4096, MOST_BYTES = 1 << 26 };

typedef struct Run {
    Built *b;
    Plan *plan;
    Params *params;
    int n, n_out; // images; tensors so far
    StTensor *out;
    real *class_weight; // of the loss, or NULL
} Run;

// ---- tensors that are written -------------------------------------------------------------------

static void put(Run *r, const char *name, int rank, const int64_t *dim, const real *v) {
    if (r->n_out == MOST_TENSORS) return;
    const DType type = sizeof(real) == sizeof(float) ? DT_F32 : DT_F64;
    StTensor t = {.name = name, .dtype = type, .rank = rank, .len = 1};
    for (int i = 0; i < rank; i++) {
        t.dim[i] = dim[i];
        t.len *= (uint64_t)dim[i];
    }
    real *copy = arena_array(r->b->arena, real, t.len);
    memcpy(copy, v, (size_t)t.len * sizeof *v);
    t.v = copy;
    r->out[r->n_out++] = t;
}

static const char *name_of(Run *r, const char *what, const char *name, int step) {
    return arena_print(r->b->arena, "%s%s@%d", what, name, step);
}

// The same numbers in the plain layout, whatever the plan's.
static Tensor plain(Run *r, Tensor t) {
    Tensor copy = t;
    copy.layout = LAYOUT_PLAIN;
    copy.v = arena_array(r->b->arena, real, tensor_len(copy));
    tensor_copy(copy, t);
    return copy;
}

// A value or gradient of a node, in the shape the case knows.
static void put_value(Run *r, const char *what, int node, int step, Tensor t) {
    const int64_t dim[] = {t.n, t.c, t.h, t.w};
    if (t.v) put(r, name_of(r, what, r->b->node[node].name, step), r->b->rank[node], dim, plain(r, t).v);
}

static void put_param(Run *r, const char *name, const char *tensor, const real *v) {
    const StTensor *t = st_find(r->b->in, tensor);
    put(r, name, t->rank, t->dim, v);
}

static void put_number_as(Run *r, const char *name, double v) {
    put(r, name, 0, NULL, &(real){(real)v});
}

// ---- data that is read --------------------------------------------------------------------------

static void read_into(real *v, const StTensor *t) {
    for (uint64_t i = 0; i < t->len; i++)
        v[i] = (real)st_number(t, i);
}

// Something to do for parameter (or statistic) k of a node, which is number `param` of all.
typedef void EachParam(Run *r, int node, int k, int param, int step);

static void each_param(Run *r, EachParam *each, int step) {
    for (int i = 0; i < r->b->x.graph.n_nodes; i++)
        for (int k = 0; k < r->b->node[i].n_params; k++)
            each(r, i, k, params_of_node(r->params, i) + k, step);
}

static void read_param(Run *r, int node, int k, int param, int step) {
    (void)step;
    read_into(r->params->value + r->params->param[param].offset,
              st_find(r->b->in, r->b->tensor[node][k]));
}

static void read_inputs(Run *r, int step) {
    const JsonValue *inputs = json_get(r->b->json, r->b->spec, "inputs");
    const Tensor in = plan_input(r->plan, r->n), values = plain(r, in);
    size_t first = 0;
    for (int k = 0; k < inputs->n; k++) {
        const StTensor *t = data_of(r->b, member(r->b, inputs, k)->text, step);
        const size_t len = (size_t)t->len / (size_t)r->n;
        for (size_t i = 0; i < (size_t)t->len; i++)
            values.v[i / len * tensor_image(in) + first + i % len] = (real)st_number(t, i);
        first += len;
    }
    tensor_copy(in, values);
}

// What is kept of each number lies where the number does.
static void put_mask(Tensor dst, const StTensor *t, unsigned char *saved) {
    uint64_t k = 0;
    for (int n = 0; n < dst.n; n++)
    for (int c = 0; c < dst.c; c++)
    for (int y = 0; y < dst.h; y++)
    for (int x = 0; x < dst.w; x++)
        saved[at(dst, n, c, y, x) - dst.v] = st_number(t, k++) != 0;
}

// The masks of dropout; true if there are any.
static bool read_masks(Run *r, int step) {
    bool any = false;
    for (int i = 1; i < r->b->x.graph.n_nodes; i++) {
        const char *mask = r->b->from[i] ? text_of(r->b, r->b->from[i], "mask") : NULL;
        const StTensor *t = mask ? data_of(r->b, mask, step) : NULL;
        if (!t) continue;
        put_mask(plan_value(r->plan, i, r->n), t, plan_saved(r->plan, i));
        any = true;
    }
    return any;
}

static bool is_label(const StTensor *t) { return t->rank == 1; }

static void read_target(Run *r, const JsonValue *loss, int step) {
    const StTensor *t = data_of(r->b, text_of(r->b, loss, "target"), step);
    const Tensor target = plan_target(r->plan, r->n);
    if (!is_label(t)) {
        read_into(target.v, t);
        return;
    }
    int *label = arena_array(r->b->arena, int, t->len);
    for (uint64_t i = 0; i < t->len; i++)
        label[i] = (int)st_number(t, i);
    loss_target(label, target, ((const LossOptions *)r->b->x.loss.cfg)->smoothing);
}

// Weights of the classes; false if the case has none.
static bool read_weights(Run *r, const JsonValue *loss) {
    const char *name = loss ? text_of(r->b, loss, "weight") : NULL;
    const StTensor *t = name ? st_find(r->b->in, name) : NULL;
    if (!t) return false;
    r->class_weight = arena_array(r->b->arena, real, t->len);
    read_into(r->class_weight, t);
    return true;
}

// ---- the loss -----------------------------------------------------------------------------------

// Σ output·seed: the gradient of the outputs is the seed itself.
static void seed_loss(Run *r, const JsonValue *loss, int step) {
    const int node = r->b->x.graph.output;
    const Tensor y = plain(r, plan_value(r->plan, node, r->n)), diff = plan_seed(r->plan, r->n);
    const Tensor seed = plain(r, diff);
    const StTensor *t = data_of(r->b, text_of(r->b, loss, "target"), step);
    Tensor terms = y;
    double sum = 0;
    terms.v = arena_array(r->b->arena, real, tensor_len(y));
    for (size_t i = 0; i < tensor_len(y); i++) {
        seed.v[i] = (real)st_number(t, i);
        terms.v[i] = y.v[i] * seed.v[i];
        sum += (double)y.v[i] * seed.v[i];
    }
    tensor_copy(diff, seed);
    const int64_t dim[] = {y.n, y.c, y.h, y.w};
    if (step == 0) put(r, "loss_vec@0", r->b->rank[node], dim, terms.v);
    put_number_as(r, name_of(r, "loss", "", step), sum);
}

// One loss per image for labels; else one per number, as if each were an image of its own.
static void put_losses(Run *r, bool per_image) {
    const Experiment *x = &r->b->x;
    const Tensor y = plain(r, plan_value(r->plan, loss_score(&x->graph, &x->loss), r->n));
    const Tensor t = plan_target(r->plan, r->n);
    const int n = per_image ? y.n : y.n * y.c, c = per_image ? y.c : 1;
    double *loss = arena_array(r->b->arena, double, n);
    real *v = arena_array(r->b->arena, real, n);
    const LossStep s = {.cfg = x->loss.cfg, .last = x->graph.node[x->graph.output].use.kind,
                        .score = {.v = y.v, .n = n, .c = c, .h = 1, .w = 1},
                        .target = {.v = t.v, .n = n, .c = c, .h = 1, .w = 1},
                        .class_weight = r->class_weight, .loss = loss};
    ((const LossKind *)x->loss.kind)->judge(&s);
    for (int i = 0; i < n; i++)
        v[i] = (real)loss[i];
    const int64_t dim[] = {y.n, y.c};
    put(r, "loss_vec@0", per_image ? 1 : 2, dim, v);
}

static void judged_loss(Run *r, const JsonValue *loss, int step) {
    read_target(r, loss, step);
    put_number_as(r, name_of(r, "loss", "", step), plan_loss(r->plan, r->n));
    const char *kind = text_of(r->b, loss, "kind");
    if (step == 0) put_losses(r, same(kind, "cross_entropy") || same(kind, "multi_margin"));
}

// ---- one step -----------------------------------------------------------------------------------

static void put_values(Run *r, const char *what, Tensor (*get)(const Plan *, int, int)) {
    for (int i = 1; i < r->b->x.graph.n_nodes; i++)
        if (r->b->from[i]) put_value(r, what, i, 0, get(r->plan, i, r->n));
}

static void put_input_gradients(Run *r) {
    for (int i = 0; i < r->b->x.graph.n_nodes; i++)
        if (!r->b->from[i] && (i == 0 || r->b->node[i].use.kind == &slice_layer.spec))
            put_value(r, "gradin/", i, 0, plan_diff(r->plan, i, r->n));
}

static void put_gradient(Run *r, int node, int k, int param, int step) {
    if (r->b->node[node].param[k].role == PARAM_STATISTIC) return;
    const char *tensor = r->b->tensor[node][k];
    put_param(r, name_of(r, "grad/", tensor, step), tensor,
              r->params->grad + r->params->param[param].offset);
}

static void put_after(Run *r, int node, int k, int param, int step) {
    const ParamSpec *spec = &r->b->node[node].param[k];
    const char *tensor = r->b->tensor[node][k];
    const size_t at = r->params->param[param].offset;
    if (spec->role == PARAM_STATISTIC) {
        const char *leaf = arena_print(r->b->arena, "%s.%s", r->b->node[node].name,
                                       spec->name + strlen("running_"));
        put_param(r, name_of(r, "buf/", leaf, step + 1), tensor, r->params->value + at);
        return;
    }
    put_param(r, name_of(r, "param/", tensor, step + 1), tensor, r->params->value + at);
    const OptimKind *optim = (const OptimKind *)r->b->x.optimizer.kind;
    for (int s = 0; s < r->params->n_slots; s++) {
        const char *state = arena_print(r->b->arena, "%s.%s", tensor, optim->slot[s]);
        put_param(r, name_of(r, "opt/", state, step + 1), tensor, r->params->slot[s] + at);
    }
}

// Clips as the program does; the gradients that are written are the clipped ones.
static void clip(Run *r, int step) {
    const double limit = json_real(r->b->json, r->b->spec, "clip_norm", 0);
    if (limit <= 0) return;
    const double norm = params_norm(r->params, NULL), scale = limit / (norm + 1e-6);
    put_number_as(r, name_of(r, "gradnorm", "", step), norm);
    for (size_t i = 0; scale < 1 && i < r->params->len; i++)
        r->params->grad[i] *= (real)scale;
}

static void update(Run *r, int step) {
    const JsonValue *lrs = json_get(r->b->json, r->b->spec, "lrs");
    const double lr = lrs ? member(r->b, lrs, step)->number
                          : ((const OptimOptions *)r->b->x.optimizer.cfg)->lr;
    params_update(r->params, &r->b->x.optimizer, lr, 1, NULL);
}

static void run_step(Run *r, int step) {
    const JsonTree *json = r->b->json;
    const JsonValue *loss = json_get(json, r->b->spec, "loss");
    const bool training = json_real(json, r->b->spec, "train", 1) != 0;
    read_inputs(r, step);
    const bool replay = read_masks(r, step);
    plan_forward(r->plan, r->n, (uint64_t)step, training, replay);
    if (step == 0) put_values(r, "act/", plan_value);
    if (!loss) return;

    if (r->b->x.loss.kind) judged_loss(r, loss, step);
    else seed_loss(r, loss, step);
    plan_backward(r->plan, r->n);
    if (step == 0) put_values(r, "actgrad/", plan_diff);
    if (step == 0) put_input_gradients(r);
    clip(r, step);
    each_param(r, put_gradient, step);
    if (json_get(json, r->b->spec, "optim")) update(r, step);
    each_param(r, put_after, step);
}

// ---- the whole case -----------------------------------------------------------------------------

static int fail(const char *text) {
    fprintf(stderr, "oracle_run: %s\n", text);
    return 1;
}

static int run_case(Built *b, const char *out, bool lanes) {
    Error e = {{0}};
    StTensor *tensors = calloc(MOST_TENSORS, sizeof *tensors);
    const JsonValue *inputs = json_get(b->json, b->spec, "inputs");
    Run r = {.b = b, .out = tensors, .n = (int)data_of(b, member(b, inputs, 0)->text, 0)->dim[0]};
    const PlanOptions o = {.batch = r.n, .training = true, .input_diff = true, .keep = true, .lanes = lanes};
    r.params = params_make(&b->x.graph, &b->x.optimizer, &e);
    if (r.params) each_param(&r, read_param, 0);
    r.plan = r.params ? plan_make(&b->x, r.params, NULL, &o, &e) : NULL;
    bool ok = tensors && r.plan;
    if (ok && read_weights(&r, json_get(b->json, b->spec, "loss")))
        plan_weigh(r.plan, r.class_weight);
    for (int k = 0; ok && k < (int)json_real(b->json, b->spec, "steps", 1); k++)
        run_step(&r, k);
    if (ok) ok = st_write(out, r.out, r.n_out, NULL, 0, &e);
    plan_free(r.plan);
    params_free(r.params);
    free(tensors);
    return ok ? 0 : fail(e.text);
}

static int build_and_run(JsonTree *json, const StFile *in, const char *out, bool lanes) {
    Built *b = calloc(1, sizeof *b);
    if (!b || !(b->arena = arena_make())) return fail("no memory");
    b->diags = diags_make(b->arena);
    b->json = json;
    b->spec = &json->value[0];
    b->in = in;
    int status = SKIPPED;
    if (build(b)) status = run_case(b, out, lanes);
    else printf("skipped: %s\n", b->reason);
    arena_free(b->arena);
    free(b);
    return status;
}

int main(int argc, char **argv) {
    Error e = {{0}};
    StFile in;
    size_t len;
    char path[4096];
    const bool lanes = argc == 4 && strcmp(argv[3], "lanes") == 0;
    if (argc != 3 && !lanes) return fail("usage: oracle_run CASEDIR OUT.safetensors [lanes]");
    snprintf(path, sizeof path, "%s/spec.json", argv[1]);
    char *text = io_read(path, MOST_BYTES, &len, &e);
    if (!text) return fail(e.text);
    JsonTree *json = malloc(sizeof *json);
    if (!json || !json_parse(json, text)) return fail("spec.json cannot be read");
    snprintf(path, sizeof path, "%s/in.safetensors", argv[1]);
    if (!st_open(&in, path, &e)) return fail(e.text);
    const int status = build_and_run(json, &in, argv[2], lanes);
    st_close(&in);
    free(json), free(text);
    return status;
}
