/* progress.c — a bar, an estimate of what is left, and a line for every epoch. */
#include "viz/terminal/progress.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "viz/terminal/numbers.h"
#include "viz/terminal/text.h"

enum { MAX_BAR = 30, MIN_BAR = 8, TENTHS = 10 };

static double clock_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

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

// ---- the line that is redrawn ------------------------------------------------------------------

// Fields side by side, as long as there is room.
typedef struct Line { char text[512]; int columns, room; } Line;

static void field(Line *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void field(Line *l, const char *fmt, ...) {
    char text[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);

    const char *gap = l->columns > 0 ? "  " : "";
    const int columns = text_columns(text) + (int)strlen(gap);
    const size_t used = strlen(l->text), room = sizeof l->text - used;
    if (l->columns + columns > l->room || strlen(text) + 3 > room) {
        l->room = l->columns; // what follows matters less: leave that out, too
        return;
    }
    snprintf(l->text + used, room, "%s%s", gap, text);
    l->columns += columns;
}

static void print_bar(FILE *out, int columns, double share) {
    const int full = (int)(share * columns);
    fputs("  ", out);
    for (int i = 0; i < columns; i++) fputs(i < full ? "█" : "─", out);
}

static void draw(ProgressView *v, const Progress *p) {
    const int room = terminal_width(&v->to) - 1;
    const double share = (double)p->step / (double)p->steps, left = seconds_left(v, p);
    Line head = {.room = room};
    field(&head, "epoch %d/%d", p->epoch, p->epochs);

    Line tail = {.room = room - head.columns - 2 - MIN_BAR - 2};
    field(&tail, "loss %.4f", p->loss);
    field(&tail, "accuracy %s", percent_text(p->accuracy).s);
    if (left >= 0) field(&tail, "%s left", time_text(left).s);
    field(&tail, "%s images/s", count_text(speed(&v->phase_start, p)).s);

    const int rest = room - head.columns - 2 - (tail.columns ? tail.columns + 2 : 0);
    fprintf(v->to.out, "\r%s", head.text);
    if (rest >= MIN_BAR) print_bar(v->to.out, rest < MAX_BAR ? rest : MAX_BAR, share);
    if (tail.columns) fprintf(v->to.out, "  %s", tail.text);
    fputs("\033[K", v->to.out);
    v->drawn = true;
}

// ---- lines that stay ---------------------------------------------------------------------------

// Speeds are measured from the end of the first step on: what it waits for is no speed.
static void begin_phase(ProgressView *v, const Progress *p) {
    v->phase_start = v->epoch_start = *p;
    v->tenths = (p->step - 1) * TENTHS / p->steps;
    if (p->n_phases < 2) return;
    progress_clear(v);
    fprintf(v->to.out, "phase %d of %d\n", p->phase, p->n_phases);
}

static void print_speed(const ProgressView *v, const Progress *from, const Progress *to) {
    const uint64_t images = speed(from, to);
    if (images > 0) fprintf(v->to.out, "   %s images/s", count_text(images).s);
    fputs("\n", v->to.out);
}

// The line for the next tenth of a phase whose epochs alone would be too few lines.
static void print_tenth(ProgressView *v, const Progress *p) {
    if (p->epochs >= TENTHS) return;
    const uint64_t tenths = p->step * TENTHS / p->steps;
    if (tenths == v->tenths || p->step == p->steps) return; // the epoch's own line ends it
    v->tenths = tenths;
    const int width = (int)strlen(count_text(p->steps).s);
    fprintf(v->to.out, "  step %*s of %s   loss %.4f   accuracy %7s", width, count_text(p->step).s,
            count_text(p->steps).s, p->loss, percent_text(p->accuracy).s);
    print_speed(v, &v->phase_start, p);
    terminal_flush(v->to.out);
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
    FILE *out = v->to.out;
    progress_clear(v);
    fprintf(out, "epoch %d/%d   loss %.4f   accuracy %7s", r->epoch, v->last.epochs, r->loss,
            percent_text(r->accuracy).s);
    if (r->has_valid)
        fprintf(out, "   valid loss %.4f   valid accuracy %s", r->valid_loss,
                percent_text(r->valid_accuracy).s);
    fprintf(out, "   lr %g%s", r->lr, r->best ? "   best" : "");
    print_speed(v, &v->epoch_start, &v->last);
    v->epoch_start = v->last;
    terminal_flush(out);
}
