/* view_numbers.c — are the numbers on screen those of --trace?
 *
 *     view_numbers MODEL TOLD TRACE
 *
 * TOLD is what a script with `text -` said of many places of a model, TRACE the .safetensors file of
 * the same step. Every number that is told of a layer, of the loss and of the update is looked up in
 * the file and must read the same, digit by digit; and every tensor of the file that has a screen
 * must have been told. Prints how many numbers were compared, or the first ones that differ. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/graph.h"
#include "runtime/io.h"
#include "runtime/safetensors.h"
#include "runtime/vocabulary.h"
#include "viz/draw/number.h"

enum { NAME = 2 * ST_NAME, SHOWN = 10, UPDATE_LINES = 3 }; // SHOWN: numbers that differ

typedef struct Check {
    const Experiment *x;
    const char *line;
    StFile file;
    bool *told;             // per tensor of the file
    char stage[NAME];       // where the text is
    char value[UPDATE_LINES][64]; // what the update said before it named the number
    int compared, wrong;
} Check;

typedef struct Spot { int picture, n, at[4]; } Spot; // of the batch; so many numbers

// ---- the file ------------------------------------------------------------------------------------

static int find(const Check *c, const char *what, const char *name, int time) {
    char full[2 * NAME + 32];
    snprintf(full, sizeof full, "%s%s@%d", what, name, time);
    for (int i = 0; i < c->file.n; i++)
        if (strcmp(c->file.tensor[i].name, full) == 0) return i;
    return -1;
}

// Where a number lies in the tensor; −1: outside. A value has the picture before the place.
static int64_t place_in(const StTensor *t, bool value, const Spot *p) {
    int64_t i = 0;
    for (int d = 0; d < t->rank || d - value < p->n; d++) {
        const int k = d - value, at = k < 0 ? p->picture : k < p->n ? p->at[k] : 0;
        if (at >= (d < t->rank ? t->dim[d] : 1)) return -1;
        if (d < t->rank) i = i * t->dim[d] + at;
    }
    return i;
}

static bool reads(const char *told, double v) {
    const Digits want = number_figures(v, 6);
    return strlen(want.s) == strcspn(told, " ,") && strncmp(told, want.s, strlen(want.s)) == 0;
}

// Is it the number of that tensor?
static bool same(Check *c, int tensor, bool value, const Spot *p, const char *told) {
    const int64_t i = tensor >= 0 ? place_in(&c->file.tensor[tensor], value, p) : -1;
    if (i < 0 || !reads(told, st_number(&c->file.tensor[tensor], (uint64_t)i))) return false;
    return c->told[tensor] = true;
}

static void verdict(Check *c, bool fine) {
    c->compared++;
    if (fine || c->wrong++ >= SHOWN) return;
    printf("stage %s: not in the trace: %s\n", c->stage, c->line);
}

// ---- which tensor a told name means --------------------------------------------------------------

// The node of a stage "NAME" or "NAME.backward"; NULL: it is not a layer's.
static const Node *node_of(const Check *c, bool *backward) {
    const char *end = strstr(c->stage, ".backward");
    const size_t len = end ? (size_t)(end - c->stage) : strlen(c->stage);
    *backward = end != NULL;
    for (int i = 1; i < c->x->graph.n_nodes; i++) {
        const char *name = c->x->graph.node[i].name;
        if (strlen(name) == len && memcmp(name, c->stage, len) == 0) return &c->x->graph.node[i];
    }
    return NULL;
}

static bool is_param(const Node *node, const char *name) {
    for (int i = 0; i < node->n_params; i++)
        if (strcmp(node->param[i].name, name) == 0) return true;
    return false;
}

// The layers that a node reads: one of them has the number.
static bool same_source(Check *c, const Node *node, bool gradient, const Spot *p, const char *told) {
    for (int k = 0; k < node->n_src; k++) {
        const int i = node->src[k];
        const char *name = c->x->graph.node[i].name;
        const int tensor = i && gradient ? find(c, "actgrad/", name, 0) : i ? find(c, "act/", name, 0)
                           : gradient ? find(c, "gradin/", "input", 0) : find(c, "input", "", 0);
        if (same(c, tensor, true, p, told)) return true;
    }
    return false;
}

typedef enum Meaning { OTHER, SAME, DIFFERENT } Meaning; // OTHER: the file has nothing like it (σ)

// What a layer's stage calls by that name: the number one walks over, or a factor of its sum.
static Meaning compare(Check *c, const char *name, bool walked, const Spot *p, const char *told) {
    bool back, fine;
    const Node *node = node_of(c, &back);
    char param[2 * NAME];
    if (!node) return OTHER;
    snprintf(param, sizeof param, "%s.%s", node->name, name);
    if (is_param(node, name))
        fine = walked ? same(c, find(c, "grad/", param, 0), false, p, told)
                      : same(c, find(c, "param/", param, 0), false, p, told);
    else if (strcmp(name, "y") == 0) fine = same(c, find(c, "act/", node->name, 0), true, p, told);
    else if (strcmp(name, "δ") == 0) fine = same(c, find(c, "actgrad/", node->name, 0), true, p, told);
    else if (strcmp(name, "x") == 0) fine = same_source(c, node, false, p, told);
    else if (strcmp(name, "∂L/∂x") == 0) fine = same_source(c, node, true, p, told);
    else return OTHER;
    return fine ? SAME : DIFFERENT;
}

// ---- lines ---------------------------------------------------------------------------------------

// "NAME[1,2,3]" of `len` bytes. False if it is something else.
static bool read_place(const char *word, size_t len, char *name, Spot *p) {
    const char *open = memchr(word, '[', len), *at = open ? open + 1 : NULL;
    *p = (Spot){0};
    if (!open || word[len - 1] != ']' || open - word >= NAME) return false;
    snprintf(name, NAME, "%.*s", (int)(open - word), word);
    while (p->n < 4) {
        char *end;
        p->at[p->n++] = (int)strtol(at, &end, 10);
        if (*end == ']') return end == word + len - 1;
        if (*end != ',') return false;
        at = end + 1;
    }
    return false;
}

// "NAME[…] = 1.5": the number at the place.
static void read_number(Check *c, const char *line) {
    char name[NAME];
    Spot p;
    const char *equals = strstr(line, " = ");
    if (!equals || !read_place(line, (size_t)(equals - line), name, &p)) return;
    const char *told = equals + 3;
    if (strcmp(c->stage, "update") == 0) {
        verdict(c, same(c, find(c, "param/", name, 1), false, &p, told));
        verdict(c, same(c, find(c, "param/", name, 0), false, &p, c->value[0]));
        verdict(c, same(c, find(c, "grad/", name, 0), false, &p, c->value[1]));
        verdict(c, same(c, find(c, "loss", "", 0), false, &(Spot){0}, c->value[2]));
        return;
    }
    const int steps = c->x->n_steps;
    const char *last = steps ? c->x->step[steps - 1].kind->name : "load";
    if (strcmp(c->stage, last) == 0) verdict(c, same(c, find(c, "input", "", 0), true, &p, told));
    const Meaning m = compare(c, name, true, &p, told);
    if (m != OTHER) verdict(c, m == SAME);
}

// "  3  picture 2 of 8: x[0,1,2] 1.75 · δ[1,0,0] 0.48 = 0.84 …": the factors of a term.
static void read_term(Check *c, const char *line) {
    char name[NAME];
    Spot p;
    const char *whose = strstr(line, "picture ");
    const int picture = whose ? (int)strtol(whose + strlen("picture "), NULL, 10) - 1 : 0;
    for (const char *word = line; *word;) {
        word += strspn(word, " ");
        const size_t len = strcspn(word, " ");
        if (len > 0 && read_place(word, len, name, &p) && word[len] == ' ' && word[len + 1] != '=') {
            p.picture = picture;
            const Meaning m = compare(c, name, false, &p, word + len + 1);
            if (m != OTHER) verdict(c, m == SAME);
        }
        word += len;
    }
}

// "  class 3: score …, output …, wanted …, gradient …"
static void read_class(Check *c, const char *line) {
    static const char *const words[] = {"score ", "output ", "wanted ", "gradient "};
    const Graph *g = &c->x->graph;
    const Node *out = &g->node[g->output];
    const Node *scores = &g->node[out->src[0]]; // before softmax
    const int tensor[] = {find(c, "act/", scores->name, 0), find(c, "act/", out->name, 0),
                          find(c, "target", "", 0), find(c, "actgrad/", scores->name, 0)};
    const Spot p = {0, 1, {(int)strtol(line + strlen("  class "), NULL, 10)}};
    for (int i = 0; i < 4; i++) {
        const char *at = strstr(line, words[i]);
        verdict(c, at && same(c, tensor[i], true, &p, at + strlen(words[i])));
    }
}

// "loss of this picture 2.14, of the batch of 8 3.03"
static void read_loss(Check *c, const char *line) {
    const char *own = line + strlen("loss of this picture "), *all = strrchr(line, ' ') + 1;
    verdict(c, same(c, find(c, "loss_vec", "", 0), true, &(Spot){0}, own));
    verdict(c, same(c, find(c, "loss", "", 0), false, &(Spot){0}, all));
}

// "y channel 1: mean 0.11, zeros 0 of 64": of all its numbers.
static void read_channel(Check *c, const char *line) {
    bool back;
    const Node *node = node_of(c, &back);
    int channel, zeros = 0, said, of;
    char mean[64];
    if (!node || sscanf(line, "y channel %d: mean %63[^,], zeros %d of %d", &channel, mean, &said, &of) != 4)
        return;
    const int tensor = find(c, "act/", node->name, 0);
    const StTensor *t = &c->file.tensor[tensor > 0 ? tensor : 0];
    double sum = 0;
    for (int i = 0; i < of && (uint64_t)(channel + 1) * (uint64_t)of <= t->len; i++) {
        const double v = st_number(t, (uint64_t)channel * (uint64_t)of + (uint64_t)i);
        sum += v, zeros += v == 0;
    }
    verdict(c, reads(mean, sum / of) && zeros == said);
}

static bool begins(const char *line, const char *with) { return strncmp(line, with, strlen(with)) == 0; }

// Keeps what stands behind some words. False if the line has not got them.
static bool keep(char *to, size_t room, const char *line, const char *words) {
    const char *at = strstr(line, words);
    if (at) snprintf(to, room, "%s", at + strlen(words));
    return at != NULL;
}

static void read_line(Check *c, const char *line) {
    static const char *const words[UPDATE_LINES] = {"before ", "gradient used ", "learning rate "};
    c->line = line;
    if (begins(line, "stage ")) {
        keep(c->stage, sizeof c->stage, line, "stage ");
        c->stage[strcspn(c->stage, " ")] = '\0';
        return;
    }
    for (int i = 0; i < UPDATE_LINES; i++)
        if (begins(line, words[i])) {
            keep(c->value[i], sizeof c->value[i], line, i == 2 ? ", loss " : words[i]);
            return;
        }
    if (begins(line, "loss of this picture ")) read_loss(c, line);
    else if (begins(line, "  class ")) read_class(c, line);
    else if (strstr(line, " channel ")) read_channel(c, line);
    else if (*line == ' ') read_term(c, line);
    else read_number(c, line);
}

// ---- all of it -----------------------------------------------------------------------------------

static void check_all_told(Check *c) {
    static const char *const kinds[] = {"act/", "actgrad/", "grad/", "gradin/", "input@", "loss@", "param/"};
    for (int i = 0; i < c->file.n; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (begins(c->file.tensor[i].name, kinds[k]) && !c->told[i]) {
                printf("nowhere told: %s\n", c->file.tensor[i].name);
                c->wrong++;
            }
}

static bool check(Check *c, const char *told, const char *trace, Error *e) {
    size_t len;
    char *text = io_read(told, 1 << 28, &len, e);
    if (!text) return false;
    const bool opened = st_open(&c->file, trace, e);
    if (opened && (c->told = calloc((size_t)c->file.n + 1, sizeof *c->told))) {
        for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
            *end = '\0';
            read_line(c, line);
        }
        check_all_told(c);
    }
    free(text), free(c->told);
    if (opened) st_close(&c->file);
    return opened;
}

int main(int argc, char **argv) {
    Error e = {""};
    if (argc != 4) return 2;
    Arena *a = arena_make();
    Check c = {.x = experiment_load(a, diags_make(a), &runtime_vocabulary, argv[1])};
    if (!c.x || !check(&c, argv[2], argv[3], &e)) {
        printf("%s\n", c.x ? e.text : "no model");
        return 1;
    }
    printf("%d numbers compared, %d wrong\n", c.compared, c.wrong);
    arena_free(a);
    return c.compared == 0 || c.wrong > 0;
}
