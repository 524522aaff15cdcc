/* survey.c — what is in a data set: against numbers worked out by hand. */
#include "runtime/data/alike.h"
#include "runtime/data/survey.h"

#include "tests/unit/test.h"

enum { C = 3, H = 2, W = 1, BYTES = C * H * W, CLASSES = 3 };

// Two pixels of three channels each.
static const uint8_t pixel[][BYTES] = {
    {0, 10, 255, 4, 30, 255},    // 0
    {8, 10, 255, 12, 10, 255},   // 1
    {0, 10, 255, 4, 30, 254},    // 2: nearly 0
    {255, 255, 255, 0, 0, 0},    // 3
};

// The same picture may come in several places; where it first came is worked out by hand below.
static int label_train[] = {0, 1, 0, 1, 0}, label_valid[] = {0, 2}, label_test[] = {1, 0, 0};
static const uint8_t *train[] = {pixel[0], pixel[1], pixel[0], pixel[0], pixel[2]};
static const uint8_t *valid[] = {pixel[3], pixel[1]}; // the second is a training picture
static const uint8_t *test[] = {pixel[3], pixel[0], pixel[0]}; // of the validation part; of the training part

static Dataset data(void) {
    Dataset d = {.image = {C, H, W}, .classes = CLASSES};
    d.part[PART_TRAIN] = (ImageList){.n = 5, .label = label_train, .pixel = train};
    d.part[PART_VALID] = (ImageList){.n = 2, .label = label_valid, .pixel = valid};
    d.part[PART_TEST] = (ImageList){.n = 3, .label = label_test, .pixel = test};
    return d;
}

static bool repeats(const Repeats *r, int n, int other_label, int picture, int first) {
    return r->n == n && r->other_label == other_label && r->example.picture == picture &&
           r->example.first == first;
}

static void check_survey(Threads *t) {
    static const int count[N_PARTS][CLASSES] = {{3, 2, 0}, {1, 0, 1}, {2, 1, 0}};
    /* Channel 0 of the training part is 0 4 · 8 12 · 0 4 · 0 4 · 0 4, channel 1 10 30 · 10 10 · 10 30 ·
     * 10 30 · 10 30, and channel 2 255 nine times and 254 once.
     * √(272/10 − 3.6²), √(4200/10 − 18²). */
    static const double mean[C] = {3.6, 18, 254.9}, deviation[C] = {3.7735924528, 9.7979589711, 0.3};
    const Dataset d = data();
    Survey s;
    Error e;
    if (!CHECK(data_survey(&d, t, &s, &e))) return;
    for (int p = 0; p < N_PARTS; p++) CHECK(memcmp(s.count[p], count[p], sizeof count[p]) == 0);
    for (int c = 0; c < C; c++) {
        CHECK_NEAR(s.mean[c], mean[c], 1e-9);
        CHECK_NEAR(s.deviation[c], deviation[c], 1e-9);
    }
    CHECK(repeats(&s.repeats[PART_TRAIN][PART_TRAIN], 2, 1, 2, 0));
    CHECK(repeats(&s.repeats[PART_VALID][PART_TRAIN], 1, 1, 1, 1));
    CHECK(repeats(&s.repeats[PART_VALID][PART_VALID], 0, 0, 0, 0));
    CHECK(repeats(&s.repeats[PART_TEST][PART_TRAIN], 2, 0, 1, 0));
    CHECK(repeats(&s.repeats[PART_TEST][PART_VALID], 1, 1, 0, 0));
    CHECK(repeats(&s.repeats[PART_TEST][PART_TEST], 0, 0, 0, 0));
    survey_free(&s);
}

// Without a training part, mean and deviation are those of what there is; without anything, nothing.
static void check_other_parts(Threads *t) {
    Dataset d = data();
    Survey s;
    Error e;
    d.part[PART_TRAIN].n = d.part[PART_VALID].n = 0;
    d.part[PART_TEST].n = 1;
    if (CHECK(data_survey(&d, t, &s, &e))) {
        CHECK_NEAR(s.mean[0], 127.5, 1e-9);
        CHECK_NEAR(s.deviation[2], 127.5, 1e-9);
        survey_free(&s);
    }
    d.part[PART_TEST].n = 0;
    if (CHECK(data_survey(&d, t, &s, &e))) {
        CHECK(s.mean[0] == 0 && s.count[PART_TEST][0] == 0);
        survey_free(&s);
    }
}

// Many different pictures: no two are taken for the same, and any number of threads sees the same.
static void check_many(Threads *t) {
    enum { MANY = 4096 };
    static uint8_t v[MANY][2];
    static const uint8_t *list[MANY];
    static int labels[MANY];
    for (int i = 0; i < MANY; i++) v[i][0] = (uint8_t)i, v[i][1] = (uint8_t)(i >> 8), list[i] = v[i];
    Dataset d = {.image = {1, 2, 1}, .classes = 1};
    d.part[PART_TRAIN] = (ImageList){.n = MANY, .label = labels, .pixel = list};
    Survey s;
    Error e;
    if (!CHECK(data_survey(&d, t, &s, &e))) return;
    CHECK(s.repeats[PART_TRAIN][PART_TRAIN].n == 0 && s.count[PART_TRAIN][0] == MANY);
    CHECK_NEAR(s.mean[0], (127.5 + 7.5) / 2, 1e-9);
    survey_free(&s);
}

