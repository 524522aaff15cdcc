/* scores.c — what follows from counts of right and wrong answers; see scores.h. */
#include "runtime/scores.h"

#include <math.h>

static double ratio(double part, double whole) { return whole > 0 ? part / whole : NAN; }

static double or_zero(double ratio) { return isnan(ratio) ? 0 : ratio; }

MeanScore scores_fill(ClassScore *s, int n) {
    MeanScore m = {0};
    for (int k = 0; k < n; k++) {
        ClassScore *c = &s[k];
        c->precision = ratio(c->right, c->answers);
        c->recall = ratio(c->right, c->images);
        c->f1 = ratio(2.0 * c->right, (double)c->answers + c->images);
        if (!c->images) continue;
        m.classes++;
        m.precision += or_zero(c->precision);
        m.recall += c->recall;
        m.f1 += c->f1;
    }
    m.precision = ratio(m.precision, m.classes);
    m.recall = ratio(m.recall, m.classes);
    m.f1 = ratio(m.f1, m.classes);
    return m;
}
