/* stage_one.c — one stage with its numbers, and one of them worked out: the picture and the layers,
 * forward and backward. */
#include <math.h>
#include <string.h>

#include "viz/terminal/numbers.h"
#include "viz/terminal/numbers_grid.h"
#include "viz/terminal/stage.h"
#include "viz/terminal/terms.h"
#include "viz/terminal/text.h"

static FILE *out(const Show *s) { return s->to->out; }
static const Node *node_of(const Show *s, int i) { return &s->t->s->x->graph.node[i]; }
static const char *source_name(const Show *s, int i) { return i ? node_of(s, i)->name : "the picture"; }

// ---- the picture --------------------------------------------------------------------------------

static void print_drawn(const Show *s) {
    const int n = trace_drawn(s->t, s->number, 0, NULL, NULL);
    for (int k = 0; k < n; k++) {
        const char *name;
        double v;
        trace_drawn(s->t, s->number, k, &name, &v);
        fprintf(out(s), "%-10s %s = %s\n", k ? "" : "drawn", name, value_text(v).s);
    }
}

static bool print_picture(const Show *s) {
    const Tensor to = trace_picture(s->t, s->number), from = trace_picture(s->t, s->number - 1);
    Spot spot;
    if (!stage_choose(s, s->stage->name, to, false, &spot)) return false;
    stage_head(s);
    print_drawn(s);
    if (from.v) stage_summary(s, "in", from, "");
    stage_summary(s, "out", to, s->number == 0 ? ", bytes from 0 (black) to 255 (white)" : "");
    numbers_grid(s->to, s->a, to, spot.c, spot.y, spot.x);
    const Asking asking = {.who = ASK_PICTURE, .t = s->t, .which = s->number,
                           .q = {.c = spot.c, .y = spot.y, .x = spot.x}};
    const char *name = arena_print(s->a, "y%s", place_text(s->a, to, spot.c, spot.y, spot.x));
    terms_print(s->to, s->a, &asking, name, spot.v);
    return true;
}

// ---- a layer, forward ---------------------------------------------------------------------------

// "28+2·2-5+1 = 28" with real minus signs.
static const char *real_minus(const Show *s, const char *note) {
    char *text = arena_alloc(s->a, 3 * strlen(note) + 1), *at = text;
    for (; *note; note++) {
        if (*note != '-') {
            *at++ = *note;
            continue;
        }
        memcpy(at, "−", strlen("−"));
        at += strlen("−");
    }
    *at = '\0';
    return text;
}

static void print_params(const Show *s, int node) {
    const Params *p = s->t->s->params;
    const int first = params_of_node(p, node);
    for (int k = 0; k < node_of(s, node)->n_params; k++) {
        const Param *q = &p->param[first + k];
        const Summary m = summary_of(trace_param(s->t, first + k, PARAM_BEFORE));
        fprintf(out(s), "%-10s ", k ? "" : "parameters");
        text_print(out(s), q->name);
        fprintf(out(s), ", %s: mean %s, from %s to %s%s\n", stage_sides(s, q->spec), value_text(m.mean).s,
                value_text(m.least).s, value_text(m.most).s,
                q->spec->role == PARAM_STATISTIC ? " (kept for inference)" : q->frozen ? ", frozen" : "");
    }
}

static bool print_forward(const Show *s) {
    const int i = s->stage->index;
    const Node *n = node_of(s, i);
    const Tensor dst = stage_inspected(trace_value(s->t, i));
    Spot spot;
    if (!stage_choose(s, s->stage->name, dst, false, &spot)) return false;
    stage_head(s);
    for (int k = 0; k < n->n_src; k++)
        stage_summary(s, k ? "" : "in", stage_inspected(trace_value(s->t, n->src[k])),
                      arena_print(s->a, ", from %s", source_name(s, n->src[k])));
    const bool note = n->note && *n->note;
    stage_summary(s, "out", dst, note ? arena_print(s->a, " (%s)", real_minus(s, n->note)) : "");
    print_params(s, i);
    channels_grid(s->to, s->a, dst, spot.c);
    numbers_grid(s->to, s->a, dst, spot.c, spot.y, spot.x);
    const Asking asking = {.who = ASK_LAYER, .t = s->t, .which = i,
                           .q = {.asked = ASKED_DST, .c = spot.c, .y = spot.y, .x = spot.x}};
    const char *name = arena_print(s->a, "y%s", place_text(s->a, dst, spot.c, spot.y, spot.x));
    terms_print(s->to, s->a, &asking, name, spot.v);
    return true;
}

// ---- a layer, backward --------------------------------------------------------------------------

// Who adds to the gradient of a value: the loss (node 0), or source k of a node.
typedef struct Reader { int node, k; } Reader;

static int list_readers(const Show *s, int node, Reader *out) {
    int n = 0;
    if (node == s->t->score) out[n++] = (Reader){0, 0};
    for (int i = 0; i < s->t->n_stages; i++) {
        if (s->t->stage[i].kind != STAGE_BACKWARD) continue;
        const Node *reader = node_of(s, s->t->stage[i].index);
        for (int k = 0; k < reader->n_src && n < MAX_SRC; k++)
            if (reader->src[k] == node) out[n++] = (Reader){s->t->stage[i].index, k};
    }
    return n;
}

