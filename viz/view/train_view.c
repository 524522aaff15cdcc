/* train_view.c — see train_view.h. */
#include "viz/view/train_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/io.h"
#include "viz/draw/number.h"
#include "viz/view/walk.h"

static bool runs(const View *v) { return v->train && v->train->news.state == TRAIN_RUNNING; }

static void note(View *v, const char *text) {
    snprintf(v->message, sizeof v->message, "%.150s", text);
    v->dirty = true;
}

// ---- counting answers ----------------------------------------------------------------------------

static void count_matrix(TrainView *t, int classes) {
    const Judged *j = &t->news.judged;
    memset(t->matrix, 0, (size_t)classes * (size_t)classes * sizeof *t->matrix);
    for (int i = 0; i < j->n; i++) t->matrix[j->answer[i].wanted * classes + j->answer[i].said]++;
}

static void find_mistakes(TrainView *t) {
    const WrongAnswer *a = t->news.judged.answer;
    t->n_mistakes = t->n_wrong = 0;
    for (int i = 0; i < t->news.judged.n; i++) {
        if (a[i].said == a[i].wanted) continue;
        t->n_wrong++;
        int at = t->n_mistakes;
        while (at > 0 && a[t->mistake[at - 1]].loss < a[i].loss) at--;
        if (at == MISTAKES) continue;
        if (t->n_mistakes < MISTAKES) t->n_mistakes++;
        for (int k = t->n_mistakes - 1; k > at; k--) t->mistake[k] = t->mistake[k - 1];
        t->mistake[at] = i;
    }
    if (t->which >= t->n_mistakes) t->which = t->n_mistakes > 0 ? t->n_mistakes - 1 : 0;
}

static int by_loss(const void *a, const void *b) {
    const Listed *x = a, *y = b;
    if (x->loss > y->loss || x->loss < y->loss) return x->loss > y->loss ? -1 : 1;
    return x->answer < y->answer ? -1 : x->answer > y->answer;
}

static void list_cell(TrainView *t) {
    const Judged *j = &t->news.judged;
    t->n_cell = 0;
    for (int i = 0; i < j->n; i++)
        if (j->answer[i].wanted == t->wanted && j->answer[i].said == t->said)
            t->cell[t->n_cell++] = (Listed){i, j->answer[i].loss};
    qsort(t->cell, (size_t)t->n_cell, sizeof *t->cell, by_loss);
    if (t->at >= t->n_cell) t->at = t->n_cell > 0 ? t->n_cell - 1 : 0;
}

int train_view_count(const TrainView *t, int wanted, int said) {
    const Judged *j = &t->news.judged;
    int n = 0;
    for (int i = 0; i < j->n; i++) n += j->answer[i].wanted == wanted && j->answer[i].said == said;
    return n;
}

int cell_page(const TrainView *t, int *n) {
    const int first = t->at / CELL_PAGE * CELL_PAGE, left = t->n_cell - first;
    *n = left < CELL_PAGE ? left : CELL_PAGE;
    return first;
}

// Reads what is shown as pictures.
static void read_thumbs(View *v) {
    TrainView *t = v->train;
    const WrongAnswer *a = t->news.judged.answer;
    int picture[MOST_THUMBS], n = 0, page;
    for (int i = 0; i < t->n_mistakes; i++) picture[n++] = a[t->mistake[i]].picture;
    const int first = cell_page(t, &page);
    for (int i = 0; v->scene == SCENE_CELL && i < page; i++)
        picture[n++] = a[t->cell[first + i].answer].picture;
    thumbs_want(&t->thumbs, &v->s->data, t->news.judged.part, picture, n);
}

static void count_all(View *v) {
    TrainView *t = v->train;
    Listed *cell = realloc(t->cell, ((size_t)t->news.judged.n + 1) * sizeof *cell);
    if (!cell) {
        note(v, "there is no memory left");
        return;
    }
    t->cell = cell;
    t->counted = t->news.judged.number;
    if (t->matrix) count_matrix(t, v->s->data.classes);
    find_mistakes(t);
    list_cell(t);
    read_thumbs(v);
}

