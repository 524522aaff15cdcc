/* panels_test.c — what the panels of single kinds of stages show: their words, their numbers, and the
 * layout of the overview. That every screen can be read is checked for all of these models, too.
 *
 *     panels_test           with UPDATE=1 in the environment the pictures of tests/data/view-*.ppm that
 *                           belong to it are made anew */
#include <unistd.h>

#include "tests/tools/panel_models.h"
#include "tests/tools/view_look.h"
#include "viz/view/frame.h"
#include "viz/view/overview_layout.h"
#include "viz/view/panels/join.h"
#include "viz/view/panels/mask.h"
#include "viz/view/panels/norm.h"
#include "viz/view/panels/patch.h"
#include "viz/view/panels/scores.h"

// ---- every screen of them ----------------------------------------------------------------------------

static void test_screens(View *v) {
    static const int sizes[][2] = {{1280, 800}, {1024, 600}};
    for (int k = 0; k < 2; k++) {
        view_event(v, &(Event){.kind = EVENT_RESIZE, .w = sizes[k][0], .h = sizes[k][1]});
        for (int i = 0; i < v->t.n_stages; i++) look_at_stage(v, i);
        for (int back = 0; back < 2; back++) {
            v->scene = SCENE_OVERVIEW, v->gradients = back;
            look(v, "the overview");
        }
        v->scene = SCENE_STAGES, v->gradients = false;
    }
    view_event(v, &(Event){.kind = EVENT_RESIZE, .w = SLIDE_W, .h = SLIDE_H});
}

// ---- words -------------------------------------------------------------------------------------------

static const struct { const char *model, *screen, *says; int times; } words[] = {
    {"norms.cnn", "batch:stage",               "8 × 8", 0},
    {"norms.cnn", "batch:stage",               "4 pictures · 8×8 = 256 numbers", 1},
    {"norms.cnn", "instance:stage",            "8×8 = 64 numbers", 1},
    {"norms.cnn", "layer:stage",               "3 channels · 8×8 = 192 numbers", 1},
    {"norms.cnn", "vector:stage",              "one number of each of 4 pictures", 1},
    {"norms.cnn", "batch:pixel",               "before", 1},
    {"norms.cnn", "batch.backward:stage",      "The bias before", 1},
    {"norms.cnn", "instance.backward:stage",   "The bias before", 0}, // bias=no
    {"norms.cnn", "layer.backward:stage",      "The bias before", 0},
    {"norms.cnn", "vector.backward:stage",     "The bias before", 1},
    {"norms.cnn", "batch.backward:pixel",      "Three parts", 1},
    {"norms.cnn", "drop:stage",                "Drawn by lot", 1},
    {"joins.cnn", "add_after_3:stage",         "straight from ReLU 1", 1},
    {"joins.cnn", "add_after_3:stage",         "body → ReLU 2", 1},
    {"joins.cnn", "add_after_3.backward:pixel", "To path 2", 1},
    {"joins.cnn", "concat_after_right:stage",  "channels 0 to 1", 1},
    {"joins.cnn", "concat_after_right:stage",  "channels 2 to 4", 1},
    {"sizes.cnn", "mean:pixel",                "mean of 4 numbers", 1},
    {"sizes.cnn", "whole:pixel",               "mean of 9 numbers", 1},
    {"sizes.cnn", "whole.backward:pixel",      "its share for each", 1},
    {"sizes.cnn", "damp:pixel",                "1/s^β", 1},
    {"steps.cnn", "blur:pixel",                "kernel k", 1},
    {"steps.cnn", "edges:pixel",               "above to below", 1},
    {"steps.cnn", "crop:stage",                "77 %", 1},
    {"steps.cnn", "edges:multiply",            "a so far  =", 1},
    {"steps.cnn", "equalize:pixel",            "255 · (", 1},
    {"steps.cnn", "normalize:pixel",           "in all training pictures", 1},
    {"steps.cnn", "standardize:pixel",         "mean of the whole picture", 1},
    {"norms.cnn", "six.backward:stage",        "How should the weights change?", 1},
    {"norms.cnn", "six.backward:stage",        "How should the input change?", 1},
    {"norms.cnn", "first.backward:stage",      "∂L/∂weight", 1},
    {"norms.cnn", "flatten_before_six.backward:pixel", "Where it goes back to", 1},
    {"norms.cnn", "first:stage",               "conv 3 3x3", 1},
    {"norms.cnn", "update:stage",              "running_mean", 0},
    {"sizes.cnn", "damp.backward:pixel",       "own output: δ · 1/s^β", 1},
    {"norms.cnn", "second:stage",              "y = the sum of window", 1},   // bias=no
    {"norms.cnn", "first:stage",               "y = bias + the sum", 1},
    {"norms.cnn", "second.backward:stage",     "∂L/∂b", 0},
    {"norms.cnn", "update:pixel",              "first W", 1},
    {"sizes.cnn", "update:pixel",              "The new weight is a sum", 1},
    {"long.cnn", "loss:stage",                 "It is the sum of", 1},
    {"long.cnn", "loss:stage",                 "wanted t", 1},
    {"long.cnn", "update:stage",               "w = w − lr·(g + momentum·v)", 1},
    {"last.cnn", "one:channel",                "max(", 1},
    {"last.cnn", "one.backward:channel",       "it gets all of", 1},
    {"last.cnn", "one.backward:pixel",         "it gets all of", 1},
    {"last.cnn", "cold.backward:stage",        "∂L/∂w", 0},
    {"last.cnn", "cold.backward:channel",      "the weights are frozen", 1},
    {"last.cnn", "cold.backward:pixel",        "it is frozen", 1},
    {"last.cnn", "update:stage",               "frozen", 0}, // the first that learns is looked at
    {"random.cnn", "rotate:stage",             "degrees", 1},
    {"random.cnn", "noise:stage",              "The frame shows", 0},
};

