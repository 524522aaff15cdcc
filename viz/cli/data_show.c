/* data_show.c — what is in one data set, as text and as a table. */
#include <setjmp.h>

#include "runtime/csv.h"
#include "runtime/data/picture.h"
#include "viz/cli/commands.h"
#include "viz/cli/data.h"
#include "viz/terminal/grid.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/text.h"

static const double UNEVEN = 1.5; // between the largest and the smallest class: worth a word

static const char *plural(int n) { return n == 1 ? "" : "s"; }

static NumberText count(int n) { return count_text((uint64_t)n); }

// ---- for a person: how many --------------------------------------------------------------------------

static void print_head(FILE *out, const DataLook *l) {
    const Dataset *d = &l->d;
    const char *between = "";
    text_print(out, l->name);
    fputs(": ", out);
    for (int p = 0; p < N_PARTS; p++) {
        if (d->part[p].n == 0) continue;
        fprintf(out, "%s%s %s", between, count(d->part[p].n).s, part_names[p]);
        between = " + ";
    }
    fprintf(out, " images in %d class%s\nfrom ", d->classes, d->classes == 1 ? "" : "es");
    text_print(out, d->from);
    fputs("\n\n", out);
}

// A row of counts: of a class, or (c < 0) of all.
static void count_row(Grid *g, const Dataset *d, const Survey *s, int c) {
    grid_cell(g, c < 0 ? "all" : d->class_name[c]);
    for (int p = 0; p < N_PARTS; p++) {
        if (d->part[p].n == 0) continue;
        const int n = c < 0 ? d->part[p].n : s->count[p][c];
        grid_cell(g, n ? count(n).s : "none");
    }
}

static bool print_counts(const Terminal *to, const Dataset *d, const Survey *s) {
    Column columns[N_PARTS + 1] = {{.title = "class", .elastic = true}};
    int n = 1;
    for (int p = 0; p < N_PARTS; p++)
        if (d->part[p].n > 0) columns[n++] = (Column){.title = part_names[p], .right = true};
    Arena *a = arena_make();
    if (!a || setjmp(*arena_guard(a))) {
        arena_free(a);
        return !complain("there is no memory left");
    }
    Grid *g = grid_make(a, n, columns);
    for (int c = 0; c < d->classes; c++) count_row(g, d, s, c);
    grid_rule(g);
    count_row(g, d, s, -1);
    grid_print(g, to);
    arena_free(a);
    return true;
}

static void print_balance(FILE *out, const Dataset *d, const Survey *s) {
    int least = 0, most = 0;
    for (int c = 0; c < d->classes; c++) {
        const int n = s->count[PART_TRAIN][c];
        if (n > most) most = n;
        if (n > 0 && (least == 0 || n < least)) least = n;
    }
    if (least > 0 && most >= UNEVEN * least)
        fprintf(out, "the largest class has %.1f times as many training images as the smallest: train "
                "balance=oversample evens that out\n", (double)most / least);
}

// ---- for a person: what they are like ----------------------------------------------------------------

// Sides are written height x width, as in a model file.
static void print_sizes(FILE *out, const DataLook *l) {
    const Shape i = l->d.image;
    const Size least = l->d.found.least, most = l->d.found.most;
    const bool files = l->options.size.h && most.h;
    if (files) fprintf(out, "size      %dx%d to %dx%d, here brought to ", least.h, least.w, most.h, most.w);
    else fputs("size      ", out);
    fprintf(out, "%dx%d, %s\n", i.h, i.w, i.c == 1 ? "gray" : "colour");
}

// Why a picture cannot be read is found out once more.
static void print_unreadable(FILE *out, const Findings *f) {
    if (f->left_out)
        fprintf(out, "%s other file%s or folder%s among the images %s left out\n", count(f->left_out).s,
                plural(f->left_out), plural(f->left_out), f->left_out == 1 ? "is" : "are");
    if (!f->unreadable) return;
    fprintf(out, "%s image%s cannot be read:\n", count(f->unreadable).s, plural(f->unreadable));
    for (int i = 0; i < f->unreadable && i < FEW_FILES; i++) {
        Picture p;
        Error e;
        const bool fine = picture_read(&p, f->unreadable_file[i], &e);
        if (fine) picture_free(&p);
        fputs("  ", out);
        text_print(out, fine ? f->unreadable_file[i] : e.text);
        fputs("\n", out);
    }
    if (f->unreadable > FEW_FILES) fprintf(out, "  … and %s more\n", count(f->unreadable - FEW_FILES).s);
}

// As they are after `rescale 1/255`, which is what `normalize` works with.
static void print_line(FILE *out, const char *name, const double *v, int channels) {
    fprintf(out, "%-10s", name);
    for (int c = 0; c < channels; c++) fprintf(out, "%s%.4f", c ? "  " : "", v[c] / 255);
}

static void print_measures(FILE *out, const Dataset *d, const Survey *s) {
    const int C = d->image.c < SURVEY_CHANNELS ? d->image.c : SURVEY_CHANNELS;
    print_line(out, "mean", s->mean, C);
    fprintf(out, "   %sblack is 0, white is 1\n", C == 3 ? "red, green, blue; " : "");
    print_line(out, "deviation", s->deviation, C);
    fputs("\n", out);
}

static void print_name(FILE *out, const Dataset *d, Part part, int picture) {
    const ImageList *l = &d->part[part];
    if (l->file) text_print(out, l->file[picture]);
    else fprintf(out, "%s image %d", part_names[part], picture);
}

