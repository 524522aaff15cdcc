/* train_scene.c — the training as it goes on, and the pictures behind a cell of its confusion matrix.
 *
 * Numbers, curves, the confusion matrix, the film of the first kernels, the worst mistakes. Before the
 * first training in this window: the curves of the newest run on disk. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/judge.h"
#include "viz/charts/charts.h"
#include "viz/view/scenes.h"
#include "viz/view/train_parts.h"

enum { TOP = 148, TILE_H = 76, BELOW = 150, RIGHT_W = 468 };

static const char *whole(Screen *s, double v) {
    return arena_print(s->a, "%s", number_count((int64_t)(v + 0.5)).s);
}

// ---- before there is a training ------------------------------------------------------------------

// The statements a training carries out, as the model has them.
static void draw_program(Screen *s, Rect in) {
    const Experiment *x = s->v->t.s->x;
    const TextStyle code = {.font = FONT_MONO, .size = SIZE_BODY, .tone = TONE_INK};
    double y = in.y + 24;
    const Use *const first[] = {&x->loss, &x->optimizer};
    static const char *const word[] = {"loss", "optimizer"};
    for (int i = 0; i < 2; i++, y += 34)
        if (first[i]->kind)
            draw_fitted(s->d, (Rect){in.x, y - 20, in.w, 28}, code,
                        arena_print(s->a, "%s %s", word[i], use_text(s->a, first[i])));
    for (int i = 0; i < x->n_actions && y < in.y + in.h; i++)
        if (x->action[i].kind == ACTION_TRAIN) {
            draw_fitted(s->d, (Rect){in.x, y - 20, in.w, 28}, code, use_text(s->a, &x->action[i].use));
            y += 34;
        }
}

// How things stand: what there is to learn from, and what a loss means for one who knows nothing.
static void draw_before(Screen *s, Rect in) {
    const Trace *t = &s->v->t;
    const ImageList *part = t->s->data.part;
    const double chance = log(t->s->data.classes);
    const char *const fact[][2] = {
        {"images to learn from", whole(s, part[PART_TRAIN].n)},
        {"images to be tested on", whole(s, part[PART_TEST].n)},
        {"classes", whole(s, t->s->data.classes)},
        {"numbers to be learnt", whole(s, (double)t->s->x->graph.n_weights)},
        {"loss of this batch now", t->judged ? figures(s, t->loss, 4) : "–"},
    };
    double y = in.y + 6;
    for (int i = 0; i < 5; i++, y += 44) draw_fact(s, (Rect){in.x, y, in.w, 36}, fact[i][0], fact[i][1]);
    const Use *loss = &t->s->x->loss;
    if (!loss->kind || strcmp(loss->kind->name, "crossentropy") != 0 || t->s->data.classes < 2) return;
    draw_prose(s, (Point){in.x, y + 34}, in.w, (TextStyle){.size = SIZE_BODY, .tone = TONE_INK2},
               arena_print(s->a, "Who guesses without having learnt anything has a loss of about ln %d = %s.",
                           t->s->data.classes, figures(s, chance, 4)));
}

static void draw_how_to(Screen *s) {
    draw_title(s->d, (Point){MARGIN, TITLE_TOP + 30}, s->w - MARGIN, "Training",
               s->v->from_weights ? "it goes on from the weights that were loaded"
                                  : "this network has not been trained yet");
    Rect room = s->area;
    const Rect right = cut_right(&room, 0.36 * room.w), below = cut_bottom(&room, 0.42 * room.h);
    const Rect in = draw_titled(s, room, "How to train it", NULL);
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
    const TextStyle code = {.font = FONT_MONO, .size = SIZE_BODY, .tone = TONE_INK};
    double y = in.y + 30;
    y += draw_prose(s, (Point){in.x, y}, in.w, words,
                    "Here: T trains some steps and waits; Space trains to the end, and pauses. The "
                    "curves, the mistakes and the kernels are shown while it learns. Nothing is saved "
                    "by itself.");
    y += 24 + draw_prose(s, (Point){in.x, y + 12}, in.w, words,
                         "Or in the terminal, which saves what it learns:");
    draw_fitted(s->d, (Rect){in.x, y - 14, in.w, 28}, code,
                arena_print(s->a, "cnnrun %s --train", s->v->t.s->x->file));
    draw_program(s, draw_titled(s, below, "What it carries out", s->v->t.s->x->name));
    draw_before(s, draw_titled(s, right, "Before the first step", NULL));
}

// ---- numbers -------------------------------------------------------------------------------------

typedef struct Tile { const char *caption, *text; } Tile;

static const char *or_dash(Screen *s, double v, int decimals, const char *unit) {
    return isnan(v) ? "–" : arena_print(s->a, "%s%s", number_fixed(v, decimals).s, unit);
}

// While it runs how fast, else how many: what stands still has no speed.
static Tile images_tile(Screen *s, const TrainView *t) {
    const Progress *p = &t->news.at;
    if (t->news.state == TRAIN_RUNNING && s->v->wake && p->seconds > 0)
        return (Tile){"images per second", whole(s, (double)p->images / p->seconds)};
    return (Tile){"images seen", whole(s, (double)p->images)};
}

static void draw_numbers(Screen *s, Rect row, const TrainView *t) {
    const Progress *p = &t->news.at;
    const Judged *j = &t->news.judged;
    const char *phase = p->n_phases > 1 ? arena_print(s->a, ", train %d", p->phase) : "";
    const Tile tile[] = {
        {arena_print(s->a, "step, of %s%s", whole(s, (double)p->steps), phase), whole(s, (double)p->step)},
        {arena_print(s->a, "epoch, of %d", p->epochs), whole(s, p->epoch)},
        {"loss of this epoch", or_dash(s, p->loss, 3, "")},
        {"test accuracy", j->number ? or_dash(s, 100 * j->accuracy, 1, " %") : "–"},
        images_tile(s, t),
        {"learning rate", p->lr > 0 ? figures(s, p->lr, 3) : "–"},
    };
    enum { N = sizeof tile / sizeof *tile };
    const double w = (row.w - (N - 1) * CARD_GAP) / N;
    for (int i = 0; i < N; i++)
        draw_tile(s->d, (Rect){row.x + i * (w + CARD_GAP), row.y, w, row.h}, tile[i].caption, tile[i].text);
}

// What went wrong stands where the numbers were: they are none any more.
static void draw_verdict(Screen *s, Rect r, const char *text, const char *way) {
    const TextStyle bold = {.font = FONT_BOLD, .size = SIZE_RESULT, .tone = TONE_SURFACE};
    const TextStyle plain = {FONT_BOLD, SIZE_RESULT, TONE_SURFACE, ALIGN_RIGHT, false};
    const double right = way ? fonts_width(s->d->fonts, &plain, way) + 24 : 0;
    draw_rect(s->d, r, (ShapeStyle){.fill = TONE_NEG, .radius = CARD_RADIUS});
    draw_fitted(s->d, (Rect){r.x + 20, r.y, r.w - 40 - right, r.h}, bold, text);
    if (way) draw_fitted(s->d, (Rect){r.x + r.w - 20 - right, r.y, right, r.h}, plain, way);
}

static const char *broken_words(Arena *a, const View *v) {
    const NotFinite *b = &v->train->news.broken;
    const int stage = stage_of(&v->t, STAGE_FORWARD, b->node);
    const char *where = b->node < 0 || stage < 0 ? "the loss" : stage_title(a, &v->t, stage);
    return arena_print(a, "✗ first NaN or ∞ appears in %s%s, step %s",
                       b->in_gradient ? "the gradient of " : "", where, number_count((int64_t)b->step).s);
}

// ---- the whole scene -----------------------------------------------------------------------------

static void draw_training(Screen *s, const TrainView *t) {
    const Record *r = &t->news.record;
    Rect room = {MARGIN, TOP, s->w - 2 * MARGIN, s->d->h - PANELS_BOTTOM - TOP};
    const Rect head = cut_top(&room, TILE_H), below = cut_bottom(&room, BELOW);
    if (t->news.state == TRAIN_BROKEN) draw_verdict(s, head, broken_words(s->a, s->v), "Enter shows it");
    else if (t->news.state == TRAIN_FAILED) draw_verdict(s, head, t->news.text, NULL);
    else draw_numbers(s, head, t);

    const Rect matrix = cut_right(&room, RIGHT_W), loss = cut_left(&room, (room.w - CARD_GAP) / 2);
    draw_learning(s, loss, r, true);
    draw_learning(s, room, r, false);
    draw_matrix(s, matrix, t);
    Rect film = below;
    draw_mistakes(s, cut_right(&film, RIGHT_W), t);
    draw_film(s, film, r);
}

static void draw_train(Screen *s) {
    const Rect all = {0, TITLE_TOP - 8, s->w, s->d->h - FOOTER - TITLE_TOP + 8};
    if (s->v->train && s->v->train->training) draw_training(s, s->v->train);
    else if (s->v->history.n > 0) draw_curves(s->d, all, &s->v->history);
    else draw_how_to(s);
}

// ---- text ----------------------------------------------------------------------------------------

static void tell_history(Telling *t) {
    const History *h = &t->v->history;
    tell(t, h->n > 0 ? "%d rows of the newest run\n" : "not trained yet\n", h->n);
    for (int i = 0; i < h->n; i++)
        tell(t, "epoch %d: loss %s, accuracy %s\n", h->row[i].epoch,
             number_figures(h->row[i].loss, 6).s, number_figures(h->row[i].accuracy, 6).s);
}

static void tell_numbers(Telling *t, const TrainNews *n) {
    const Progress *p = &n->at;
    tell(t, "step %llu of %llu, epoch %d of %d, train %d of %d\n", (unsigned long long)p->step,
         (unsigned long long)p->steps, p->epoch, p->epochs, p->phase, p->n_phases);
    tell(t, "loss %s, accuracy %s, last batch: loss %s, accuracy %s\n", number_figures(p->loss, 4).s,
         number_figures(p->accuracy, 4).s, number_figures(p->batch_loss, 4).s,
         number_figures(p->batch_accuracy, 4).s);
    tell(t, "learning rate %s, %llu images seen\n", number_figures(p->lr, 4).s,
         (unsigned long long)p->images);
}

static void tell_judged(Telling *t, const TrainView *tv) {
    const Judged *j = &tv->news.judged;
    const Dataset *d = &t->v->s->data;
    if (!j->number) return;
    tell(t, "judged after step %llu: %s, accuracy %s, loss %s\n", (unsigned long long)j->step,
         judged_words(t->a, j), number_figures(j->accuracy, 4).s, number_figures(j->loss, 4).s);
    for (int i = 0; tv->matrix && i < d->classes; i++) {
        tell(t, "  %s is called", d->class_name[i]);
        for (int k = 0; k < d->classes; k++) {
            const int n = tv->matrix[i * d->classes + k];
            if (n > 0) tell(t, " %s ×%d", d->class_name[k], n);
        }
        tell(t, "\n");
    }
    if (tv->marked == MARKED_CELL)
        tell(t, "marked: is %s, says %s: %d\n", d->class_name[tv->wanted], d->class_name[tv->said],
             train_view_count(tv, tv->wanted, tv->said));
    for (int i = 0; i < tv->n_mistakes; i++) {
        const WrongAnswer *a = &j->answer[tv->mistake[i]];
        tell(t, "%smistake image %d: is %s, says %s\n",
             tv->marked == MARKED_MISTAKE && tv->which == i ? "marked: " : "", a->picture,
             d->class_name[a->wanted], d->class_name[a->said]);
    }
}

static void tell_record(Telling *t, const Record *r) {
    for (int i = 0; i < r->n_tests; i++)
        tell(t, "test after step %.0f: loss %s, accuracy %s\n", r->test[i].step,
             number_figures(r->test[i].loss, 4).s, number_figures(r->test[i].accuracy, 4).s);
    const Filmed *k = &r->kernels;
    for (int i = 0; k->param >= 0 && i <= r->n_frames; i++) {
        const RecordFrame *f = i < r->n_frames ? &r->frame[i] : &r->now;
        tell(t, "kernel 1 %sbefore step %llu:", i < r->n_frames ? "" : "now, ", (unsigned long long)f->step);
        for (int p = 0; p < k->h * k->w && p < 9; p++) tell(t, " %s", number_figures((double)f->v[p], 3).s);
        tell(t, k->h * k->w > 9 ? " …\n" : "\n");
    }
}

static void tell_train(Telling *t) {
    char words[160];
    const TrainView *tv = t->v->train;
    train_view_words(t->v, words, sizeof words);
    tell(t, "%s\n", words);
    if (!tv || !tv->training) {
        tell_history(t);
        return;
    }
    if (tv->news.state == TRAIN_BROKEN) tell(t, "%s: Enter shows it\n", broken_words(t->a, t->v));
    if (tv->news.state >= TRAIN_BROKEN) tell(t, "%s\n", tv->news.text);
    tell_numbers(t, &tv->news);
    tell_judged(t, tv);
    tell_record(t, &tv->news.record);
    if (t->v->message[0]) tell(t, "message %s\n", t->v->message);
}

const SceneSpec train_scene = {
    .name = "train", .words = train_view_words, .draw = draw_train, .tell = tell_train, .key = training_key,
    .hint = {{{"Space"}, "go on, pause"}, {{"R"}, "restart"}, {{"S"}, "save"},
             {{"←", "↑", "↓", "→"}, "mark"}, {{"Enter"}, "open"}},
};

// ---- the pictures behind a cell ------------------------------------------------------------------

static const char *cell_title(Arena *a, const View *v) {
    const TrainView *t = v->train;
    const char *const *name = v->s->data.class_name;
    return arena_print(a, "is %s, says %s", name[t->wanted], name[t->said]);
}

static const char *cell_words(Arena *a, const TrainView *t) {
    int n;
    const int first = cell_page(t, &n);
    const char *all = arena_print(a, "%s of %s", number_count(t->n_cell).s, judged_words(a, &t->news.judged));
    const char *said = "and how sure it was; the largest loss first";
    if (t->n_cell <= CELL_PAGE) return arena_print(a, "%s, %s", all, said);
    return arena_print(a, "%s, %s: %d to %d", all, said, first + 1, first + n);
}

// "98 %", or a score.
static const char *sureness(Arena *a, const View *v, const WrongAnswer *w) {
    if (!judge_probable(&v->s->x->graph)) return arena_print(a, "%s", number_fixed(w->share, 2).s);
    return arena_print(a, "%s %%", number_fixed(100 * w->share, 0).s);
}

static void draw_cell(Screen *s) {
    const TrainView *t = s->v->train;
    if (!t || t->n_cell == 0) {
        draw_title(s->d, (Point){MARGIN, TITLE_TOP + 30}, s->w - MARGIN, "Pictures",
                   "a cell of the confusion matrix opens them: key T");
        return;
    }
    int n;
    const int first = cell_page(t, &n);
    const double w = s->area.w / CELL_COLUMNS, h = s->area.h / CELL_ROWS;
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK, .align = ALIGN_CENTRE, .tabular = true};
    draw_title(s->d, (Point){MARGIN, TITLE_TOP + 30}, s->w - MARGIN, cell_title(s->a, s->v),
               cell_words(s->a, t));
    draw_card(s->d, s->area);
    for (int i = 0; i < n; i++) {
        const WrongAnswer *a = &t->news.judged.answer[t->cell[first + i].answer];
        const int row = i / CELL_COLUMNS, column = i % CELL_COLUMNS;
        const Rect room = {s->area.x + column * w, s->area.y + row * h, w, h};
        const Rect place = {room.x + 12, room.y + 12, w - 24, h - 50};
        const Rect at = draw_thumb(s->d, place, &t->thumbs, a->picture);
        hits_add(s->hits, (Hit){.kind = HIT_PICTURE, .rect = room, .to = a->picture});
        if (first + i == t->at) draw_marker(s->d, at);
        draw_fitted(s->d, (Rect){room.x + 6, room.y + h - 30, w - 12, 20}, words,
                    arena_print(s->a, "image %s · %s", number_count(a->picture).s,
                                sureness(s->a, s->v, a)));
    }
}

static void tell_cell(Telling *t) {
    const TrainView *tv = t->v->train;
    if (!tv || tv->n_cell == 0) {
        tell(t, "no cell is open\n");
        return;
    }
    tell(t, "%s: %s\n", cell_title(t->a, t->v), cell_words(t->a, tv));
    for (int i = 0; i < tv->n_cell; i++) {
        const WrongAnswer *a = &tv->news.judged.answer[tv->cell[i].answer];
        tell(t, "%simage %d: loss %s, says so with %s\n", i == tv->at ? "marked: " : "", a->picture,
             number_figures(a->loss, 4).s, number_figures(a->share, 4).s);
    }
    if (t->v->message[0]) tell(t, "message %s\n", t->v->message);
}

const SceneSpec cell_scene = {
    .name = "pictures", .footer = "Enter looks inside a picture, with the weights of now",
    .draw = draw_cell, .tell = tell_cell, .key = cell_key,
    .hint = {{{"←", "↑", "↓", "→"}, "mark"}, {{"Enter"}, "look inside"}, {{"Esc"}, "back"}},
};
