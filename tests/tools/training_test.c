/* training_test.c — training in the viewer: the same bits as `--train`, halted and gone on with, looked
 * into, its mistakes opened, broken, restarted, saved, and closed while it runs.
 *
 *     training_test         with UPDATE=1 in the environment tests/data/view-train.ppm and
 *                           view-pictures.ppm are made anew */
#include <dirent.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/clock.h"
#include "runtime/kernels/kernels.h"
#include "runtime/weights.h"
#include "tests/tools/view_look.h"
#include "tests/unit/folder.h"
#include "viz/view/frame.h"
#include "viz/view/train_view.h"

static const char lines[] =
    "data digits\naugment { shift 1 }\npreprocess { rescale 1/255 }\nconv 3 3x3; batchnorm; relu; maxpool 2\n"
    "dropout 10%; dense 12; relu; dense classes; softmax\nloss crossentropy\n"
    "optimizer sgd lr=0.1 momentum=0.9\ntrain iterations=45 batch=16 schedule=cosine\nfreeze 0\n"
    "train iterations=20 batch=8 balance=oversample\nsave \"learnt.safetensors\"\n";

static void tick(View *v, int n) {
    while (n-- > 0) view_event(v, &(Event){.kind = EVENT_TICK});
}

static const TrainNews *news(const View *v) { return &v->train->news; }
static uint64_t done(const View *v) { return news(v)->next.total; }

static bool same_params(const Params *a, const Params *b) {
    bool same = memcmp(a->value, b->value, a->len * sizeof *a->value) == 0;
    for (int k = 0; k < a->n_slots && k < b->n_slots; k++)
        same &= memcmp(a->slot[k], b->slot[k], a->len * sizeof *a->slot[k]) == 0;
    return same;
}

static int files_in(const char *folder) {
    int n = 0;
    DIR *d = opendir(folder);
    for (const struct dirent *f; d && (f = readdir(d));) n += f->d_name[0] != '.';
    if (d) closedir(d);
    return n;
}

// ---- the same bits as --train ----------------------------------------------------------------------

static void ignore_text(void *ctx, const char *text) { (void)ctx, (void)text; }
static void ignore_progress(void *ctx, const Progress *p) { (void)ctx, (void)p; }
static void ignore_epoch(void *ctx, const EpochResult *r) { (void)ctx, (void)r; }
static void ignore_evaluation(void *ctx, const EvaluateOptions *o, const Evaluation *v) {
    (void)ctx, (void)o, (void)v;
}
static bool never(void *ctx) { (void)ctx; return false; }

// A training on the command line with the same model in the folder where we are.
static bool train_beside(const char *path, Opened *o) {
    const Reporter r = {.message = ignore_text, .progress = ignore_progress, .epoch = ignore_epoch,
                        .evaluation = ignore_evaluation, .stop = never};
    Error e;
    *o = (Opened){.a = arena_make()};
    const Experiment *x = experiment_load(o->a, diags_make(o->a), &runtime_vocabulary, path);
    const RunOptions run = {.limit = 200, .threads = 2};
    return CHECK(x && session_open(&o->s, x, &run, true, &e)) && CHECK(train_run(&o->s, &r, &e) == RUN_DONE);
}

// With halts, walks through the stages and updates there in between, it ends as without.
static void test_same_bits(const char *path, Folder *f) {
    Opened o, other;
    if (!open_model(&o, path, 3)) return;
    View *v = o.v;
    press(v, 't');
    CHECK(v->scene == SCENE_TRAIN && !v->train);
    const int before = files_in(f->path);
    press(v, 't');
    CHECK(news(v)->state == TRAIN_RUNNING && done(v) == 0 && news(v)->few == 5);
    tick(v, 1);
    CHECK(news(v)->state == TRAIN_HALTED && done(v) == 5);
    press(v, ' '), tick(v, 2), press(v, KEY_ESCAPE);
    CHECK(v->scene == SCENE_TRAIN && news(v)->state == TRAIN_HALTED && done(v) == 25);
    tick(v, 1);
    CHECK(done(v) == 25);
    press(v, KEY_ESCAPE);
    CHECK(v->scene == SCENE_STAGES && v->follows && view_step(v) == 26);
    press(v, 'u'), press(v, 'n'), press(v, 'B');
    CHECK(view_step(v) == 27);
    press(v, 't'), press(v, KEY_F5), tick(v, 100);
    CHECK(news(v)->state == TRAIN_DONE && done(v) == 65 && news(v)->at.phase == 2);
    CHECK(files_in(f->path) == before);
    press(v, ' '), tick(v, 3), press(v, 't');
    CHECK(news(v)->state == TRAIN_DONE && done(v) == 65);
    if (train_beside(path, &other))
        CHECK(same_params(training_params(v->train->training), other.s.params));
    session_close(&other.s), arena_free(other.a);
    CHECK(files_in(f->path) == before + 2); // what the command line writes: runs/ and learnt.safetensors

    press(v, 'r');
    CHECK(news(v)->state == TRAIN_HALTED && done(v) == 0 && news(v)->record.n_points == 0);
    press(v, ' '), tick(v, 1), press(v, 'r');
    CHECK(news(v)->state == TRAIN_RUNNING && done(v) == 0);
    press(v, KEY_PAGE_DOWN);
    CHECK(v->scene == SCENE_STAGES && news(v)->state == TRAIN_HALTED);
    close_model(&o);
}

