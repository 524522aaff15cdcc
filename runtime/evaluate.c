/* evaluate.c — how good are the weights? Judging a part of the data, and single pictures. */
#include <stdlib.h>
#include <string.h>

#include "runtime/batch.h"
#include "runtime/judge.h"
#include "runtime/loss.h"
#include "runtime/train.h"

enum { BATCH = 256, MAX_CONFUSION = 1000 }; // classes of which a matrix is worth showing

static const char *const part_name[N_PARTS] = {
    [PART_TRAIN] = "training", [PART_VALID] = "validation", [PART_TEST] = "test"};

typedef struct Judging {
    Session *s;
    Part part;
    Plan *plan;
    Batcher batcher;
    int index[BATCH], label[BATCH];
    double loss_sum;
    int hits, top_hits;
} Judging;

static void judge_batch(Judging *j, int lo, int n, Evaluation *v) {
    for (int k = 0; k < n; k++) j->index[k] = lo + k;
    batcher_fill(&j->batcher, j->part, j->index, n, plan_input(j->plan, n), j->label);
    plan_infer(j->plan, n);
    if (j->s->x->loss.kind) {
        loss_target(j->label, plan_target(j->plan, n), 0);
        j->loss_sum += plan_judge(j->plan, n) * n;
    }
    const Tensor out = plan_value(j->plan, j->s->x->graph.output, n);
    j->hits += judge_hits(out, j->label, 1);
    j->top_hits += judge_hits(out, j->label, v->top);
    int *confusion = (int *)v->confusion;
    for (int k = 0; confusion && k < n; k++)
        confusion[j->label[k] * v->classes + judge_class(out, k)]++;
}

static bool judging_open(Judging *j, Error *e) {
    const PlanOptions o = {.batch = BATCH, .ref = j->s->o.ref, .seed = j->s->seed};
    j->plan = plan_make(j->s->x, j->s->params, j->s->threads, &o, e);
    return j->plan && batcher_open(&j->batcher, &j->s->data, j->s->threads, e);
}

static void judging_close(Judging *j) {
    plan_free(j->plan);
    batcher_close(&j->batcher);
}

bool evaluate_part(Session *s, Part part, int top, Evaluation *v, Error *e) {
    const Dataset *d = &s->data;
    const int n = d->part[part].n, classes = d->classes;
    *v = (Evaluation){.part = part_name[part], .n = n, .classes = classes, .top = top > 0 ? top : 1,
                      .class_name = d->class_name};
    if (n == 0) return error_set(e, "there are no %s pictures to judge", part_name[part]);
    if (classes <= MAX_CONFUSION) {
        v->confusion = calloc((size_t)classes * (size_t)classes, sizeof *v->confusion);
        if (!v->confusion) return error_set(e, "there is no memory left");
    }
    Judging j = {.s = s, .part = part};
    if (!judging_open(&j, e)) {
        judging_close(&j);
        free((int *)v->confusion);
        v->confusion = NULL;
        return false;
    }
    for (int lo = 0; lo < n; lo += BATCH) judge_batch(&j, lo, lo + BATCH < n ? BATCH : n - lo, v);
    judging_close(&j);
    v->loss = j.loss_sum / n;
    v->hits = j.hits;
    v->accuracy = (double)j.hits / n;
    v->top_accuracy = (double)j.top_hits / n;
    return true;
}

// ---- single pictures -------------------------------------------------------------------------------

static void probabilities(Tensor out, int classes, real *p) {
    if (out.c > 1) {
        memcpy(p, out.v, (size_t)classes * sizeof *p);
        return;
    }
    p[0] = 1 - out.v[0];
    p[1] = out.v[0];
}

bool predict(Session *s, const Picture *picture, int n, real *out, Error *e) {
    const PlanOptions o = {.batch = 1, .ref = s->o.ref, .seed = s->seed};
    Plan *plan = plan_make(s->x, s->params, s->threads, &o, e);
    bool fine = plan != NULL;
    for (int k = 0; fine && k < n; k++) {
        fine = dataset_picture(&s->data, &picture[k], plan_input(plan, 1), 0, e);
        if (!fine) break;
        plan_infer(plan, 1);
        probabilities(plan_value(plan, s->x->graph.output, 1), s->data.classes,
                      out + (size_t)k * (size_t)s->data.classes);
    }
    plan_free(plan);
    return fine;
}
