/* training.c — see training.h.
 *
 * The thread is in one of three places: in train_run() doing a step; in before_step(), where it waits for
 * wishes, judges, and where everybody may read its weights; or at its end. All that both sides touch is
 * behind one lock: the wishes (limit, allowed, runs, quit) and the news. */
#include "viz/view/training.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/clock.h"
#include "runtime/pace.h"
#include "runtime/weights.h"

#define WAKE_SECONDS 0.05     // twenty pictures a second
#define WHOLE_WORK   3e10     // products that judging all test pictures may cost
#define SAMPLE_WORK  4e9      // and judging a sample in between

enum { MOST_SAMPLE = 1000, LEAST_SAMPLE = 50, FEW_OF = 10 };

struct Training {
    Session s;
    TrainingOptions o;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wished, idled;
    // Behind the lock: what is wished …
    uint64_t limit, allowed;
    bool runs, quit;
    // … and what it has come to.
    bool between, idle, ended;
    TrainNews now;
    double woke;
    // The thread's own.
    int *picture;                 // of a sample
    WrongAnswer *answer;          // being collected
    int n_answers;
    bool whole;                   // all test pictures are judged with the weights of now
    bool began;                   // a step was announced
    int batch;                    // of the `train` line
};

// ---- telling -------------------------------------------------------------------------------------

static void wake(Training *t, bool at_once) {
    const double now = clock_now();
    if (!t->o.wake || (!at_once && now - t->woke < WAKE_SECONDS)) return;
    t->woke = now;
    t->o.wake(t->o.ctx);
}

static void set_state(Training *t) {
    if (t->now.state <= TRAIN_RUNNING) t->now.state = t->runs ? TRAIN_RUNNING : TRAIN_HALTED;
}

// ---- judging the test pictures -------------------------------------------------------------------

static Part part_of(const Session *s) {
    if (s->data.part[PART_TEST].n > 0) return PART_TEST;
    return s->data.part[PART_VALID].n > 0 ? PART_VALID : PART_TRAIN;
}

static bool each_answer(void *ctx, const WrongAnswer *a) {
    Training *t = ctx;
    t->answer[t->n_answers++] = *a;
    pthread_mutex_lock(&t->lock);
    const bool goes_on = !t->quit && (t->whole ? !t->runs : true);
    pthread_mutex_unlock(&t->lock);
    return goes_on;
}

static void publish_answers(Training *t, Part part, uint64_t step) {
    double loss = 0;
    int right = 0;
    for (int i = 0; i < t->n_answers; i++) {
        loss += t->answer[i].loss;
        right += t->answer[i].said == t->answer[i].wanted;
    }
    pthread_mutex_lock(&t->lock);
    WrongAnswer *free_again = t->now.judged.answer;
    t->now.judged = (Judged){.part = part, .n = t->n_answers, .of = t->s.data.part[part].n, .step = step,
                             .loss = loss / t->n_answers, .accuracy = (double)right / t->n_answers,
                             .number = t->now.judged.number + 1, .answer = t->answer};
    t->answer = free_again;
    wake(t, false);
    pthread_mutex_unlock(&t->lock);
}

// n pictures of the test part, evenly spread, so that every class is among them.
static bool judge(Training *t, int n, uint64_t step, Error *e) {
    const Part part = part_of(&t->s);
    const int of = t->s.data.part[part].n;
    for (int i = 0; i < n; i++) t->picture[i] = (int)((int64_t)i * of / n);
    t->n_answers = 0;
    if (!evaluate_pictures(&t->s, part, t->picture, n, each_answer, t, e)) return false;
    publish_answers(t, part, step);
    return true;
}

// So many of the test pictures that judging them costs no more than `work` products.
static int within(const Training *t, double work) {
    const int of = t->s.data.part[part_of(&t->s)].n;
    const double macs = t->s.x->graph.macs > 0 ? (double)t->s.x->graph.macs : 1;
    const double n = fmax(LEAST_SAMPLE, work / macs);
    return n < of ? (int)n : of;
}

// Between two tests judging takes at most a quarter of what training does: a step costs three times as
// much per picture.
static int sample_size(const Training *t) {
    const double trained = (double)t->now.record.test_every * t->batch;
    const int most = within(t, SAMPLE_WORK), n = (int)fmin(MOST_SAMPLE, fmax(LEAST_SAMPLE, 0.75 * trained));
    return n < most ? n : most;
}

static void say(Training *t, const char *text) {
    pthread_mutex_lock(&t->lock);
    snprintf(t->now.text, sizeof t->now.text, "%s", text);
    pthread_mutex_unlock(&t->lock);
}

static void judge_sample(Training *t, uint64_t step) {
    Error e = {{0}};
    t->whole = false;
    if (!judge(t, sample_size(t), step, &e)) {
        say(t, e.text);
        return;
    }
    const Judged *j = &t->now.judged;
    pthread_mutex_lock(&t->lock);
    record_test(&t->now.record, (double)step, j->loss, j->accuracy);
    pthread_mutex_unlock(&t->lock);
}

