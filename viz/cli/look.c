/* look.c — finds the weights and the pictures that are to be looked at. */
#include "viz/cli/look.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/data/picture.h"
#include "viz/cli/opening.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/terminal.h"
#include "viz/terminal/text.h"

enum { SEARCHED = 2000 }; // pictures: a network that is right about so many is right

ClassText look_class(const Session *s, int k) {
    ClassText t;
    text_clean(t.s, sizeof t.s, s->data.class_name[k], "");
    return t;
}

// ---- weights ------------------------------------------------------------------------------------

// The file; NULL for first values, or (false) after a message.
static bool find_weights(const CommandLine *c, const Model *m, bool trained, char **file, Error *e) {
    const bool asked = c->run.weights || c->run.run;
    *file = NULL;
    if (!asked && !trained) return true;
    *file = session_weights(m->x, &c->run, e);
    return *file || !asked;
}

// Without the data a picture from a file can still be looked at, as --predict does.
bool look_session(Session *s, const Experiment *x, const RunOptions *o, const Picture *p, Error *e) {
    Error without;
    if (opening_session(s, x, o, true, e)) return true;
    if (!p->v || !opening_session(s, x, o, false, &without)) return false;
    const bool known = s->data.measured_known;
    if (!known && !dataset_measure(&s->data, p, &without)) {
        session_close(s);
        return false;
    }
    caution(known ? "the data of this model are not here: its classes are numbered"
                  : "the data of this model are not here: its classes are numbered, and what its steps "
                    "measure is measured on this picture alone");
    return true;
}

static bool open_session(Look *l, const CommandLine *c, const Model *m, Error *e) {
    RunOptions o = c->run;
    o.weights = l->weights;
    o.judging = l->weights != NULL;
    return look_session(&l->s, m->x, &o, &l->picture, e);
}

// ---- pictures -----------------------------------------------------------------------------------

static bool is_number(const char *text) { return text[strspn(text, "0123456789")] == '\0'; }

static bool read_part(const char *name, const Dataset *d, Part *part, Error *e) {
    *part = d->part[PART_TEST].n > 0 ? PART_TEST : PART_TRAIN;
    for (int k = 0; name && k < N_PARTS; k++) {
        if (strncmp(part_names[k], name, strlen(name)) != 0) continue;
        *part = (Part)k;
        return true;
    }
    return !name || error_set(e, "--part is one of training, validation and test, not '%s'", name);
}

// A class by its name, or by its number.
bool look_label(const char *name, const Dataset *d, int *label, Error *e) {
    *label = -1;
    if (!name) return true;
    for (int k = 0; k < d->classes && *label < 0; k++)
        if (strcmp(d->class_name[k], name) == 0) *label = k;
    if (*label < 0 && is_number(name)) *label = (int)strtol(name, NULL, 10);
    if (*label >= 0 && *label < d->classes) return true;
    error_set(e, "--label: there is no class '%s'; the classes are", name);
    for (int k = 0; k < d->classes && k < 20; k++) error_add(e, "%s %s", k ? "," : "", d->class_name[k]);
    return error_add(e, d->classes > 20 ? " …" : "");
}

static bool choose(Look *l, const CommandLine *c, LookWish w, TraceOptions *o, Error *e) {
    const Dataset *d = &l->s.data;
    *o = (TraceOptions){.part = PART_TRAIN, .first = -1, .batch = c->run.batch, .random = true,
                        .input_diff = true};
    if (w.as_training && !c->look_at && !c->part) return true;
    if (!read_part(c->part, d, &o->part, e) || !look_label(c->label, d, &o->label, e)) return false;
    o->random = c->augment || (w.as_training && o->part == PART_TRAIN);
    if (l->picture.v) o->picture = &l->picture;
    else if (c->label) return error_set(e, "--label goes with a picture from a file: --image FILE");
    if (c->look_at && !o->picture) {
        const long n = strlen(c->look_at) < 10 ? strtol(c->look_at, NULL, 10) : 1000000000;
        o->first = (int)n;
    } else if (!o->picture && !w.as_training) {
        if (l->weights && !trace_find_wrong(&l->s, o->part, SEARCHED, &o->first, e)) return false;
        l->wrong = o->first >= 0;
        if (o->first < 0) o->first = 0;
    }
    return true;
}

// ---- opening ------------------------------------------------------------------------------------

bool look_open(Look *l, const CommandLine *c, const Model *m, LookWish w, Error *e) {
    *l = (Look){0};
    if (c->look_at && !is_number(c->look_at) && !picture_read(&l->picture, c->look_at, e)) return false;
    TraceOptions o = {0};
    bool fine = find_weights(c, m, w.trained, &l->weights, e) && open_session(l, c, m, e);
    const bool session = fine;
    fine = fine && choose(l, c, w, &o, e) && trace_open(&l->t, &l->s, &o, e);
    l->part = o.part;
    if (fine) return true;
    if (session) session_close(&l->s);
    picture_free(&l->picture);
    free(l->weights);
    return false;
}

void look_close(Look *l) {
    trace_close(&l->t);
    session_close(&l->s);
    picture_free(&l->picture);
    free(l->weights);
}

// ---- sentences ----------------------------------------------------------------------------------

void look_print_weights(FILE *out, const Look *l) {
    fputs("weights: ", out);
    if (l->weights) text_print(out, l->weights);
    else fprintf(out, "first values, seed %llu: nothing has been learnt yet", (unsigned long long)l->s.seed);
    fputs("\n", out);
}

// "test picture 12, cats/cat.12.jpg"
static void print_number(FILE *out, const Look *l) {
    const ImageList *part = &l->s.data.part[l->part];
    const int i = l->t.picture[0];
    fprintf(out, "%s picture %s", part_names[l->part], count_text((uint64_t)i).s);
    if (!part->file) return;
    fputs(", ", out);
    text_print(out, part->file[i]);
}

void look_print_pictures(FILE *out, const Look *l, const CommandLine *c) {
    const Trace *t = &l->t;
    fputs("picture: ", out);
    if (l->picture.v) text_print(out, c->look_at);
    else print_number(out, l);
    if (t->label[0] >= 0) fprintf(out, ", class %s", look_class(&l->s, t->label[0]).s);
    else fputs(", class not known (--label NAME says it)", out);
    if (l->wrong) fputs(", the first one that the network is wrong about", out);
    if (t->n > 1)
        fprintf(out, "\nbatch: it and %s other %s picture%s", count_text((uint64_t)t->n - 1).s,
                part_names[l->part], t->n == 2 ? "" : "s");
    fputs("\n", out);
}