static Asking ask_reader(const Show *s, Reader r, Spot spot) {
    return (Asking){.who = r.node ? ASK_LAYER : ASK_LOSS, .t = s->t, .which = r.node,
                    .q = {.asked = r.node ? ASKED_DIFF_SRC : ASKED_DIFF_SCORE, .k = r.k, .c = spot.c,
                          .y = spot.y, .x = spot.x}};
}

// A value that several layers read: the share of each.
static void print_shares(const Show *s, const Reader *reader, int n, Spot spot) {
    TermSum all = {0};
    fprintf(out(s), "%d layers read this value, and each adds its share to the gradient:", n);
    for (int i = 0; i < n; i++) {
        const Asking asking = ask_reader(s, reader[i], spot);
        const TermSum share = terms_sum(s->a, &asking);
        const char *name = reader[i].node ? node_of(s, reader[i].node)->name : "the loss";
        fprintf(out(s), "%s %s %s", i ? "," : "", name, value_text(share.sum).s);
        all.sum += share.sum;
        all.size += share.size;
    }
    fprintf(out(s), "\ntogether: %s", value_text(all.sum).s);
    terms_compare(out(s), all, spot.v);
}

static bool print_source(const Show *s, const Node *n, int k) {
    const Tensor diff = stage_inspected(trace_diff(s->t, n->src[k]));
    const char *from = source_name(s, n->src[k]);
    Spot spot;
    if (!diff.v || (s->place->given && s->place->param)) return true;
    if (!stage_choose(s, from, diff, true, &spot)) return false;
    fprintf(out(s), "\nHow the loss would change with the inputs, those from %s:\n", from);
    stage_summary(s, "∂loss/∂x", diff, "");
    numbers_grid(s->to, s->a, diff, spot.c, spot.y, spot.x);
    Reader reader[MAX_SRC + 1];
    const int n_readers = list_readers(s, n->src[k], reader);
    const Asking asking = ask_reader(s, (Reader){s->stage->index, k}, spot);
    const char *name = arena_print(s->a, "∂loss/∂x%s", place_text(s->a, diff, spot.c, spot.y, spot.x));
    if (n_readers > 1) name = arena_print(s->a, "share of %s in %s", n->name, name);
    terms_print(s->to, s->a, &asking, name, n_readers > 1 ? NAN : spot.v);
    if (n_readers > 1) print_shares(s, reader, n_readers, spot);
    return true;
}

static bool print_param_gradient(const Show *s, int i, int k) {
    const int p = params_of_node(s->t->s->params, i) + k;
    const Param *q = &s->t->s->params->param[p];
    const Tensor g = trace_param(s->t, p, PARAM_GRAD);
    Spot spot;
    if (!g.v || stage_other_param(s, q->name)) return true;
    if (!stage_choose_in_param(s, q->name, g, &spot)) return false;
    const Summary m = summary_of(g);
    fprintf(out(s), "\nHow the loss would change with %s, %s:\nmean %s, from %s to %s, length %s\n", q->name,
            stage_sides(s, q->spec), value_text(m.mean).s, value_text(m.least).s, value_text(m.most).s,
            value_text(m.norm).s);
    const Asking asking = {.who = ASK_LAYER, .t = s->t, .which = i,
                           .q = {.asked = ASKED_DIFF_PARAM, .k = k, .n = spot.n, .c = spot.c, .y = spot.y,
                                 .x = spot.x}};
    const char *name = arena_print(s->a, "∂loss/∂%s%s", q->spec->name,
                                   param_place_text(s->a, g, spot.n, spot.c, spot.y, spot.x));
    terms_print(s->to, s->a, &asking, name, spot.v);
    return true;
}

static bool print_backward(const Show *s) {
    const int i = s->stage->index;
    const Node *n = node_of(s, i);
    stage_head(s);
    stage_summary(s, "δ arrives", stage_inspected(trace_diff(s->t, i)), "");
    for (int k = 0; k < n->n_src; k++)
        if (!print_source(s, n, k)) return false;
    for (int k = 0; k < n->n_params; k++)
        if (!print_param_gradient(s, i, k)) return false;
    return true;
}

// ---- all of them --------------------------------------------------------------------------------

static bool (*const print_stage[])(const Show *s) = {
    [STAGE_LOAD] = print_picture,    [STAGE_AUGMENT] = print_picture,   [STAGE_STEP] = print_picture,
    [STAGE_FORWARD] = print_forward, [STAGE_BACKWARD] = print_backward, [STAGE_LOSS] = stage_loss,
    [STAGE_UPDATE] = stage_update,
};

bool stage_print(const Terminal *to, Arena *a, const Trace *t, int stage, const Place *place, Error *e) {
    const Show s = {to, a, t, stage, &t->stage[stage], place, e};
    return print_stage[t->stage[stage].kind](&s);
}