// Whoever lets it run again ends this, and it is done at the next halt.
static void judge_whole(Training *t, uint64_t step) {
    Error e = {{0}};
    const int n = within(t, WHOLE_WORK);
    t->whole = true;
    if (t->now.judged.number && t->now.judged.step == step && t->now.judged.n >= n) return;
    if (judge(t, n, step, &e)) return;
    if (e.text[0]) say(t, e.text);
    else t->whole = false;
}

// ---- between two steps -----------------------------------------------------------------------------

// Waits until another step is wanted (true) or none any more; judges while nobody wants one.
static bool wait_for_wish(Training *t, uint64_t done) {
    pthread_mutex_lock(&t->lock);
    t->between = true;
    pthread_cond_broadcast(&t->idled);
    while (!t->quit) {
        if (t->runs && done >= t->limit) t->runs = false;
        set_state(t);
        if (t->runs && done < t->allowed) break;
        if (!t->runs && !t->whole) {
            wake(t, true);
            pthread_mutex_unlock(&t->lock);
            judge_whole(t, done);
            pthread_mutex_lock(&t->lock);
            continue;
        }
        t->idle = true;
        wake(t, true);
        pthread_cond_broadcast(&t->idled);
        pthread_cond_wait(&t->wished, &t->lock);
        t->idle = false;
    }
    t->between = false;
    const bool goes_on = !t->quit;
    pthread_mutex_unlock(&t->lock);
    return goes_on;
}

// What is there to be seen before a step.
static void take_down(Training *t, const NextStep *next, const Progress *p) {
    pthread_mutex_lock(&t->lock);
    t->began = true;
    t->now.next = *next;
    if (p->step == 0) t->now.at = *p; // later ones are told after each step, before an epoch is closed
    t->batch = t->s.o.batch > 0 ? t->s.o.batch : next->train->batch;
    record_frame(&t->now.record, t->s.params, next->total);
    const bool due = record_test_due(&t->now.record, next->total);
    pthread_mutex_unlock(&t->lock);
    t->whole = false;
    if (due) judge_sample(t, next->total);
}

static bool before_step(void *ctx, const NextStep *next, const Progress *p) {
    Training *t = ctx;
    take_down(t, next, p);
    return wait_for_wish(t, next->total);
}

// ---- the program -----------------------------------------------------------------------------------

static void on_message(void *ctx, const char *text) { say(ctx, text); }

static void on_progress(void *ctx, const Progress *p) {
    Training *t = ctx;
    pthread_mutex_lock(&t->lock);
    t->now.at = *p;
    record_step(&t->now.record, (double)t->now.next.total + 1, p->batch_loss, p->batch_accuracy);
    wake(t, false);
    pthread_mutex_unlock(&t->lock);
}

// The window judges by itself, and often enough.
static void on_epoch(void *ctx, const EpochResult *r) { (void)ctx, (void)r; }
static void on_evaluation(void *ctx, const EvaluateOptions *o, const Evaluation *v) {
    (void)ctx, (void)o, (void)v;
}

static bool on_stop(void *ctx) {
    Training *t = ctx;
    pthread_mutex_lock(&t->lock);
    const bool quit = t->quit;
    pthread_mutex_unlock(&t->lock);
    return quit;
}

static void on_broken(void *ctx, const NotFinite *b) {
    Training *t = ctx;
    pthread_mutex_lock(&t->lock);
    t->now.broken = *b;
    t->now.state = TRAIN_BROKEN;
    pthread_mutex_unlock(&t->lock);
}

// At the end of the program the step that comes next is one behind its last.
static void finish(Training *t, RunResult result, const Error *e) {
    pthread_mutex_lock(&t->lock);
    t->runs = false;
    t->between = t->ended = true;
    if (result == RUN_DONE) {
        t->now.state = TRAIN_DONE;
        if (t->began) t->now.next.step++, t->now.next.total++;
    } else {
        if (t->now.state != TRAIN_BROKEN) t->now.state = TRAIN_FAILED;
        snprintf(t->now.text, sizeof t->now.text, "%s", e->text);
    }
    pthread_cond_broadcast(&t->idled);
    pthread_mutex_unlock(&t->lock);
}

