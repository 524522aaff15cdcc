/* scenes.h — what fills the window instead of a stage: the whole network, the training, a
 * drawing of one's own, choosing a picture, the keys. */
#pragma once
#include "viz/view/screen.h"
#include "viz/view/tell.h"

// Keys at the right end of the footer, and what they do.
typedef struct Hint { const char *keys[4], *meaning; } Hint;

enum { N_HINTS = 5 };

typedef struct SceneSpec {
    const char *name, *footer;
    void (*words)(const View *v, char *text, size_t room); // instead of the footer; NULL: that
    Hint hint[N_HINTS];          // those of the stages, if there are none
    void (*draw)(Screen *s);     // title row included: s->area begins below it
    void (*tell)(Telling *t);
    bool (*key)(View *v, const Event *e); // keys that mean something else here; NULL: none
} SceneSpec;

extern const SceneSpec overview_scene, train_scene, cell_scene, draw_scene, open_scene, help_scene;

// The row of the current scene; not for SCENE_STAGES.
const SceneSpec *scene_of(const View *v);
