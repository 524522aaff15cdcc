/* weights.c — weights and checkpoints come back as they were, or nothing changes and the message
 * says what differs. */
#include "runtime/weights.h"

#include "runtime/checkpoint.h"
#include "runtime/vocabulary.h"
#include "tests/unit/folder.h"
#include "tests/unit/test.h"

#define MODEL \
    "data digits\n" \
    "conv 2 3x3 as first\nbatchnorm as norm\nrelu\n" \
    "dense classes as last\nsoftmax\n" \
    "loss crossentropy\noptimizer adam lr=0.1\ntrain epochs=1 batch=8\n"

typedef struct Net { Arena *arena; const Experiment *x; Params *p; Dataset d; } Net;

static Net net_make(const char *text, bool learn) {
    Net n = {.arena = arena_make()};
    Diags *diags = diags_make(n.arena);
    Error e;
    n.x = experiment_parse(n.arena, diags, &runtime_vocabulary, "net.cnn", text, strlen(text));
    if (!CHECK(n.x != NULL)) diags_render(diags, stdout), exit(1);
    n.p = params_make(&n.x->graph, learn ? &n.x->optimizer : NULL, &e);
    if (!CHECK(n.p && dataset_open(&n.d, n.x, &(Opening){.seed = 1}, &e))) exit(1);
    return n;
}

static void net_free(Net *n) {
    dataset_close(&n->d);
    params_free(n->p);
    arena_free(n->arena);
}

// Other numbers everywhere, for each `start`; the gaps between tensors stay zero.
static void fill(Params *p, real *slab, int start) {
    for (int i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->param[i].len; k++)
            slab[p->param[i].offset + k] = R(start + (int)k % 100) / 3;
}

static bool same(const Params *p, const real *a, const real *b) {
    return memcmp(a, b, p->len * sizeof *a) == 0;
}

static real *copy_of(const Params *p, const real *slab) {
    real *v = malloc(p->len * sizeof *v);
    return memcpy(v, slab, p->len * sizeof *v);
}

static bool load(const char *path, const WeightsFit *fit, Net *n, Error *e) {
    return weights_load(path, fit, n->x, n->p, e);
}

// Loading must fail with `wrong` in the message and change nothing.
static void expect_refused(Net *n, const char *path, const char *wrong) {
    Error e = {""};
    real *before = copy_of(n->p, n->p->value);
    CHECK(!load(path, &(WeightsFit){0}, n, &e));
    if (!CHECK(strstr(e.text, wrong))) printf("got \"%s\", want \"%s\"\n", e.text, wrong);
    CHECK(same(n->p, before, n->p->value));
    free(before);
}

// ---- weights ------------------------------------------------------------------------------------

static void check_round(Net *n, Folder *f) {
    Error e;
    StFile file;
    char *path = strdup(folder_file(f, "net.safetensors"));
    fill(n->p, n->p->value, 1);
    real *saved = copy_of(n->p, n->p->value);
    CHECK(weights_save(path, n->x, n->p, &n->d, &e));
    fill(n->p, n->p->value, 7);
    if (!CHECK(load(path, &(WeightsFit){0}, n, &e))) printf("%s\n", e.text);
    CHECK(same(n->p, saved, n->p->value));
    if (CHECK(st_open(&file, path, &e))) {
        const StTensor *t = st_find(&file, "first.weight");
        if (CHECK(t && t->rank == 4))
            CHECK(t->dim[0] == 2 && t->dim[1] == 1 && t->dim[2] == 3 && t->dim[3] == 3);
        CHECK(st_find(&file, "norm.running_var") && st_find(&file, "last.bias"));
        CHECK_TEXT(st_meta(&file, "model"), MODEL);
        CHECK_TEXT(st_meta(&file, "classes"), "0\n1\n2\n3\n4\n5\n6\n7\n8\n9");
        CHECK(st_meta(&file, "steps") && strncmp(st_meta(&file, "steps"), "rescale", 7) == 0);
        CHECK(st_meta(&file, "cnnrun.version") && st_meta(&file, "crc32c"));
        st_close(&file);
    }
    free(saved);
    free(path);
}

