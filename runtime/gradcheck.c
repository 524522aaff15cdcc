/* gradcheck.c — gradients against finite differences (gradcheck.h says how and why). */
#include "runtime/gradcheck.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/loss.h"
#include "runtime/rng.h"

enum { STEP = 0, FEWEST = 2, MOST = 10 }; // number of the training step; numbers per tensor

static const double WORK = 2e10;                // multiply-adds that may be spent without asking
static const double CHANGE[2] = {1e-5, 2.5e-6}; // the two steps h

typedef struct Check {
    const Experiment *x;
    const GradOptions *o;
    Params *params;
    Plan *plan;
    Tensor input;        // a copy of our own: the plan's is written anew before every forward
    real *input_diff;
    real *before;        // the parameters as they were
    double loss;
    GradCheck *out;
} Check;

// ---- the loss, and how it changes ---------------------------------------------------------------

static double loss_now(const Check *c) {
    const int n = c->input.n;
    tensor_copy(plan_input(c->plan, n), c->input);
    plan_forward(c->plan, n, STEP, true, false);
    return plan_judge(c->plan, n);
}

// The mean slope between w − h and w + h, and by how much the two halves' slopes differ.
typedef struct Slope { double mean, bend; } Slope;

static Slope slope(const Check *c, real *w, double h) {
    const real v = *w;
    *w = R(v + h);
    const double up = loss_now(c);
    *w = R(v - h);
    const double down = loss_now(c);
    *w = v;
    return (Slope){(up - down) / (2 * h), (up - 2 * c->loss + down) / h};
}

/* Where the loss is smooth, the two means differ by no more than h², and the bend is as much smaller
 * as h is. What differs otherwise is the doubt that a kink causes; several at once may cancel out in
 * it, but hardly to a hundredth. */
static void compare(const Check *c, real *w, double found, GradTensor *t, size_t place) {
    const Slope wide = slope(c, w, CHANGE[0]), narrow = slope(c, w, CHANGE[1]);
    const double scale = fmax(t->largest, 0.01 * fmax(1, c->loss));
    const double off_wide = fabs(wide.mean - found), off_narrow = fabs(narrow.mean - found);
    const double error = fmin(off_wide, off_narrow) / scale;
    const double doubt = (fabs(wide.mean - narrow.mean) +
                          fabs(narrow.bend - wide.bend * CHANGE[1] / CHANGE[0])) / scale;

    if (error > GRADCHECK_LIMIT && error <= 100 * doubt) {
        t->kinks++;
        return;
    }
    const bool worst = t->compared++ == 0 || isnan(error) || error > t->error;
    if (!worst) return;
    t->error = error;
    t->place = place;
    t->found = found;
    t->measured = off_wide < off_narrow ? wide.mean : narrow.mean;
    t->right = error <= GRADCHECK_LIMIT; // false for NaN
}

// ---- tensors ------------------------------------------------------------------------------------

static int samples_of(const Check *c) {
    const double once = 4.0 * c->out->n * c->input.n * (double)c->x->graph.macs;
    const double most = WORK / fmax(once, 1);
    return c->o->samples > 0 ? c->o->samples : most < FEWEST ? FEWEST : most < MOST ? (int)most : MOST;
}

// The number with the largest gradient, then one out of each equal part of the tensor.
static void check_tensor(Check *c, int i, const char *name, real *v, const real *diff, size_t len) {
    const Rng rng = rng_named(rng_make(c->o->seed, "gradcheck"), name);
    GradTensor *t = &c->out->tensor[i];
    const size_t wanted = (size_t)samples_of(c), parts = wanted < len ? wanted - 1 : len;
    size_t top = 0;
    *t = (GradTensor){.name = name, .len = len, .right = true};
    if (c->o->begin) c->o->begin(c->o->ctx, name, i, c->out->n);
    for (size_t k = 0; k < len; k++) {
        if (fabs((double)diff[k]) > fabs((double)diff[top])) top = k;
        t->largest = fmax(t->largest, fabs((double)diff[k]));
    }
    if (parts < len) compare(c, v + top, (double)diff[top], t, top);
    for (size_t k = 0; k < parts; k++) {
        const size_t lo = k * len / parts, hi = (k + 1) * len / parts;
        const size_t place = lo + rng_below(rng, k, (uint32_t)(hi - lo));
        compare(c, v + place, (double)diff[place], t, place);
    }
    if (!t->right) c->out->right = false;
}

