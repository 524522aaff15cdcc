/* oracle_graph.h — a network as ../shared/oracle/oracle.py writes it down, as a graph of ours.
 *
 * Nodes and options are translated by table. Whatever the language has no word for is not guessed:
 * building stops with a reason, and the case counts as skipped. */
#pragma once
#include <stdarg.h>
#include <stdio.h>

#include "runtime/layer.h"
#include "runtime/loss.h"
#include "runtime/optim.h"
#include "runtime/params.h"
#include "runtime/safetensors.h"
#include "runtime/vocabulary.h"
#include "tests/json.h"

static const struct { const char *op, *kind; } op_words[] = {
    {"conv", "conv"}, {"dense", "dense"}, {"maxpool", "maxpool"}, {"avgpool", "avgpool"},
    {"globalavgpool", "globalavgpool"}, {"flatten", "flatten"}, {"relu", "relu"},
    {"leaky", "leakyrelu"}, {"sigmoid", "sigmoid"}, {"tanh", "tanh"}, {"softmax", "softmax"},
    {"dropout", "dropout"}, {"batchnorm", "batchnorm"}, {"add", "add"}, {"concat", "concat"},
    {"elu", "elu"}, {"gelu", "gelu"}, {"silu", "silu"}, {"lrn", "lrn"}, {"upsample", "upsample"},
    {"instancenorm", "instancenorm"}, {"layernorm", "layernorm"}, {"widen", "widen"},
};

// What their options are called here. A NULL: looked at elsewhere, or of no effect.
static const struct { const char *op, *key, *attr; } option_words[] = {
    {"", "name", NULL}, {"", "op", NULL}, {"", "in", NULL}, {"", "weight", NULL},
    {"conv", "bias", NULL}, {"dense", "bias", NULL}, {"", "gamma", NULL}, {"", "beta", NULL},
    {"batchnorm", "mean", NULL}, {"batchnorm", "var", NULL},
    {"batchnorm", "running_var", NULL}, {"dropout", "mask", NULL}, {"softmax", "axis", NULL},
    {"flatten", "axis", NULL}, {"concat", "axis", NULL}, {"avgpool", "count_include_pad", NULL},
    {"", "stride", "stride"}, {"", "pad", "pad"}, {"", "dilation", "dilation"},
    {"", "groups", "groups"}, {"", "kernel", "window"}, {"", "ceil", "ceil"},
    {"", "eps", "eps"}, {"", "momentum", "momentum"}, {"dropout", "p", "rate"},
    {"leaky", "alpha", "slope"}, {"elu", "alpha", "alpha"}, {"lrn", "alpha", "alpha"},
    {"lrn", "size", "size"}, {"lrn", "beta_exp", "beta"}, {"lrn", "bias", "k"},
    {"gelu", "approximate", "approximate"}, {"upsample", "scale", "scale"},
    {"widen", "channels", "channels"}, {"", "lr", NULL},
    {"", "kind", NULL}, {"", "nesterov", "nesterov"}, {"", "beta1", "beta1"},
    {"", "beta2", "beta2"}, {"rmsprop", "alpha", "rho"}, {"", "weight_decay", "decay"},
};

// Which of a node's keys names the tensor of a parameter.
static const struct { const char *op, *param, *key; } param_words[] = {
    {"conv", "weight", "weight"}, {"conv", "bias", "bias"}, {"dense", "weight", "weight"},
    {"dense", "bias", "bias"}, {"", "weight", "gamma"}, {"", "bias", "beta"},
    {"", "running_mean", "mean"}, {"", "running_var", "var"},
};

enum { MOST_NODES = 256 };

typedef struct Built {
    Arena *arena;
    Diags *diags;
    const JsonTree *json;
    const JsonValue *spec;       // null until read
    const StFile *in;
    Experiment x;
    Node node[MOST_NODES];
    const JsonValue *from[MOST_NODES];         // the spec's node, or NULL: inserted
    const char *tensor[MOST_NODES][MAX_PARAMS]; // the spec's name of a parameter
    int rank[MOST_NODES];        // of the value in the spec: 2 or 4
    const char *reason;          // why it cannot be built
} Built;