// ---- news ----------------------------------------------------------------------------------------

void train_view_news(View *v) {
    TrainView *t = v->train;
    if (!t || !t->training) return;
    char said[ERROR_TEXT];
    snprintf(said, sizeof said, "%s", t->news.text);
    if (!training_news(t->training, &t->news)) note(v, "there is no memory left");
    if (t->news.judged.number != t->counted) count_all(v);
    if (strcmp(said, t->news.text) && t->news.state <= TRAIN_DONE) note(v, t->news.text);
    v->dirty = true;
}

// Without a window nothing happens by itself: what was wished is done when this returns.
static void settle(View *v) {
    if (!v->wake) training_wait(v->train->training);
    train_view_news(v);
}

// ---- beginning, going on, halting ------------------------------------------------------------------

static bool make(View *v) {
    const size_t classes = (size_t)v->s->data.classes;
    TrainView *t = v->train = calloc(1, sizeof *t);
    if (t && classes <= MOST_CLASSES) t->matrix = calloc(classes * classes, sizeof *t->matrix);
    if (t && (t->matrix || classes > MOST_CLASSES)) return true;
    note(v, "there is no memory left");
    train_view_close(v);
    return false;
}

static bool begin(View *v) {
    Error e;
    if (v->keeps) {
        note(v, "only some layers are kept here: open the model without --keep to train it");
        return false;
    }
    if (!v->train && !make(v)) return false;
    if (v->train->training) return true;
    const TrainingOptions o = {v->from_weights ? lesson_start(v) : NULL, v->wake, v->wake_ctx};
    if (v->from_weights && !o.start) {
        note(v, "there is no memory left");
        return false;
    }
    v->train->training = training_open(v->s, &o, &e);
    if (!v->train->training) {
        note(v, e.text);
        return false;
    }
    settle(v);
    return true;
}

// `steps` more, 0: to the end.
static void go(View *v, bool few) {
    if (!begin(v)) return;
    const TrainNews *news = &v->train->news;
    training_run(v->train->training, few ? news->next.total + news->few : UINT64_MAX);
    settle(v);
}

static void halt(View *v) {
    training_halt(v->train->training);
    settle(v);
}

static void go_few(View *v) { go(v, true); }

static void go_or_halt(View *v) {
    if (runs(v)) halt(v);
    else go(v, false);
}

static void restart(View *v) {
    const bool ran = runs(v);
    if (!v->train || !v->train->training) return;
    training_close(v->train->training);
    v->train->training = NULL;
    v->train->marked = MARKED_NOTHING;
    if (begin(v) && ran) go(v, false);
}

void train_view_tick(View *v) {
    if (v->scene != SCENE_TRAIN || !runs(v) || v->wake) return;
    training_allow(v->train->training, TICK_STEPS);
    train_view_news(v);
}

// Under a name that nothing has yet.
static void save(View *v) {
    char path[512], text[ERROR_TEXT + 64];
    Error e;
    if (!v->train || !v->train->training) return;
    atomic_store(&v->saving, true);
    if (runs(v)) halt(v);
    const unsigned long long step = v->train->news.next.total;
    for (int k = 1; k == 1 || io_exists(path); k++)
        snprintf(path, sizeof path, k == 1 ? "%.200s-step%llu.safetensors" : "%.200s-step%llu-%d.safetensors",
                 v->s->x->name, step, k);
    const bool saved = training_save(v->train->training, path, &e);
    atomic_store(&v->saving, false);
    if (saved) snprintf(text, sizeof text, "saved as %s", path);
    else snprintf(text, sizeof text, "%s", e.text);
    note(v, text);
}

// ---- from the training to the stages ---------------------------------------------------------------

static TraceOptions pictures_of_step(const View *v, const NextStep *next) {
    const int batch = v->s->o.batch > 0 ? v->s->o.batch : next->train->batch;
    return (TraceOptions){.part = PART_TRAIN, .first = -1, .label = -1, .step = next->step, .random = true,
                          .input_diff = true, .batch = lesson_fitting(v->s, batch)};
}

