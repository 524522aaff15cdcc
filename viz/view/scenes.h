/* scenes.h — what fills the window instead of a stage: the whole network, the training, the keys. */
#pragma once
#include "viz/view/screen.h"
#include "viz/view/tell.h"

typedef struct SceneSpec {
    const char *name, *footer;
    void (*draw)(Screen *s);     // title row included: s->area begins below it
    void (*tell)(Telling *t);
} SceneSpec;

extern const SceneSpec overview_scene, train_scene, help_scene;

// The row of the current scene; not for SCENE_STAGES.
const SceneSpec *scene_of(const View *v);