static int says(View *v, const char *screen, const char *text) {
    Error e;
    if (!CHECK(snapshot_go(v, screen, &e))) {
        puts(e.text);
        return -1;
    }
    DrawList *d = view_draw(v, &e);
    const int n = d ? look_for(d, text) : -1;
    draw_free(d);
    return n;
}

static void test_words(View *v, const char *model) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].model, model) != 0) continue;
        const int n = says(v, words[i].screen, words[i].says);
        if (!CHECK(words[i].times ? n > 0 : n == 0))
            printf("  %s %s: '%s' %d times\n", model, words[i].screen, words[i].says, n);
    }
}

// ---- numbers -----------------------------------------------------------------------------------------

// Goes to a screen and calls `check` with what a panel would draw on.
static void on_screen(View *v, const char *name, void (*check)(Screen *s)) {
    Error e;
    if (!CHECK(snapshot_go(v, name, &e))) return;
    DrawList *d = draw_make(v->fonts, SLIDE_W, SLIDE_H);
    Arena *a = arena_make();
    Screen s = frame_screen(d, a, v, &v->hits);
    check(&s);
    arena_free(a);
    draw_free(d);
}

// μ and σ of the set are those of its numbers; after it mean and deviation are β and γ.
static void check_norm(Screen *s) {
    const NormFacts f = norm_facts(s, 1, 0, 0);
    int n, m;
    const float *before = norm_numbers(s, layer_src(s, 0), &f, 1, &n);
    const float *after = norm_numbers(s, s->here.v, &f, 1, &m);
    double mean = 0, squares = 0, mean_after = 0;
    CHECK(f.known && !f.stored && n == f.count && m == n);
    for (int i = 0; i < n; i++) mean += (double)before[i] / n, mean_after += (double)after[i] / n;
    for (int i = 0; i < n; i++) squares += ((double)before[i] - mean) * ((double)before[i] - mean) / n;
    CHECK_NEAR(f.mean, mean, 1e-5);
    CHECK_NEAR(f.deviation, sqrt(squares + 1e-5), 1e-5);
    CHECK_NEAR(mean_after, f.beta, 1e-5);
}

static void check_useless_bias(Screen *s) {
    const NormFacts f = norm_facts(s, 0, 0, 0);
    CHECK(norm_useless_bias(s, &f) == s->node->src[0]);
}

static void check_useful_bias(Screen *s) {
    const NormFacts f = norm_facts(s, 0, 0, 0);
    CHECK(norm_useless_bias(s, &f) == -1);
}

