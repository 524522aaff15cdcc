/* view.c — the viewer: in a window, as a picture, as a handout. */
#include "viz/cli/commands.h"

#if HAVE_VIZ
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

// A view with everything it looks at.
typedef struct Opened {
    const CommandLine *c;
    const Model *m;
    RunOptions o;            // who is told how far it is
    Picture picture;
    char *weights;
    Session s;
    bool session;
    View *v;                 // its places for clicks are too many for a stack
} Opened;

// Trained weights if there are any: those asked for must be there.
static bool find_weights(Opened *o, Error *e) {
    o->weights = session_weights(o->m->x, &o->o, e);
    return o->weights || !(o->o.weights || o->o.run);
}

static bool open_view(void *ctx, Error *e) {
    Opened *o = ctx;
    const CommandLine *c = o->c;
    ViewOptions view = {.run = c->run.run, .keep = c->keep, .w = SLIDE_W, .h = SLIDE_H,
                        .from_weights = c->run.weights != NULL};
    if (!find_weights(o, e) || !choose_image(c->look_at, &view, &o->picture, e)) return false;
    o->o.weights = o->weights;
    o->session = look_session(&o->s, o->m->x, &o->o, &o->picture, e);
    if (!o->session || !look_label(c->label, &o->s.data, &view.label, e)) return false;
    if (c->label && !view.picture)
        return error_set(e, "--label goes with a picture from a file: --image FILE");
    return view_open(o->v, &o->s, &view, e);
}

static bool begin(Opened *o, const CommandLine *c, const Model *m, Error *e) {
    *o = (Opened){.c = c, .m = m, .o = c->run, .v = calloc(1, sizeof *o->v)};
    return o->v || error_set(e, "there is no memory left");
}

static void close_view(Opened *o) {
    if (o->v && o->v->s) view_close(o->v);
    if (o->session) session_close(&o->s);
    free(o->weights), free(o->v);
    picture_free(&o->picture);
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

static int with_view(const CommandLine *c, const Model *m,
                     bool (*use)(View *v, const CommandLine *c, int *status, Error *e)) {
    Error e;
    Opened o;
    int status = STATUS_DONE;
    const bool fine = begin(&o, c, m, &e) && open_view(&o, &e) && use(o.v, c, &status, &e);
    close_view(&o);
    return fine ? status : complain("%s", e.text);
}

int command_snapshot(const CommandLine *c, const Model *m) { return with_view(c, m, snapshot); }
int command_handout(const CommandLine *c, const Model *m)  { return with_view(c, m, handout); }

#if HAVE_SDL
static void on_pictures(void *ctx, int done, int all) {
    Doing *d = ctx;
    atomic_store(&d->what, DOING_PICTURES);
    atomic_store(&d->at, done);
    atomic_store(&d->of, all);
}

static void on_node(void *ctx, int node, bool backward) {
    Doing *d = ctx;
    atomic_store(&d->what, backward ? DOING_BACKWARD : DOING_FORWARD);
    atomic_store(&d->at, node);
}

// A window that is closed in the middle of something ends the process: there is nothing to be saved, and
// nobody waits for what nobody will see.
int command_view(const CommandLine *c, const Model *m) {
    Error e;
    Opened o;
    Doing doing = {0};
    if (!begin(&o, c, m, &e)) return complain("%s", e.text);
    o.o.progress = on_pictures, o.o.say_ctx = &doing;
    o.o.watch = on_node, o.o.watch_ctx = &doing;
    const WindowWish wish = {.x = m->x, .view = o.v, .open = open_view, .ctx = &o, .doing = &doing};
    const WindowEnd end = window_view(&wish, &e);
    if (end == WINDOW_LEFT) {
        fflush(stdout);
        _exit(STATUS_DONE);
    }
    close_view(&o);
    return end == WINDOW_CLOSED ? STATUS_DONE : complain("%s", e.text);
}
#endif
#endif
