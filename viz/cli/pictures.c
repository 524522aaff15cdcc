/* pictures.c — finds the folder, and lets viz/charts draw. */
#include "viz/cli/pictures.h"

#if HAVE_VIZ
#include <stdlib.h>

#include "runtime/io.h"
#include "runtime/run_folder.h"
#include "viz/charts/charts.h"
#include "viz/terminal/terminal.h"

// malloc'd; NULL if there is no run or no memory.
static char *file_of_run(const Experiment *x, const RunOptions *o, const char *name) {
    char *folder = session_run(x, o);
    char *path = folder ? io_join(folder, name) : NULL;
    free(folder);
    return path;
}

void picture_curves(const Experiment *x, const RunOptions *o) {
    Error e;
    char *results = file_of_run(x, o, RUN_RESULTS), *path = file_of_run(x, o, "curves.png");
    if (results && path && io_exists(results) && !chart_curves(results, path, &e))
        complain("%s", e.text);
    free(results), free(path);
}

void picture_confusion(const Experiment *x, const RunOptions *o, const Evaluation *v) {
    Error e;
    char *path = file_of_run(x, o, "confusion.png");
    if (path && !chart_confusion(v, path, &e)) complain("%s", e.text);
    free(path);
}
#else
void picture_curves(const Experiment *x, const RunOptions *o) { (void)x, (void)o; }

void picture_confusion(const Experiment *x, const RunOptions *o, const Evaluation *v) {
    (void)x, (void)o, (void)v;
}
#endif
