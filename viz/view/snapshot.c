/* snapshot.c — see snapshot.h. */
#include "viz/view/snapshot.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "viz/view/opener.h"
#include "viz/view/scenes.h"
#include "viz/view/walk.h"

bool snapshot_write(View *v, const char *path, Error *e) {
    const char *extension = strrchr(path, '.');
    DrawList *d = view_draw(v, e);
    if (!d) return false;
    const bool png = extension && strcasecmp(extension, ".png") == 0;
    const bool fine = png ? paint_png(d, v->theme, view_place(v), v->w, v->h, path, e)
                          : paint_file(d, v->theme, path, e);
    draw_free(d);
    return fine;
}

// ---- the handout ---------------------------------------------------------------------------------

// Page i is stage i, at the level of detail at which one number is followed where there are any.
DrawList *handout_page(View *v, int i, Error *e) {
    v->at.level = v->t.stage[i].kind == STAGE_FORWARD || v->t.stage[i].kind == STAGE_BACKWARD
                      ? LEVEL_PIXEL : LEVEL_STAGE;
    walk_to_stage(v, i);
    return view_draw(v, e);
}

static DrawList *page(void *ctx, int i, Error *e) { return handout_page(ctx, i, e); }

bool handout_write(View *v, const char *path, Error *e) {
    const Place at = v->at;
    const Scene scene = v->scene;
    const bool fine = paint_pages(path, THEME_LIGHT, page, v, v->t.n_stages, e);
    v->at = at, v->scene = scene;
    return fine;
}

// ---- by key --------------------------------------------------------------------------------------

static void report(View *v, bool fine, const char *path, const Error *e) {
    if (fine) snprintf(v->message, sizeof v->message, "saved as %.140s", path);
    else snprintf(v->message, sizeof v->message, "%.150s", e->text);
}

void snapshot_save(View *v) {
    Error e;
    char path[512];
    const char *of = v->scene == SCENE_STAGES ? v->t.stage[v->at.stage].name : scene_of(v)->name;
    const bool compared = v->scene == SCENE_STAGES && v->comparing;
    snprintf(path, sizeof path, "%.200s-%.200s%s.png", v->t.s->x->name, of, compared ? "-compared" : "");
    atomic_store(&v->saving, true);
    report(v, snapshot_write(v, path, &e), path, &e);
    atomic_store(&v->saving, false);
}

void handout_save(View *v) {
    Error e;
    char path[512];
    snprintf(path, sizeof path, "%.200s-handout.pdf", v->t.s->x->name);
    atomic_store(&v->saving, true);
    report(v, handout_write(v, path, &e), path, &e);
    atomic_store(&v->saving, false);
}

// ---- by name -------------------------------------------------------------------------------------

static bool go_to_scene(View *v, const char *name) {
    const Scene before = v->scene;
    for (Scene i = SCENE_OVERVIEW; i < N_SCENES; i++) {
        v->scene = i;
        if (strcmp(scene_of(v)->name, name) != 0) continue;
        if (i == SCENE_OPEN) opener_begin(v);
        return true;
    }
    v->scene = before;
    return false;
}

enum { MANY = 40 }; // names beyond that fill a screen, and the message ends before they do

static bool unknown(const View *v, const char *name, Error *e) {
    const int some = v->t.n_stages > MANY ? MANY / 2 : v->t.n_stages;
    error_set(e, "there is no picture '%s'; there are overview, train, pictures, draw, open, help", name);
    for (int i = 0; i < some; i++) error_add(e, ", %s", v->t.stage[i].name);
    if (some < v->t.n_stages)
        error_add(e, " … %s: %d stages, named by --steps", v->t.stage[v->t.n_stages - 1].name, v->t.n_stages);
    error_add(e, "; a stage may be followed by :channel, :pixel or :multiply");
    return false;
}

bool snapshot_go(View *v, const char *name, Error *e) {
    static const char *const levels[] = {"stage", "channel", "pixel", "multiply"};
    char stage[256];
    const char *colon = strrchr(name, ':');
    Level level = LEVEL_STAGE;
    if (go_to_scene(v, name)) return true;
    snprintf(stage, sizeof stage, "%.*s", colon ? (int)(colon - name) : (int)strlen(name), name);
    while (colon && level < N_LEVELS && strcmp(levels[level], colon + 1) != 0) level++;
    const int at = trace_stage(&v->t, stage);
    if (at < 0 || level == N_LEVELS) return unknown(v, name, e);
    v->at.level = level;
    walk_to_stage(v, at);
    return true;
}
