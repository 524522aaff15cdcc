/* run.c — how a run speaks and saves. */
#include "runtime/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/io.h"

void run_say(const Run *run, const char *fmt, ...) {
    char text[2 * ERROR_TEXT];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    run->r->message(run->r->ctx, text);
}

bool run_checkpoint(Run *run) {
    Error e;
    if (!run->folder) return true;
    char *last = io_join(run->folder, RUN_LAST);
    const bool fine = last ? checkpoint_save(last, run->s->x, run->s->params, &run->state, &e)
                           : error_set(&e, "there is no memory left");
    free(last);
    if (!fine) run_not_saved(run, &e);
    else run->unsaved[0] = 0;
    return fine;
}

void run_not_saved(Run *run, const Error *e) {
    run_say(run, "%s; training goes on", e->text);
    snprintf(run->unsaved, sizeof run->unsaved, "%s", e->text);
}
