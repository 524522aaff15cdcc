/* report.c — an evaluation as tables; see report.h. */
#include "runtime/report.h"

#include <stdio.h>
#include <stdlib.h>

#include "runtime/csv.h"
#include "runtime/io.h"

static void put_real(FILE *f, double v) { fputc(',', f), csv_real(f, v); }

static const char *name_of(const Evaluation *v, int k) { return v->class_name[k]; }

// ---- tables ----------------------------------------------------------------------------------------

static void put_evaluation(FILE *f, const Evaluation *v) {
    fputs("part,images,right,accuracy,loss,top,top_accuracy,balanced_accuracy,precision,recall,f1\n", f);
    fprintf(f, "%s,%d,%d", v->part, v->n, v->hits);
    put_real(f, v->accuracy);
    put_real(f, v->loss);
    fprintf(f, ",%d", v->top);
    put_real(f, v->top_accuracy);
    put_real(f, v->mean.recall);
    put_real(f, v->mean.precision);
    put_real(f, v->mean.recall);
    put_real(f, v->mean.f1);
    fputc('\n', f);
}

static void put_classes(FILE *f, const Evaluation *v) {
    fputs("class,images,answers,right,precision,recall,f1\n", f);
    for (int k = 0; k < v->classes; k++) {
        const ClassScore *c = &v->score[k];
        csv_text(f, name_of(v, k));
        fprintf(f, ",%d,%d,%d", c->images, c->answers, c->right);
        put_real(f, c->precision);
        put_real(f, c->recall);
        put_real(f, c->f1);
        fputc('\n', f);
    }
}

static void put_confusion(FILE *f, const Evaluation *v) {
    fputs("class", f);
    for (int said = 0; said < v->classes; said++) fputc(',', f), csv_text(f, name_of(v, said));
    fputc('\n', f);
    for (int wanted = 0; wanted < v->classes; wanted++) {
        csv_text(f, name_of(v, wanted));
        for (int said = 0; said < v->classes; said++)
            fprintf(f, ",%d", v->confusion[(size_t)wanted * (size_t)v->classes + (size_t)said]);
        fputc('\n', f);
    }
}

static void put_worst(FILE *f, const Evaluation *v) {
    fprintf(f, "part,picture,file,class,answer,%s,loss\n", v->probable ? "probability" : "score");
    for (int i = 0; i < v->n_worst; i++) {
        const WrongAnswer *w = &v->worst[i];
        fprintf(f, "%s,%d,", v->part, w->picture);
        csv_text(f, w->file ? w->file : "");
        fputc(',', f), csv_text(f, name_of(v, w->wanted));
        fputc(',', f), csv_text(f, name_of(v, w->said));
        put_real(f, w->share);
        put_real(f, w->loss);
        fputc('\n', f);
    }
}

// ---- files -----------------------------------------------------------------------------------------

static bool save(const char *folder, const char *name, void (*put)(FILE *, const Evaluation *),
                 const Evaluation *v, Error *e) {
    char *text = NULL, *path = io_join(folder, name);
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    if (f) put(f, v);
    const bool whole = f && !ferror(f), closed = f && fclose(f) == 0;
    const bool fine = whole && closed && path ? io_write(path, &(Piece){text, len}, 1, e)
                                              : error_set(e, "there is no memory for %s", name);
    free(text), free(path);
    return fine;
}

bool report_save(const char *folder, const Evaluation *v, Error *e) {
    return save(folder, "evaluation.csv", put_evaluation, v, e) &&
           save(folder, "classes.csv", put_classes, v, e) &&
           (!v->confusion || save(folder, "confusion.csv", put_confusion, v, e)) &&
           (!v->worst_wanted || save(folder, "worst.csv", put_worst, v, e));
}
