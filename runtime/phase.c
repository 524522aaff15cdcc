/* phase.c — one `train` line: steps, epochs, and when to stop.
 *
 * A pass shows every picture once, in an order of its own; the short last batch is kept. Steps go
 * through passes without end. An epoch is a number of steps: `steps` if that is written, else one
 * pass. After each epoch the weights are judged (by the validation part if there is one, else by
 * the loss of training), and a checkpoint is saved. The table of results gets LINES lines per phase
 * at least, the last of each epoch among them. */
#include "runtime/phase.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/clock.h"
#include "runtime/feed.h"
#include "runtime/io.h"
#include "runtime/judge.h"
#include "runtime/loss.h"
#include "runtime/order.h"
#include "runtime/pace.h"
#include "runtime/weights.h"

static const double CHECKPOINT_SECONDS = 30;
enum { LINES = 40 };

typedef struct Phase {
    Run *run;
    const TrainOptions *o;
    Plan *plan;
    Pace pace;
    Order order;
    Feed *feed;
    int *label;
    real *class_weight;              // NULL: all classes count the same
    uint64_t steps_per_row;
    double rate;                     // of the current step
    double batch_loss, batch_accuracy;
    uint64_t images;                 // since this process began the phase
    double began, paused;            // seconds
} Phase;

