/* view.c — the viewer: in a window, as a picture, as a handout. */
#include "viz/cli/commands.h"
#include "viz/cli/opening.h"

#if HAVE_VIZ
#include <stdlib.h>
#include <string.h>

#include "viz/cli/look.h"
#include "viz/terminal/terminal.h"
#include "viz/view/script.h"
#include "viz/view/snapshot.h"
#if HAVE_SDL
#include "viz/window/window.h"
#endif

// ---- which picture -------------------------------------------------------------------------------

// A number counts the test images; anything else is a file.
static bool choose_image(const char *text, ViewOptions *o, Picture *p, Error *e) {
    o->image = -1;
    if (!text) return true;
    const bool number = *text && strspn(text, "0123456789") == strlen(text);
    if (number && strlen(text) > 9) return error_set(e, "image %s: there are not so many", text);
    if (number) {
        o->image = (int)strtol(text, NULL, 10);
        return true;
    }
    o->picture = p;
    return picture_read(p, text, e);
}

// ---- opening -------------------------------------------------------------------------------------

// Trained weights if there are any: those asked for must be there.
static char *find_weights(const Experiment *x, const RunOptions *o, bool *failed, Error *e) {
    char *weights = session_weights(x, o, e);
    *failed = !weights && (o->weights || o->run);
    return weights;
}

static int with_view(const CommandLine *c, const Model *m,
                     bool (*use)(View *v, const CommandLine *c, int *status, Error *e)) {
    Error e;
    Picture picture = {0};
    Session s;
    View *v = calloc(1, sizeof *v); // its places for clicks are too many for a stack
    ViewOptions view = {.run = c->run.run, .keep = c->keep, .w = SLIDE_W, .h = SLIDE_H};
    RunOptions o = c->run;
    bool failed = false;
    int status = STATUS_DONE;
    char *weights = find_weights(m->x, &o, &failed, &e);
    view.from_weights = o.weights != NULL;
    o.weights = weights;
    bool fine = v && !failed && choose_image(c->look_at, &view, &picture, &e);
    if (!v) error_set(&e, "there is no memory left");
    if (fine && (fine = opening_to_look(&s, m->x, &o, view.picture != NULL, &e))) {
        fine = look_label(c->label, &s.data, &view.label, &e);
        if (fine && c->label && !view.picture)
            fine = error_set(&e, "--label goes with a picture from a file: --image FILE");
        fine = fine && view_open(v, &s, &view, &e);
        if (fine) {
            fine = use(v, c, &status, &e);
            view_close(v);
        }
        session_close(&s);
    }
    free(weights), free(v);
    picture_free(&picture);
    return fine ? status : complain("%s", e.text);
}

// ---- what is done with it ------------------------------------------------------------------------

static bool snapshot(View *v, const CommandLine *c, int *status, Error *e) {
    int failures = 0;
    if (c->screen && !snapshot_go(v, c->screen, e)) return false;
    if (c->script && !script_run(v, c->script, stdout, &failures, e)) return false;
    if (failures) *status = STATUS_FAILED;
    return snapshot_write(v, c->snapshot, e);
}

static bool handout(View *v, const CommandLine *c, int *status, Error *e) {
    (void)status;
    return handout_write(v, c->handout, e);
}

int command_snapshot(const CommandLine *c, const Model *m) { return with_view(c, m, snapshot); }
int command_handout(const CommandLine *c, const Model *m)  { return with_view(c, m, handout); }

#if HAVE_SDL
static bool window(View *v, const CommandLine *c, int *status, Error *e) {
    (void)c, (void)status;
    return window_view(v, e);
}

int command_view(const CommandLine *c, const Model *m) {
    Error e;
    if (!window_possible(&e)) return complain("%s", e.text);
    return with_view(c, m, window);
}
#endif
#endif
