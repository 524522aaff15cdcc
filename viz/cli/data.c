/* data.c — cnnrun data: which data sets are here; and what is in one.
 *
 *     cnnrun data               a line for each known set
 *     cnnrun data mnist         classes, counts, mean and deviation, pictures that come twice
 *     cnnrun data my/pets       the same of a folder */
#include "viz/cli/data.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/csv.h"
#include "runtime/data/source.h"
#include "runtime/vocabulary.h"
#include "viz/cli/commands.h"
#include "viz/cli/opening.h"
#include "viz/terminal/describe.h"
#include "viz/terminal/grid.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/text.h"

// ---- opening ---------------------------------------------------------------------------------------

void data_look_init(DataLook *l, const KnownSet *set, const char *path) {
    *l = (DataLook){.name = set ? set->spec.kind.name : path, .set = set};
    l->options.path = path;
    l->options.set.kind = set ? &set->spec.kind : NULL;
}

// As it lies there, whatever may be wrong with it: what is found is told later.
static bool try_open(DataLook *l, Threads *t, Error *e) {
    const Opening o = {.seed = 1, .need_pictures = true, .judging = true, .allow_empty = true,
                       .threads = t};
    const DataSource *source;
    char why[ERROR_TEXT], *place = source_find(&l->options, ".", &source, e);
    Shape image = l->set ? l->set->spec.image : (Shape){0};
    int classes = l->set ? l->set->spec.classes : 0;
    l->found = place;
    free(place);
    if (!l->found) return false;
    if (!l->set && !data_probe(&l->options, ".", &image, &classes, why, sizeof why))
        return error_set(e, "%s", why);
    if (l->options.size.h) image.h = l->options.size.h, image.w = l->options.size.w;
    l->x = (Experiment){.folder = ".", .data.cfg = &l->options, .image = image, .classes = classes};
    return opening_data(&l->d, &l->x, &o, e);
}

// Pictures of different sizes, which nothing else is said about, are brought to COMMON × COMMON.
bool data_look_open(DataLook *l, Threads *t, Error *e) {
    enum { COMMON = 64 };
    if (try_open(l, t, e)) return true;
    if (l->set || !l->found) return false;
    l->options.size = (Size){COMMON, COMMON};
    return try_open(l, t, e);
}

void data_look_close(DataLook *l) { dataset_close(&l->d); }

// ---- all known sets ----------------------------------------------------------------------------------

typedef struct State {
    const char *word;
    bool here;
    char why[ERROR_TEXT];  // if it is damaged
} State;

static State look_for(DataLook *l, Threads *t) {
    State s = {.word = "here", .here = true};
    Error e;
    if (data_look_open(l, t, &e)) return s;
    s.here = false;
    s.word = l->found ? "damaged" : "not here";
    snprintf(s.why, sizeof s.why, "%s", e.text);
    return s;
}

// "60,000 + 10,000": training and test.
static const char *images_text(Arena *a, const Dataset *d) {
    const NumberText train = count_text((uint64_t)d->part[PART_TRAIN].n);
    const NumberText test = count_text((uint64_t)d->part[PART_TEST].n);
    return d->part[PART_TEST].n ? arena_print(a, "%s + %s", train.s, test.s) : arena_print(a, "%s", train.s);
}

static void list_row(Grid *g, Arena *a, const DataLook *l, const State *s) {
    grid_cell(g, l->name);
    grid_cell(g, s->word);
    grid_cell(g, s->here ? images_text(a, &l->d) : "");
    grid_cell(g, size_text(a, l->set->spec.image));
    grid_cell(g, arena_print(a, "%d", l->set->spec.classes));
    grid_cell(g, s->here ? l->d.from : "");
}

static void list_csv(FILE *out, const DataLook *l, const State *s) {
    const Shape i = l->set->spec.image;
    fprintf(out, "%s,%s", l->name, s->word);
    for (int p = 0; p < N_PARTS; p++) fprintf(out, ",%d", l->d.part[p].n);
    fprintf(out, ",%d,%d,%d,%d,", i.h, i.w, i.c, l->set->spec.classes);
    csv_text(out, s->here ? l->d.from : "");
    fputc('\n', out);
}

static bool print_place(void *ctx, const char *folder) {
    FILE *out = ctx;
    fputs("  ", out), text_print(out, folder), fputs("\n", out);
    return false;
}

static void list_end(FILE *out, const char *missing) {
    fputs("\nThey are looked for in:\n", out);
    data_folders(print_place, out);
    if (missing) fprintf(out, "cnnrun data %s says how to get it.\n", missing);
    fputs("cnnrun data NAME or FOLDER shows what is in one.\n", out);
}

// Each set is open only while its line is made. False if one that is here cannot be read.
static bool list_sets(Grid *g, Arena *a, Threads *t, const char **missing) {
    bool fine = true;
    for (const KindSpec *const *k = runtime_vocabulary.kinds[GROUP_DATA]; *k; k++) {
        DataLook l;
        data_look_init(&l, (const KnownSet *)*k, NULL);
        const State s = look_for(&l, t);
        if (g) list_row(g, a, &l, &s);
        else list_csv(stdout, &l, &s);
        if (!l.found && !*missing) *missing = l.name;
        if (l.found && !s.here) fine = !complain("%s", s.why);
        data_look_close(&l);
    }
    return fine;
}

static int list(const CommandLine *c, Threads *t) {
    static const Column columns[] = {
        {.title = "data set"}, {.title = "state"}, {.title = "images", .right = true},
        {.title = "size", .right = true}, {.title = "classes", .right = true}, {.title = "place"},
    };
    const Terminal to = terminal_of(stdout);
    const char *missing = NULL;
    if (c->csv) {
        puts("set,state,training,validation,test,height,width,channels,classes,place");
        return list_sets(NULL, NULL, t, &missing) ? STATUS_DONE : STATUS_FAILED;
    }
    Arena *a = arena_make();
    if (!a || setjmp(*arena_guard(a))) {
        arena_free(a);
        return complain("there is no memory left");
    }
    Grid *g = grid_make(a, 6, columns);
    const bool fine = list_sets(g, a, t, &missing);
    grid_print(g, &to);
    list_end(stdout, missing);
    arena_free(a);
    return fine ? STATUS_DONE : STATUS_FAILED;
}

// ---- one of them -------------------------------------------------------------------------------------

static int sheet(const DataLook *l, const Survey *s, const char *path) {
    Error e;
    return data_sheet(l, s, path, &e) ? STATUS_DONE : complain("%s", e.text);
}

static int show(const CommandLine *c, Threads *t) {
    const KindSpec *set = kind_named(&runtime_vocabulary, GROUP_DATA, c->model);
    DataLook l;
    Survey s;
    Error e;
    int status = STATUS_FAILED;
    data_look_init(&l, (const KnownSet *)set, set ? NULL : c->model);
    if (!data_look_open(&l, t, &e) || !data_survey(&l.d, t, &s, &e)) {
        complain("%s", e.text);
    } else {
        status = c->sheet ? sheet(&l, &s, c->sheet) : data_show(&l, &s, c->csv);
        survey_free(&s);
    }
    data_look_close(&l);
    return status;
}

int command_data(const CommandLine *c) {
    Threads *t = threads_make(c->run.threads);
    if (!t) return complain("there is no memory left");
    const int status = c->model ? show(c, t) : list(c, t);
    threads_free(t);
    return status;
}
