/* compare_test.c — a state is kept, and what comes later is compared with it: the differences are those
 * of the update rule and of the pictures themselves, and every comparison can be read.
 *
 *     compare_test          with UPDATE=1 in the environment tests/data/view-compare.ppm is made anew */
#include "tests/tools/view_look.h"
#include "tests/unit/folder.h"
#include "viz/draw/number.h"
#include "viz/view/remember.h"

// ---- the text ------------------------------------------------------------------------------------

static bool text_says(const View *v, const char *words) {
    char *text = view_text(v);
    const bool says = text && strstr(text, words);
    if (!says) printf("  expected \"%s\" in:\n%s", words, text ? text : "");
    free(text);
    return says;
}

static void look_compared(View *v) {
    v->comparing = true;
    for (int i = 0; i < v->t.n_stages; i++) look_at_stage(v, i);
    walk_level(v, LEVEL_STAGE);
}

// ---- differences ---------------------------------------------------------------------------------

// Plain descent: W after step 2 less W after step 1 is −0.5 times the gradient of step 2.
static void test_difference(View *v) {
    press(v, KEY_END);
    press(v, 'm');
    CHECK(!v->comparing && v->remembered.n > 0 && v->remembered.left_out == 0);
    press(v, 'm');
    CHECK(v->comparing && text_says(v, "\n0 of 18 numbers have changed, by 0 on average\n"));
    press(v, 'u');
    CHECK(v->comparing && text_says(v, "compare before (step 1 · image 3) with after (step 2 · image 3)"));
    walk_level(v, LEVEL_PIXEL);
    const Target after = walk_here(v);
    const char *why;
    const KeptTensor *before = remember_find(v, &after, &why);
    if (!CHECK(before && before->param && !why)) return;
    const Tensor grad = trace_param(&v->t, after.k, PARAM_USED);
    double worst = 0, most = 0;
    for (int i = 0; i < 18; i++) {
        const double by = (double)after.v.v[i] - (double)before->v.v[i];
        worst = fmax(worst, fabs(by + 0.5 * (double)grad.v[i])), most = fmax(most, fabs(by));
    }
    CHECK(most > 1e-4);
    CHECK_NEAR(worst, 0, 1e-6);
}

// Another picture: its byte less the byte that was kept. The pixel is told with both of them.
static void test_two_pictures(View *v) {
    press(v, KEY_HOME);
    walk_level(v, LEVEL_STAGE);
    enum { PIXELS = 8 * 8 };
    real kept[PIXELS];
    memcpy(kept, trace_picture(&v->t, 0).v, sizeof kept);
    press(v, 'M'), press(v, 'n');
    const Tensor now = trace_picture(&v->t, 0);
    int i = 0;
    while (i < PIXELS && fabs((double)(now.v[i] - kept[i])) < 1) i++;
    if (!CHECK(i < PIXELS)) return;
    walk_level(v, LEVEL_PIXEL);
    walk_to(v, 0, 0, i);
    char words[300];
    const double before = (double)kept[i], after = (double)now.v[i];
    snprintf(words, sizeof words,
             "this number: channel 1 of 1, row %d, column %d, picture[0,%d,%d]: %s − %s = %s%s\n",
             i / 8, i % 8, i / 8, i % 8, number_figures(after, 6).s, number_figures(before, 6).s,
             after > before ? "+" : "", number_figures(after - before, 6).s);
    CHECK(text_says(v, words));
    CHECK(text_says(v, "kept step 2 · image 3\n"));
    press(v, 'v');
    CHECK(text_says(v, " = ?\n"));
    press(v, 'v'), press(v, 'm');
    CHECK(!v->comparing);
    press(v, 'm'), press(v, KEY_ESCAPE);
    CHECK(!v->comparing && v->at.level == LEVEL_PIXEL);
}

// What was not kept is said, and nothing is shown in its place: a picture without a label has no way
// back, and so no gradients.
static void test_not_kept(View *v) {
    view_event(v, &(Event){.kind = EVENT_DROP, .path = "tests/data/seven.png"});
    press(v, 'M');
    CHECK(v->remembered.image == -1);
    v->comparing = false;
    const TraceOptions labelled = {.part = PART_TEST, .batch = 4, .input_diff = true};
    Error e;
    CHECK(trace_choose(&v->t, &labelled, &e) && trace_step(&v->t, false, &e));
    press(v, KEY_END), press(v, KEY_LEFT), press(v, 'm');
    CHECK(text_says(v, "nothing to compare: The state that is kept has no such numbers."));
    look_compared(v);
}

// The picture's values come first: 64 of the picture as it was read fit, a parameter does not any more.
static void test_limit(View *v) {
    remember_within(v, 100);
    CHECK(v->remembered.left_out > 0 && strstr(v->message, "numbers: the limit is 100"));
    v->comparing = true;
    press(v, KEY_HOME);
    CHECK(text_says(v, "0 of 64 numbers have changed"));
    press(v, KEY_END);
    CHECK(text_says(v, "nothing to compare: This was too large to be kept."));
    press(v, 'M');
    CHECK(text_says(v, "0 of 18 numbers have changed") && v->remembered.left_out == 0);
}

// A change to NaN is larger than any other.
static void test_broken(View *v) {
    lesson_put_back(v);
    *at(params_tensor(v->t.s->params, 0, v->t.s->params->value), 1, 0, 2, 2) = (real)NAN;
    lesson_again(v);
    walk_to_stage(v, stage_of(&v->t, STAGE_FORWARD, 1));
    CHECK(text_says(v, "\n36 of 72 numbers have changed\n"));
    CHECK(text_says(v, "\nlargest change: channel 2 of 2, row 0, column 0, y[1,0,0]: NaN − "));
    look_compared(v);
    press(v, 'r');
}

// ---- together ------------------------------------------------------------------------------------

static const char model[] =
    "data digits\nconv 2 3x3 as first; relu; dense classes; softmax\n"
    "loss crossentropy\noptimizer sgd lr=0.5\ntrain epochs=1 batch=4\n";

static void test_small(void) {
    Folder f = folder_make();
    Opened o;
    if (open_model(&o, folder_put(&f, "compare.cnn", model, strlen(model)), 3)) {
        test_difference(o.v);
        look_compared(o.v);
        test_picture(o.v, "first:channel", "compare");
        test_two_pictures(o.v);
        test_limit(o.v);
        test_broken(o.v);
        test_not_kept(o.v);
        close_model(&o);
    }
    folder_remove(&f);
}

// Every screen of a network with a layer of most kinds, in two sizes and in the dark.
static void test_screens(void) {
    Opened o;
    if (open_model(&o, "tests/data/view.cnn", 3)) {
        press(o.v, 'm'), press(o.v, 'u'), press(o.v, 'l');
        look_compared(o.v);
        view_event(o.v, &(Event){.kind = EVENT_RESIZE, .w = 1024, .h = 600});
        look_compared(o.v);
        close_model(&o);
    }
}

int main(void) {
    test_small();
    test_screens();
    return test_end("compare");
}
