/* record.c — what is written down while a network trains; see record.h. */
#include "viz/view/record.h"

#include <math.h>
#include <string.h>

enum { TESTS = 25 }; // of the whole training, about

uint64_t record_round(double v) {
    static const uint64_t firsts[] = {1, 2, 5};
    uint64_t power = 1;
    for (;; power *= 10)
        for (int i = 0; i < 3; i++)
            if ((double)(firsts[i] * power) >= v || power > UINT64_MAX / 100) return firsts[i] * power;
}

// ---- which kernels -------------------------------------------------------------------------------

// The first convolution; without one, the first dense layer that reads the picture itself: the weights
// of a unit are a picture then, too.
static Filmed find_kernels(const Session *s) {
    const Graph *g = &s->x->graph;
    for (int i = 0; i < s->params->n; i++) {
        const ParamSpec *p = s->params->param[i].spec;
        const int *d = p->dim;
        if (p->role != PARAM_WEIGHT || p->rank < 2) continue;
        const Shape picture = g->node[0].shape;
        const bool conv = p->rank == 4;
        if (!conv && d[1] != picture.c * picture.h * picture.w) break;
        const int h = conv ? d[2] : picture.h, w = conv ? d[3] : picture.w;
        if (h * w > MOST_KERNEL || h * w < 2) break;
        return (Filmed){i, d[0], d[0] < MOST_KERNELS ? d[0] : MOST_KERNELS, h, w, conv ? d[1] : picture.c};
    }
    return (Filmed){.param = -1};
}

static void look_at_kernels(RecordFrame *f, const Filmed *k, const Params *p, uint64_t step) {
    const real *v = p->value + p->param[k->param].offset;
    const size_t len = (size_t)(k->h * k->w), apart = len * (size_t)k->inputs;
    f->step = step;
    for (size_t n = 0; n < (size_t)k->shown; n++)
        for (size_t i = 0; i < len; i++) f->v[n * len + i] = (float)v[n * apart + i];
}

// ---- writing -------------------------------------------------------------------------------------

void record_begin(Record *r, const Session *s, uint64_t steps) {
    memset(r, 0, sizeof *r);
    r->per = 1;
    r->test_every = r->frame_every = record_round((double)steps / TESTS);
    r->kernels = find_kernels(s);
}

// Two points become one.
static void halve_points(Record *r) {
    for (int i = 0; i < MOST_POINTS / 2; i++) {
        const RecordPoint a = r->point[2 * i], b = r->point[2 * i + 1];
        r->point[i] = (RecordPoint){(a.step + b.step) / 2, (a.loss + b.loss) / 2,
                                    (a.accuracy + b.accuracy) / 2};
    }
    r->n_points = MOST_POINTS / 2;
    r->per *= 2;
}

void record_step(Record *r, double step, double loss, double accuracy) {
    if (r->n_points == 0 || r->in_last == r->per) {
        if (r->n_points == MOST_POINTS) halve_points(r);
        r->in_last = 0;
        r->point[r->n_points++] = (RecordPoint){0};
    }
    RecordPoint *p = &r->point[r->n_points - 1];
    const double share = 1.0 / (double)++r->in_last;
    p->step += (step - p->step) * share;
    p->loss += (loss - p->loss) * share;
    p->accuracy += (accuracy - p->accuracy) * share;
}

bool record_test_due(const Record *r, uint64_t step) { return step % r->test_every == 0; }

void record_test(Record *r, double step, double loss, double accuracy) {
    if (r->n_tests == MOST_TESTS) {
        for (int i = 0; i < MOST_TESTS / 2; i++) r->test[i] = r->test[2 * i];
        r->n_tests = MOST_TESTS / 2;
        r->test_every *= 2;
    }
    r->test[r->n_tests++] = (RecordPoint){step, loss, accuracy};
}

void record_frame(Record *r, const Params *p, uint64_t step) {
    if (r->kernels.param < 0) return;
    look_at_kernels(&r->now, &r->kernels, p, step);
    if (step % r->frame_every != 0) return;
    if (r->n_frames == MOST_FRAMES) {
        for (int i = 0; i < MOST_FRAMES / 2; i++) r->frame[i] = r->frame[2 * i];
        r->n_frames = MOST_FRAMES / 2;
        r->frame_every *= 2;
        if (step % r->frame_every != 0) return;
    }
    r->frame[r->n_frames++] = r->now;
}