static void check_other_model(Net *n, Folder *f) {
    Error e;
    Net other = net_make("data digits\nconv 2 5x5 as first\nbatchnorm as norm\nrelu\n"
                         "dense classes as end\nsoftmax\n", false);
    const char *path = folder_file(f, "other.safetensors");
    CHECK(weights_save(path, other.x, other.p, &other.d, &e));
    expect_refused(n, path, "other.safetensors do not fit net.cnn:\n"
                            "  first.weight  expected 2x1x3x3, found 2x1x5x5\n"
                            "  last.weight   is missing in the file\n"
                            "  last.bias     is missing in the file\n"
                            "  end.bias      is not in the model\n"
                            "  end.weight    is not in the model");
    net_free(&other);
}

static void check_many_differences(Net *n, Folder *f) {
    Error e;
    StTensor t[30];
    char name[30][16];
    const char *path = folder_file(f, "many.safetensors");
    for (int i = 0; i < 30; i++) {
        snprintf(name[i], sizeof name[i], "w%02d", i);
        t[i] = (StTensor){.name = name[i], .dtype = DT_U8, .len = 1, .v = ""};
    }
    CHECK(st_write(path, t, 30, NULL, 0, &e));
    expect_refused(n, path, "\n  and 28 more"); // 8 missing, 30 too many, 10 shown, of both sorts
    expect_refused(n, path, "is missing in the file");
    expect_refused(n, path, "is not in the model\n  and");
}

// The tensors of a net as another program might write them.
static int tensors_of(const Net *n, StTensor *t) {
    for (int i = 0; i < n->p->n; i++) {
        const Param *p = &n->p->param[i];
        t[i] = weights_tensor(p, p->name, n->p->value + p->offset);
    }
    return n->p->n;
}

static void check_other_types(Net *n, Folder *f) {
    enum { LEN = 18 };
    Error e;
    StTensor t[16];
    uint16_t half[LEN];
    const char *path = folder_file(f, "types.safetensors");
    fill(n->p, n->p->value, 1);
    int n_tensors = tensors_of(n, t);
    for (int i = 0; i < LEN; i++) half[i] = 0x3C00; // 1
    StTensor *first = &t[0];
    CHECK(first->len == LEN && !strcmp(first->name, "first.weight"));
    first->dtype = DT_F16, first->v = half;
    t[n_tensors++] = (StTensor){.name = "norm.num_batches_tracked", .dtype = DT_I64, .len = 1,
                                .v = "\7\0\0\0\0\0\0"};
    CHECK(st_write(path, t, n_tensors, NULL, 0, &e));
    CHECK(load(path, &(WeightsFit){0}, n, &e));
    CHECK_NEAR(n->p->value[n->p->param[0].offset + LEN - 1], 1, 0);
    half[LEN - 1] = 0x7E00;
    CHECK(st_write(path, t, n_tensors, NULL, 0, &e));
    expect_refused(n, path, "number 17 of first.weight is not a number (NaN)");
    half[LEN - 1] = 0xFC00;
    CHECK(st_write(path, t, n_tensors, NULL, 0, &e));
    expect_refused(n, path, "number 17 of first.weight is infinite");
    first->dtype = DT_I16;
    CHECK(st_write(path, t, n_tensors, NULL, 0, &e));
    expect_refused(n, path, "first.weight  has numbers of type I16, expected F32");
}

static void check_other_files(Net *n, Folder *f) {
    expect_refused(n, folder_put(f, "net.pt", "PK\3\4........", 12), "as PyTorch writes (.pt)");
    expect_refused(n, folder_put(f, "net.h5", "\x89HDF\r\n\x1a\n", 8), "as Keras writes (.h5)");
    expect_refused(n, folder_file(f, "none"), "No such file");
}