static void *work(void *arg) {
    Training *t = arg;
    Error e = {{0}};
    const Reporter r = {.ctx = t, .message = on_message, .progress = on_progress, .epoch = on_epoch,
                        .evaluation = on_evaluation, .stop = on_stop, .before = before_step,
                        .broken = on_broken};
    const RunResult result = train_run(&t->s, &r, &e);
    finish(t, result, &e);
    if (result == RUN_DONE && t->began) {
        take_down(t, &t->now.next, &t->now.at);
        if (!on_stop(t)) judge_whole(t, t->now.next.total);
    }
    pthread_mutex_lock(&t->lock);
    t->idle = true;
    wake(t, true);
    pthread_cond_broadcast(&t->idled);
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

// ---- opening and closing ---------------------------------------------------------------------------

static bool make_room(Training *t, Error *e) {
    const size_t n = (size_t)t->s.data.part[part_of(&t->s)].n + 1;
    t->picture = calloc(n, sizeof *t->picture);
    t->answer = calloc(n, sizeof *t->answer);
    t->now.judged.answer = calloc(n, sizeof *t->answer);
    return (t->picture && t->answer && t->now.judged.answer) ||
           error_set(e, "there is no memory left");
}

// How long it will be about, and so how often something is written down.
static void look_ahead(Training *t) {
    const Experiment *x = t->s.x;
    const TrainOptions *train = NULL;
    for (int i = 0; i < x->n_actions && !train; i++)
        if (x->action[i].kind == ACTION_TRAIN) train = x->action[i].use.cfg;
    const int n = t->s.data.part[PART_TRAIN].n;
    const uint64_t steps = train && n > 0 ? pace_make(&t->s, train, n).steps : 1;
    record_begin(&t->now.record, &t->s, steps);
    t->now.few = record_round((double)steps / FEW_OF);
}

static void free_all(Training *t) {
    session_leave(&t->s);
    free(t->picture), free(t->answer), free(t->now.judged.answer);
    free(t);
}

Training *training_open(const Session *of, const TrainingOptions *o, Error *e) {
    Training *t = calloc(1, sizeof *t);
    if (!t || !session_beside(&t->s, of, e)) {
        if (!t) error_set(e, "there is no memory left");
        free(t);
        return NULL;
    }
    t->o = *o;
    t->s.o.keeps_nothing = true, t->s.o.resume = false;
    if (o->start) memcpy(t->s.params->value, o->start, t->s.params->len * sizeof *o->start);
    look_ahead(t);
    bool fine = make_room(t, e);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->wished, NULL);
    pthread_cond_init(&t->idled, NULL);
    if (fine && pthread_create(&t->thread, NULL, work, t) != 0)
        fine = error_set(e, "no thread can be started for training");
    if (fine) return t;
    free_all(t);
    return NULL;
}

void training_close(Training *t) {
    if (!t) return;
    pthread_mutex_lock(&t->lock);
    t->quit = true;
    pthread_cond_signal(&t->wished);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    pthread_mutex_destroy(&t->lock);
    pthread_cond_destroy(&t->wished), pthread_cond_destroy(&t->idled);
    free_all(t);
}

void training_quiet(Training *t) {
    pthread_mutex_lock(&t->lock);
    t->o.wake = NULL;
    t->quit = true;
    pthread_cond_signal(&t->wished);
    pthread_mutex_unlock(&t->lock);
}

// ---- wishes ----------------------------------------------------------------------------------------

// Something is wished: it is not idle until it has looked. At its end there is nothing to be wished.
static void tell_it(Training *t) {
    if (!t->ended) t->idle = false;
    set_state(t);
    pthread_cond_signal(&t->wished);
}

void training_run(Training *t, uint64_t until) {
    pthread_mutex_lock(&t->lock);
    t->limit = until;
    t->allowed = t->o.wake ? UINT64_MAX : t->now.next.total;
    t->runs = t->now.state <= TRAIN_RUNNING;
    tell_it(t);
    pthread_mutex_unlock(&t->lock);
}

static void wait_idle(Training *t) {
    while (!t->idle) pthread_cond_wait(&t->idled, &t->lock);
}

void training_allow(Training *t, uint64_t n) {
    pthread_mutex_lock(&t->lock);
    wait_idle(t);
    if (t->now.state == TRAIN_RUNNING) {
        t->allowed = t->now.next.total + n;
        tell_it(t);
        wait_idle(t);
    }
    pthread_mutex_unlock(&t->lock);
}

void training_halt(Training *t) {
    pthread_mutex_lock(&t->lock);
    t->runs = false;
    tell_it(t);
    while (!t->between) pthread_cond_wait(&t->idled, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

void training_wait(Training *t) {
    pthread_mutex_lock(&t->lock);
    wait_idle(t);
    pthread_mutex_unlock(&t->lock);
}

bool training_news(Training *t, TrainNews *news) {
    WrongAnswer *answer = news->judged.answer;
    pthread_mutex_lock(&t->lock);
    const Judged *j = &t->now.judged;
    const bool same = answer && news->judged.number == j->number;
    const size_t bytes = ((size_t)j->n + 1) * sizeof *answer;
    if (!same && !(answer = malloc(bytes))) {
        pthread_mutex_unlock(&t->lock);
        return false;
    }
    if (!same) memcpy(answer, j->answer, bytes - sizeof *answer), free(news->judged.answer);
    *news = t->now;
    news->judged.answer = answer;
    pthread_mutex_unlock(&t->lock);
    return true;
}

void news_free(TrainNews *news) {
    free(news->judged.answer);
    news->judged = (Judged){0};
}

const Params *training_params(const Training *t) { return t->s.params; }

bool training_save(Training *t, const char *path, Error *e) {
    return weights_save(path, t->s.x, t->s.params, &t->s.data, e);
}
