/* script.c — see script.h. */
#include "viz/view/script.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/io.h"
#include "viz/view/keys.h"
#include "viz/view/predict.h"
#include "viz/view/snapshot.h"
#include "viz/view/tell.h"
#include "viz/view/walk.h"

typedef struct Script {
    View *v;
    FILE *out;
    const char *path;
    int line, failures;
    Error *e;
} Script;

static bool wrong(Script *s, const char *what, const char *word) {
    return error_set(s->e, "%s:%d: %s '%s'", s->path, s->line, what, word);
}

// ---- one command each ----------------------------------------------------------------------------

static bool do_key(Script *s, const char *word) {
    Event event = {.kind = EVENT_KEY};
    if (strncmp(word, "Ctrl+", 5) == 0) event.ctrl = true, word += 5;
    event.key = key_named(word);
    if (!event.key) return wrong(s, "there is no key", word);
    view_event(s->v, &event);
    return true;
}

static bool mouse(Script *s, Event event, const char *word) {
    char rest;
    if (sscanf(word, "%lf %lf %c", &event.x, &event.y, &rest) != 2) return wrong(s, "no place is", word);
    view_event(s->v, &event);
    return true;
}

static bool do_move(Script *s, const char *word)  { return mouse(s, (Event){.kind = EVENT_MOVE}, word); }
static bool do_press(Script *s, const char *word) { return mouse(s, (Event){.kind = EVENT_PRESS}, word); }

static bool do_erase(Script *s, const char *word) {
    return mouse(s, (Event){.kind = EVENT_PRESS, .right = true}, word);
}

static bool do_release(Script *s, const char *word) {
    return mouse(s, (Event){.kind = EVENT_RELEASE}, word);
}

static bool do_click(Script *s, const char *word) { return do_press(s, word) && do_release(s, word); }

static bool do_drop(Script *s, const char *word) {
    view_event(s->v, &(Event){.kind = EVENT_DROP, .path = word});
    return true;
}

static bool do_wheel(Script *s, const char *word) {
    char *end;
    Event event = {.kind = EVENT_WHEEL, .y = strtod(word, &end)};
    if (end == word || *end) return wrong(s, "no turn is", word);
    view_event(s->v, &event);
    return true;
}

static bool do_tick(Script *s, const char *word) {
    char *end;
    const long n = strtol(word, &end, 10);
    if (end == word || *end || n < 1 || n > 100000) return wrong(s, "no number of ticks is", word);
    for (long i = 0; i < n; i++) view_event(s->v, &(Event){.kind = EVENT_TICK});
    return true;
}

static bool do_resize(Script *s, const char *word) {
    Event event = {.kind = EVENT_RESIZE};
    char rest;
    if (sscanf(word, "%dx%d%c", &event.w, &event.h, &rest) != 2 || event.w < 1 || event.h < 1 ||
        event.w > 16384 || event.h > 16384)
        return wrong(s, "no size is", word);
    view_event(s->v, &event);
    return true;
}

static bool do_stage(Script *s, const char *word) {
    const int stage = trace_stage(&s->v->t, word);
    if (stage < 0) return wrong(s, "there is no stage", word);
    walk_to_stage(s->v, stage);
    predict_forget(s->v);
    s->v->message[0] = '\0';
    s->v->dirty = true;
    return true;
}

static bool do_snap(Script *s, const char *word) { return snapshot_write(s->v, word, s->e); }

static bool do_text(Script *s, const char *word) {
    char *text = view_text(s->v);
    if (!text) return error_set(s->e, "there is no memory left");
    bool fine = true;
    if (strcmp(word, "-") == 0) fputs(text, s->out);
    else fine = io_write(word, &(Piece){text, strlen(text)}, 1, s->e);
    free(text);
    return fine;
}

static bool do_expect(Script *s, const char *word) {
    char *text = view_text(s->v);
    if (!text) return error_set(s->e, "there is no memory left");
    if (!strstr(text, word)) {
        fprintf(s->out, "%s:%d: expected \"%s\" in:\n%s", s->path, s->line, word, text);
        s->failures++;
    }
    free(text);
    return true;
}

static const struct { const char *name; bool (*act)(Script *s, const char *word); } commands[] = {
    {"key", do_key},       {"move", do_move},   {"click", do_click}, {"wheel", do_wheel},
    {"tick", do_tick},     {"resize", do_resize}, {"stage", do_stage}, {"snap", do_snap},
    {"text", do_text},     {"expect", do_expect}, {"drop", do_drop},
    {"press", do_press},   {"release", do_release}, {"erase", do_erase},
};

// ---- lines ---------------------------------------------------------------------------------------

// Hits belong to the picture one sees: it is drawn before anything is clicked.
static bool refresh(Script *s) {
    DrawList *d = s->v->dirty ? view_draw(s->v, s->e) : NULL;
    if (s->v->dirty && !d) return false;
    s->v->dirty = false;
    draw_free(d);
    return true;
}

static bool do_line(Script *s, char *line) {
    line += strspn(line, " \t");
    for (size_t n = strlen(line); n > 0 && strchr(" \t\r", line[n - 1]); n--) line[n - 1] = '\0';
    if (*line == '\0' || *line == '#') return true;
    const size_t len = strcspn(line, " \t");
    const char *word = line + len + strspn(line + len, " \t");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strlen(commands[i].name) == len && strncmp(commands[i].name, line, len) == 0)
            return refresh(s) && commands[i].act(s, word);
    return wrong(s, "there is no command", line);
}

enum { MAX_SCRIPT = 1 << 20 };

bool script_run(View *v, const char *path, FILE *out, int *failures, Error *e) {
    Script s = {.v = v, .out = out, .path = path, .e = e};
    size_t len;
    char *text = io_read(path, MAX_SCRIPT, &len, e);
    if (!text) return false;
    bool fine = true;
    for (char *line = text; line && fine && !v->quit;) {
        char *end = strchr(line, '\n');
        if (end) *end = '\0';
        s.line++;
        fine = do_line(&s, line);
        line = end ? end + 1 : NULL;
    }
    free(text);
    *failures = s.failures;
    return fine;
}