// What is kept is x · 1/(1 − p), what is not is 0.
static void check_mask(Screen *s) {
    const Mask m = mask_of(s);
    const Tensor x = layer_src(s, 0), y = s->here.v;
    int wrong = 0, kept = 0;
    for (int i = 0; i < m.n; i++) {
        const int c = i / (y.h * y.w), row = i / y.w % y.h, column = i % y.w;
        const double want = (double)*at(x, 0, c, row, column) * m.scale * (double)m.keep.v[i];
        wrong += !(fabs((double)*at(y, 0, c, row, column) - want) <= 1e-5 * fmax(1, fabs(want)));
        kept += m.keep.v[i] > 0;
    }
    CHECK(wrong == 0 && m.learning && kept == m.kept);
    CHECK(m.kept > 0 && m.kept < m.n);
}

static void check_paths(Screen *s) {
    CHECK(path_first(s, 0) == 0 && path_first(s, 1) == 2 && path_channels(s, 1) == 3);
    const Tensor part = channels_of(s, s->here.v, 2, 3), own = layer_src(s, 1);
    for (int i = 0; i < 3 * part.h * part.w; i++)
        CHECK_NEAR((double)part.v[i],
                   (double)*at(own, 0, i / (part.h * part.w), i / part.w % part.h, i % part.w), 0);
}

// Windows of 3×3, two apart.
static void check_window(Screen *s) {
    int n;
    const Cells c = window_below(s, (Spot){0, 1, 1, 2}, &n);
    CHECK(n == 9 && c.channel == 1 && c.y == 2 && c.x == 4 && c.h == 3 && c.w == 3);
}

// Of more terms than can be kept the largest are: the largest of all is the first one.
static void largest_term(void *ctx, const Term *t) { *(double *)ctx = fmax(*(double *)ctx, fabs(t->value)); }

static void check_largest(Screen *s) {
    const Answer x = answer_largest(s->a, s->v), first = answer_here(s->a, s->v);
    const Spot p = target_spot(&s->here, s->v->at.channel, s->v->at.pixel);
    double most = 0;
    answer_each(s->v, s->stage->index, ASKED_DST, 0, p, largest_term, &most);
    CHECK(x.n == 150 * 64 + 1 && x.largest && x.kept < x.n && !first.largest && first.kept == KEPT_TERMS);
    CHECK_NEAR(terms_max(&x), most, 0);
    CHECK_NEAR(x.sum, first.sum, 0);
}

// Of a layer that leaves one number of each map, one channel is that number.
static void check_single(Screen *s) {
    for (int c = 0; c < s->here.channels; c++) {
        const Map m = map_of_channel(s, s->here.v, c, 0);
        CHECK(m.rows == 1 && m.columns == 1 && m.top == 0 && m.left == 0);
        CHECK_NEAR((double)m.v[0], (double)*at(s->here.v, 0, c, 0, 0), 1e-6);
    }
    CHECK(s->here.channels == 24);
}

// In the update one looks first at a weight that moves: that with the largest gradient.
static void check_moving(Screen *s) {
    const Tensor grad = trace_param(&s->v->t, s->here.k, PARAM_GRAD);
    Target t = s->here;
    t.v = grad;
    double most = 0;
    for (size_t i = 0; i < tensor_len(grad); i++) most = fmax(most, fabs((double)grad.v[i]));
    CHECK(most > 0);
    CHECK_NEAR(fabs(target_value(&t, s->v->at.channel, s->v->at.pixel)), most, 0);
}

// Behind a softmax z is what went into it, whatever the loss looks at.
static void check_scores(Screen *s) {
    const Graph *g = &s->v->t.s->x->graph;
    const Verdict d = verdict_of(s->v, true);
    CHECK(d.softmax && !d.surprise && d.score.v == trace_value(&s->v->t, g->node[g->output].src[0]).v);
    double most = 0, share = 0;
    for (int c = 0; c < d.classes; c++) {
        const double p = exp((double)*at(d.score, 0, c, 0, 0) - d.max) / d.sum;
        most = fmax(most, fabs(p - score_share(d.out, c)));
        share += score_share(d.out, c);
    }
    CHECK_NEAR(most, 0, 1e-5);
    CHECK_NEAR(share, 1, 1e-5);
}

