/* optim.c — what the explanations of all optimisers share. */
#include "runtime/optim.h"

#include "runtime/optimisers/options.h"

Operand optim_step(const Question *q) {
    return explain_worked("−lr", -q->before->lr, "minus the learning rate");
}

Operand optim_gradient(const Question *q, double decay, Note *how) {
    const Operand g = explain_here(q, "g", OF_GRAD), w = explain_here(q, "w", OF_WEIGHT);
    if (decay <= 0) return g;
    *how = explain_note("%s + %s·%s", figure(g.v).s, figure(decay).s, inner(w.v).s);
    const Operand decayed = explain_from(g, "g + decay·w", g.v + decay * w.v, how->s);
    explain_helper(q, decayed);
    return decayed;
}