// Weights of a smaller net go into a section of a larger one; the rest stays.
static void check_into_section(Folder *f) {
    Error e;
    Net base = net_make("data digits\nconv 2 3x3 as one\nsection head { dense classes; softmax }\n", false);
    Net whole = net_make("data digits\nsection base { conv 2 3x3 as one }\ndense classes as own\n"
                         "softmax\n", false);
    const char *path = folder_file(f, "base.safetensors");
    fill(base.p, base.p->value, 1);
    fill(whole.p, whole.p->value, 50);
    const char *head[] = {"head"}, *other[] = {"hea", "one"};
    WeightsFit fit = {.into = "base"};
    CHECK(weights_save(path, base.x, base.p, &base.d, &e));
    CHECK(!load(path, &fit, &whole, &e));
    CHECK(strstr(e.text, "head.0.weight") && strstr(e.text, "is not in the model"));
    fit.except = (Names){.n = 2, .name = other};
    CHECK(!load(path, &fit, &whole, &e));
    fit.except = (Names){.n = 1, .name = head};
    if (!CHECK(load(path, &fit, &whole, &e))) printf("%s\n", e.text);
    for (int i = 0; i < whole.p->n; i++) {
        const bool own = strncmp(whole.p->param[i].name, "own.", 4) == 0;
        CHECK_NEAR(whole.p->value[whole.p->param[i].offset], (own ? 50 : 1) / 3.0, 1e-6);
    }
    fit.except.n = 0;
    fit.cut = (Cut){.names = {.n = 1, .name = head}, .from = 1};
    CHECK(load(path, &fit, &whole, &e));
    fit.into = "own";
    CHECK(!load(path, &fit, &whole, &e) && strstr(e.text, "own.weight"));
    net_free(&base);
    net_free(&whole);
}

// What `except` names is left out on both sides: a layer of the same name keeps its own numbers, whatever
// the file has for it. A name that neither knows is a mistake.
static void check_except(Folder *f) {
    Error e;
    Net file = net_make("data digits\nsection body { conv 2 3x3 }\nsection head { dense classes }\n", false);
    Net model = net_make("data digits\nsection body { conv 2 3x3 }\n"
                         "section head { dense 5; dense classes }\n", false);
    const char *path = folder_file(f, "except.safetensors");
    const char *head[] = {"head"}, *typo[] = {"head", "haed"}, *body[] = {"body"};
    WeightsFit fit = {.except = {.n = 1, .name = head}};
    fill(file.p, file.p->value, 1);
    fill(model.p, model.p->value, 50);
    CHECK(weights_save(path, file.x, file.p, &file.d, &e));
    if (!CHECK(load(path, &fit, &model, &e))) printf("%s\n", e.text);
    for (int i = 0; i < model.p->n; i++) {
        const bool own = strncmp(model.p->param[i].name, "head.", 5) == 0;
        CHECK_NEAR(model.p->value[model.p->param[i].offset], (own ? 50 : 1) / 3.0, 1e-6);
    }
    fit.except = (Names){.n = 2, .name = typo};
    CHECK(!load(path, &fit, &model, &e));
    CHECK(strstr(e.text, "haed  stands in except, but nothing is called so"));
    fit.except = (Names){.n = 1, .name = body};
    CHECK(!load(path, &fit, &model, &e) && strstr(e.text, "head.0.weight  expected 5x72, found 10x72"));
    CHECK(load(path, &fit, &file, &e)); // of its own model all but the body
    net_free(&file);
    net_free(&model);
}

// A file with more than what was kept of its model: what was cut off by name or position is not
// missed, what is left over for another reason is told.
static void check_cut(Folder *f) {
    Error e;
    Net base = net_make("data digits\nconv 2 3x3 as one\nconv 2 3x3\nrelu\nconv 2 3x3\n"
                        "section head { dense classes }\n", false);
    Net part = net_make("data digits\nsection base { conv 2 3x3 as one; conv 2 3x3 }\n", false);
    const char *path = folder_file(f, "cut.safetensors");
    const char *head[] = {"head"};
    WeightsFit fit = {.into = "base", .cut = {.names = {.n = 1, .name = head}, .from = 2}};
    fill(base.p, base.p->value, 1);
    CHECK(weights_save(path, base.x, base.p, &base.d, &e));
    if (!CHECK(load(path, &fit, &part, &e))) printf("%s\n", e.text);
    CHECK_NEAR(part.p->value[part.p->param[2].offset + 1], 2 / 3.0, 1e-6);
    fit.cut.from = 4;
    CHECK(!load(path, &fit, &part, &e));
    CHECK(strstr(e.text, "3.weight") && !strstr(e.text, "head"));
    fit.cut.from = 0;
    CHECK(!load(path, &fit, &part, &e) && strstr(e.text, "3.bias"));
    net_free(&base);
    net_free(&part);
}

