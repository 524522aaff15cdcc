/* panel.h — how a kind of stage looks: a table, one file per row in viz/view/panels/.
 *
 * A panel is one file and one line in panels.def. It says which stages it is for, what they are
 * called, what one walks over there, how each level is drawn, and what is told about it as text.
 * Whatever it leaves out is done by the panel for any stage of that kind (panels/any_*.c), which
 * shows what goes in, what comes out, and the sum that one number is: so every model can be looked
 * at, whatever its layers.
 *
 * A draw function fills s->area (card by card: pieces.h), from left to right as the reader goes,
 * with the arithmetic in a card at the bottom. */
#pragma once
#include "viz/view/screen.h"
#include "viz/view/tell.h"

typedef struct Panel {
    StageKind kind;
    const char *of;          // the names of the layers, image steps … it is for; NULL: any
    const char *title;       // "Convolution"; NULL: made from the name of the kind
    const char *chip;        // "Conv"; NULL: as the title
    const char *sentence;    // one plain sentence; NULL: the kind's own summary
    const char *formula;     // NULL: the kind's own, or
    const char *(*formula_of)(Screen *s); // what it is with the options of this model
    // What is walked over (walk.h); NULL: as any stage of that kind.
    bool (*target)(const View *v, const Stage *s, int i, Target *out);
    int (*terms)(const View *v);   // steps at level Multiply; NULL: terms of the number's sum
    void (*draw[N_LEVELS])(Screen *s);
    void (*tell)(Telling *t);      // after the first lines; NULL: the number's sum
} Panel;

#define PANEL(name) extern const Panel name##_panel;
#include "viz/view/panels.def"
#undef PANEL

// The row for a stage: of its own kind, or of any.
const Panel *panel_of(const Stage *s);

// Draws a stage at the current level into s->area.
void panel_draw(Screen *s);

// The name of what a stage uses ("conv", "normalize"), or "".
const char *stage_of_name(const Stage *s);
