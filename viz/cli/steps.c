/* steps.c — goes through a training step stage by stage, as text: the viewer without a window. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lang/words.h"
#include "runtime/judge.h"
#include "viz/cli/look.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/stages.h"
#include "viz/terminal/text.h"

// ---- what was looked at -------------------------------------------------------------------------

// Which class an output says, and how sure it is.
typedef struct Answer { int class; double share; } Answer;

static Answer answer_of(const Look *l, Tensor y) {
    const int said = judge_class(y, 0);
    const double share = (double)*at(y, 0, y.c == 1 ? 0 : said, 0, 0);
    return (Answer){said, y.c == 1 && said == 0 && judge_probable(&l->s.x->graph) ? 1 - share : share};
}

static const char *answer_text(Arena *a, const Look *l, Answer v) {
    const bool probable = judge_probable(&l->s.x->graph);
    return arena_print(a, "%s (%s)", look_class(&l->s, v.class).s, output_text(v.share, probable).s);
}

// What it says as --test would ask it, and if that is something else, what it says in this step.
static void print_answer(FILE *out, Arena *a, const Look *l, Tensor inference) {
    const Answer tested = answer_of(l, inference);
    const Answer here = answer_of(l, trace_value(&l->t, l->s.x->graph.output));
    const int wanted = l->t.label[0];
    fprintf(out, "the network says %s", answer_text(a, l, tested));
    if (wanted >= 0) fprintf(out, tested.class == wanted ? ", which is right" : ", which is wrong");
    fputs("\n", out);
    if (tested.class != here.class || fabs(tested.share - here.share) > 0.001 * fabs(here.share))
        fprintf(out, "in training, with dropout and the mean of the batch, as below, it says %s\n",
                answer_text(a, l, here));
}

// Did the update help?
static void print_help(FILE *out, Look *l) {
    if (!l->t.judged) return;
    const double before = l->t.loss, after = trace_again(&l->t, NULL);
    fprintf(out, "loss of the batch %s, and %s once the weights have been changed\n", value_text(before).s,
            value_text(after).s);
}

// Has the network one output per class, or a single one for two?
static bool answers(const Look *l, Shape s) {
    return s.h == 1 && s.w == 1 && (s.c == l->s.data.classes || (s.c == 1 && l->s.data.classes == 2));
}

static void print_situation(FILE *out, Arena *a, Look *l, const CommandLine *c, Tensor inference) {
    look_print_weights(out, l);
    look_print_pictures(out, l, c);
    if (inference.v) print_answer(out, a, l, inference);
    print_help(out, l);
}

// The step, in which everything is looked at. Before the weights change, the network is asked.
static bool do_step(Look *l, Arena *a, Tensor *inference, Error *e) {
    const Shape s = l->s.x->graph.node[l->s.x->graph.output].shape;
    *inference = (Tensor){.n = 1, .c = s.c, .h = 1, .w = 1};
    if (!trace_step(&l->t, false, e)) return false;
    if (answers(l, s)) inference->v = arena_array(a, real, s.c);
    if (inference->v && !trace_answer(&l->t, inference->v)) return error_set(e, "there is no memory left");
    return trace_step(&l->t, true, e);
}

// ---- which stage --------------------------------------------------------------------------------

static bool of_kind(const Stage *s, const char *word, bool backward) {
    const StageKind way = backward ? STAGE_BACKWARD : STAGE_FORWARD;
    return s->kind == way && strcmp(s->use->kind->name, word) == 0;
}

static bool no_way_back(const Trace *t, Error *e) {
    const Experiment *x = t->s->x;
    if (!x->loss.kind || !x->optimizer.kind)
        return error_set(e, "there is no way back: the model has no loss or no optimizer");
    return error_set(e, "there is no way back: the class of this picture is not known (--label NAME says "
                     "it)");
}

static bool no_stage(const Trace *t, const char *name, bool backward, Error *e) {
    if (!t->judged && (backward || strcmp(name, "loss") == 0 || strcmp(name, "update") == 0))
        return no_way_back(t, e);
    Guess near = {.word = name};
    for (int i = 0; i < t->n_stages; i++) guess_offer(&near, t->stage[i].name, NULL);
    error_set(e, "there is no stage '%s'", name);
    if (near.best) return error_add(e, "; did you mean %s?", near.best);
    return error_add(e, "; cnnrun MODEL --steps lists all of them");
}

static bool no_gradient(const char *name, Error *e) {
    return error_set(e, "no gradient goes through %s: either nothing before it learns, or the loss is judged "
                     "in front of it", name);
}

// The only layer of a kind; −1 after a message if there are several, or none.
static int find_kind(const Trace *t, const char *kind, bool backward, Error *e) {
    int found = -1, n = 0;
    for (int i = 0; i < t->n_stages; i++)
        if (of_kind(&t->stage[i], kind, backward)) found = i, n++;
    if (n == 1) return found;
    if (n == 0) no_stage(t, kind, backward, e);
    else {
        error_set(e, "there are %d %s layers; --stage takes the name of one:", n, kind);
        for (int i = 0; i < t->n_stages; i++)
            if (of_kind(&t->stage[i], kind, backward))
                error_add(e, " %s", t->s->x->graph.node[t->stage[i].index].name);
    }
    return -1;
}

// By its name ("conv1", "conv1.backward"), or by its kind if there is one such layer only. −1: a
// message.
static int find_stage(const Trace *t, const char *name, bool backward, Error *e) {
    char both[512];
    const int plain = trace_stage(t, name);
    if (!backward || plain < 0 || t->stage[plain].kind != STAGE_FORWARD)
        return plain >= 0 ? plain : find_kind(t, name, backward, e);
    snprintf(both, sizeof both, "%s.backward", name);
    const int found = trace_stage(t, both);
    if (found < 0 && !t->judged) no_way_back(t, e);
    else if (found < 0) no_gradient(name, e);
    return found;
}

// ---- all of it ----------------------------------------------------------------------------------

static bool print_stages(Look *l, const CommandLine *c, Arena *a, const Place *place, Tensor inference,
                         Error *e) {
    const Terminal to = terminal_of(stdout);
    if (c->stage) {
        const int stage = find_stage(&l->t, c->stage, c->backward, e);
        if (stage < 0) return false;
        print_situation(to.out, a, l, c, inference);
        fputs("\n", to.out);
        return stage_print(&to, a, &l->t, stage, place, e);
    }
    if (c->backward && !l->t.judged) return no_way_back(&l->t, e);
    print_situation(to.out, a, l, c, inference);
    fputs("\n", to.out);
    if (!c->backward) stages_forward(&to, a, &l->t);
    if (!c->backward && l->t.judged) fputs("\n", to.out);
    if (l->t.judged) stages_backward(&to, a, &l->t);
    fputs("\none of them with its numbers: --stage NAME, and --backward for its gradients\n", to.out);
    return true;
}

int command_steps(const CommandLine *c, const Model *m) {
    Error e;
    Look l;
    Place place = {0};
    if (c->at && !c->stage) return complain("--at chooses a number of a stage: --stage NAME --at %s", c->at);
    if (c->at && !place_read(&place, c->at, &e)) return complain("%s", e.text);
    if (!look_open(&l, c, m, (LookWish){.trained = true}, &e)) return complain("%s", e.text);
    Tensor inference;
    const bool fine = do_step(&l, m->arena, &inference, &e) &&
                      print_stages(&l, c, m->arena, &place, inference, &e);
    look_close(&l);
    terminal_flush(stdout);
    return fine ? STATUS_DONE : complain("%s", e.text);
}
