/* order.c — what a pass shows: counts worked out by hand, for classes of 5, 2, 0 and 1 pictures. */
#include "runtime/order.h"

#include <stdlib.h>

#include "tests/unit/test.h"

enum { N = 8, CLASSES = 4, MOST = 15, PASSES = 60 };

static int label[N] = {0, 1, 0, 3, 0, 1, 0, 0};
static const char *const name[CLASSES] = {"cat", "dog", "eel", "fox"};

static Dataset data(int *labels, int n) {
    Dataset d = {.classes = CLASSES, .class_name = name};
    d.part[PART_TRAIN] = (ImageList){.n = n, .label = labels};
    return d;
}

static const struct { int balance, n, each[CLASSES]; double weight[CLASSES]; const char *text; } cases[] = {
    {BALANCE_NONE, 8, {5, 2, 0, 1}, {0}, NULL},
    {BALANCE_OVERSAMPLE, 15, {5, 5, 0, 5}, {0},
     "balance=oversample: cat 5, dog 2, fox 1 become 5 of each class; a pass shows 15 pictures "
     "instead of 8; 1 class has no pictures"},
    {BALANCE_UNDERSAMPLE, 3, {1, 1, 0, 1}, {0},
     "balance=undersample: cat 5, dog 2, fox 1 become 1 of each class; a pass shows 3 pictures "
     "instead of 8; 1 class has no pictures"},
    {BALANCE_WEIGHTS, 8, {5, 2, 0, 1}, {8. / 15, 8. / 6, 1, 8. / 3},
     "balance=weights: cat 5 (each counts 0.533 times), dog 2 (each counts 1.33 times), fox 1 (each "
     "counts 2.67 times); 1 class has no pictures"},
};
enum { N_CASES = sizeof cases / sizeof *cases };

// How often each picture comes in a pass; their copies are numbered 0, 1, 2 …
static void count_pictures(const Pick *pick, int n, int times[N]) {
    int copies[N] = {0};
    memset(times, 0, N * sizeof *times);
    for (int i = 0; i < n; i++) {
        if (!CHECK(pick[i].picture >= 0 && pick[i].picture < N)) continue;
        times[pick[i].picture]++;
        if (CHECK(pick[i].copy >= 0 && pick[i].copy < 31)) copies[pick[i].picture] |= 1 << pick[i].copy;
    }
    for (int p = 0; p < N; p++) CHECK(copies[p] == (1 << times[p]) - 1);
}

static void check_pass(Order *o, int k, uint64_t pass, int times[N]) {
    int each[CLASSES] = {0};
    count_pictures(order_pass(o, pass), o->n, times);
    for (int p = 0; p < N; p++) each[label[p]] += times[p];
    CHECK(memcmp(each, cases[k].each, sizeof each) == 0);
    for (int p = 0; p < N; p++) {
        const int whole = cases[k].each[label[p]] / o->count[label[p]]; // each picture at least so often
        CHECK(times[p] == whole || times[p] == whole + 1);
    }
}

// In sixty passes everything that may come once more does so: by chance this fails once in 10¹⁷ times.
static void check_passes(Order *o, int k) {
    int least[N], most[N], times[N], moved = 0;
    Pick before[MOST];
    for (int pass = 0; pass < PASSES; pass++) {
        check_pass(o, k, (uint64_t)pass, times);
        moved += pass && memcmp(before, o->mixed, (size_t)o->n * sizeof *before) != 0;
        memcpy(before, o->mixed, (size_t)o->n * sizeof *before);
        for (int p = 0; p < N; p++) {
            if (!pass || times[p] < least[p]) least[p] = times[p];
            if (!pass || times[p] > most[p]) most[p] = times[p];
        }
    }
    CHECK(moved > PASSES / 2);
    for (int p = 0; p < N; p++) {
        const int rest = cases[k].each[label[p]] % o->count[label[p]];
        CHECK(most[p] - least[p] == (rest > 0));
    }
}

// The same seed and pass give the same order, whatever was asked for before.
static void check_same(const Dataset *d, int k) {
    Order a, b, other;
    Error e;
    if (!CHECK(order_open(&a, d, cases[k].balance, 7, &e) && order_open(&b, d, cases[k].balance, 7, &e) &&
               order_open(&other, d, cases[k].balance, 8, &e)))
        return;
    const size_t bytes = (size_t)a.n * sizeof(Pick);
    int differ = 0;
    order_pass(&a, 1);
    for (uint64_t pass = 9; pass > 3; pass--) {
        CHECK(memcmp(order_pass(&a, pass), order_pass(&b, pass), bytes) == 0);
        CHECK(memcmp(order_pass(&a, pass), order_pass(&b, pass), bytes) == 0);
        differ += memcmp(order_pass(&a, pass), order_pass(&other, pass), bytes) != 0;
    }
    CHECK(differ > 0);
    order_close(&a), order_close(&b), order_close(&other);
}