static bool trained(const Param *q) { return q->spec->role != PARAM_STATISTIC && !q->frozen; }

static void check_all(Check *c) {
    const Params *p = c->params;
    int i = 0;
    check_tensor(c, i++, "input", c->input.v, c->input_diff, tensor_len(c->input));
    for (int k = 0; k < p->n; k++) {
        const Param *q = &p->param[k];
        if (trained(q))
            check_tensor(c, i++, q->name, p->value + q->offset, p->grad + q->offset, q->len);
    }
}

// ---- before and after ---------------------------------------------------------------------------

static void shake(const Check *c, const char *name, double most, real *v, size_t len) {
    const Rng rng = rng_named(rng_make(c->o->seed, "shake"), name);
    for (size_t k = 0; k < len; k++)
        v[k] += R(most * (2 * rng_uniform(rng, k) - 1));
}

static void shake_all(const Check *c) {
    const Params *p = c->params;
    shake(c, "input", c->o->noise, c->input.v, tensor_len(c->input));
    for (int k = 0; k < p->n; k++)
        if (trained(&p->param[k]))
            shake(c, p->param[k].name, c->o->shake, p->value + p->param[k].offset, p->param[k].len);
}

// The real step: gradients of the parameters are in the slab, that of the input is copied.
static void find_gradients(Check *c, const int *label) {
    const int n = c->input.n;
    const LossOptions *loss = c->x->loss.cfg;
    Tensor diff = c->input;
    diff.v = c->input_diff;
    tensor_copy(plan_input(c->plan, n), c->input);
    loss_target(label, plan_target(c->plan, n), loss->smoothing);
    c->loss = c->out->loss = plan_train(c->plan, n, STEP);
    tensor_copy(diff, plan_diff(c->plan, 0, n));
}

static bool open(Check *c, Tensor input, Threads *t, Error *e) {
    const PlanOptions o = {.batch = input.n, .training = true, .input_diff = true, .ref = c->o->ref,
                           .seed = c->o->seed};
    const Params *p = c->params;
    const size_t len = (size_t)input.n * tensor_image(input);
    if (!params_learn(c->params, &c->x->optimizer, e)) return false;
    c->input = (Tensor){.n = input.n, .c = input.c, .h = input.h, .w = input.w};
    c->input.v = calloc(len, sizeof *c->input.v);
    c->input_diff = calloc(len, sizeof *c->input_diff);
    c->before = malloc(p->len * sizeof *c->before + 1);
    c->out->n = 1;
    for (int k = 0; k < p->n; k++) c->out->n += trained(&p->param[k]);
    c->out->tensor = calloc((size_t)c->out->n, sizeof *c->out->tensor);
    if (!c->input.v || !c->input_diff || !c->before || !c->out->tensor)
        return error_set(e, "there is no memory left");
    tensor_copy(c->input, input);
    memcpy(c->before, p->value, p->len * sizeof *c->before);
    c->plan = plan_make(c->x, c->params, t, &o, e);
    return c->plan != NULL;
}

static void close(Check *c) {
    if (c->before) memcpy(c->params->value, c->before, c->params->len * sizeof *c->before);
    plan_free(c->plan);
    free(c->input.v), free(c->input_diff), free(c->before);
}

bool gradcheck_run(const Experiment *x, Params *p, Threads *t, const GradOptions *o, Tensor input,
                   const int *label, GradCheck *out, Error *e) {
    Check c = {.x = x, .o = o, .params = p, .out = out};
    *out = (GradCheck){.right = true};
    if (sizeof(real) != sizeof(double))
        return error_set(e, "gradients can only be checked in double precision");
    if (!x->loss.kind) return error_set(e, "%s has no loss, and so no gradient to check", x->file);
    const bool fine = open(&c, input, t, e);
    if (fine) {
        shake_all(&c);
        find_gradients(&c, label);
        check_all(&c);
    }
    close(&c);
    if (!fine) gradcheck_free(out);
    return fine;
}

void gradcheck_free(GradCheck *c) {
    free(c->tensor);
    *c = (GradCheck){0};
}
