/* stage.h — what the files that print stages share. */
#pragma once
#include "viz/terminal/describe.h"
#include "viz/terminal/stages.h"

// Where it stands in the model file: "12", or "base.cnn:12".
const char *stage_line(Arena *a, const Experiment *x, const Use *u);

// What comes out of a stage for the inspected picture, or (loss, backward) the gradient of that; v is
// NULL for the update.
Tensor stage_output(const Trace *t, int stage);

// ---- one stage -----------------------------------------------------------------------------------

typedef struct Show {
    const Terminal *to;
    Arena *a;
    const Trace *t;
    int number;
    const Stage *stage;
    const Place *place;
    Error *e;
} Show;

// The part of a value that belongs to the inspected picture.
static inline Tensor stage_inspected(Tensor t) { return t.v ? tensor_part(t, 0, 1) : t; }

// A number of a tensor and where it lies.
typedef struct Spot { int n, c, y, x; double v; } Spot;

Spot stage_largest(Tensor t, bool by_size); // the largest number, or the one of the largest size

// The number that is asked for, of picture 0 or of a parameter; else the largest. False with a message.
bool stage_choose(const Show *s, const char *what, Tensor t, bool by_size, Spot *spot);
bool stage_choose_in_param(const Show *s, const char *what, Tensor t, Spot *spot);

// Is a parameter asked for that is not this one? Names may leave out the layer.
bool stage_other_param(const Show *s, const char *name);

// Its number, name, place in the file, formula and source.
void stage_head(const Show *s);

// "in         28×28×1, from conv1: mean 0.11, from 0 to 1, 81.6 % zeros"
void stage_summary(const Show *s, const char *name, Tensor t, const char *remark);

const char *stage_sides(const Show *s, const ParamSpec *p); // "16×6×5×5"

bool stage_loss(const Show *s);   // stage_end.c
bool stage_update(const Show *s);
