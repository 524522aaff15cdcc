/* walk.h — what a stage lets one walk over, and steps through it that can be undone exactly.
 *
 * Each stage has one or more targets: tensors whose numbers are visited one after the other.
 * Forward it is what the layer puts out; backward the gradient of each input, then that of each
 * parameter; for the update each parameter. A step past the end of a stage goes to the next one. */
#pragma once
#include "viz/view/view.h"

typedef struct Target {
    const char *name;    // "y", "∂L/∂x", "weight"
    Tensor v;
    bool param;          // O × I × K × K: the channel is O, the pixel counts through the rest;
                         // otherwise the pixel is a place in one map of image 0
    const char *unit;    // what its channels are: "channel", "number"; of a parameter "filter", "output"
    int rank;            // of a parameter: 4 kernels, 3 one number for each place of a channel, 2 output
                         // × input, 1 one for each channel
    int channels, pixels;
    bool asks;           // each number is a sum that can be taken apart:
    Asked asked;         // this question of explain.h
    int k;
    bool shared;         // other layers add to the gradient, too: the sum is this layer's share
} Target;

// Target i of a stage; false if there are not so many.
bool walk_target(const View *v, int stage, int i, Target *out);

// The same for a stage backward whose panel walks over something else, too.
bool walk_gradient(const View *v, const Stage *s, int i, Target *out);

// The same, but first over the gradient that arrives.
bool walk_arriving(const View *v, const Stage *s, int i, Target *out);

// The target at the current place.
Target walk_here(const View *v);

// Image, channel, row and column of a target's number, and the number itself.
typedef struct Spot { int n, c, y, x; } Spot;
Spot target_spot(const Target *t, int channel, int pixel);
double target_value(const Target *t, int channel, int pixel);

// Where it lies within what its channels are, counted from 0: "row 9, column 10", of a kernel of many
// channels "channel 2, row 0, column 1"; "" where there is no more to say.
void target_place(const Target *t, Spot s, char *text, size_t room);

// How many terms the number at the current place has; 0 if it is no sum.
int walk_terms(const View *v);

void walk_step(View *v, int by);           // ±1 at the current level, however far that leads
void walk_level(View *v, Level level);
void walk_finer(View *v);
void walk_coarser(View *v);                // from Stage to the overview
void walk_to_stage(View *v, int stage);    // at the current level, where something is to be seen
void walk_to(View *v, int target, int channel, int pixel);

// "channel 2 of 8 · pixel 245 of 676 · row 9, column 10", "Conv 1 W · filter 2 of 8"; `room` bytes.
void walk_position(const View *v, char *text, size_t room);

// ---- the order of the stages ---------------------------------------------------------------------

// Is stage k (or what it makes known) done at the current place?
bool walk_done(const View *v, int stage);

// The stage of that kind for that node, or −1.
int stage_of(const Trace *t, StageKind kind, int index);

// The node a forward or backward stage belongs to; NULL for the others.
const Node *stage_node(const Trace *t, const Stage *s);
