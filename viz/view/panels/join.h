/* join.h — what the panels of add and concat share: several paths that come together. */
#pragma once
#include "viz/view/panels/layers.h"

// The layers of path k between the place where the paths part and this one: "Conv 2 → Norm → ReLU",
// or "straight from ReLU 1".
const char *path_words(Screen *s, int k);

// Channels lo … lo + n − 1 of picture 0.
Tensor channels_of(Screen *s, Tensor t, int lo, int n);

// The first channel of path k in what concat puts out, and how many there are.
int path_first(const Screen *s, int k);
int path_channels(const Screen *s, int k);

// "channels 0 to 15"
const char *channels_text(Screen *s, int first, int n);

// Row k of n below one another.
Rect path_row(Rect r, int k, int n);

// The maps of one of n paths: all of them if there is room, or one row of the first.
void draw_path_maps(Screen *s, Rect r, Tensor t, int n);

// An arrow between two cards that stand side by side.
void draw_way(Screen *s, Rect from, Rect to, Tone tone);