// A layer norm's weight has a place of its own for every number of the picture.
static void check_layer_position(Screen *s) {
    View *v = (View *)s->v;
    char text[160];
    Target t = {0};
    int k = 0;
    while (walk_target(v, v->at.stage, k, &t) && t.rank != 3) k++;
    if (!CHECK(t.rank == 3)) return;
    walk_to(v, k, 2, 13);
    walk_level(v, LEVEL_PIXEL);
    walk_position(v, text, sizeof text);
    CHECK_TEXT(text, "∂L/∂weight · channel 3 of 3 · number 14 of 64 · row 1, column 5");
    walk_level(v, LEVEL_STAGE);
}

static const struct { const char *model, *screen; void (*check)(Screen *s); } numbers[] = {
    {"long.cnn", "many:pixel", check_largest}, {"long.cnn", "loss", check_scores},
    {"norms.cnn", "layer.backward", check_layer_position},
    {"last.cnn", "one:pixel", check_single}, {"last.cnn", "one.backward:pixel", check_single},
    {"last.cnn", "update", check_moving}, {"norms.cnn", "update", check_moving},
    {"norms.cnn", "batch", check_norm}, {"norms.cnn", "instance", check_norm},
        {"norms.cnn", "layer", check_norm},
    {"norms.cnn", "vector", check_norm}, {"norms.cnn", "batch", check_useless_bias},
    {"norms.cnn", "instance", check_useful_bias}, {"norms.cnn", "layer", check_useful_bias},
    {"norms.cnn", "drop", check_mask}, {"joins.cnn", "drop", check_mask},
    {"joins.cnn", "concat_after_right", check_paths}, {"sizes.cnn", "overlap", check_window},
};

static void test_numbers(View *v, const char *model) {
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(numbers[i].model, model) == 0) on_screen(v, numbers[i].screen, numbers[i].check);
}

// ---- numbers that are none -----------------------------------------------------------------------------

static bool painted(View *v) {
    static uint32_t pixel[SLIDE_W * SLIDE_H];
    Error e = {0};
    DrawList *d = view_draw(v, &e);
    const bool fine = d && paint_pixels(d, v->theme, view_place(v), pixel, SLIDE_W, SLIDE_H, 4 * SLIDE_W, &e);
    draw_free(d);
    return fine;
}

// A weight that is no number or infinite spreads through the network: every screen can still be painted.
static void test_broken(View *v, double broken) {
    int failed = 0;
    lesson_put_back(v);
    *at(params_tensor(v->t.s->params, 0, v->t.s->params->value), 0, 0, 0, 0) = (real)broken;
    lesson_again(v);
    for (int stage = 0; stage < v->t.n_stages; stage++)
        for (Level level = LEVEL_STAGE; level < N_LEVELS; level++) {
            walk_to_stage(v, stage);
            walk_level(v, level);
            failed += !painted(v);
        }
    v->scene = SCENE_OVERVIEW;
    failed += !painted(v);
    v->scene = SCENE_STAGES;
    CHECK(failed == 0);
    press(v, 'r');
}

// ---- colours -----------------------------------------------------------------------------------------

// Four pictures for training and four for the test, as the files of CIFAR-100 have them: two bytes for the
// classes, then three planes. All are of one colour: red 200, green 100, blue 50.
static const char *coloured_model(Folder *f) {
    enum { PICTURES = 4, PLANE = 32 * 32, RECORD = 2 + 3 * PLANE };
    static unsigned char byte[PICTURES * RECORD];
    const char text[] = "data \"pictures\"\npreprocess { grayscale; rescale 1/255 }\n"
                        "conv 2 3x3 stride=4; relu; dense classes; softmax\n" LEARNS;
    for (int i = 0; i < PICTURES; i++) {
        byte[i * RECORD + 1] = (unsigned char)i;
        memset(byte + i * RECORD + 2, 200, PLANE);
        memset(byte + i * RECORD + 2 + PLANE, 100, PLANE);
        memset(byte + i * RECORD + 2 + 2 * PLANE, 50, PLANE);
    }
    CHECK(mkdir(folder_file(f, "pictures"), 0700) == 0);
    folder_put(f, "pictures/train.bin", byte, sizeof byte);
    folder_put(f, "pictures/test.bin", byte, sizeof byte);
    return folder_put(f, "colours.cnn", text, sizeof text - 1);
}

