/* panel.c — finding the row of a stage. */
#include "viz/view/panel.h"

#include <string.h>

static const Panel *const panels[] = {
#define PANEL(name) &name##_panel,
#include "viz/view/panels.def"
#undef PANEL
};

enum { N_PANELS = sizeof panels / sizeof *panels };

const char *stage_of_name(const Stage *s) {
    return s->use && s->use->kind ? s->use->kind->name : "";
}

// Is `name` one of the words of a list separated by blanks?
static bool listed(const char *list, const char *name) {
    const size_t len = strlen(name);
    for (const char *at = list; len > 0 && (at = strstr(at, name)); at += len)
        if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0')) return true;
    return false;
}

static const Panel *find(StageKind kind, const char *of) {
    for (int i = 0; i < N_PANELS; i++) {
        const Panel *p = panels[i];
        if (p->kind == kind && (p->of ? of && listed(p->of, of) : !of)) return p;
    }
    return NULL;
}

const Panel *panel_of(const Stage *s) {

    const Panel *own = find(s->kind, stage_of_name(s));
    return own ? own : find(s->kind, NULL);
}

void panel_draw(Screen *s) {
    const Level level = s->v->at.level;
    const Panel *own = panel_of(s->stage), *any = find(s->stage->kind, NULL);
    if (own->draw[level]) own->draw[level](s);
    else any->draw[level](s);
}
