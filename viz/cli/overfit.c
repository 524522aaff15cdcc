/* overfit.c — tries whether a network can learn a few pictures by heart, and says what that means. */
#include "runtime/overfit.h"

#include <math.h>

#include "viz/cli/commands.h"
#include "viz/cli/opening.h"
#include "viz/cli/signals.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/terminal.h"

static bool print_step(void *ctx, const Overfit *o) {
    (void)ctx;
    char loss[32];
    snprintf(loss, sizeof loss, isfinite(o->loss) ? "%.4g" : "NaN", o->loss);
    printf("step %4d  loss %-10s %d of %d right\n", o->step, loss, o->right, o->n);
    terminal_flush(stdout);
    return !signals_raised() && !terminal_left(stdout);
}

static bool grew(const Overfit *o) { return !isfinite(o->loss) || o->loss > 2 * o->first; }

static bool stands_still(const Overfit *o) { return o->step == OVERFIT_STEPS && o->loss > 0.9 * o->half; }

// What to look at first, from how it went.
static const char *advice(const Overfit *o) {
    if (grew(o)) return "The loss grew instead of falling: the steps are too long.";
    if (o->loss > 0.95 * o->first)
        return "The loss hardly moved: the steps are too short, or no gradient reaches the first layers\n"
               "(cnnrun MODEL --dry-run shows the gradient of every layer).";
    if (o->right == o->n)
        return "All answers are right, but not sure yet: longer steps, or more of them, would do it.";
    if (stands_still(o))
        return "It got better and then stood still: after steps that are too long a relu may let nothing\n"
               "through any more; or no gradient reaches some layers (cnnrun MODEL --dry-run shows it).";
    return "It got better, but not good: a longer step, more filters or neurons, or less dropout or\n"
           "decay may help. If nothing does, look whether the labels belong to the pictures.";
}

static double other_rate(const Overfit *o) {
    const bool slower = grew(o) || (stands_still(o) && o->loss <= 0.95 * o->first);
    return slower ? o->rate / 10 : o->rate * 10;
}

static int verdict(const Overfit *o) {
    if (o->learnt) {
        printf("\nPASS: after %d steps it knows these %d pictures by heart. Network, loss, gradients and\n"
               "learning rate work together. Whether it also gets pictures right that it has never seen,\n"
               "only --train and the test pictures can tell.\n", o->step, o->n);
        return STATUS_DONE;
    }
    printf("\nFAIL: in %d steps it has not learnt %d pictures by heart. So it would not learn thousands.\n"
           "%s\nTry --overfit %d --lr %.3g.\n", o->step, o->n, advice(o), o->n, other_rate(o));
    return STATUS_FAILED;
}

int command_overfit(const CommandLine *c, const Model *m) {
    Error e;
    Session s;
    Overfit o;
    signals_catch();
    if (!opening_session(&s, m->x, &c->run, true, &e)) return complain("%s", e.text);
    printf("learning %d of the %s training pictures by heart; nothing is saved\n", c->overfit,
           count_text((uint64_t)s.data.part[PART_TRAIN].n).s);
    const bool fine = overfit_run(&s, c->overfit, print_step, NULL, &o, &e);
    session_close(&s);
    if (!fine) return complain("%s", e.text);
    if (!signals_raised()) return verdict(&o);
    puts("stopped");
    return STATUS_STOPPED;
}
