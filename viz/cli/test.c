/* test.c — judges trained weights on the images that were kept for it. */
#include "viz/cli/commands.h"
#include "viz/terminal/evaluation.h"
#include "viz/terminal/terminal.h"
#include "viz/terminal/text.h"

// What the file's last `evaluate` asks for, and always the confusion matrix.
static EvaluateOptions wishes(const Experiment *x) {
    EvaluateOptions o = {0};
    for (int i = 0; i < x->n_actions; i++) {
        const Action *a = &x->action[i];
        if (a->kind == ACTION_EVALUATE) o = *(const EvaluateOptions *)a->use.cfg;
    }
    o.accuracy = o.confusion = true;
    return o;
}

static int judge(Session *s, const CommandLine *c) {
    (void)c;
    const EvaluateOptions o = wishes(s->x);
    const Terminal to = terminal_of(stdout);
    Error e;
    Evaluation v;
    if (!evaluate_part(s, PART_TEST, o.top, o.worst, &v, &e)) return complain("%s", e.text);

    fputs("weights ", to.out);
    text_print(to.out, s->o.weights);
    fputs("\n", to.out);
    evaluation_print(&to, &o, &v);
    evaluation_free(&v);
    return STATUS_DONE;
}

int command_test(const CommandLine *c, const Model *m) { return with_weights(c, m, true, judge); }