// ---- looking into a step -----------------------------------------------------------------------------

// One more step of the training, which stays halted.
static void one_step(View *v) {
    Training *t = v->train->training;
    const uint64_t before = done(v);
    training_run(t, UINT64_MAX);
    training_allow(t, 1);
    training_halt(t);
    training_wait(t);
    CHECK(training_news(t, &v->train->news) && done(v) == before + 1);
}

// The batch holds the pictures of its step, whichever of them comes first.
static bool same_pictures(const View *v) {
    int64_t sum = 0, squares = 0;
    for (int i = 0; i < v->t.n; i++) {
        const int64_t a = v->t.picture[i], b = v->batch[i];
        sum += a - b, squares += a * a - b * b;
    }
    return v->t.n == v->n_batch && sum == 0 && squares == 0;
}

// The step that is walked through is the one that training does next.
static void test_step_inside(const char *path) {
    Opened o;
    if (!open_model(&o, path, 3)) return;
    View *v = o.v;
    for (int i = 0; i < 2; i++) { // in the first `train` line, and in the second
        press(v, 't'), press(v, ' '), tick(v, i ? 4 : 1), press(v, ' ');
        const uint64_t at = done(v);
        walk_to_stage(v, 4), walk_level(v, LEVEL_CHANNEL);
        v->scene = SCENE_TRAIN;
        press(v, KEY_PAGE_UP);
        CHECK(v->follows && v->next.total == at && v->at.stage == 4 && v->at.level == LEVEL_CHANNEL);
        CHECK(v->chosen.part == PART_TRAIN && v->t.n == (i ? 8 : 16));
        const double loss = v->t.loss, rate = v->t.rate;
        const int first = v->t.picture[0], second = v->t.picture[1];
        one_step(v);
        CHECK(same_params(v->s->params, training_params(v->train->training)));
        CHECK(news(v)->at.batch_loss == loss && news(v)->at.lr == rate);

        press(v, 'n');
        CHECK(v->t.picture[0] == second && view_step(v) == (int)at + 1);
        CHECK(same_pictures(v));
        press(v, 'N');
        CHECK(v->t.picture[0] == first);
        press(v, 'u'); // the step behind it, with its own pictures
        one_step(v);
        CHECK(same_params(v->s->params, training_params(v->train->training)));
        press(v, 'B');
        CHECK(v->chosen.step == v->next.step + 2 && v->t.picture[0] != first);
    }
    press(v, 'r');
    CHECK(!v->follows && view_step(v) == 1 && !v->s->params->param[0].frozen);
    CHECK(memcmp(trace_param(&v->t, 0, PARAM_BEFORE).v, v->start, 9 * sizeof(real)) == 0);
    close_model(&o);
}

// ---- the confusion matrix and the pictures behind it ---------------------------------------------------

static void click_at(View *v, Point p) {
    view_event(v, &(Event){.kind = EVENT_PRESS, .x = p.x, .y = p.y});
    view_event(v, &(Event){.kind = EVENT_RELEASE, .x = p.x, .y = p.y});
}

static const Hit *hit_of(View *v, HitKind kind) {
    Error e;
    draw_free(view_draw(v, &e));
    for (int i = 0; i < v->hits.n; i++)
        if (v->hits.hit[i].kind == kind) return &v->hits.hit[i];
    CHECK(false);
    return NULL;
}

