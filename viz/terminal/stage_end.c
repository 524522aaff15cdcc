/* stage_end.c — the loss and the update, with their numbers, and some of them worked out. */
#include <math.h>

#include "viz/terminal/grid.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/stage.h"
#include "viz/terminal/terms.h"

static FILE *out(const Show *s) { return s->to->out; }

// ---- the loss -----------------------------------------------------------------------------------

static void print_classes(const Show *s, int chosen) {
    static const Column columns[] = {
        {.title = "class", .elastic = true},
        {.title = "output", .right = true},
        {.title = "score", .right = true},
        {.title = "wanted", .right = true},
        {.title = "gradient δ", .right = true},
    };
    const Trace *t = s->t;
    const Tensor y = trace_value(t, t->s->x->graph.output), z = trace_value(t, t->score);
    const Tensor d = trace_diff(t, t->score), want = trace_target(t);
    Grid *g = grid_make(s->a, 5, columns);
    enum { SHOWN = 40 };
    for (int c = 0; c < z.c; c++) {
        if (c >= SHOWN && c != chosen && c != t->label[0]) continue;
        const char *class = t->s->data.class_name[z.c == 1 ? 1 : c];
        grid_cell(g, c == t->label[0] && z.c > 1 ? arena_print(s->a, "%s (the picture's)", class) : class);
        grid_cell(g, value_text((double)*at(y, 0, c, 0, 0)).s);
        grid_cell(g, value_text((double)*at(z, 0, c, 0, 0)).s);
        grid_cell(g, value_text((double)*at(want, 0, c, 0, 0)).s);
        grid_cell(g, d.v ? value_text((double)*at(d, 0, c, 0, 0)).s : "");
    }
    fputs("\n", out(s));
    grid_print(g, s->to);
}

bool stage_loss(const Show *s) {
    const Trace *t = s->t;
    const Tensor d = stage_inspected(trace_diff(t, t->score));
    Spot spot = {0};
    if (d.v && !stage_choose(s, s->stage->name, d, true, &spot)) return false;
    stage_head(s);
    fprintf(out(s), "%-10s of this picture %s, mean of the %d of the batch %s\n", "loss",
            value_text(trace_losses(t)[0]).s, t->n, value_text(t->loss).s);
    print_classes(s, spot.c);
    const Asking loss = {.who = ASK_LOSS, .t = t, .q = {.asked = ASKED_LOSS}};
    terms_print(s->to, s->a, &loss, "loss of this picture", trace_losses(t)[0]);
    const Asking diff = {.who = ASK_LOSS, .t = t, .q = {.asked = ASKED_DIFF_SCORE, .c = spot.c}};
    if (d.v) terms_print(s->to, s->a, &diff, arena_print(s->a, "δ[%d]", spot.c), spot.v);
    return true;
}

// ---- the update ---------------------------------------------------------------------------------

static Tensor change_of(const Show *s, int p) {
    const Tensor was = trace_param(s->t, p, PARAM_BEFORE), is = trace_param(s->t, p, PARAM_AFTER);
    Tensor d = was;
    d.v = arena_array(s->a, real, tensor_len(was));
    for (size_t i = 0; i < tensor_len(was); i++) d.v[i] = is.v[i] - was.v[i];
    return d;
}

static void change_row(const Show *s, Grid *g, int p) {
    const Param *q = &s->t->s->params->param[p];
    const Summary was = summary_of(trace_param(s->t, p, PARAM_BEFORE));
    const Summary grad = summary_of(trace_param(s->t, p, PARAM_USED)), change = summary_of(change_of(s, p));
    grid_cell(g, q->name);
    grid_cell(g, stage_sides(s, q->spec));
    grid_cell(g, value_text(was.norm).s);
    grid_cell(g, q->frozen ? "frozen" : value_text(grad.norm).s);
    grid_cell(g, value_text(change.norm).s);
    grid_cell(g, was.norm > 0 ? value_text(change.norm / was.norm).s : "");
}

static void print_changes(const Show *s) {
    static const Column columns[] = {
        {.title = "parameter", .elastic = true, .keep_end = true}, {.title = "sides"},
        {.title = "length", .right = true}, {.title = "of gradient", .right = true},
        {.title = "of step", .right = true}, {.title = "step ÷ length", .right = true},
    };
    const Params *p = s->t->s->params;
    Grid *g = grid_make(s->a, 6, columns);
    for (int i = 0; i < p->n; i++)
        if (p->param[i].spec->role != PARAM_STATISTIC) change_row(s, g, i);
    fputs("\n", out(s));
    grid_print(g, s->to);
}

// The parameter with the largest change, or the one that is asked for; −1: there is none.
static int chosen_param(const Show *s) {
    const Params *p = s->t->s->params;
    double most = -1;
    int best = -1;
    for (int i = 0; i < p->n; i++) {
        if (!trace_param(s->t, i, PARAM_USED).v || stage_other_param(s, p->param[i].name)) continue;
        const double size = fabs(stage_largest(change_of(s, i), true).v);
        if (size > most) most = size, best = i;
    }
    return best;
}

bool stage_update(const Show *s) {
    const Trace *t = s->t;
    const int p = chosen_param(s);
    Spot spot;
    if (p < 0 && s->place->given)
        return error_set(s->e, "--at of the update names a parameter: --at conv1.weight:3,0,2,2");
    const char *param = p >= 0 ? t->s->params->param[p].name : NULL;
    if (param && !stage_choose_in_param(s, param, change_of(s, p), &spot)) return false;
    stage_head(s);
    fprintf(out(s), "%-10s %g\n", "rate", t->rate);
    fprintf(out(s), "%-10s of the whole gradient %s", "length", value_text(t->norm).s);
    if (t->scale < 1) fprintf(out(s), ", clipped: multiplied with %s", value_text(t->scale).s);
    fputs("\n", out(s));
    print_changes(s);
    if (p < 0) return true;
    const Tensor after = trace_param(t, p, PARAM_AFTER);
    const double now = (double)*at(after, spot.n, spot.c, spot.y, spot.x);
    const Asking asking = {.who = ASK_UPDATE, .t = t, .which = p,
                           .q = {.asked = ASKED_WEIGHT, .n = spot.n, .c = spot.c, .y = spot.y, .x = spot.x}};
    const char *place = param_place_text(s->a, after, spot.n, spot.c, spot.y, spot.x);
    terms_print(s->to, s->a, &asking, arena_print(s->a, "%s%s after the step", param, place), now);
    return true;
}
