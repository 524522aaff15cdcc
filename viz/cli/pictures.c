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

// For every program, and for those that print at any size.
enum { N_FORMATS = 2 };

void picture_curves(const Experiment *x, const RunOptions *o) {
    static const char *const name[N_FORMATS] = {"curves.png", "curves.svg"};
    Error e;
    char *results = file_of_run(x, o, RUN_RESULTS);
    for (int i = 0; results && io_exists(results) && i < N_FORMATS; i++) {
        char *path = file_of_run(x, o, name[i]);
        if (path && !chart_curves(results, path, &e)) complain("%s", e.text);
        free(path);
    }
    free(results);
}

void picture_confusion(const Experiment *x, const RunOptions *o, const Evaluation *v) {
    static const char *const name[N_FORMATS] = {"confusion.png", "confusion.svg"};
    Error e;
    for (int i = 0; i < N_FORMATS; i++) {
        char *path = file_of_run(x, o, name[i]);
        if (path && !chart_confusion(v, path, &e)) complain("%s", e.text);
        free(path);
    }
}
#else
void picture_curves(const Experiment *x, const RunOptions *o) { (void)x, (void)o; }

void picture_confusion(const Experiment *x, const RunOptions *o, const Evaluation *v) {
    (void)x, (void)o, (void)v;
}
#endif