static void follow(View *v, const TraceOptions *o) {
    TrainView *t = v->train;
    lesson_follow(v, training_params(t->training), &t->news.next, o);
}

void train_view_picture(View *v, int picture) {
    TrainView *t = v->train;
    if (!t || !t->training) return;
    if (runs(v)) halt(v);
    TraceOptions o = pictures_of_step(v, &t->news.next);
    o.part = t->news.judged.part, o.first = picture;
    o.random = o.part == PART_TRAIN; // the picture that was judged, not what chance makes of it
    follow(v, &o);
    walk_to_stage(v, 0);
}

// Where the loss stopped being a number.
static void show_broken(View *v) {
    const TraceOptions o = pictures_of_step(v, &v->train->news.next);
    follow(v, &o);
    lesson_find_broken(v);
}

// The stages show what the training has come to, if it has done anything since they last did.
static void leave(View *v) {
    const TrainNews *news = &v->train->news;
    const uint64_t total = news->next.total;
    const bool other = v->follows ? v->next.total != total : total > 0;
    if (!news->next.train || !other) return;
    const TraceOptions o = pictures_of_step(v, &news->next);
    follow(v, &o);
}

static bool of_training(Scene s) { return s == SCENE_TRAIN || s == SCENE_CELL; }

void train_view_after(View *v, Scene before) {
    if (!v->train || !v->train->training || !of_training(before) || v->scene == before) return;
    if (runs(v)) halt(v);
    const bool back = of_training(v->scene) || v->scene == SCENE_HELP;
    if (!back && v->train->news.state != TRAIN_FAILED) leave(v);
}

// ---- marking -------------------------------------------------------------------------------------

// The most frequent mistake, or the first cell.
static void mark_first(TrainView *t, int classes) {
    int most = 0;
    t->marked = MARKED_CELL, t->wanted = t->said = 0;
    for (int i = 0; i < classes; i++)
        for (int k = 0; k < classes; k++) {
            if (i == k || t->matrix[i * classes + k] <= most) continue;
            most = t->matrix[i * classes + k];
            t->wanted = i, t->said = k;
        }
}

static int within(int v, int n) { return v < 0 ? 0 : v >= n ? n - 1 : v; }

// Down from the last row of the matrix are the mistakes.
static void move(View *v, int down, int right) {
    TrainView *t = v->train;
    const int classes = v->s->data.classes;
    if (t->marked == MARKED_NOTHING) {
        if (t->matrix) mark_first(t, classes);
        else if (t->n_mistakes > 0) t->marked = MARKED_MISTAKE;
    } else if (t->marked == MARKED_MISTAKE) {
        t->which = within(t->which + right, t->n_mistakes);
        if (down < 0 && t->matrix) t->marked = MARKED_CELL;
    } else if (down > 0 && t->wanted + 1 == classes) {
        if (t->n_mistakes > 0) t->marked = MARKED_MISTAKE;
    } else {
        t->wanted = within(t->wanted + down, classes), t->said = within(t->said + right, classes);
    }
}

static void open_cell(View *v) {
    TrainView *t = v->train;
    if (runs(v)) halt(v);
    t->at = 0;
    list_cell(t);
    if (t->n_cell == 0) {
        note(v, "no picture stands behind this cell");
        return;
    }
    v->scene = SCENE_CELL;
    read_thumbs(v);
}

void train_view_click(View *v, const Hit *hit) {
    hit_cell(hit, v->mouse, &v->train->wanted, &v->train->said);
    v->train->marked = MARKED_CELL;
    open_cell(v);
}

static void open_marked(View *v) {
    const TrainView *t = v->train;
    if (t->news.state == TRAIN_BROKEN && t->marked == MARKED_NOTHING) show_broken(v);
    else if (t->marked == MARKED_CELL) open_cell(v);
    else if (t->marked == MARKED_MISTAKE && t->n_mistakes > 0)
        train_view_picture(v, t->news.judged.answer[t->mistake[t->which]].picture);
}

