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

static const Panel *find(StageKind kind, const char *of) {
    for (int i = 0; i < N_PANELS; i++) {
        const Panel *p = panels[i];
        if (p->kind == kind && (p->of ? of && strcmp(p->of, of) == 0 : !of)) return p;
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