static uint64_t divide_up(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

// ---- beginning -------------------------------------------------------------------------------------

// Whose pictures are shown how often, and what each counts; said aloud if that is not once and one.
static bool balance(Phase *ph, Error *e) {
    const Session *s = ph->run->s;
    char text[ERROR_TEXT];
    if (!order_open(&ph->order, &s->data, ph->o->balance, s->seed, e)) return false;
    if (ph->o->balance == BALANCE_NONE) return true;
    order_text(&ph->order, text, sizeof text);
    run_say(ph->run, "%s", text);
    if (ph->o->balance != BALANCE_WEIGHTS) return true;
    ph->class_weight = calloc((size_t)s->data.classes, sizeof *ph->class_weight);
    for (int c = 0; ph->class_weight && c < s->data.classes; c++)
        ph->class_weight[c] = order_weight(&ph->order, c);
    return ph->class_weight || error_set(e, "there is no memory left");
}

// The pictures of step k of the phase.
static int choose(void *ctx, uint64_t k, Pick *pick, Draw *draw) {
    Phase *ph = ctx;
    const Pace *p = &ph->pace;
    if (k >= p->steps) return 0;
    draw->epoch = ph->run->state.passes + k / p->steps_per_pass;
    const int first = (int)(k % p->steps_per_pass) * p->batch;
    const int n = p->n - first < p->batch ? p->n - first : p->batch;
    memcpy(pick, order_pass(&ph->order, draw->epoch) + first, (size_t)n * sizeof *pick);
    return n;
}

static bool feed(Phase *ph, Error *e) {
    const Session *s = ph->run->s;
    const FeedOptions o = {.data = &s->data, .part = PART_TRAIN, .threads = s->threads,
                           .like = plan_input(ph->plan, ph->pace.batch), .random = true,
                           .seed = s->seed, .first = ph->run->state.phase_step, .choose = choose,
                           .ctx = ph};
    ph->feed = feed_open(&o, e);
    return ph->feed;
}

static bool pace(Phase *ph, Error *e) {
    Run *run = ph->run;
    const Pace p = ph->pace = pace_make(run->s, ph->o, ph->order.n);
    ph->steps_per_row = divide_up(p.steps, LINES);
    if (p.batch_asked > p.n)
        run_say(run, "batch=%d is more than the %d training pictures: each step uses all of them",
                p.batch_asked, p.n);
    if (run->state.phase_step > 0 && run->state.batch != (uint64_t)p.batch)
        return error_set(e, "the checkpoint was made with batch=%llu, not %d: resuming would not be "
                         "the same run", (unsigned long long)run->state.batch, p.batch);
    run->state.batch = (uint64_t)p.batch;
    return true;
}

static Plan *plan(const Phase *ph, bool unseen, Error *e) {
    const Session *s = ph->run->s;
    const PlanOptions o = {.batch = ph->pace.batch, .training = true, .unseen = unseen, .ref = s->o.ref,
                           .no_winograd = s->o.no_winograd, .seed = s->seed};
    Plan *p = plan_make(s->x, s->params, s->threads, &o, e);
    if (p) plan_weigh(p, ph->class_weight);
    return p;
}

static bool phase_open(Phase *ph, Run *run, const TrainOptions *o, Error *e) {
    *ph = (Phase){.run = run, .o = o};
    if (!balance(ph, e) || !pace(ph, e)) return false;
    ph->label = calloc((size_t)ph->pace.batch, sizeof *ph->label);
    if (!ph->label) return error_set(e, "there is no memory left");
    ph->plan = plan(ph, true, e);
    if (!ph->plan || !feed(ph, e)) return false;
    ph->began = run->saved_at = clock_now();
    return true;
}

static void phase_close(Phase *ph) {
    feed_close(ph->feed);
    plan_free(ph->plan);
    order_close(&ph->order);
    free(ph->label), free(ph->class_weight);
}

// ---- one step --------------------------------------------------------------------------------------

// Puts the pictures and labels of the next step into the plan; returns how many, or 0 with a message.
static int next_batch(Phase *ph, Error *e) {
    const int n = feed_next(ph->feed, plan_input(ph->plan, ph->pace.batch), ph->label, e);
    const LossOptions *loss = ph->run->s->x->loss.cfg;
    if (n > 0) loss_target(ph->label, plan_target(ph->plan, n), loss->smoothing);
    return n;
}

/* The first bad number of the step that has failed. In the plan of a training neighbours work in one place,
 * and relu makes 0 of a −∞ that a convolution put there: the step is done again where everything is kept. */
static int first_bad(const Phase *ph, int n, bool *in_gradient) {
    const Run *run = ph->run;
    const Params *params = run->s->params;
    const size_t bytes = params->len * sizeof *params->value;
    Error e;
    Plan *p = plan(ph, false, &e);
    real *before = malloc(bytes + 1); // of running statistics
    const bool again = p && before;
    if (again) {
        memcpy(before, params->value, bytes);
        tensor_copy(plan_input(p, n), plan_input(ph->plan, n));
        tensor_copy(plan_target(p, n), plan_target(ph->plan, n));
        plan_train(p, n, run->state.total_step);
        memcpy(params->value, before, bytes);
    }
    const int bad = plan_bad(again ? p : ph->plan, n, in_gradient);
    free(before), plan_free(p);
    return bad;
}

// The message that a class reads aloud: where it went wrong, and what to try.
static bool not_finite(const Phase *ph, int n, double loss, Error *e) {
    const Run *run = ph->run;
    bool in_gradient;
    const int bad = first_bad(ph, n, &in_gradient);
    const NotFinite b = {run->state.total_step + 1, bad, in_gradient};
    if (run->r->broken) run->r->broken(run->r->ctx, &b);
    error_set(e, "the loss became %s at step %llu (epoch %llu)", isnan(loss) ? "NaN" : "infinite",
              (unsigned long long)run->state.phase_step + 1, (unsigned long long)run->state.epoch + 1);
    if (bad >= 0) {
        const Node *node = &run->s->x->graph.node[bad];
        error_add(e, "; the first bad number is in the %s of %s (layer %s, line %d)",
                  in_gradient ? "gradient" : "output", node->use.kind->name, node->name,
                  diags_line(run->s->x->places, node->use.at));
    }
    return error_add(e, "; the weights grew too fast, try lr=%.3g", ph->rate / 10);
}

// Forward, backward and update; the loss. Where gradients are clipped, all must be there before the update.
static double learn(const Phase *ph, int n) {
    const Session *s = ph->run->s;
    const Update u = {&s->x->optimizer, ph->rate, 1};
    if (ph->o->clip <= 0) return plan_learn(ph->plan, n, ph->run->state.total_step, &u);
    const double loss = plan_train(ph->plan, n, ph->run->state.total_step);
    if (isfinite(loss))
        params_update(s->params, u.optimizer, ph->rate, pace_clip(ph->o, params_norm(s->params, s->threads)),
                      s->threads);
    return loss;
}

static void add_up(Sums *s, int n, int hits, double loss) {
    s->seen += (uint64_t)n;
    s->hits += (uint64_t)hits;
    s->loss += loss * n;
}

static bool one_step(Phase *ph, Error *e) {
    Run *run = ph->run;
    RunState *s = &run->state;
    const int n = next_batch(ph, e);
    if (n == 0) return false;
    ph->rate = pace_rate(&ph->pace, s->phase_step, &s->schedule);
    const double loss = learn(ph, n);
    if (!isfinite(loss)) return not_finite(ph, n, loss, e);

    const Tensor out = plan_value(ph->plan, run->s->x->graph.output, n);
    const int hits = judge_hits(out, ph->label, 1);
    ph->batch_loss = loss, ph->batch_accuracy = (double)hits / n;
    add_up(&s->epoch_sums, n, hits, loss);
    add_up(&s->row_sums, n, hits, loss);
    s->step++, s->phase_step++, s->total_step++;
    ph->images += (uint64_t)n;
    return true;
}

// ---- reporting and saving ----------------------------------------------------------------------------

static double mean_loss(const Sums *s) { return s->loss / (double)s->seen; }
static double share_right(const Sums *s) { return (double)s->hits / (double)s->seen; }
static double seconds(const Phase *ph) { return clock_now() - ph->began - ph->paused; }

static Progress progress(const Phase *ph) {
    const Run *run = ph->run;
    const RunState *s = &run->state;
    return (Progress){.phase = (int)s->phase, .n_phases = run->n_phases, .step = s->phase_step,
                      .steps = ph->pace.steps, .epoch = (int)s->epoch + 1,
                      .epochs = (int)divide_up(ph->pace.steps, ph->pace.steps_per_epoch),
                      .loss = mean_loss(&s->epoch_sums), .accuracy = share_right(&s->epoch_sums),
                      .batch_loss = ph->batch_loss, .batch_accuracy = ph->batch_accuracy,
                      .lr = ph->rate, .images = ph->images, .seconds = seconds(ph),
                      .waited = feed_waited(ph->feed)};
}

static void report(const Phase *ph) {
    const Progress p = progress(ph);
    ph->run->r->progress(ph->run->r->ctx, &p);
}

// Announces the next step; false: it is not wanted any more.
static bool announce(Phase *ph) {
    const Reporter *r = ph->run->r;
    const RunState *s = &ph->run->state;
    if (!r->before) return true;
    const NextStep next = {ph->o, s->phase_step, s->total_step, s->passes, s->schedule};
    const Progress p = progress(ph);
    const double before = clock_now();
    const bool goes_on = r->before(r->ctx, &next, &p);
    ph->paused += clock_now() - before;
    return goes_on;
}

// The table goes first: resuming cuts lines the checkpoint does not know, but cannot make any up.
static void checkpoint_now(Phase *ph) {
    const double before = clock_now();
    Error e;
    if (!ph->run->folder) return;
    if (results_save(&ph->run->results, &e)) run_checkpoint(ph->run);
    else run_not_saved(ph->run, &e);
    ph->run->saved_at = clock_now();
    ph->paused += ph->run->saved_at - before;
}

static void save_best(Run *run) {
    Error e;
    char *path = run->folder ? io_join(run->folder, RUN_BEST) : NULL;
    if (!path) return;
    if (!weights_save(path, run->s->x, run->s->params, &run->s->data, &e)) run_not_saved(run, &e);
    free(path);
}

static bool judge_valid(Run *run, EpochResult *row, Error *e) {
    if (run->s->data.part[PART_VALID].n == 0) return true;
    Evaluation v;
    if (!evaluate_part(run->s, PART_VALID, 1, 0, &v, e)) return false;
    evaluation_free(&v);
    row->has_valid = true;
    row->valid_loss = v.loss;
    row->valid_accuracy = v.accuracy;
    return true;
}

// Judges the weights, and remembers them if they are the best of this phase.
static bool epoch_result(Phase *ph, EpochResult *row, Error *e) {
    Run *run = ph->run;
    RunState *s = &run->state;
    *row = (EpochResult){.phase = (int)s->phase, .epoch = (int)s->epoch + 1, .step = s->total_step,
                         .lr = ph->rate, .loss = mean_loss(&s->epoch_sums),
                         .accuracy = share_right(&s->epoch_sums), .seconds = seconds(ph)};
    if (!judge_valid(run, row, e)) return false;
    const double judged = row->has_valid ? row->valid_loss : row->loss;
    const ScheduleKind *schedule = (const ScheduleKind *)ph->o->schedule.kind;
    if (schedule->epoch_end) schedule->epoch_end(ph->o->schedule.cfg, judged, &s->schedule);
    row->best = judged < s->best;
    if (!row->best) return true;
    s->best = judged;
    s->best_epoch = s->epoch;
    save_best(run);
    return true;
}

// A line of results.csv: how the steps since the last one went, and at the end of an epoch (valid)
// what the validation part says.
static bool add_row(Phase *ph, const EpochResult *valid, Error *e) {
    RunState *s = &ph->run->state;
    if (!ph->run->folder) return true;
    EpochResult row = valid ? *valid : (EpochResult){.phase = (int)s->phase, .epoch = (int)s->epoch + 1,
                                                     .step = s->total_step, .lr = ph->rate,
                                                     .seconds = seconds(ph)};
    row.loss = mean_loss(&s->row_sums);
    row.accuracy = share_right(&s->row_sums);
    s->row_sums = (Sums){0};
    s->rows++;
    return results_add(&ph->run->results, &row, e);
}

static bool end_epoch(Phase *ph, Error *e) {
    Run *run = ph->run;
    RunState *s = &run->state;
    const double before = clock_now();
    EpochResult result;
    if (!epoch_result(ph, &result, e) || !add_row(ph, &result, e)) return false;
    s->epoch++;
    s->step = 0;
    s->epoch_sums = (Sums){0};
    ph->paused += clock_now() - before;
    run->r->epoch(run->r->ctx, &result);
    checkpoint_now(ph);
    return true;
}

static bool out_of_patience(const Phase *ph) {
    const RunState *s = &ph->run->state;
    return ph->o->patience > 0 && s->epoch > s->best_epoch + (uint64_t)ph->o->patience;
}

// ---- all steps -----------------------------------------------------------------------------------------

static RunResult stopped(Phase *ph) {
    if (ph->run->state.step > 0) checkpoint_now(ph);
    return RUN_STOPPED;
}

static RunResult all_steps(Phase *ph, Error *e) {
    Run *run = ph->run;
    RunState *s = &run->state;
    while (s->phase_step < ph->pace.steps && !(s->step == 0 && out_of_patience(ph))) {
        if (!announce(ph)) return stopped(ph);
        if (!one_step(ph, e)) return RUN_FAILED;
        report(ph);
        const bool epoch = s->phase_step == ph->pace.steps || s->step == ph->pace.steps_per_epoch;
        if (epoch && !end_epoch(ph, e)) return RUN_FAILED;
        if (!epoch && s->phase_step % ph->steps_per_row == 0 && !add_row(ph, NULL, e)) return RUN_FAILED;
        if (run->r->stop(run->r->ctx)) return stopped(ph);
        if (clock_now() - run->saved_at > CHECKPOINT_SECONDS) checkpoint_now(ph);
    }
    return RUN_DONE;
}

RunResult phase_run(Run *run, const TrainOptions *o, Error *e) {
    Phase ph;
    RunResult result = phase_open(&ph, run, o, e) ? RUN_DONE : RUN_FAILED;
    if (result == RUN_DONE && run->state.phase_step == 0) checkpoint_now(&ph);
    if (result == RUN_DONE) result = all_steps(&ph, e);
    if (result == RUN_DONE) {
        RunState *s = &run->state;
        s->passes += divide_up(s->phase_step, ph.pace.steps_per_pass);
        s->epoch = s->phase_step = s->best_epoch = 0;
        s->schedule = schedule_start();
    }
    phase_close(&ph);
    return result;
}
