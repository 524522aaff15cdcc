/* mask.h — what the two panels of dropout share: which numbers were kept, and by how much they grew. */
#pragma once
#include "viz/view/panels/layers.h"

typedef struct Mask {
    Tensor keep;             // 1 × C × H × W, 1 or 0; all 1 where nothing is learnt
    double scale;            // 1/(1 − p)
    int kept, n;
    bool learning;
} Mask;

Mask mask_of(Screen *s);

// Stage: before, the mask, after. `tone` is that of the arrows between them,
// `kept_note` what is said about a number that was kept.
typedef struct MaskView { const char *before, *after, *kept_note; Tensor from; Tone tone; } MaskView;
void draw_mask_stage(Screen *s, const MaskView *m);

// One number: the same with the current place marked, and the product below.
void draw_mask_number(Screen *s, const MaskView *m);