// Weights of a net whose pictures are prepared in another way: that is told, and nothing is taken.
static void check_other_steps(Folder *f) {
    static const struct { const char *steps, *told; } rows[] = {
        {"preprocess { normalize mean=0.5 std=0.25 }", ""},
        {"preprocess { normalize mean=0.5 std=0.2 }",
         "std=0.25\", here that step is \"normalize mean=0.5 std=0.2\""},
        {"preprocess { normalize }", "std=0.25\", here that step is \"normalize mean=0"},
        {"preprocess { rescale 1; normalize }", "the step \"rescale\", here that step is \"rescale 1\""},
        {"", "std=0.25\", here that step is \"none\""},
        {"preprocess { normalize mean=0.5 std=0.25; standardize }",
         "the step \"none\", here that step is \"standardize\""},
    };
    Error e;
    StFile file;
    char text[300], told[500];
    const char *path = folder_file(f, "steps.safetensors");
    Net n = net_make("data digits\npreprocess { normalize mean=0.5 std=0.25 }\nrelu\n", false);
    CHECK(weights_save(path, n.x, n.p, &n.d, &e));
    net_free(&n);
    if (!CHECK(st_open(&file, path, &e))) return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(text, sizeof text, "data digits\n%s\nrelu\n", rows[i].steps);
        n = net_make(text, false);
        weights_other_steps(&file, &n.d, told, sizeof told);
        const bool fine = *rows[i].told ? strstr(told, rows[i].told) != NULL : !*told;
        if (!CHECK(fine)) printf("%s: \"%s\"\n", rows[i].steps, told);
        net_free(&n);
    }
    st_close(&file);
}

// ---- checkpoints --------------------------------------------------------------------------------

static const RunState some_state = {
    .seed = 42, .action = 1, .phase = 2, .epoch = 3, .step = 4, .phase_step = 5,
    .total_step = 1ull << 40 | 1, .passes = 6, .rows = 7,
    .epoch_sums = {8, 9, 0.1}, .row_sums = {11, 12, 0.3}, .best = INFINITY, .best_epoch = 10, .batch = 8,
    .schedule = {.factor = 1. / 3, .best = 0.7, .bad = 3},
};

static void expect_no_checkpoint(Net *n, const char *path, const RunState *now, const char *wrong) {
    Error e = {""};
    RunState s = *now;
    real *value = copy_of(n->p, n->p->value), *slot = copy_of(n->p, n->p->slot[1]);
    CHECK(!checkpoint_load(path, n->x, n->p, &s, &e));
    if (!CHECK(strstr(e.text, wrong))) printf("got \"%s\", want \"%s\"\n", e.text, wrong);
    CHECK(same(n->p, value, n->p->value) && same(n->p, slot, n->p->slot[1]));
    CHECK(!memcmp(&s, now, sizeof s));
    free(value);
    free(slot);
}

// Statistics have no slots in the file; theirs stay zero.
static void fill_slots(Params *p, int start) {
    for (int k = 0; k < p->n_slots; k++) {
        fill(p, p->slot[k], start + k);
        for (int i = 0; i < p->n; i++)
            if (p->param[i].spec->role == PARAM_STATISTIC)
                memset(p->slot[k] + p->param[i].offset, 0, p->param[i].len * sizeof(real));
    }
}