static void test_matrix(void) {
    Opened o;
    if (!open_model(&o, "models/first.cnn", 3)) return;
    View *v = o.v;
    press(v, 't'), press(v, 't'), tick(v, 2), press(v, ' ');
    const TrainView *t = v->train;
    int sum = 0, right = 0;
    for (int i = 0; i < 100; i++) sum += t->matrix[i], right += i % 11 == 0 ? t->matrix[i] : 0;
    CHECK(sum == t->news.judged.n && sum == o.s.data.part[PART_TEST].n);
    CHECK_NEAR(t->news.judged.accuracy, (double)right / sum, 1e-12);
    CHECK(t->n_wrong == sum - right && t->n_mistakes == MISTAKES);
    for (int i = 1; i < MISTAKES; i++)
        CHECK(t->news.judged.answer[t->mistake[i - 1]].loss >= t->news.judged.answer[t->mistake[i]].loss);
    look(v, "the training");

    press(v, KEY_DOWN); // by keys: the most frequent mistake, its pictures, one of them
    CHECK(t->marked == MARKED_CELL && t->wanted != t->said);
    const int wanted = t->wanted, said = t->said, many = train_view_count(t, wanted, said);
    for (int i = 0; i < 100; i++) CHECK(i % 11 == 0 || t->matrix[i] <= many);
    press(v, KEY_ENTER);
    CHECK(v->scene == SCENE_CELL && t->n_cell == many && many > 0);
    look(v, "a cell");
    press(v, KEY_RIGHT), press(v, KEY_DOWN), press(v, KEY_UP), press(v, KEY_LEFT);
    CHECK(t->at == 0 || many <= CELL_COLUMNS);
    const int picture = t->news.judged.answer[t->cell[t->at].answer].picture;
    press(v, KEY_ENTER);
    bool is_right;
    Arena *a = arena_make();
    CHECK(v->scene == SCENE_STAGES && v->at.stage == 0);
    CHECK(v->t.picture[0] == picture && v->t.label[0] == wanted && v->chosen.part == PART_TEST);
    press(v, KEY_END);
    const char *verdict = frame_verdict(a, v, &is_right);
    CHECK_TEXT(verdict, arena_print(a, "says %d ✗", said)); // it is what training saw: the same weights
    CHECK(view_step(v) == (int)done(v) + 1);
    arena_free(a);
    press(v, 'u'), press(v, 'n'), press(v, 'B');
    CHECK(v->t.picture[0] != picture && v->chosen.part == PART_TEST);

    close_model(&o);
}

// The same by the mouse, and the mistakes by keys.
static void test_mistakes(void) {
    Opened o;
    if (!open_model(&o, "models/first.cnn", 3)) return;
    View *v = o.v;
    press(v, 't'), press(v, 't'), tick(v, 2), press(v, ' ');
    const TrainView *t = v->train;
    const Hit *hit = hit_of(v, HIT_MATRIX);
    click_at(v, (Point){hit->rect.x + 1.5 / 10 * hit->rect.w, hit->rect.y + 1.5 / 10 * hit->rect.h});
    CHECK(v->scene == SCENE_CELL && t->wanted == 1 && t->said == 1);
    hit = hit_of(v, HIT_PICTURE);
    const int opened = hit->to;
    click_at(v, (Point){hit->rect.x + 20, hit->rect.y + 20});
    CHECK(v->scene == SCENE_STAGES && v->t.picture[0] == opened && v->t.label[0] == 1);
    press(v, 't');
    for (int i = 0; i < 12; i++) press(v, KEY_DOWN);
    CHECK(t->marked == MARKED_MISTAKE);
    press(v, KEY_RIGHT);
    CHECK(t->which == 1);
    const int mistake = t->news.judged.answer[t->mistake[1]].picture;
    look(v, "a marked mistake");
    press(v, KEY_ENTER);
    CHECK(v->scene == SCENE_STAGES && v->t.picture[0] == mistake);
    press(v, 't'), press(v, KEY_UP);
    CHECK(t->marked == MARKED_CELL);
    press(v, '?');
    CHECK(v->scene == SCENE_HELP);
    press(v, 'x');
    CHECK(v->scene == SCENE_TRAIN);
    close_model(&o);
}

