/* weights.h — weights on disk, in the safetensors format; all or nothing.
 *
 * Tensors are matched by name and shape. A file that does not fit leaves the parameters as they
 * were, and the message lists every tensor that differs (up to ten): name, expected, found. */
#pragma once
#include "lang/graph.h"
#include "runtime/data/dataset.h"
#include "runtime/error.h"
#include "runtime/params.h"
#include "runtime/safetensors.h"

// Writes parameters and statistics with the metadata that predicting needs: cnnrun.version, model
// (its text), classes (names, one per line), steps (image steps with measured values), crc32c.
bool weights_save(const char *path, const Experiment *x, const Params *p, const Dataset *d,
                  Error *e);

// Which tensors of a file belong to which parameters. {0}: all, under their own names.
typedef struct WeightsFit {
    const char *prefix; // only names in the file that begin so are looked at: "param/"
    const char *into;   // "into." stands before each of the file's names; other parameters stay
    Names except;       // names in the file, of tensors or sections, that are left out: parameters of
                        // these names keep their values; a name that nothing has is a mistake
    Cut cut;            // and so is this
} WeightsFit;

// That of a `load` line.
WeightsFit weights_fit(const FileOptions *o);

// Loads by name from an open file; `path` is for messages. F32, F64, F16 and BF16 are read;
// `num_batches_tracked` is ignored; infinities and NaN are refused.
bool weights_take(const StFile *f, const char *path, const WeightsFit *fit, const Experiment *x,
                  Params *p, Error *e);

// The same from a file that is opened for it.
bool weights_load(const char *path, const WeightsFit *fit, const Experiment *x, Params *p, Error *e);

// The first image step that the file's network was trained with and that is another one here, or has
// measured other numbers, as a sentence for a person; "" if there is none or the file does not say.
// `load` brings weights and statistics, never what image steps have measured.
void weights_other_steps(const StFile *f, const Dataset *d, char *text, size_t cap);

// The pieces, for checkpoints: a parameter's tensor under some name; whether all numbers of a
// tensor are finite in this build (else false with a message); a tensor's numbers as reals.
StTensor weights_tensor(const Param *p, const char *name, const real *v);
bool weights_finite(const StTensor *t, const char *path, Error *e);
void weights_copy(real *dst, const StTensor *t);
