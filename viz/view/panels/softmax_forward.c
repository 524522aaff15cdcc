/* softmax_forward.c — softmax as the last layer: scores become probabilities, column by column. */
#include <math.h>

#include "viz/view/panels/layers.h"
#include "viz/view/panels/scores.h"

// p of the current class, worked out from its row and the sum below the table.
static void draw_one(Screen *s, Rect r, const Verdict *d) {
    const int c = s->v->at.channel < d->classes ? s->v->at.channel : 0;
    const TextStyle words = {.size = SIZE_RESULT, .tone = TONE_INK2, .tabular = true};
    const TextStyle small = {.size = SIZE_LABEL, .tone = TONE_INK2};
    const bool hidden = s->v->predict && !s->v->revealed;
    const double z = (double)*at(d->score, 0, c, 0, 0), e = exp(z - d->max);
    const char *name = s->v->t.s->data.class_name[c];
    const Rect in = draw_titled(s, r, "One probability", arena_print(s->a, "class %s", name));
    double y = in.y + 30;
    draw_text(s->d, (Point){in.x, y}, words,
              arena_print(s->a, "e^(%s − %s)", figures(s, z, 3), figures(s, d->max, 3)));
    draw_text(s->d, (Point){in.x, y + 38}, words, arena_print(s->a, "= %s", figures(s, e, 4)));
    draw_text(s->d, (Point){in.x, y + 92}, words,
              arena_print(s->a, "%s  /  %s", figures(s, e, 4), figures(s, d->sum, 4)));
    draw_text(s->d, (Point){in.x, y + 146}, words, "=");
    draw_result(s, (Point){in.x + 24, y + 152}, SIZE_HERO,
                hidden ? "?" : figures(s, (double)*at(d->out, 0, c, 0, 0), 4));
    y += draw_prose(s, (Point){in.x, y + 210}, in.w, small,
                    "The largest score is taken off first, so that no exponential can overflow. "
                    "It changes nothing: it stands above and below the line.");
    draw_prose(s, (Point){in.x, y + 230}, in.w, small,
               "One point more of score means e ≈ 2.7 times the probability, compared with the others.");
}

static void draw(Screen *s) {
    const Verdict d = verdict_of(s->v, false);
    if (s->stage->index != s->v->t.s->x->graph.output || d.classes != s->here.channels) {
        draw_number(s, "Input x", layer_src(s, 0), OF_SRC, "Output y");
        return;
    }
    Rect room = s->area;
    const Rect side = cut_right(&room, 360);
    draw_score_table(s, room, &d);
    draw_one(s, side, &d);
}

const Panel softmax_forward_panel = {
    .kind = STAGE_FORWARD, .of = "softmax", .formula = "p = e^(z − max) / Σ e^(z − max)",
    .draw = {draw, draw, draw, draw},
};
