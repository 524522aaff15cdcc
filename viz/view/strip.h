/* strip.h — the two lanes of stages below the top bar: forward to the right, gradients to the left
 * below, and the update that closes the loop.
 *
 *     Load ▸ Rescale ▸ Conv ▸ ReLU ▸ Pool ▸ Dense ▸ Softmax ▸ Loss
 *     Update  W ← W − α ∂W ◂ ∂W  ◂ ∂x  ◂ ∂x  ◂ ∂W ∂x ◂ p − y ◂ ∂L = 1
 *
 * A network of many layers has its sections, or the layers between two poolings, in one column
 * each; that of the current stage is unfolded. */
#pragma once
#include "viz/view/screen.h"

enum { MAX_COLUMNS = 18 };

typedef struct Column {
    int stage, back;     // where its chips lead; −1: nowhere
    int last, last_back; // a folded column: its last stage, and the first of its gradients
    int n;               // stages it stands for
    const char *name, *lower;
} Column;

// The columns for the current place; at most MAX_COLUMNS go into `out`. Returns how many.
int strip_columns(Arena *a, const View *v, Column *out);

void draw_strip(Screen *s);