static void check_checkpoint(Net *n, Folder *f) {
    Error e;
    RunState s = {.seed = 42, .batch = 8};
    char *path = strdup(folder_file(f, "last.safetensors"));
    CHECK(n->p->n_slots == 2);
    fill(n->p, n->p->value, 1);
    fill_slots(n->p, 2);
    for (int i = 0; i < n->p->n; i++) n->p->param[i].updates = 1000 + (uint64_t)i;
    n->p->param[0].frozen = true;
    real *value = copy_of(n->p, n->p->value), *m = copy_of(n->p, n->p->slot[0]);
    real *v = copy_of(n->p, n->p->slot[1]);
    CHECK(checkpoint_save(path, n->x, n->p, &some_state, &e));

    fill(n->p, n->p->value, 9);
    fill_slots(n->p, 11);
    n->p->param[0].frozen = false;
    n->p->param[1].updates = 0;
    if (!CHECK(checkpoint_load(path, n->x, n->p, &s, &e))) printf("%s\n", e.text);
    CHECK(same(n->p, value, n->p->value));
    CHECK(same(n->p, m, n->p->slot[0]) && same(n->p, v, n->p->slot[1]));
    CHECK(n->p->param[0].frozen && n->p->param[1].updates == 1001);
    CHECK(!memcmp(&s, &some_state, sizeof s));
    free(value);
    free(m);
    free(v);
    free(path);
}

static void check_other_runs(Net *n, Folder *f) {
    Error e;
    RunState now = some_state;
    char *path = strdup(folder_file(f, "last.safetensors"));
    now.seed = 43;
    expect_no_checkpoint(n, path, &now, "the run was started with seed 42, not 43");
    now = some_state;
    now.batch = 16;
    expect_no_checkpoint(n, path, &now, "the run was started with batch=8, not 16");
    now = some_state;
    Net other = net_make(MODEL "# more\n", true);
    expect_no_checkpoint(&other, path, &now, "line 10 of net.cnn is not as it was");
    net_free(&other);
    CHECK(weights_save(path, n->x, n->p, &n->d, &e));
    expect_no_checkpoint(n, path, &now, "is no checkpoint of a training run");
    const StMeta newer[] = {{"cnnrun.version", "9.9"}, {"cnnrun.checkpoint", "2"}};
    CHECK(st_write(path, NULL, 0, newer, 2, &e));
    expect_no_checkpoint(n, path, &now, "written by a newer cnnrun (9.9, checkpoint format 2;");
    const StMeta empty[] = {{"cnnrun.checkpoint", "1"}, {"model", MODEL}};
    CHECK(st_write(path, NULL, 0, empty, 2, &e));
    expect_no_checkpoint(n, path, &now, "run/seed is missing");
    free(path);
}

// Cut anywhere, or with a bit that flipped in any of its numbers, a checkpoint is refused.
static void check_damage(Net *n, Folder *f) {
    Error e;
    RunState now = some_state;
    size_t len;
    char *path = strdup(folder_file(f, "last.safetensors"));
    CHECK(checkpoint_save(path, n->x, n->p, &some_state, &e));
    char *bytes = io_read(path, 1 << 24, &len, &e);
    for (size_t cut = 0; bytes && cut < len; cut += 509)
        expect_no_checkpoint(n, folder_put(f, "cut", bytes, cut), &now, "cut: ");
    for (size_t at = len; bytes && at > len - 4000; at -= 401) {
        bytes[at - 1] ^= 16;
        expect_no_checkpoint(n, folder_put(f, "cut", bytes, len), &now, "is damaged");
        bytes[at - 1] ^= 16;
    }
    free(bytes);
    free(path);
}

int main(void) {
    Folder f = folder_make();
    Net n = net_make(MODEL, false);
    check_round(&n, &f);
    check_other_model(&n, &f);
    check_many_differences(&n, &f);
    check_other_types(&n, &f);
    check_other_files(&n, &f);
    check_into_section(&f);
    check_except(&f);
    check_cut(&f);
    check_other_steps(&f);
    net_free(&n);
    n = net_make(MODEL, true);
    check_checkpoint(&n, &f);
    check_other_runs(&n, &f);
    check_damage(&n, &f);
    net_free(&n);
    folder_remove(&f);
    return test_end("weights");
}
