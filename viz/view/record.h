/* record.h — what is written down while a network trains: the curve, tests in between, how the first
 * kernels looked, and how the network answered single pictures.
 *
 * All of it has a fixed size, however long the training: when a list is full, every second entry goes
 * (of the curve: two become their mean), and from then on half as many are written down. So a record
 * is a function of the steps alone, not of the clock. */
#pragma once
#include "runtime/train.h"

enum { MOST_POINTS = 1024, MOST_TESTS = 64, MOST_FRAMES = 32, MOST_KERNELS = 4, MOST_KERNEL = 1024 };

// The mean of `per` steps; the last one behind it may be of fewer.
typedef struct RecordPoint { double step, loss, accuracy; } RecordPoint;

// The kernels as they were before step number `step`, one after the other.
typedef struct RecordFrame { uint64_t step; float v[MOST_KERNELS * MOST_KERNEL]; } RecordFrame;

// The kernels that are filmed: h × w numbers each, of the first input channel alone.
typedef struct Filmed {
    int param;               // number of the parameter; −1: the model has none that can be shown
    int n, shown, h, w;      // how many there are; how many are recorded
    int inputs;              // channels each of them reads
} Filmed;

typedef struct Record {
    int n_points;
    uint64_t per, in_last;   // steps per point, and of the last one
    RecordPoint point[MOST_POINTS];
    int n_tests;
    RecordPoint test[MOST_TESTS];
    int n_frames;
    RecordFrame frame[MOST_FRAMES], now;
    Filmed kernels;
    uint64_t test_every, frame_every;
} Record;

// A record of nothing yet, for a training of about so many steps.
void record_begin(Record *r, const Session *s, uint64_t steps);

// After a step: its number from 1, and how its batch went.
void record_step(Record *r, double step, double loss, double accuracy);

// Before step number `step` (so many are done): is a test due, and the frame?
bool record_test_due(const Record *r, uint64_t step);
void record_test(Record *r, double step, double loss, double accuracy);
void record_frame(Record *r, const Params *p, uint64_t step);

// 1, 2 or 5 times a power of ten, at least v and at least 1.
uint64_t record_round(double v);
