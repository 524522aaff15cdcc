/* progress.c — a bar, an estimate of what is left, and a line for every epoch. */
#include "viz/terminal/progress.h"

#include <stdarg.h>
#include <string.h>

#include "runtime/clock.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/text.h"

enum { MAX_BAR = 30, MIN_BAR = 8, TENTHS = 10 };

static const double NOTABLE = 0.05; // a share of the time that is worth a word

void progress_begin(ProgressView *v, Terminal to) {
    *v = (ProgressView){.to = to, .last.phase = -1};
}

void progress_clear(ProgressView *v) {
    if (v->drawn) fputs("\r\033[K", v->to.out);
    v->drawn = false;
}

// Images per second between two moments; 0 while it cannot be told.
static uint64_t speed(const Progress *from, const Progress *to) {
    const double seconds = to->seconds - from->seconds;
    return seconds > 0 ? (uint64_t)((double)(to->images - from->images) / seconds) : 0;
}

static double seconds_left(const ProgressView *v, const Progress *p) {
    const uint64_t done = p->step - v->phase_start.step;
    if (done == 0) return -1; // not known yet
    return (p->seconds - v->phase_start.seconds) / (double)done * (double)(p->steps - p->step);
}

// ---- lines of fields ---------------------------------------------------------------------------

// Fields side by side, as long as there is room.
typedef struct Line { char text[512]; int columns, room; } Line;

static void field(Line *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void field(Line *l, const char *fmt, ...) {
    char text[128];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);

    const char *gap = l->columns > 0 ? "  " : "";
    const int columns = (int)strlen(gap) + text_columns(text);
    if (l->columns + columns > l->room) {
        l->room = l->columns; // what follows matters less: leave that out, too
        return;
    }
    const size_t used = strlen(l->text);
    snprintf(l->text + used, sizeof l->text - used, "%s%s", gap, text);
    l->columns += columns;
}

// How fast it goes, and how much of the time training has nothing to train with.
static void speed_fields(Line *l, const Progress *from, const Progress *to) {
    const uint64_t images = speed(from, to);
    const double seconds = to->seconds - from->seconds, waited = to->waited - from->waited;
    if (images > 0) field(l, "%s images/s", count_text(images).s);
    if (seconds > 0 && waited >= NOTABLE * seconds)
        field(l, "%.0f %% waiting for pictures", 100 * waited / seconds);
}

static void loss_field(Line *l, const char *name, double loss) {
    field(l, loss < 1e4 ? "%s %.4f" : "%s %.4g", name, loss);
}

static int digits(int n) { return n < 10 ? 1 : 1 + digits(n / 10); }

// A line that stays: as long as the window is wide, or any length in a file.
static Line line_begin(const ProgressView *v) {
    const Line l = {.room = v->to.live ? terminal_width(&v->to) - 1 : (int)sizeof l.text / 2};
    return l;
}

static void line_print(ProgressView *v, const Line *l) {
    progress_clear(v);
    fprintf(v->to.out, "%s\n", l->text);
    terminal_flush(v->to.out);
}

// ---- the line that is redrawn ------------------------------------------------------------------

static void print_bar(FILE *out, int columns, double share) {
    const int full = (int)(share * columns);
    for (int i = 0; i < columns; i++) fputs(i < full ? "█" : "─", out);
}

static int bar_columns(int room) {
    const int columns = room / 8;
    return columns < MIN_BAR ? MIN_BAR : columns > MAX_BAR ? MAX_BAR : columns;
}

static void draw(ProgressView *v, const Progress *p) {
    const int room = terminal_width(&v->to) - 1, bar = bar_columns(room);
    const double left = seconds_left(v, p);
    Line head = {.room = room - bar - 2}, tail;
    field(&head, "epoch %*d/%d", digits(p->epochs), p->epoch, p->epochs);
    tail = (Line){.room = head.room - head.columns - 2};
    loss_field(&tail, "loss", p->loss);
    field(&tail, "accuracy %7s", percent_text(p->accuracy).s);
    if (left >= 0) field(&tail, "%s left", time_text(left).s);
    speed_fields(&tail, &v->phase_start, p);

    fprintf(v->to.out, "\r%s%s", head.text, head.columns ? "  " : "");
    print_bar(v->to.out, bar, (double)p->step / (double)p->steps);
    fprintf(v->to.out, "%s%s\033[K", tail.columns ? "  " : "", tail.text);
    v->drawn = true;
}

// ---- what is told ------------------------------------------------------------------------------

// Speeds are measured from the end of the first step on: what it waits for is no speed.
static void begin_phase(ProgressView *v, const Progress *p) {
    v->phase_start = v->epoch_start = *p;
    v->tenths = (p->step - 1) * TENTHS / p->steps;
    if (p->n_phases < 2) return;
    progress_clear(v);
    fprintf(v->to.out, "phase %d of %d\n", p->phase, p->n_phases);
}

// The line for the next tenth of a phase whose epochs alone would be too few lines.
static void print_tenth(ProgressView *v, const Progress *p) {
    const uint64_t tenths = p->step * TENTHS / p->steps;
    if (p->epochs >= TENTHS || tenths == v->tenths) return;
    v->tenths = tenths;
    if (p->step == p->steps) return; // the epoch's own line ends it

    const NumberText steps = count_text(p->steps);
    Line l = line_begin(v);
    field(&l, "  step %*s of %s", (int)strlen(steps.s), count_text(p->step).s, steps.s);
    loss_field(&l, "loss", p->loss);
    field(&l, "accuracy %7s", percent_text(p->accuracy).s);
    speed_fields(&l, &v->phase_start, p);
    line_print(v, &l);
}

void progress_step(ProgressView *v, const Progress *p) {
    if (p->phase != v->last.phase) begin_phase(v, p);
    v->last = *p;
    if (!v->to.live) {
        print_tenth(v, p);
        return;
    }
    const double now = clock_now();
    if (v->drawn && now - v->drawn_at < 0.1) return;
    v->drawn_at = now;
    draw(v, p);
    terminal_flush(v->to.out);
}

void progress_epoch(ProgressView *v, const EpochResult *r) {
    const int epochs = v->last.epochs;
    Line l = line_begin(v);
    field(&l, "epoch %*d/%d", digits(epochs), r->epoch, epochs);
    loss_field(&l, "loss", r->loss);
    field(&l, "accuracy %7s", percent_text(r->accuracy).s);
    if (r->has_valid) {
        loss_field(&l, "valid loss", r->valid_loss);
        field(&l, "accuracy %7s", percent_text(r->valid_accuracy).s);
    }
    field(&l, "lr %g", r->lr);
    if (r->best) field(&l, "best");
    speed_fields(&l, &v->epoch_start, &v->last);
    v->epoch_start = v->last;
    line_print(v, &l);
}