static inline bool skip(Built *b, const char *fmt, ...) {
    char text[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    b->reason = arena_print(b->arena, "%s", text);
    return false;
}

static inline bool same(const char *a, const char *b) { return a && b && strcmp(a, b) == 0; }

static inline const char *text_of(const Built *b, const JsonValue *v, const char *key) {
    const JsonValue *m = json_get(b->json, v, key);
    return m && m->type == JSON_TEXT ? m->text : NULL;
}

static inline const JsonValue *member(const Built *b, const JsonValue *list, int i) {
    int k = list->first;
    for (; i > 0 && k >= 0; i--)
        k = b->json->value[k].next;
    return k < 0 ? NULL : &b->json->value[k];
}

// ---- options ------------------------------------------------------------------------------------

static inline const AttrSpec *attr_named(const KindSpec *kind, const char *name) {
    for (const AttrSpec *a = kind->attrs; a && a->name; a++)
        if (strcmp(a->name, name) == 0) return a;
    return NULL;
}

static inline void put_number(const AttrSpec *a, void *cfg, double v) {
    void *at = (char *)cfg + a->at;
    switch (a->type) {
    case ATTR_INT: case ATTR_WORD: *(int *)at = (int)v; break;
    case ATTR_REAL: *(double *)at = v; break;
    case ATTR_BOOL: case ATTR_FLAG: *(bool *)at = v != 0; break;
    case ATTR_SIZE: case ATTR_WINDOW: *(Size *)at = (Size){(int)v, (int)v}; break;
    default: break;
    }
}

static inline void *default_options(Built *b, const KindSpec *kind) {
    void *cfg = arena_alloc(b->arena, kind->cfg_size + 1);
    for (const AttrSpec *a = kind->attrs; a && a->name; a++)
        put_number(a, cfg, a->def);
    return cfg;
}

static inline bool put_word(Built *b, const AttrSpec *a, void *cfg, const char *word) {
    for (const Word *w = a->words; w && w->name; w++)
        if (strcmp(w->name, word) == 0) return put_number(a, cfg, w->value), true;
    return skip(b, "%s=%s", a->name, word);
}

static inline bool put_list(Built *b, const AttrSpec *a, void *cfg, const JsonValue *list) {
    const JsonValue *first = member(b, list, 0), *second = member(b, list, 1);
    bool equal = true;
    for (int i = 1; i < list->n; i++)
        equal &= member(b, list, i)->number == first->number;
    if (equal && first) return put_number(a, cfg, first->number), true;
    if ((a->type != ATTR_SIZE && a->type != ATTR_WINDOW) || list->n != 2)
        return skip(b, "%s differs from side to side", a->name);
    *(Size *)((char *)cfg + a->at) = (Size){(int)first->number, (int)second->number};
    return true;
}

static inline bool put_option(Built *b, const KindSpec *kind, void *cfg, const char *name,
                              const JsonValue *v) {
    const AttrSpec *a = attr_named(kind, name);
    const bool neutral = v->type == JSON_NUMBER && v->number == 1;
    if (!a) return neutral || skip(b, "%s has no %s", kind->name, name);
    if (v->type == JSON_TEXT) return put_word(b, a, cfg, v->text);
    if (v->type == JSON_LIST) return put_list(b, a, cfg, v);
    put_number(a, cfg, v->number);
    return true;
}

// All keys of `from` that have a word here.
static inline bool put_options(Built *b, const KindSpec *kind, void *cfg, const char *op,
                               const JsonValue *from) {
    const size_t n = sizeof option_words / sizeof *option_words;
    for (int i = from->first; i >= 0; i = b->json->value[i].next) {
        const JsonValue *v = &b->json->value[i];
        size_t k = 0;
        while (k < n && !(same(option_words[k].key, v->key) &&
                          (!*option_words[k].op || same(option_words[k].op, op)))) k++;
        const bool off = v->type == JSON_NULL || (v->type <= JSON_NUMBER && v->number == 0);
        if (k == n && !off)
            return skip(b, "%s has no %s", op, v->key);
        if (k < n && option_words[k].attr &&
            !put_option(b, kind, cfg, option_words[k].attr, v)) return false;
    }
    return true;
}

static inline const AttrSpec *main_attr(const KindSpec *kind, int i) {
    for (const AttrSpec *a = kind->attrs; a && a->name; a++)
        if (a->main && i-- == 0) return a;
    return NULL;
}

// Number of outputs, window and bias follow from the tensors.
static inline bool put_weights(Built *b, const KindSpec *kind, void *cfg, const JsonValue *from) {
    const char *name = text_of(b, from, "weight");
    const StTensor *w = name ? st_find(b->in, name) : NULL;
    if (!name) return true;
    if (!w || w->rank < 2) return skip(b, "no tensor %s", name);
    put_number(main_attr(kind, 0), cfg, (double)w->dim[0]);
    put_number(attr_named(kind, "bias"), cfg, json_get(b->json, from, "bias") != NULL);
    if (w->rank != 4) return true;
    const AttrSpec *size = main_attr(kind, 1);
    *(Size *)((char *)cfg + size->at) = (Size){(int)w->dim[2], (int)w->dim[3]};
    return true;
}

// ---- nodes --------------------------------------------------------------------------------------

static inline int node_of_name(const Built *b, const char *name) {
    for (int i = 0; i < b->x.graph.n_nodes; i++)
        if (same(b->node[i].name, name)) return i;
    return -1;
}

static inline const char *tensor_of_param(const Built *b, const char *op, const char *param,
                                          const JsonValue *from) {
    for (size_t k = 0; k < sizeof param_words / sizeof *param_words; k++)
        if (same(param_words[k].param, param) &&
            (!*param_words[k].op || same(param_words[k].op, op)))
            return text_of(b, from, param_words[k].key);
    return NULL;
}

static inline bool name_params(Built *b, int i, const Shape *src, const JsonValue *from) {
    Node *node = &b->node[i];
    if (!node->use.kind->params) return true;
    ParamSpec *spec = arena_array(b->arena, ParamSpec, MAX_PARAMS);
    node->n_params = node->use.kind->params(node->use.cfg, src, spec);
    node->param = spec;
    for (int k = 0; k < node->n_params; k++) {
        const char *tensor = tensor_of_param(b, text_of(b, from, "op"), spec[k].name, from);
        const StTensor *t = tensor ? st_find(b->in, tensor) : NULL;
        if (!t) return skip(b, "%s without %s", node->use.kind->name, spec[k].name);
        if (t->len != param_len(&spec[k])) return skip(b, "%s has another shape", tensor);
        b->tensor[i][k] = tensor;
    }
    return true;
}

// A node that reads src. Returns its number, or −1 with a reason.
static inline int add_node(Built *b, const char *name, const KindSpec *kind, const void *cfg,
                           const int *src, int n_src, const JsonValue *from) {
    const int i = b->x.graph.n_nodes;
    if (i == MOST_NODES) return skip(b, "too many nodes"), -1;
    Shape in[MAX_SRC];
    const KindSpec *kinds[MAX_SRC];
    Node *node = &b->node[i];
    *node = (Node){.name = name, .use = {.kind = kind, .cfg = cfg}, .n_src = n_src, .note = "",
                   .src = arena_array(b->arena, int, n_src)};
    for (int k = 0; k < n_src; k++) {
        node->src[k] = src[k];
        in[k] = b->node[src[k]].shape;
        kinds[k] = b->node[src[k]].use.kind;
        b->node[src[k]].n_uses++;
    }
    Infer q = {.cfg = cfg, .n_src = n_src, .src = in, .src_kind = kinds, .classes = 2, .dst = in[0],
               .diags = b->diags, .use = &node->use};
    if (kind->infer && !kind->infer(&q)) return skip(b, "%s", diags_get(b->diags, 0)->text), -1;
    node->shape = q.dst;
    if (kind->macs) node->macs = kind->macs(cfg, in, q.dst);
    b->from[i] = from;
    b->rank[i] = same(kind->name, "flatten") || same(kind->name, "dense") ? 2 : b->rank[src[0]];
    b->x.graph.n_nodes++;
    b->x.graph.output = i;
    return name_params(b, i, in, from) ? i : -1;
}

static inline const KindSpec *kind_of_op(const char *op) {
    for (size_t k = 0; k < sizeof op_words / sizeof *op_words; k++)
        if (same(op_words[k].op, op))
            return kind_named(&runtime_vocabulary, GROUP_LAYER, op_words[k].kind);
    return NULL;
}

// A dense behind an image reads what a flatten makes of it.
static inline int flattened(Built *b, int src, const char *name) {
    const Shape s = b->node[src].shape;
    const KindSpec *flatten = kind_named(&runtime_vocabulary, GROUP_LAYER, "flatten");
    if (s.h == 1 && s.w == 1) return src;
    const char *own = arena_print(b->arena, "flatten_before_%s", name);
    return add_node(b, own, flatten, NULL, &src, 1, NULL);
}

// What a table of words cannot say.
static inline bool can_say(Built *b, const char *op, const JsonValue *n, int src) {
    const double axis = json_real(b->json, n, "axis", 1);
    const JsonValue *pad = json_get(b->json, n, "pad");
    const bool padded = pad && !(pad->type == JSON_NUMBER && pad->number == 0);
    const bool training = json_real(b->json, b->spec, "train", 1) != 0;
    if (axis != 1 && !(axis == -1 && b->rank[src] == 2))
        return skip(b, "%s along axis %g", op, axis);
    if (same(op, "avgpool") && padded && json_real(b->json, n, "count_include_pad", 0) == 0)
        return skip(b, "avgpool that does not count its padding");
    if (training && same(text_of(b, n, "running_var"), "biased"))
        return skip(b, "batchnorm with a biased running variance");
    return true;
}

static inline bool add_written(Built *b, const JsonValue *n) {
    const char *name = text_of(b, n, "name"), *op = text_of(b, n, "op");
    const KindSpec *kind = kind_of_op(op);
    const JsonValue *in = json_get(b->json, n, "in");
    int src[MAX_SRC];
    if (!name || !op || !in || in->n < 1 || in->n > MAX_SRC) return skip(b, "a node without name");
    if (!kind) return skip(b, "no layer %s", op);
    for (int k = 0; k < in->n; k++) {
        src[k] = node_of_name(b, member(b, in, k)->text);
        if (src[k] < 0) return skip(b, "no node %s", member(b, in, k)->text);
    }
    if (same(op, "dense") && (src[0] = flattened(b, src[0], name)) < 0) return false;
    void *cfg = default_options(b, kind);
    return can_say(b, op, n, src[0]) && put_weights(b, kind, cfg, n) &&
           put_options(b, kind, cfg, op, n) && add_node(b, name, kind, cfg, src, in->n, n) >= 0;
}

// ---- inputs -------------------------------------------------------------------------------------

/* A network of ours has one input. Several of the same height and width arrive as the channels of
 * one, and a layer of this program takes them apart again. */
typedef struct Slice { int first, channels; } Slice;

static inline bool slice_infer(Infer *q) {
    q->dst = q->src[0];
    q->dst.c = ((const Slice *)q->cfg)->channels;
    return true;
}

static inline void slice_forward(const Step *s) {
    const int first = ((const Slice *)s->cfg)->first;
    for (int n = 0; n < s->dst.n; n++)
    for (int c = 0; c < s->dst.c; c++)
    for (int y = 0; y < s->dst.h; y++)
    for (int x = 0; x < s->dst.w; x++)
        *at(s->dst, n, c, y, x) = *at(s->src[0], n, first + c, y, x);
}

static inline void slice_backward(const Step *s) {
    const int first = ((const Slice *)s->cfg)->first;
    if (!s->diff_src[0].v) return;
    for (int n = 0; n < s->diff_dst.n; n++)
    for (int c = 0; c < s->diff_dst.c; c++)
    for (int y = 0; y < s->diff_dst.h; y++)
    for (int x = 0; x < s->diff_dst.w; x++)
        *at(s->diff_src[0], n, first + c, y, x) += *at(s->diff_dst, n, c, y, x);
}

static const LayerKind slice_layer = {
    .lanes = true,
    .spec = {.name = "slice", .cfg_size = sizeof(Slice), .infer = slice_infer},
    .forward_ref = slice_forward, .backward_ref = slice_backward,
};

// The tensor of that name in a step: "x@3", or "x" in every step.
static inline const StTensor *data_of(const Built *b, const char *name, int step) {
    const char *numbered = arena_print(b->arena, "%s@%d", name, step);
    const StTensor *t = st_find(b->in, numbered);
    return t ? t : st_find(b->in, name);
}

static inline Shape image_of(const StTensor *t) {
    return (Shape){.c = (int)t->dim[1], .h = t->rank > 2 ? (int)t->dim[2] : 1,
                   .w = t->rank > 3 ? (int)t->dim[3] : 1};
}

static inline bool add_inputs(Built *b, const JsonValue *inputs) {
    Shape all = {0};
    for (int k = 0; k < inputs->n; k++) {
        const StTensor *t = data_of(b, member(b, inputs, k)->text, 0);
        if (!t || t->rank < 2) return skip(b, "no tensor %s", member(b, inputs, k)->text);
        const Shape s = image_of(t);
        if (k > 0 && (s.h != all.h || s.w != all.w)) return skip(b, "inputs of different sizes");
        all = (Shape){all.c + s.c, s.h, s.w};
        b->rank[0] = t->rank;
    }
    const int zero = 0;
    b->node[0] = (Node){.name = inputs->n == 1 ? member(b, inputs, 0)->text : "", .note = "",
                        .use = {.kind = &input_kind}, .shape = all};
    b->x.graph.n_nodes = 1;
    for (int k = 0, first = 0; inputs->n > 1 && k < inputs->n; k++) {
        const char *name = member(b, inputs, k)->text;
        Slice *cfg = arena_new(b->arena, Slice);
        *cfg = (Slice){first, image_of(data_of(b, name, 0)).c};
        first += cfg->channels;
        if (add_node(b, name, &slice_layer.spec, cfg, &zero, 1, NULL) < 0) return false;
    }
    return true;
}

// ---- loss and optimiser -------------------------------------------------------------------------

static const struct { const char *kind, *loss, *last; } loss_words[] = {
    {"cross_entropy", "crossentropy", "softmax"}, {"bce_logits", "crossentropy", "sigmoid"},
    {"mse", "mse", NULL}, {"multi_margin", "hinge", NULL}, {"sum", NULL, NULL},
};

// The loss's scores must be the last node; behind it stands the layer that our loss asks for.
static inline bool add_loss(Built *b, const JsonValue *l) {
    const char *kind = text_of(b, l, "kind");
    const size_t n = sizeof loss_words / sizeof *loss_words;
    size_t k = 0;
    while (k < n && !same(loss_words[k].kind, kind)) k++;
    if (k == n) return skip(b, "no loss %s", kind);
    if (!same(text_of(b, l, "in"), b->node[b->x.graph.output].name))
        return skip(b, "a loss that is not at the end");
    if (json_get(b->json, l, "pos_weight")) return skip(b, "a loss with weights of outputs");
    if (json_get(b->json, l, "ignore_index")) return skip(b, "a loss with ignore_index");
    if (same(text_of(b, l, "reduction"), "sum"))
        return skip(b, "a loss that is summed, not averaged");
    if (!loss_words[k].loss) return true;

    const KindSpec *loss = kind_named(&runtime_vocabulary, GROUP_LOSS, loss_words[k].loss);
    LossOptions *cfg = default_options(b, loss);
    cfg->smoothing = json_real(b->json, l, "label_smoothing", 0);
    b->x.loss = (Use){.kind = loss, .cfg = cfg};
    if (!loss_words[k].last) return true;
    const KindSpec *last = kind_named(&runtime_vocabulary, GROUP_LAYER, loss_words[k].last);
    const int src = b->x.graph.output;
    return add_node(b, "", last, NULL, &src, 1, NULL) >= 0;
}

static inline bool listed(const Built *b, const JsonValue *list, const char *name) {
    for (int i = 0; list && i < list->n; i++)
        if (same(member(b, list, i)->text, name)) return true;
    return false;
}

// Our decay concerns weights of conv and dense only; the case must mean the same.
static inline bool decay_agrees(Built *b, const JsonValue *no_decay) {
    for (int i = 0; i < b->x.graph.n_nodes; i++)
        for (int k = 0; k < b->node[i].n_params; k++) {
            const ParamRole role = b->node[i].param[k].role;
            if (role == PARAM_STATISTIC) continue;
            if ((role == PARAM_WEIGHT) == listed(b, no_decay, b->tensor[i][k]))
                return skip(b, "decay of other parameters than ours");
        }
    return true;
}

static inline bool add_optimizer(Built *b, const JsonValue *o) {
    const char *kind = o ? text_of(b, o, "kind") : "sgd";
    const KindSpec *spec = kind_named(&runtime_vocabulary, GROUP_OPTIMIZER, kind);
    if (!spec) return skip(b, "no optimizer %s", kind);
    OptimOptions *cfg = default_options(b, spec);
    cfg->decay = 0;
    b->x.optimizer = (Use){.kind = spec, .cfg = cfg};
    if (!o) return true;
    cfg->lr = json_real(b->json, o, "lr", 0);
    return put_options(b, spec, cfg, kind, o) &&
           (cfg->decay == 0 || decay_agrees(b, json_get(b->json, b->spec, "no_decay")));
}

// The whole case. False with b->reason.
static inline bool build(Built *b) {
    const JsonValue *nodes = json_get(b->json, b->spec, "nodes");
    const JsonValue *inputs = json_get(b->json, b->spec, "inputs");
    const JsonValue *loss = json_get(b->json, b->spec, "loss");
    if (!nodes || !inputs || inputs->n < 1) return skip(b, "no nodes");
    b->x.graph.node = b->node;
    if (!add_inputs(b, inputs)) return false;
    for (int i = 0; i < nodes->n; i++)
        if (!add_written(b, member(b, nodes, i))) return false;
    return (!loss || add_loss(b, loss)) && add_optimizer(b, json_get(b->json, b->spec, "optim"));
}
