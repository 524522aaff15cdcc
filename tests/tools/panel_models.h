/* panel_models.h — small models that together have every kind of stage, in unusual sizes. */
#pragma once
#include "tests/tools/view_model.h"
#include "tests/unit/folder.h"

#define LEARNS "loss crossentropy\noptimizer sgd lr=0.1\ntrain epochs=1 batch=4\n"

static const struct { const char *name, *text; } models[] = {
    {"norms.cnn", "data digits\nconv 3 3x3 pad=same as first; batchnorm as batch; relu\n"
                  "conv 3 3x3 pad=same bias=no as second; instancenorm as instance; relu\n"
                  "layernorm as layer; dense 6 as six; batchnorm as vector; relu; dropout 50% as drop\n"
                  "dense classes; softmax\n" LEARNS},
    {"joins.cnn", "data digits\nconv 4 3x3 pad=same as stem; relu\n"
                  "residual { conv 4 3x3 pad=same as body; relu }\n"
                  "parallel { conv 2 1x1 as left } { conv 3 3x3 pad=same as right }\n"
                  "dropout 25% as drop; dense classes; softmax\n" LEARNS},
    {"sizes.cnn", "data digits\nconv 3 3x3 pad=same; lrn 3 as damp; avgpool 2 as mean; upsample 2 as large\n"
                  "avgpool 3 stride=2 as overlap; globalavgpool as whole\ndense classes; softmax\n" LEARNS},
    {"steps.cnn", "data digits\npreprocess { crop 7x7; resize 6x5; grayscale; blur 3x3; edges\n"
                  "equalize\nrescale 1/255; normalize; standardize }\n"
                  "conv 2 3x3; relu; dense classes; softmax\n" LEARNS},
    {"long.cnn", "data digits\nconv 150 1x1 as wide; dense classes as many; softmax\n"
                 "loss mse\noptimizer sgd lr=0.1 momentum=0.9 nesterov=yes\ntrain epochs=1 batch=4\n"},
    {"last.cnn", "data digits\nconv 24 3x3 as cold; relu; maxpool 6 as one\nconv 5 1x1 as each; relu\n"
                 "maxpool 1 as same\n"
                 "dense 4 as few; relu; dense classes; softmax\nfreeze cold\n" LEARNS},
    {"random.cnn", "data digits\naugment { flip horizontal; rotate 30; shift 20%; noise 10% }\n"
                   "preprocess { rescale 1/255 }\nconv 2 3x3; relu; dense classes; softmax\n" LEARNS},
};

static inline bool open_text(Opened *o, Folder *f, const char *name) {
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (strcmp(models[i].name, name) == 0)
            return open_model(o, folder_put(f, name, models[i].text, strlen(models[i].text)), 3);
    return CHECK(false);
}