static void check_case(int k) {
    const Dataset d = data(label, N);
    Order o;
    Error e;
    char text[512], cut[40];
    if (!CHECK(order_open(&o, &d, cases[k].balance, 1, &e))) return;
    CHECK(o.n == cases[k].n && o.classes == 3);
    check_passes(&o, k);
    check_same(&d, k);
    for (int c = 0; cases[k].weight[0] > 0 && c < CLASSES; c++)
        CHECK_NEAR(order_weight(&o, c), cases[k].weight[c], 1e-6);
    if (cases[k].text) {
        order_text(&o, text, sizeof text);
        CHECK_TEXT(text, cases[k].text);
        order_text(&o, cut, sizeof cut);
        CHECK(strncmp(cut, text, sizeof cut - 1) == 0 && strlen(cut) == sizeof cut - 1);
    }
    order_close(&o);
}

// Without balancing, the order is the data set's own.
static void check_plain(void) {
    const Dataset d = data(label, N);
    Order o;
    Error e;
    int order[N];
    if (!CHECK(order_open(&o, &d, BALANCE_NONE, 3, &e))) return;
    for (uint64_t pass = 0; pass < 5; pass++) {
        dataset_order(&d, PART_TRAIN, 3, pass, order);
        const Pick *pick = order_pass(&o, pass);
        for (int i = 0; i < N; i++) CHECK(pick[i].picture == order[i] && pick[i].copy == 0);
    }
    order_close(&o);
}

static void check_even(void) {
    int even[4] = {0, 1, 0, 1};
    const Dataset d = data(even, 4);
    Order o;
    Error e;
    char text[256];
    if (!CHECK(order_open(&o, &d, BALANCE_OVERSAMPLE, 1, &e))) return;
    CHECK(o.n == 4);
    order_text(&o, text, sizeof text);
    CHECK_TEXT(text, "balance=oversample: nothing to do, there are 2 pictures of every class; 2 classes "
               "have no pictures");
    order_close(&o);
}

// More classes than anybody wants to see named.
static void check_many(void) {
    enum { MANY = 40, LARGE = 10 }; // class 5 is the large one
    static const char *names[MANY];
    static int labels[MANY + LARGE - 1];
    for (int c = 0; c < MANY; c++) names[c] = "x", labels[c] = c;
    for (int i = 1; i < LARGE; i++) labels[MANY + i - 1] = 5;
    const Dataset d = {.classes = MANY, .class_name = names,
                       .part[PART_TRAIN] = {.n = MANY + LARGE - 1, .label = labels}};
    Order o;
    Error e;
    char text[256];
    if (CHECK(order_open(&o, &d, BALANCE_WEIGHTS, 1, &e))) {
        order_text(&o, text, sizeof text);
        CHECK_TEXT(text, "balance=weights: 1 to 10 pictures of 40 classes, each counts 0.122 to 1.23 times");
        order_close(&o);
    }
    if (CHECK(order_open(&o, &d, BALANCE_UNDERSAMPLE, 1, &e))) {
        order_text(&o, text, sizeof text);
        CHECK_TEXT(text, "balance=undersample: 1 to 10 pictures of 40 classes become 1 of each class; a "
                   "pass shows 40 pictures instead of 49");
        order_close(&o);
    }
}

// A pass of more pictures than can be numbered is refused: 40,000 classes, one with 60,000 pictures.
static void check_too_many(void) {
    enum { SINGLE = 39999, LARGE = 60000, ALL = SINGLE + LARGE };
    int *labels = calloc(ALL, sizeof *labels);
    for (int i = 0; labels && i < SINGLE; i++) labels[i] = i + 1;
    const Dataset d = {.classes = SINGLE + 1, .part[PART_TRAIN] = {.n = ALL, .label = labels}};
    Order o;
    Error e;
    CHECK(labels && !order_open(&o, &d, BALANCE_OVERSAMPLE, 1, &e));
    CHECK(strstr(e.text, "40000 × 60000 pictures: that is too many") != NULL);
    free(labels);
}

int main(void) {
    for (int k = 0; k < N_CASES; k++) check_case(k);
    check_plain();
    check_even();
    check_many();
    check_too_many();
    return test_end("order");
}
