/* survey.c — what is in a data set: against numbers worked out by hand. */
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

int main(void) {
    for (int n = 1; n <= 3; n++) {
        Threads *t = threads_make(n);
        check_survey(t);
        check_other_parts(t);
        check_many(t);
        threads_free(t);
    }
    return test_end("survey");
}
