/* trace.c — writes every number of a few training steps into a file. */
#include "runtime/memory.h"
#include "runtime/trace_file.h"
#include "viz/cli/look.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/terminal.h"
#include "viz/terminal/text.h"

static bool fits(const Trace *t, int steps, Error *e) {
    const double size = trace_file_size(t, steps), have = memory_bytes();
    if (size <= have) return true;
    return error_set(e, "%d traced steps of %d pictures take %.1f GB and this machine has %.1f GB: take "
                     "a smaller --batch or fewer --updates", steps, t->n, gigabytes(size), gigabytes(have));
}

static void print_step(FILE *out, const Trace *t, int k) {
    if (!t->judged) {
        fputs("forward only: without a wanted class there is no loss, and so no way back\n", out);
        return;
    }
    fprintf(out, "step %d: loss %.6g, norm of the gradient %.4g, learning rate %g", k, t->loss, t->norm,
            t->rate);
    if (t->scale < 1) fprintf(out, ", gradient clipped to %.3g of its length", t->scale);
    fputs("\n", out);
}

static bool trace_steps(Look *l, int steps, TraceFile *f, Error *e) {
    if (!fits(&l->t, steps, e)) return false;
    for (int k = 0; k < steps; k++) {
        if (!trace_step(&l->t, true, e) || !trace_file_add(f, &l->t, e)) return false;
        print_step(stdout, &l->t, k);
    }
    return true;
}

int command_trace(const CommandLine *c, const Model *m) {
    Error e;
    Look l;
    TraceFile f = {0};
    if (!look_open(&l, c, m, (LookWish){.as_training = true}, &e)) return complain("%s", e.text);
    look_print_weights(stdout, &l);
    look_print_pictures(stdout, &l, c);
    const int steps = l.t.judged && c->updates > 0 ? c->updates : 1;
    const bool fine = trace_steps(&l, steps, &f, &e) && trace_file_save(&f, c->trace, &l.s, &e);
    if (fine) {
        printf("%s tensors, %s, in ", count_text((uint64_t)f.n).s, bytes_text(f.bytes).s);
        text_print(stdout, c->trace);
        fputs("\n", stdout);
    }
    trace_file_free(&f);
    look_close(&l);
    return fine ? STATUS_DONE : complain("%s", e.text);
}
