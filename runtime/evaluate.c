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
    OFTEN = 64,                                     // pictures at once where somebody may end it
    MAX_CONFUSION = 1000                            // classes of which a matrix is worth showing
};

typedef struct Judging {
    Session *s;
    Part part;
    Plan *plan;
    Feed *feed;
    const int *picture;      // those that are judged; NULL: all of the part
    int n;
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

static int picture_at(const Judging *j, int i) { return j->picture ? j->picture[i] : i; }

// The answer to image k of the batch that begins with number lo.
static WrongAnswer answer_to(const Judging *j, Tensor out, int lo, int k) {
    const char *const *file = j->s->data.part[j->part].file;
    const int said = judge_class(out, k), picture = picture_at(j, lo + k);
    return (WrongAnswer){.picture = picture, .file = file ? file[picture] : NULL, .wanted = j->label[k],
                         .said = said, .loss = j->s->x->loss.kind ? plan_losses(j->plan)[k] : NAN,
                         .share = share_of(out, k, said)};
}

static void count_answers(Judging *j, Tensor out, int lo, Evaluation *v) {
    v->hits += judge_hits(out, j->label, 1);
    j->top_hits += judge_hits(out, j->label, v->top);
    for (int k = 0; k < out.n; k++) {
        const WrongAnswer m = answer_to(j, out, lo, k);
        if (v->confusion) v->confusion[m.wanted * v->classes + m.said]++;
        v->score[m.wanted].images++, v->score[m.said].answers++;
        v->score[m.wanted].right += m.said == m.wanted;
        if (m.said != m.wanted) note_mistake(v, &m);
    }
}

// The pictures of batch k: one after the other.
static int choose(void *ctx, uint64_t k, Pick *pick, Draw *draw) {
    (void)draw;
    const Judging *j = ctx;
    int n = 0;
    for (uint64_t i = k * (uint64_t)j->batch; n < j->batch && i < (uint64_t)j->n; i++)
        pick[n++] = (Pick){picture_at(j, (int)i), 0};
    return n;
}

// Puts the next pictures through the network; returns how many, 0 with a message.
static int next_answers(Judging *j, Tensor *out, Error *e) {
    const int n = feed_next(j->feed, plan_input(j->plan, j->batch), j->label, e);
    if (n == 0) return 0;
    plan_infer(j->plan, n);
    if (j->s->x->loss.kind) {
        loss_target(j->label, plan_target(j->plan, n), 0);
        j->loss_sum += plan_judge(j->plan, n) * n;
    }
    *out = plan_value(j->plan, j->s->x->graph.output, n);
    return n;
}

static bool judge_batch(Judging *j, int lo, Evaluation *v, Error *e) {
    Tensor out;
    if (next_answers(j, &out, e) == 0) return false;
    count_answers(j, out, lo, v);
    return true;
}

static int batch_for(Shape image) {
    const size_t bytes = (size_t)image.c * (size_t)image.h * (size_t)image.w * sizeof(real);
    const size_t n = BATCH_BYTES / bytes / LEAST * LEAST;
    return n < LEAST ? LEAST : n < MOST ? (int)n : MOST;
}

static bool tables_open(Evaluation *v, Error *e) {
    const size_t classes = (size_t)v->classes;
    v->worst = calloc((size_t)v->worst_wanted + 1, sizeof *v->worst);
    v->score = calloc(classes, sizeof *v->score);
    if (classes <= MAX_CONFUSION) v->confusion = calloc(classes * classes, sizeof *v->confusion);
    if (!v->worst || !v->score || (classes <= MAX_CONFUSION && !v->confusion))
        return error_set(e, "there is no memory left");
    return true;
}

static bool judging_open(Judging *j, int most, Error *e) {
    const int batch = batch_for(j->s->data.input);
    j->batch = batch < most ? batch : most;
    const PlanOptions o = {.batch = j->batch, .weights_fixed = true, .unseen = true, .ref = j->s->o.ref,
                           .no_winograd = j->s->o.no_winograd, .seed = j->s->seed};
    j->plan = plan_make(j->s->x, j->s->params, j->s->threads, &o, e);
    if (!j->plan) return false;
    const FeedOptions feed = {.data = &j->s->data, .part = j->part, .threads = j->s->threads,
                              .like = plan_input(j->plan, j->batch), .choose = choose, .ctx = j};
    j->feed = feed_open(&feed, e);
    return j->feed;
}

static void judging_close(Judging *j) {
    feed_close(j->feed);
    plan_free(j->plan);
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
    Judging j = {.s = s, .part = part, .n = n};
    bool fine = tables_open(v, e) && judging_open(&j, MOST, e);
    for (int lo = 0; fine && lo < n; lo += j.batch) fine = judge_batch(&j, lo, v, e);
    v->loss = s->x->loss.kind ? j.loss_sum / n : NAN;
    v->accuracy = (double)v->hits / n;
    v->top_accuracy = (double)j.top_hits / n;
    if (fine) v->mean = scores_fill(v->score, v->classes);
    judging_close(&j);
    if (!fine) evaluation_free(v);
    return fine;
}

bool evaluate_pictures(Session *s, Part part, const int *picture, int n, EachAnswer *each, void *ctx,
                       Error *e) {
    Judging j = {.s = s, .part = part, .picture = picture, .n = n};
    Tensor out;
    *e = (Error){0};
    bool fine = judging_open(&j, OFTEN, e);
    for (int lo = 0, many = 0; fine && lo < n; lo += many) {
        many = next_answers(&j, &out, e);
        fine = many > 0;
        for (int k = 0; fine && k < many; k++) {
            const WrongAnswer a = answer_to(&j, out, lo, k);
            fine = each(ctx, &a);
        }
    }
    judging_close(&j);
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
    const PlanOptions o = {.batch = 1, .weights_fixed = true, .unseen = true, .ref = s->o.ref,
                           .no_winograd = s->o.no_winograd, .seed = s->seed};
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