// ---- keys ----------------------------------------------------------------------------------------

static void up(View *v)    { move(v, -1, 0); }
static void down(View *v)  { move(v, 1, 0); }
static void left(View *v)  { move(v, 0, -1); }
static void right(View *v) { move(v, 0, 1); }

typedef struct Shortcut { uint32_t key; void (*act)(View *v); } Shortcut;

static bool act_on(View *v, const Event *e, const Shortcut *row, int n) {
    for (int i = 0; i < n && !e->ctrl; i++)
        if (row[i].key == e->key) return row[i].act(v), true;
    return false;
}

bool training_key(View *v, const Event *e) {
    static const Shortcut always[] = {
        {'t', go_few},  {'T', go_few},  {' ', go_or_halt}, {KEY_F5, go_or_halt},
        {'r', restart}, {'R', restart}, {'s', save},       {'S', save},
    };
    static const Shortcut marks[] = {
        {KEY_UP, up}, {KEY_DOWN, down}, {KEY_LEFT, left}, {KEY_RIGHT, right}, {KEY_ENTER, open_marked},
    };
    if (e->key == KEY_ESCAPE && runs(v)) return halt(v), true;
    if (act_on(v, e, always, sizeof always / sizeof *always)) return true;
    const bool judged = v->train && v->train->news.judged.number > 0;
    return judged && act_on(v, e, marks, sizeof marks / sizeof *marks);
}

static void cell_move(View *v, int by) {
    TrainView *t = v->train;
    t->at = within(t->at + by, t->n_cell);
    read_thumbs(v);
}

static void cell_up(View *v)    { cell_move(v, -CELL_COLUMNS); }
static void cell_down(View *v)  { cell_move(v, CELL_COLUMNS); }
static void cell_left(View *v)  { cell_move(v, -1); }
static void cell_right(View *v) { cell_move(v, 1); }
static void cell_back(View *v)  { v->scene = SCENE_TRAIN; }

static void cell_open(View *v) {
    const TrainView *t = v->train;
    if (t->n_cell > 0) train_view_picture(v, t->news.judged.answer[t->cell[t->at].answer].picture);
}

bool cell_key(View *v, const Event *e) {
    static const Shortcut keys[] = {
        {KEY_UP, cell_up}, {KEY_DOWN, cell_down}, {KEY_LEFT, cell_left}, {KEY_RIGHT, cell_right},
        {KEY_ENTER, cell_open}, {KEY_ESCAPE, cell_back},
    };
    return v->train && act_on(v, e, keys, sizeof keys / sizeof *keys);
}

// ---- words ---------------------------------------------------------------------------------------

void train_view_words(const View *v, char *text, size_t room) {
    static const char *const states[N_TRAIN_STATES] = {
        [TRAIN_HALTED] = "paused after", [TRAIN_RUNNING] = "training:", [TRAIN_DONE] = "done:",
        [TRAIN_BROKEN] = "stopped after", [TRAIN_FAILED] = "it cannot go on after",
    };
    if (!v->train || !v->train->training) {
        snprintf(text, room, "T trains some steps, Space to the end; nothing on disk changes");
        return;
    }
    const TrainNews *n = &v->train->news;
    const int len = snprintf(text, room, "%s step %s", states[n->state],
                             number_count((int64_t)n->next.total).s);
    if (n->state == TRAIN_HALTED && len > 0 && (size_t)len < room)
        snprintf(text + len, room - (size_t)len, " · T trains %s more", number_count((int64_t)n->few).s);
}

// ---- the end -------------------------------------------------------------------------------------

void train_view_quiet(View *v) {
    v->wake = NULL;
    if (v->train && v->train->training) training_quiet(v->train->training);
}

void train_view_close(View *v) {
    TrainView *t = v->train;
    if (!t) return;
    training_close(t->training);
    news_free(&t->news);
    thumbs_free(&t->thumbs);
    free(t->matrix), free(t->cell), free(t);
    v->train = NULL;
}
