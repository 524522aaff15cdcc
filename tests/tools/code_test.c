/* code_test.c — the line of code below a sum: for every kind of layer, loss, optimiser and image step,
 * forward and backward, it stands in its file at that line, and is the statement that was read and
 * found right once (tests/data/view-code.txt).
 *
 *     code_test             with UPDATE=1 in the environment that list is made anew */
#include <ctype.h>

#include "tests/tools/view_model.h"
#include "tests/unit/folder.h"
#include "runtime/io.h"
#include "viz/view/code.h"
#include "viz/view/panel.h"
#include "viz/view/walk.h"

static char list[64 << 10];
static size_t listed;

// ---- one line ------------------------------------------------------------------------------------

// What stands from the beginning of the statement on in that line of the file, blanks left out.
static bool stands_there(const CodeLine *l) {
    Error e;
    size_t len;
    char *text = io_read(l->path, 1 << 20, &len, &e), *line = text;
    for (int i = 1; line && i < l->line; i++)
        if ((line = strchr(line, '\n')) != NULL) line++;
    const size_t width = line ? strcspn(line, "\n") : 0, n = strlen(l->text);
    bool found = false;
    for (size_t from = 0; line && !found && from < width; from++) {
        size_t k = from, i = 0;
        while (k < width && i < n && line[k] == l->text[i]) k++, i++;
        found = i == n || (k == width && i > 4); // or it goes on in the next line
    }
    free(text);
    return found;
}

// A statement gives something a value, hands a value back, or adds to a row; it declares no type alone.
static bool is_statement(const char *text) {
    const size_t n = strlen(text);
    const bool writes = strchr(text, '=') || strncmp(text, "return ", 7) == 0 || strchr(text, '(');
    return n > 8 && text[n - 1] == ';' && writes && !strchr(text, '{') && !strchr(text, '}');
}

static const char *side_of(const Stage *s, const Target *t) {
    static const char *const names[] = {
        [STAGE_AUGMENT] = "augment", [STAGE_STEP] = "step", [STAGE_FORWARD] = "forward",
        [STAGE_LOSS] = "loss", [STAGE_BACKWARD] = "backward", [STAGE_UPDATE] = "update",
    };
    return s->kind == STAGE_BACKWARD && t->param ? t->name : names[s->kind];
}

static void take(const View *v, int stage, int target, Arena *a) {
    const Stage *s = &v->t.stage[stage];
    Target t;
    if (!walk_target(v, stage, target, &t)) t = (Target){.name = ""};
    const CodeLine l = code_of(a, v, stage, target);
    char row[400];
    snprintf(row, sizeof row, "%s %s: %s %s\n", stage_of_name(s), side_of(s, &t),
             l.file ? l.file : "nothing", l.file ? l.text : "");
    if (!CHECK(l.file != NULL)) fputs(row, stdout);
    if (!l.file || strstr(list, row)) return;
    if (!CHECK(stands_there(&l) && is_statement(l.text))) fputs(row, stdout);
    listed += (size_t)snprintf(list + listed, sizeof list - listed, "%s", row);
}

// All stages that compute, of one model.
static void take_model(Folder *f, const char *name, const char *text) {
    Opened o;
    if (!open_model(&o, folder_put(f, name, text, strlen(text)), 3)) {
        puts(text);
        return;
    }
    Target t;
    for (int i = 1; i < o.v->t.n_stages; i++)
        for (int k = 0; k == 0 || walk_target(o.v, i, k, &t); k++)
            if (o.v->t.stage[i].kind != STAGE_UPDATE || k == 0) take(o.v, i, k, o.a);
    close_model(&o);
}

// ---- every kind ----------------------------------------------------------------------------------

#define JUDGED "loss crossentropy\noptimizer sgd lr=0.1\ntrain epochs=1 batch=4\n"
#define PLAIN  "dense classes; softmax\n" JUDGED

// Around the example of a kind; %s is where it stands. `side` is what its row is called.
static const struct { Group group; const char *side, *text; } rows[] = {
    {GROUP_LAYER,     "forward", "data digits\nconv 4 3x3 pad=same as conv1; relu\n%s\n" PLAIN},
    {GROUP_STEP,      "step", "data digits size=40x40\npreprocess { %s }\n" PLAIN},
    {GROUP_AUGMENT,   "augment", "data digits size=32x32\naugment { %s }\n" PLAIN},
    {GROUP_LOSS,      "loss", "data digits\ndense classes; softmax\nloss %s\noptimizer sgd lr=0.1\n"
                      "train epochs=1 batch=4\n"},
    {GROUP_OPTIMIZER, "update", "data digits\ndense classes; softmax\nloss crossentropy\noptimizer %s\n"
                      "train epochs=1 batch=4\n"},
};

// What an example does not show: another way, or what stands in the model instead.
static const struct { const char *name, *text; } more[] = {
    {"momentum",   "data digits\n" "dense classes; softmax\nloss crossentropy\n"
                   "optimizer sgd lr=0.1 momentum=0.9\ntrain epochs=1 batch=4\n"},
    {"sigmoid",    "data digits\ndense classes; sigmoid\n" JUDGED},
    {"resting",    "data digits\ndense 10; relu; dropout 50%; dense classes; softmax\n"},
    {"hinge",      "data digits\ndense classes\nloss hinge\noptimizer sgd lr=0.1\ntrain epochs=1 batch=4\n"},
    {"share",      "data digits\naugment { shift 30% }\n" PLAIN},
};

static void test_kinds(Folder *f) {
    for (size_t g = 0; g < sizeof rows / sizeof *rows; g++)
        for (const KindSpec *const *k = runtime_vocabulary.kinds[rows[g].group]; *k; k++) {
            char text[1000], name[100];
            const bool hinge = rows[g].group == GROUP_LOSS && strcmp((*k)->name, "hinge") == 0;
            snprintf(text, sizeof text, rows[g].text, (*k)->example);
            snprintf(name, sizeof name, "%d-%s.cnn", rows[g].group, (*k)->name);
            if (!hinge) take_model(f, name, text);
        }
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        char name[100];
        snprintf(name, sizeof name, "%s.cnn", more[i].name);
        take_model(f, name, more[i].text);
    }
}

// Nothing is missing: each kind stands in the list.
static void test_complete(void) {
    for (size_t g = 0; g < sizeof rows / sizeof *rows; g++)
        for (const KindSpec *const *k = runtime_vocabulary.kinds[rows[g].group]; *k; k++) {
            char row[100];
            snprintf(row, sizeof row, "%s %s: ", (*k)->name, rows[g].side);
            if (!CHECK(strstr(list, row) != NULL)) printf("  no line for %s\n", (*k)->name);
        }
}

static void test_list(void) {
    static const char path[] = "tests/data/view-code.txt";
    Error e;
    size_t len;
    if (getenv("UPDATE")) CHECK(io_write(path, &(Piece){list, listed}, 1, &e));
    char *was = io_read(path, 1 << 20, &len, &e);
    if (!CHECK(was && strcmp(was, list) == 0)) puts("  tests/data/view-code.txt: UPDATE=1 makes it anew");
    free(was);
}

int main(void) {
    Folder f = folder_make();
    test_kinds(&f);
    test_complete();
    test_list();
    folder_remove(&f);
    return test_end("code");
}