// "3 test images are training images, too (1 with another label): test image 7 is training image 2"
static void print_repeats(FILE *out, const Dataset *d, const Repeats *r, Part part, Part first) {
    const bool one = r->n == 1;
    fprintf(out, "%s %s image%s ", count(r->n).s, part_names[part], plural(r->n));
    if (part == first) fputs(one ? "comes again" : "come again", out);
    else fprintf(out, "%s %s image%s, too", one ? "is a" : "are", part_names[first], plural(r->n));
    if (r->other_label) fprintf(out, " (%s with another label)", count(r->other_label).s);
    fputs(": ", out);
    print_name(out, d, part, r->example.picture);
    fputs(" is ", out);
    print_name(out, d, first, r->example.first);
    fputs("\n", out);
}

// "1 test image looks like a training image, perhaps the same in another quality or size: … like …"
static void print_alike(FILE *out, const Dataset *d, const Repeats *r, Part part, Part first) {
    const bool one = r->n == 1;
    fprintf(out, "%s %s image%s %s like ", count(r->n).s, part_names[part], plural(r->n),
            one ? "looks" : "look");
    if (part == first) fputs(one ? "another one" : "others", out);
    else fprintf(out, one ? "a %s image" : "%s images", part_names[first]);
    if (r->other_label) fprintf(out, " (%s with another label)", count(r->other_label).s);
    fputs(", perhaps the same in another quality or size: ", out);
    print_name(out, d, part, r->example.picture);
    fputs(" like ", out);
    print_name(out, d, first, r->example.first);
    fputs("\n", out);
}

static void print_all_repeats(FILE *out, const Dataset *d, const Survey *s) {
    int all = 0;
    for (int p = 0; p < N_PARTS; p++)
        for (int q = 0; q <= p; q++) {
            const Repeats *r = &s->repeats[p][q], *a = &s->alike[p][q];
            if (r->n > 0) print_repeats(out, d, r, (Part)p, (Part)q);
            if (a->n > 0) print_alike(out, d, a, (Part)p, (Part)q);
            all += r->n + a->n;
        }
    if (all == 0) fputs("no image comes twice\n", out);
}

static void print_use(FILE *out, const DataLook *l) {
    fprintf(out, "\nin a model file: data %s", l->set ? "" : "\"");
    text_print(out, l->name);
    if (!l->set) fputs("\"", out);
    if (l->options.size.h) fprintf(out, " size=%dx%d", l->options.size.h, l->options.size.w);
    fputs("\n", out);
}

static int show_text(const DataLook *l, const Survey *s) {
    const Terminal to = terminal_of(stdout);
    print_head(to.out, l);
    if (!print_counts(&to, &l->d, s)) return STATUS_FAILED;
    fputs("\n", to.out);
    print_sizes(to.out, l);
    print_measures(to.out, &l->d, s);
    print_balance(to.out, &l->d, s);
    print_all_repeats(to.out, &l->d, s);
    print_unreadable(to.out, &l->d.found);
    print_use(to.out, l);
    return STATUS_DONE;
}

// ---- for a program -----------------------------------------------------------------------------------

static void row(FILE *out, const char *what, const char *part, const char *of) {
    fprintf(out, "%s,%s,", what, part);
    csv_text(out, of);
    fputc(',', out);
}

static void csv_int(FILE *out, const char *what, const char *part, const char *of, int v) {
    row(out, what, part, of);
    fprintf(out, "%d\n", v);
}

static void csv_numbers(FILE *out, const char *what, const double *v, int channels) {
    static const char *const names[] = {"red", "green", "blue"};
    for (int c = 0; c < channels; c++) {
        row(out, what, "training", channels == 3 ? names[c] : "gray");
        csv_real(out, v[c] / 255);
        fputc('\n', out);
    }
}

static void csv_parts(FILE *out, const Dataset *d, const Survey *s) {
    for (int p = 0; p < N_PARTS; p++)
        for (int c = 0; c < d->classes && d->part[p].n > 0; c++)
            csv_int(out, "images", part_names[p], d->class_name[c], s->count[p][c]);
    for (int p = 0; p < N_PARTS; p++)
        for (int q = 0; q <= p; q++)
            if (d->part[p].n > 0 && d->part[q].n > 0) {
                csv_int(out, "repeats", part_names[p], part_names[q], s->repeats[p][q].n);
                csv_int(out, "alike", part_names[p], part_names[q], s->alike[p][q].n);
            }
}

static void csv_files(FILE *out, const Findings *f) {
    csv_int(out, "unreadable", "", "", f->unreadable);
    csv_int(out, "left_out", "", "", f->left_out);
    if (!f->most.h) return;
    csv_int(out, "least_height", "", "", f->least.h);
    csv_int(out, "least_width", "", "", f->least.w);
    csv_int(out, "most_height", "", "", f->most.h);
    csv_int(out, "most_width", "", "", f->most.w);
}

static int show_csv(const DataLook *l, const Survey *s) {
    const Dataset *d = &l->d;
    FILE *out = stdout;
    fputs("what,part,of,value\nplace,,,", out);
    csv_text(out, d->from);
    fputc('\n', out);
    csv_int(out, "height", "", "", d->image.h);
    csv_int(out, "width", "", "", d->image.w);
    csv_int(out, "channels", "", "", d->image.c);
    csv_int(out, "classes", "", "", d->classes);
    csv_files(out, &d->found);
    csv_parts(out, d, s);
    csv_numbers(out, "mean", s->mean, d->image.c);
    csv_numbers(out, "deviation", s->deviation, d->image.c);
    return STATUS_DONE;
}

int data_show(const DataLook *l, const Survey *s, bool csv) { return csv ? show_csv(l, s) : show_text(l, s); }
