/* results.c — results.csv, for spreadsheets and curves.
 *
 * The table is kept as text and the whole file is replaced with each checkpoint, so that it is
 * never half written and a resumed run cannot leave a line twice. */
#include "runtime/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/io.h"
#include "runtime/run_folder.h"

enum { MAX_TABLE = 64 << 20, MAX_ROW = 256 };

static const char header[] =
    "phase,epoch,step,lr,loss,accuracy,valid_loss,valid_accuracy,seconds\n";

static bool add_text(Results *r, const char *text, size_t len) {
    if (r->len + len + 1 > r->cap) {
        const size_t cap = 2 * (r->len + len + 1);
        char *grown = realloc(r->text, cap);
        if (!grown) return false;
        r->text = grown;
        r->cap = cap;
    }
    memcpy(r->text + r->len, text, len);
    r->len += len;
    return true;
}

// The length of the first n lines of text.
static size_t lines(const char *text, uint64_t n) {
    const char *at = text;
    for (; n > 0; n--) {
        const char *end = strchr(at, '\n');
        if (!end) break;
        at = end + 1;
    }
    return (size_t)(at - text);
}

bool results_open(Results *r, const char *folder, bool resume, uint64_t rows, Error *e) {
    *r = (Results){.path = io_join(folder, RUN_RESULTS)};
    if (!r->path) return error_set(e, "there is no memory left");
    size_t len;
    char *old = resume && io_exists(r->path) ? io_read(r->path, MAX_TABLE, &len, e) : NULL;
    const bool kept = old && strncmp(old, header, sizeof header - 1) == 0;
    const bool fine = kept ? add_text(r, old, lines(old, rows + 1))
                           : add_text(r, header, sizeof header - 1);
    free(old);
    return fine || error_set(e, "there is no memory left");
}

void results_close(Results *r) {
    free(r->path), free(r->text);
    *r = (Results){0};
}

bool results_add(Results *r, const EpochResult *row, Error *e) {
    char text[MAX_ROW], valid[64] = ",";
    if (row->has_valid)
        snprintf(valid, sizeof valid, "%.6g,%.6g", row->valid_loss, row->valid_accuracy);
    const int n = snprintf(text, sizeof text, "%d,%d,%llu,%.6g,%.6g,%.6g,%s,%.3f\n", row->phase,
                           row->epoch, (unsigned long long)row->step, row->lr, row->loss,
                           row->accuracy, valid, row->seconds);
    return add_text(r, text, (size_t)n) || error_set(e, "there is no memory left");
}

bool results_save(const Results *r, Error *e) {
    return io_write(r->path, &(Piece){r->text, r->len}, 1, e);
}