static void test_colours(Folder *f) {
    Opened o;
    if (!open_model(&o, coloured_model(f), 0)) return;
    test_screens(o.v);
    CHECK(says(o.v, "grayscale:pixel", "0.299 · 200") == 1);
    CHECK(says(o.v, "grayscale:pixel", "0.587 · 100") == 1);
    CHECK(says(o.v, "grayscale:pixel", "0.114 · 50.0") == 1);
    CHECK(says(o.v, "grayscale:pixel", "124.2") == 1);
    close_model(&o);
}

// ---- a picture from a folder: the file it was read from -----------------------------------------------

static const char *folder_model(Folder *f) {
    static const char text[] = "data \"pets\" size=20x18 color=gray classes=2\n"
                               "conv 2 3x3; relu; dense classes; softmax\n" LEARNS;
    static const char *const folders[] = {"pets", "pets/train", "pets/test", "pets/train/automobiles",
                                          "pets/train/b", "pets/test/automobiles", "pets/test/b"};
    size_t len;
    Error e;
    char *seven = io_read("tests/data/seven.png", 1 << 20, &len, &e);
    if (!CHECK(seven != NULL)) return NULL;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char name[64];
        CHECK(mkdir(folder_file(f, folders[i]), 0700) == 0);
        snprintf(name, sizeof name, "%s/seven.png", folders[i]);
        if (i > 2) folder_put(f, name, seven, len);
    }
    free(seven);
    return folder_put(f, "pets.cnn", text, sizeof text - 1);
}

// One output for two classes: it is the probability of the second one, a sigmoid's.
static void test_single(Folder *f) {
    static const char text[] = "data \"pets\" size=20x18 color=gray classes=2\n"
                               "conv 2 3x3; relu; dense 4; gelu as bend; dense 1; sigmoid\n" LEARNS;
    Opened o;
    if (!open_model(&o, folder_put(f, "one.cnn", text, sizeof text - 1), 0)) return;
    test_screens(o.v);
    CHECK(says(o.v, "loss:stage", "One score for two classes") == 1);
    CHECK(says(o.v, "loss:stage", "L = −y · ln p − (1 − y) · ln(1 − p)") == 1);
    CHECK(says(o.v, "loss:stage", "L = −ln (1 − p)") == 1); // the first class is the right one
    CHECK(says(o.v, "update:stage", "now says") == 1);
    CHECK(says(o.v, "bend:channel", "Each number for itself") == 1);
    CHECK(says(o.v, "bend.backward:stage", "it opens or shuts") == 0);
    CHECK(says(o.v, "1.backward:stage", "it opens or shuts") == 1);
    close_model(&o);
}

static void test_file(Folder *f) {
    Opened o;
    const char *model = folder_model(f);
    if (!model || !open_model(&o, model, 0)) return;
    CHECK(says(o.v, "load:stage", "seven.png") == 1);
    CHECK(says(o.v, "load:stage", "the file, resized to 20×18") == 1);
    CHECK(says(o.v, "load:stage", "28×28") == 1);
    CHECK(says(o.v, "load:stage", "00 00 00 00") == 1);
    look(o.v, "a picture from a folder");
    close_model(&o);
}

// ---- the overview's layout ---------------------------------------------------------------------------

static const struct {
    const char *name, *text;
    int most, columns, lanes, loops, skips; // at most; then what comes out
} layouts[] = {
    {"a chain", "data digits\nconv 2 3x3; relu; maxpool 2; dense classes\n", 15, 5, 1, 0, 0},
    {"what only changes numbers joins",
     "data digits\nconv 2 3x3; batchnorm; relu; maxpool 2; dense classes\n",
     4, 4, 1, 0, 0},
    {"a shortcut", "data digits\nconv 2 3x3; residual { conv 2 3x3 pad=same; relu }; dense classes\n", 15, 6,
     1, 0, 1},
    {"two ways", "data digits\nconv 2 3x3; parallel { conv 2 1x1 } { conv 2 1x1; relu }; dense classes\n",
     15, 6, 2, 0, 0},
    {"four blocks are folded but the first",
     "data digits\nconv 2 3x3; repeat 4 { residual { conv 2 3x3 pad=same; relu; conv 2 3x3 pad=same } }\n"
     "dense classes\n", 8, 8, 1, 3, 1},
    {"a long chain", "data digits\nconv 2 3x3; repeat 20 { conv 2 3x3 pad=same; relu }; dense classes\n", 10,
     10, 1, 0, 0},
};