// Files that look the same: brighter by one, a strip of 1 in 20 rows moved; and some that do not.
enum { SIDE = 40, AREA = SIDE * SIDE, FILES = 7 };

static uint8_t wave(int kind, int y, int x) {
    const int v = 128 + (y * x + 7 * kind * x) % 97 - (kind + 1) * (y % 13);
    return (uint8_t)v;
}

static void fill_files(uint8_t v[FILES][AREA]) {
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            const int at = y * SIDE + x;
            v[0][at] = wave(0, y, x);
            v[1][at] = wave(3, y, x);
            v[2][at] = 90;                          // nothing to see
            v[3][at] = 91;                          // and again: not alike
            v[4][at] = (uint8_t)(v[0][at] + (at % 3 == 0)); // as 0, saved again
            v[5][at] = v[4][at];                    // the very same
            v[6][at] = (uint8_t)(255 - v[1][at]);   // the negative
        }
}

static void check_alike(Threads *t) {
    static uint8_t v[FILES][AREA];
    static const char *names[FILES] = {"0", "1", "2", "3", "4", "5", "6"};
    static int labels[FILES] = {0, 1, 0, 0, 1, 0, 0};
    const uint8_t *list[FILES];
    Survey s;
    Error e;
    fill_files(v);
    for (int i = 0; i < FILES; i++) list[i] = v[i];
    Dataset d = {.image = {1, SIDE, SIDE}, .classes = 2};
    d.part[PART_TRAIN] = (ImageList){.n = 4, .label = labels, .pixel = list, .file = names};
    d.part[PART_TEST] = (ImageList){.n = 3, .label = labels + 4, .pixel = list + 4, .file = names + 4};
    if (!CHECK(data_survey(&d, t, &s, &e))) return;
    CHECK(repeats(&s.alike[PART_TEST][PART_TRAIN], 1, 1, 0, 0));
    CHECK(repeats(&s.repeats[PART_TEST][PART_TEST], 1, 1, 1, 0));
    CHECK(s.alike[PART_TRAIN][PART_TRAIN].n == 0 && s.alike[PART_TEST][PART_TEST].n == 0);
    survey_free(&s);
    d.part[PART_TRAIN].file = d.part[PART_TEST].file = NULL; // only files are saved again
    if (!CHECK(data_survey(&d, t, &s, &e))) return;
    CHECK(s.alike[PART_TEST][PART_TRAIN].n == 0);
    survey_free(&s);
}

// Thumbnails by hand: a step of 16 columns, 100 and 200, has the contrast 256 · 50.
static void check_difference(void) {
    uint8_t v[3][ALIKE_PIXELS];
    Thumb thumb[3];
    Error e;
    for (int k = 0; k < ALIKE_PIXELS; k++) {
        v[0][k] = k % ALIKE_SIDE < 8 ? 100 : 200;
        v[1][k] = (uint8_t)(v[0][k] + 4);           // 4 of 50
        v[2][k] = (uint8_t)(v[0][k] + (k < 128) * 12); // 6 of 50, on average
    }
    for (int i = 0; i < 3; i++)
        CHECK(alike_thumb(v[i], (Shape){1, ALIKE_SIDE, ALIKE_SIDE}, &thumb[i], &e));
    CHECK(thumb[0].sum == 256 * 150 && thumb[0].contrast == 256 * 50);
    CHECK_NEAR(alike_difference(&thumb[0], &thumb[1]), 0.08, 1e-12);
    CHECK_NEAR(alike_difference(&thumb[2], &thumb[0]), 0.12, 1e-12);
}

// The search among many finds what comparing all pairs finds.
static void check_search(Threads *t) {
    enum { MANY = 300 };
    static Thumb thumb[MANY];
    static uint8_t v[MANY][ALIKE_PIXELS];
    int first[MANY], pairs = 0;
    Error e;
    for (int i = 0; i < MANY; i++) {
        const int kind = i % 60; // every picture five times, each a little lighter
        for (int k = 0; k < ALIKE_PIXELS; k++)
            v[i][k] = (uint8_t)((kind * 37 + k * (kind % 7 + 1)) % 200 + kind / 2 + i / 60 * 2);
        CHECK(alike_thumb(v[i], (Shape){1, ALIKE_SIDE, ALIKE_SIDE}, &thumb[i], &e));
    }
    if (!CHECK(alike_find(thumb, MANY, t, first, &e))) return;
    for (int i = 0; i < MANY; i++) {
        int want = -1;
        for (int k = 0; k < i && want < 0; k++)
            if (alike_difference(&thumb[i], &thumb[k]) < 0.1) want = k;
        CHECK(first[i] == want);
        pairs += want >= 0;
    }
    CHECK(pairs >= 240);
}

int main(void) {
    check_difference();
    for (int n = 1; n <= 3; n++) {
        Threads *t = threads_make(n);
        check_survey(t);
        check_other_parts(t);
        check_many(t);
        check_alike(t);
        check_search(t);
        threads_free(t);
    }
    return test_end("survey");
}
