/* evaluate.c — how good are the weights? Judging a part of the data, and single pictures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/feed.h"
#include "runtime/judge.h"
#include "runtime/loss.h"
#include "runtime/train.h"

enum {
    MOST = 256, LEAST = 16, BATCH_BYTES = 64 << 20, // of pictures at once
    MAX_CONFUSION = 1000                            // classes of which a matrix is worth showing
};

typedef struct Judging {
    Session *s;
    Part part;
    Plan *plan;
    Feed *feed;
    int batch, label[MOST];
    double loss_sum;
    int top_hits;
} Judging;

// Keeps the pictures of the largest loss, largest first; of equals the first.
static void note_mistake(Evaluation *v, const WrongAnswer *m) {
    int at = v->n_worst;
    while (at > 0 && v->worst[at - 1].loss < m->loss) at--;
    if (at == v->worst_wanted) return;
    if (v->n_worst < v->worst_wanted) v->n_worst++;
    for (int i = v->n_worst - 1; i > at; i--) v->worst[i] = v->worst[i - 1];
    v->worst[at] = *m;
}

static double share_of(Tensor out, int n, int said) {
    const double p = (double)*at(out, n, out.c == 1 ? 0 : said, 0, 0);
    return out.c == 1 && said == 0 ? 1 - p : p;
}

static void count_answers(Judging *j, Tensor out, int lo, Evaluation *v) {
    const double *loss = plan_losses(j->plan);
    const char *const *file = j->s->data.part[j->part].file;
    v->hits += judge_hits(out, j->label, 1);
    j->top_hits += judge_hits(out, j->label, v->top);
    for (int k = 0; k < out.n; k++) {
        const int said = judge_class(out, k), wanted = j->label[k];
        if (v->confusion) v->confusion[wanted * v->classes + said]++;
        v->score[wanted].images++, v->score[said].answers++;
        v->score[wanted].right += said == wanted;
        const WrongAnswer m = {.picture = lo + k, .file = file ? file[lo + k] : NULL, .wanted = wanted,
                               .said = said, .loss = j->s->x->loss.kind ? loss[k] : NAN,
                               .share = share_of(out, k, said)};
        if (said != wanted) note_mistake(v, &m);
    }
}

// The pictures of batch k: one after the other.
static int choose(void *ctx, uint64_t k, Pick *pick, Draw *draw) {
    (void)draw;
    const Judging *j = ctx;
    const int all = j->s->data.part[j->part].n;
    int n = 0;
    for (uint64_t i = k * (uint64_t)j->batch; n < j->batch && i < (uint64_t)all; i++)
        pick[n++] = (Pick){(int)i, 0};
    return n;
}

static bool judge_batch(Judging *j, int lo, Evaluation *v, Error *e) {
    const int n = feed_next(j->feed, plan_input(j->plan, j->batch), j->label, e);
    if (n == 0) return false;
    plan_infer(j->plan, n);
    if (j->s->x->loss.kind) {
        loss_target(j->label, plan_target(j->plan, n), 0);
        j->loss_sum += plan_judge(j->plan, n) * n;
    }
    count_answers(j, plan_value(j->plan, j->s->x->graph.output, n), lo, v);
    return true;
}

static int batch_for(Shape image) {
    const size_t bytes = (size_t)image.c * (size_t)image.h * (size_t)image.w * sizeof(real);
    const size_t n = BATCH_BYTES / bytes / LEAST * LEAST;
    return n < LEAST ? LEAST : n < MOST ? (int)n : MOST;
}

static bool judging_open(Judging *j, Evaluation *v, Error *e) {
    const size_t classes = (size_t)v->classes;
    v->worst = calloc((size_t)v->worst_wanted + 1, sizeof *v->worst);
    v->score = calloc(classes, sizeof *v->score);
    if (classes <= MAX_CONFUSION) v->confusion = calloc(classes * classes, sizeof *v->confusion);
    if (!v->worst || !v->score || (classes <= MAX_CONFUSION && !v->confusion))
        return error_set(e, "there is no memory left");
    j->batch = batch_for(j->s->data.input);
    const PlanOptions o = {.batch = j->batch, .unseen = true, .ref = j->s->o.ref,
                           .no_winograd = j->s->o.no_winograd, .seed = j->s->seed};
    j->plan = plan_make(j->s->x, j->s->params, j->s->threads, &o, e);
    if (!j->plan) return false;
    const FeedOptions feed = {.data = &j->s->data, .part = j->part, .threads = j->s->threads,
                              .like = plan_input(j->plan, j->batch), .choose = choose, .ctx = j};
    j->feed = feed_open(&feed, e);
    return j->feed;
}

void evaluation_free(Evaluation *v) {
    free(v->confusion), free(v->score), free(v->worst);
    v->confusion = NULL;
    v->score = NULL;
    v->worst = NULL;
}

bool evaluate_part(Session *s, Part part, int top, int worst, Evaluation *v, Error *e) {
    const Dataset *d = &s->data;
    const int n = d->part[part].n;
    *v = (Evaluation){.part = part_names[part], .n = n, .classes = d->classes,
                      .probable = judge_probable(&s->x->graph),
                      .top = top > 0 ? top : 1, .worst_wanted = worst, .class_name = d->class_name};
    if (n == 0) return error_set(e, "there are no %s pictures to judge", part_names[part]);
    Judging j = {.s = s, .part = part};
    bool fine = judging_open(&j, v, e);
    for (int lo = 0; fine && lo < n; lo += j.batch) fine = judge_batch(&j, lo, v, e);
    v->loss = s->x->loss.kind ? j.loss_sum / n : NAN;
    v->accuracy = (double)v->hits / n;
    v->top_accuracy = (double)j.top_hits / n;
    if (fine) v->mean = scores_fill(v->score, v->classes);
    feed_close(j.feed);
    plan_free(j.plan);
    if (!fine) evaluation_free(v);
    return fine;
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
    const PlanOptions o = {.batch = 1, .unseen = true, .ref = s->o.ref, .no_winograd = s->o.no_winograd,
                           .seed = s->seed};
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
