/* bench.h — how fast is it, and how fast could it be? Measurements as data; nothing is printed.
 *
 * Everything is timed the same way: called until it is warm, then in blocks of many calls; the
 * result is the median block. Times are those of the clock on the wall, so other programs disturb
 * them: only figures of one run can be compared with each other.
 *
 * A FLOP is an addition or a multiplication. Products of conv and dense count, two FLOP each; a
 * training step counts the forward pass, the gradient of the weights, and the gradient of the input
 * where somebody wants it, which is not so for the first layer. */
#pragma once
#include "lang/graph.h"
#include "runtime/error.h"
#include "runtime/threads.h"

typedef struct Timing { double median, best; } Timing; // seconds of one call

// Times work(ctx) for about so many seconds, a tenth of them to get warm.
Timing bench_time(void (*work)(void *ctx), void *ctx, double seconds);

// ---- the machine -----------------------------------------------------------------------------------

// FLOP per second of all threads together when they do nothing but multiply and add in registers:
// no program with these kernels can be faster. NULL is one thread, here as everywhere.
double bench_peak(Threads *t);

// Bytes per second that all threads together read and write, far beyond the caches. 0: no memory.
double bench_bandwidth(Threads *t);

// A product of two n × n matrices on one thread: FLOP per second of the definition and of gemm(). The peak
// is that of one thread right behind it: the clock of a processor changes from second to second.
typedef struct ProductSpeed { int n; double ref, fast, peak; } ProductSpeed;
bool bench_product(int n, ProductSpeed *out, Error *e);

// ---- one convolution in its three directions -------------------------------------------------------

typedef enum Direction { FORWARD, WEIGHT_GRADIENT, INPUT_GRADIENT, N_DIRECTIONS } Direction;

// A layer of one of the models, as it is written, and what goes in.
typedef struct ConvShape {
    const char *model, *text;
    Shape src;
    int batch;
    bool first; // it sees the image: nobody asks for the gradient of its input
} ConvShape;

extern const ConvShape bench_conv_shapes[]; // ends with {0}
bool bench_conv_counts(const ConvShape *shape, Direction d); // the others are not measured

// FLOP per second on all threads; the peak is that of all threads right behind.
typedef struct ConvSpeed { double ref[N_DIRECTIONS], fast[N_DIRECTIONS], peak; } ConvSpeed;
bool bench_conv(const ConvShape *shape, Threads *t, ConvSpeed *out, Error *e);

// ---- a model ---------------------------------------------------------------------------------------

typedef struct BenchOptions {
    bool infer, ref;  // inference instead of training steps; the definitions instead of the fast code
    bool no_winograd;
    int batch;        // 0: that of the first `train` line, or 64
    double seconds;
} BenchOptions;

typedef struct ModelSpeed {
    int batch;
    Timing step;      // forward, loss, backward and update, or forward alone; synthetic images
    double flop;      // of a step
    size_t memory;    // bytes that plan and parameters take
} ModelSpeed;

// All parameters learn, whatever the model freezes. False if there is nothing to train or no memory.
bool bench_model(const Experiment *x, Threads *t, const BenchOptions *o, ModelSpeed *out, Error *e);