static int skips_of(const OverLayout *l) {
    int n = 0;
    for (int b = 1; b < l->n_boxes; b++)
        for (int a = 0; a < b; a++) {
            bool edge = false;
            for (int i = 1; i < l->n_nodes; i++)
                for (int k = 0; k < l->g->node[i].n_src; k++)
                    edge = edge || (l->of[i] == b && l->of[l->g->node[i].src[k]] == a);
            n += edge && overview_skips(l, a, b);
        }
    return n;
}

// Every node is in one box, and no box reads one to its right.
static void check_boxes(const OverLayout *l) {
    int n = 0;
    for (int b = 0; b < l->n_boxes; b++) {
        n += l->box[b].n;
        CHECK(l->box[b].lane >= 0 && l->box[b].lane < l->box[b].lanes);
        CHECK(l->of[l->box[b].last] == b && l->of[overview_namesake(l, b)] == b);
    }
    CHECK(n == l->n_nodes);
    for (int i = 1; i < l->n_nodes; i++)
        for (int k = 0; k < l->g->node[i].n_src; k++) {
            const int a = l->of[l->g->node[i].src[k]], b = l->of[i];
            CHECK(a == b || l->box[a].column < l->box[b].column);
        }
}

static void test_layouts(void) {
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        const int failed = tests_failed;
        Arena *a = arena_make();
        const Experiment *x = experiment_parse(a, diags_make(a), &runtime_vocabulary, "layout.cnn",
                                               layouts[i].text,
                                               strlen(layouts[i].text));
        if (!CHECK(x != NULL)) continue;
        const OverLayout l = overview_layout(a, &x->graph, x->graph.n_nodes, 1, layouts[i].most);
        int lanes = 1, loops = 0;
        for (int b = 0; b < l.n_boxes; b++) {
            lanes = l.box[b].lanes > lanes ? l.box[b].lanes : lanes;
            loops += l.box[b].loops;
        }
        check_boxes(&l);
        CHECK(l.n_columns == layouts[i].columns && lanes == layouts[i].lanes);
        CHECK(loops == layouts[i].loops && skips_of(&l) == layouts[i].skips);
        if (tests_failed > failed)
            printf("  %s: %d columns, %d lanes, %d loops, %d skips\n", layouts[i].name, l.n_columns, lanes,
                   loops,
                   skips_of(&l));
        arena_free(a);
    }
}

// ---- pictures that look as they did --------------------------------------------------------------------

static const struct { const char *model, *screen, *file; } looks[] = {
    {"norms.cnn", "batch:pixel", "norm"}, {"norms.cnn", "batch.backward:stage", "norm-backward"},
    {"norms.cnn", "drop.backward:pixel", "dropout"}, {"joins.cnn", "add_after_3:pixel", "add"},
    {"joins.cnn", "concat_after_right:stage", "concat"}, {"joins.cnn", "overview", "overview-joins"},
    {"sizes.cnn", "overlap.backward:pixel", "avgpool"}, {"steps.cnn", "edges:pixel", "edges"},
    {"random.cnn", "rotate:stage", "rotate"},
};

static void test_pictures(View *v, const char *model) {
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (strcmp(looks[i].model, model) == 0) test_picture(v, looks[i].screen, looks[i].file);
}

int main(void) {
    Folder f = folder_make();
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        Opened o;
        if (!open_text(&o, &f, models[i].name)) continue;
        test_pictures(o.v, models[i].name);
        test_words(o.v, models[i].name);
        test_numbers(o.v, models[i].name);
        test_screens(o.v);
        test_broken(o.v, NAN), test_broken(o.v, INFINITY);
        close_model(&o);
    }
    test_colours(&f);
    test_file(&f);
    test_single(&f);
    test_layouts();
    folder_remove(&f);
    return test_end("panels");
}
