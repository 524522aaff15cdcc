/* opening.c — see opening.h. */
#include "viz/cli/opening.h"

#include <unistd.h>

#include "runtime/clock.h"
#include "viz/cli/options.h"
#include "viz/cli/signals.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/progress.h"
#include "viz/terminal/terminal.h"

// Seconds before the line appears, and between two drawings.
static const double PATIENCE = 0.5, PACE = 0.1;

typedef struct OpeningView {
    Terminal to;
    const RunOptions *asked; // whoever opens a session may want to know, too
    double began, drawn_at;
    bool drawn;
} OpeningView;

static void clear(OpeningView *v) {
    if (v->drawn) fputs("\r\033[K", v->to.out);
    v->drawn = false;
}

static void on_say(void *ctx, const char *text) {
    clear(ctx);
    caution(text);
}

// Nothing is lost yet when somebody wants to stop.
static void leave(OpeningView *v) {
    clear(v);
    fflush(v->to.out);
    _exit(STATUS_STOPPED);
}

static void on_progress(void *ctx, int done, int all) {
    OpeningView *v = ctx;
    const double now = clock_now();
    if (signals_raised()) leave(v);
    if (v->asked && v->asked->progress) v->asked->progress(v->asked->say_ctx, done, all);
    if (!v->to.live || now - v->began < PATIENCE || now - v->drawn_at < PACE) return;
    fprintf(v->to.out, "\rreading pictures: %s of %s\033[K", count_text((uint64_t)done).s,
            count_text((uint64_t)all).s);
    fflush(v->to.out);
    v->drawn = true;
    v->drawn_at = now;
}

bool opening_session(Session *s, const Experiment *x, const RunOptions *o, bool need_pictures,
                     Error *e) {
    OpeningView v = {.to = terminal_of(stderr), .asked = o, .began = clock_now()};
    RunOptions watched = *o;
    watched.say = on_say;
    watched.progress = on_progress;
    watched.say_ctx = &v;
    const bool fine = session_open(s, x, &watched, need_pictures, e);
    clear(&v);
    if (fine) s->o = *o;
    return fine;
}

bool opening_data(Dataset *d, const Experiment *x, const Opening *o, Error *e) {
    OpeningView v = {.to = terminal_of(stderr), .began = clock_now()};
    Opening watched = *o;
    watched.say = NULL;
    watched.progress = on_progress;
    watched.ctx = &v;
    const bool fine = dataset_open(d, x, &watched, e);
    clear(&v);
    return fine;
}