// ---- what goes wrong -----------------------------------------------------------------------------------

static void test_broken(const char *path) {
    Opened o;
    if (!open_model(&o, path, 3)) return;
    View *v = o.v;
    press(v, 't'), press(v, ' '), tick(v, 20);
    CHECK(news(v)->state == TRAIN_BROKEN && news(v)->broken.step == done(v) + 1);
    look(v, "a broken training");
    char *text = view_text(v);
    CHECK(text && strstr(text, "first NaN or ∞ appears in ") && strstr(text, ": Enter shows it"));
    free(text);
    press(v, ' '), press(v, 't'), tick(v, 2);
    CHECK(news(v)->state == TRAIN_BROKEN);
    press(v, KEY_ENTER);
    CHECK(v->scene == SCENE_STAGES && v->t.stage[v->at.stage].index == news(v)->broken.node);
    const Tensor out = trace_value(&v->t, v->t.stage[v->at.stage].index);
    CHECK(tensor_bad(tensor_part(out, 0, 1)) >= 0 && view_step(v) == (int)news(v)->broken.step);
    CHECK(strstr(v->message, "appears in") != NULL);
    close_model(&o);
}

// A model without anything to train says so, and everything else goes on.
static void test_no_program(const char *path) {
    Opened o;
    if (!open_model(&o, path, 3)) return;
    press(o.v, 't'), press(o.v, ' '), tick(o.v, 2);
    CHECK(news(o.v)->state == TRAIN_FAILED && strstr(news(o.v)->text, "nothing to carry out"));
    look(o.v, "no training");
    press(o.v, KEY_ENTER), press(o.v, KEY_DOWN), press(o.v, 's'), press(o.v, 'r');
    press(o.v, KEY_ESCAPE);
    CHECK(o.v->scene == SCENE_STAGES && !o.v->follows);
    close_model(&o);
}

// ---- saving --------------------------------------------------------------------------------------------

static void test_save(const char *path, Folder *f) {
    Opened o;
    Error e;
    if (!open_model(&o, path, 3)) return;
    View *v = o.v;
    const int before = files_in(f->path);
    press(v, 't'), press(v, 's');
    CHECK(files_in(f->path) == before);
    press(v, 't'), tick(v, 1), press(v, 's');
    CHECK_TEXT(v->message, "saved as live-step5.safetensors");
    press(v, 's');
    CHECK_TEXT(v->message, "saved as live-step5-2.safetensors");
    CHECK(files_in(f->path) == before + 2);
    const WeightsFit all = {0};
    CHECK(weights_load("live-step5-2.safetensors", &all, o.s.x, o.s.params, &e));
    CHECK(memcmp(o.s.params->value, training_params(v->train->training)->value,
                 o.s.params->len * sizeof(real)) == 0);
    close_model(&o);
}

// ---- beside a window -----------------------------------------------------------------------------------

static atomic_int wakes;
static void count_wake(void *ctx) { (void)ctx, atomic_fetch_add(&wakes, 1); }

// It goes on by itself and says so at most twenty times a second (and once for each halt), and ends at once.
static void test_live(void) {
    Opened o;
    if (!open_model(&o, "models/first.cnn", 3)) return;
    View *v = o.v;
    v->wake = count_wake;
    atomic_store(&wakes, 0);
    press(v, 't');
    const double began = clock_now();
    press(v, ' ');
    for (int i = 0; i < 200 && (i == 0 || done(v) < 30); i++) {
        usleep(5000);
        view_event(v, &(Event){.kind = EVENT_NEWS});
    }
    CHECK(done(v) >= 30);
    press(v, KEY_ESCAPE);
    const double seconds = clock_now() - began;
    CHECK(news(v)->state == TRAIN_HALTED && v->scene == SCENE_TRAIN);
    CHECK(atomic_load(&wakes) <= 20 * seconds + 5);
    training_wait(v->train->training);
    const int then = atomic_load(&wakes);
    const uint64_t step = done(v);
    usleep(100000);
    CHECK(atomic_load(&wakes) == then);
    view_event(v, &(Event){.kind = EVENT_NEWS});
    CHECK(done(v) == step && news(v)->judged.step == step && news(v)->judged.n == news(v)->judged.of);
    press(v, ' ');
    train_view_quiet(v);
    const double closing = clock_now();
    close_model(&o);
    CHECK(clock_now() - closing < 3);
}

