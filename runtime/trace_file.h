/* trace_file.h — traced steps on disk, in the safetensors format, for notebooks and for comparing
 * with other programs.
 *
 *     input@k  label@k  picture@k  target@k     what went in: N × C × H × W, and per picture its
 *                                               class, its number in the part, what was wanted
 *     act/NODE@k  actgrad/NODE@k                what a layer put out, and the gradient of it
 *     gradin/input@k                            the gradient of the pictures
 *     loss@k  loss_vec@k                        of the batch, before update k; of each picture
 *     grad/PARAM@k                              as the optimiser saw it: clipped, without decay
 *     gradnorm@k  lr@k                          norm of the whole gradient before clipping; the rate
 *     param/PARAM@k  opt/PARAM.STATE@k          after k updates; STATE as PyTorch calls it
 *     buf/NODE.mean@k  buf/NODE.var@k           running statistics after k steps
 *
 * k counts the steps of the trace from 0. A value of single numbers is N × C, other values are
 * N × C × H × W, in the plain order; a parameter has its own shape. */
#pragma once
#include "runtime/safetensors.h"
#include "runtime/trace.h"

typedef struct TraceFile {
    int n, room, steps;
    StTensor *tensor;  // names and numbers are its own
    double bytes;      // of the numbers
} TraceFile;

// Adds everything about the last step of t; f is {0} before the first one. False with a
// message: there is no memory for it.
bool trace_file_add(TraceFile *f, const Trace *t, Error *e);

bool trace_file_save(const TraceFile *f, const char *path, const Session *s, Error *e);
void trace_file_free(TraceFile *f);

// Bytes of `steps` steps: what a refusal quotes before any is done.
double trace_file_size(const Trace *t, int steps);