// ---- what is written down --------------------------------------------------------------------------------

static void test_record(void) {
    static const struct { double v; uint64_t round; } rows[] = {
        {0, 1}, {1, 1}, {1.5, 2}, {2.1, 5}, {5.5, 10}, {40, 50}, {100, 100}, {101, 200}, {4.1e6, 5000000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) CHECK(record_round(rows[i].v) == rows[i].round);
    Opened o;
    Record *r = malloc(sizeof *r);
    if (!r || !open_model(&o, "models/first.cnn", 3)) return;
    record_begin(r, &o.s, 1000);
    CHECK(r->test_every == 50 && r->kernels.n == 2 && r->kernels.shown == 2 && r->kernels.h == 5);
    for (int i = 1; i <= 5000; i++) {
        record_frame(r, o.s.params, (uint64_t)i - 1);
        if (record_test_due(r, (uint64_t)i - 1)) record_test(r, i - 1, i, 0.5);
        record_step(r, i, 2 * i, 0.25);
    }
    CHECK(r->per == 8 && r->n_points == 625 && r->in_last == 8);
    int wrong = 0;
    for (int i = 0; i < r->n_points; i++)
        wrong += fabs(r->point[i].loss - 2 * r->point[i].step) > 1e-6 ||
                 fabs(r->point[i].step - (8 * i + 4.5)) > 1e-6;
    for (int i = 0; i < r->n_tests; i++)
        wrong += fabs(r->test[i].step - (double)(r->test_every * (uint64_t)i)) > 0;
    for (int i = 0; i < r->n_frames; i++) wrong += r->frame[i].step != r->frame_every * (uint64_t)i;
    CHECK(wrong == 0 && r->test_every == 100 && r->frame_every == 200 && r->now.step == 4999);
    close_model(&o);
    free(r);
}

// ---- pictures --------------------------------------------------------------------------------------------

// With the kernels that every machine has: what is learnt must not depend on the processor.
static void test_pictures_of_training(void) {
    Opened o;
    Error e;
    CHECK(kernels_choose("c", &e));
    if (!open_model(&o, "tests/data/view.cnn", 3)) return;
    View *v = o.v;
    press(v, 't'), press(v, ' '), tick(v, 2), press(v, ' '), press(v, KEY_DOWN);
    test_picture(v, "train", "train");
    static const int sizes[][2] = {{1920, 1080}, {1024, 600}, {640, 400}};
    for (int i = 0; i < 3; i++) {
        view_event(v, &(Event){.kind = EVENT_RESIZE, .w = sizes[i][0], .h = sizes[i][1]});
        look(v, "the training");
    }
    view_event(v, &(Event){.kind = EVENT_RESIZE, .w = SLIDE_W, .h = SLIDE_H});
    press(v, KEY_ENTER);
    test_picture(v, "pictures", "pictures");
    press(v, 'x');
    look(v, "a cell beside the model's text");
    press(v, KEY_ESCAPE);
    look(v, "the training beside the model's text");
    close_model(&o);
    CHECK(kernels_choose(NULL, &e));
}

int main(void) {
    static const char broken[] =
        "data digits\nconv 6 3x3; relu; conv 8 3x3; relu; dense 30; relu; dense classes; softmax\n"
        "loss crossentropy\noptimizer sgd lr=900\ntrain epochs=3 batch=8\n";
    static const char none[] =
        "data digits\ndense classes; softmax\nloss crossentropy\noptimizer sgd lr=0.1\n";
    Folder f = folder_make();
    char here[4096];
    test_record();
    test_matrix();
    test_mistakes();
    test_live();
    test_pictures_of_training();
    const char *live = folder_put(&f, "live.cnn", lines, strlen(lines));
    test_step_inside(live);
    test_broken(folder_put(&f, "broken.cnn", broken, strlen(broken)));
    test_no_program(folder_put(&f, "none.cnn", none, strlen(none)));
    if (CHECK(getcwd(here, sizeof here) && chdir(f.path) == 0)) {
        setenv("CNNRUN_DATA", folder_file(&f, "."), 0);
        test_same_bits("live.cnn", &f);
        test_save("live.cnn", &f);
        CHECK(chdir(here) == 0);
    }
    folder_remove(&f);
    return test_end("training");
}
