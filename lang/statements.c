/* statements.c — the statements of the language, as a table: what their options fill, and who
 * carries them out. */
#include <limits.h>

#include "lang/check.h"

#define MANY INT_MAX

// ---- options -----------------------------------------------------------------------------------

static const Word colors[] = {{"gray", COLOR_GRAY}, {"rgb", COLOR_RGB}, {0}};

static const Word balances[] = {
    {"none", BALANCE_NONE}, {"oversample", BALANCE_OVERSAMPLE}, {"undersample", BALANCE_UNDERSAMPLE},
    {"weights", BALANCE_WEIGHTS}, {0}};

static const AttrSpec data_attrs[] = {
    CHOICE_ATTR(struct DataOptions, set, GROUP_DATA, "a known set", .main = true),
    TEXT_ATTR(DataOptions, path, "or a folder, in quotes", .main = true),
    SIZE_ATTR(DataOptions, size, 1, MAX_SIDE, "every picture is resized to this",
              .def_text = "as the pictures are", .synonyms = "image_size input_shape shape resize"),
    WORD_ATTR(DataOptions, color, COLOR_ANY, colors, "gray: one channel, rgb: three",
              .def_text = "as the pictures are", .synonyms = "colour color_mode channels mode"),
    INT_ATTR(DataOptions, classes, 0, 1, MAX_CLASSES, "number of classes",
             .def_text = "counted", .synonyms = "num_classes n_classes nclasses"),
    REAL_ATTR(DataOptions, split, 0.2, 0, 1, "part held back for testing, if there is no test part",
              .open = true, .synonyms = "test test_size test_split"),
    REAL_ATTR(DataOptions, valid, 0, 0, 0.9, "part of the training pictures that judges training",
              .synonyms = "validation validation_split val"),
    TEXT_ATTR(DataOptions, list, "file with the names of the pictures to use",
              .def_text = "all pictures", .synonyms = "files file"),
    INT_ATTR(DataOptions, limit, 0, 1, MANY, "use only so many training and test pictures",
             .def_text = "all", .synonyms = "max count n"),
    {0},
};

static const AttrSpec loss_attrs[] = {
    CHOICE_ATTR(ChoiceOptions, rule, GROUP_LOSS, "what is wrong with an answer", .main = true,
                .required = true),
    {0},
};

static const AttrSpec optimizer_attrs[] = {
    CHOICE_ATTR(ChoiceOptions, rule, GROUP_OPTIMIZER, "how weights are changed", .main = true,
                .required = true),
    {0},
};

static const AttrSpec init_attrs[] = {
    CHOICE_ATTR(ChoiceOptions, rule, GROUP_INIT, "first values of the weights below", .main = true,
                .def_word = "he", .required = true),
    {0},
};

static const AttrSpec seed_attrs[] = {
    INT_ATTR(SeedOptions, seed, 1, 0, MANY, "the number all random numbers come from", .main = true,
             .required = true),
    {0},
};

static const AttrSpec train_attrs[] = {
    INT_ATTR(TrainOptions, epochs, 0, 1, 1000000, "how often every picture is seen",
             .def_text = "1, unless iterations are written",
             .synonyms = "epoch num_epochs n_epochs max_epochs"),
    INT_ATTR(TrainOptions, iterations, 0, 1, MANY, "how many batches are seen",
             .def_text = "as many as the epochs have",
             .synonyms = "iters max_iter iteration max_batches max_steps"),
    INT_ATTR(TrainOptions, batch, 32, 1, MAX_BATCH, "pictures per step",
             .synonyms = "batch_size batchsize minibatch bs"),
    INT_ATTR(TrainOptions, steps, 0, 1, MANY, "steps per epoch",
             .def_text = "all pictures once", .synonyms = "steps_per_epoch"),
    REAL_ATTR(TrainOptions, lr, 0, 0, 1000, "learning rate of this phase", .open = true,
              .def_text = "the optimizer's", .synonyms = "learning_rate rate eta"),
    CHOICE_ATTR(TrainOptions, schedule, GROUP_SCHEDULE, "how the learning rate changes",
                .def_word = "constant", .synonyms = "lr_schedule scheduler policy lr_policy"),
    INT_ATTR(TrainOptions, warmup, 0, 1, 1000000, "epochs in which the learning rate rises from 0",
             .def_text = "none", .synonyms = "warmup_epochs burn_in"),
    INT_ATTR(TrainOptions, patience, 0, 1, 1000000, "epochs without progress that end training",
             .def_text = "none", .synonyms = "early_stopping early_stop"),
    WORD_ATTR(TrainOptions, balance, BALANCE_NONE, balances,
              "how classes of different size are evened out",
              .synonyms = "class_weight class_weights sampler sampling resample imbalance"),
    REAL_ATTR(TrainOptions, clip, 0, 0, 1e6, "largest length of the whole gradient", .open = true,
              .def_text = "no limit",
              .synonyms = "clipnorm clip_norm grad_clip max_norm gradient_clip"),
    {0},
};

static const AttrSpec evaluate_attrs[] = {
    FLAG_ATTR(EvaluateOptions, accuracy, "part of the test pictures that is recognised"),
    FLAG_ATTR(EvaluateOptions, confusion, "which class is taken for which",
              .synonyms = "confusion_matrix matrix"),
    FLAG_ATTR(EvaluateOptions, curves, "loss and accuracy over the epochs",
              .synonyms = "plot history"),
    FLAG_ATTR(EvaluateOptions, report, "precision, recall and F1 of each class",
              .synonyms = "classification_report f1 precision recall"),
    INT_ATTR(EvaluateOptions, top, 0, 1, MAX_CLASSES, "right if among so many best guesses",
             .def_text = "not shown", .synonyms = "top_k topk"),
    INT_ATTR(EvaluateOptions, worst, 0, 1, 1000, "the pictures with the largest loss",
             .def_text = "not shown", .synonyms = "errors mistakes"),
    {0},
};

static const AttrSpec save_attrs[] = {
    TEXT_ATTR(FileOptions, file, "name of the file, in quotes", .main = true, .required = true),
    {0},
};

static const AttrSpec load_attrs[] = {
    TEXT_ATTR(FileOptions, file, "name of the file, in quotes", .main = true, .required = true),
    TEXT_ATTR(FileOptions, into, "section that gets the weights", .def_text = "the whole network",
              .synonyms = "to prefix section"),
    {.name = "except", .type = ATTR_NAMES, .at = FIELD(FileOptions, except, Names),
     .help = "names in the file that are left out; weights so called stay as they are", .def_text = "none",
     .synonyms = "exclude skip without ignore"},
    {0},
};

static const AttrSpec names_attrs[] = {
    NAMES_ATTR(NameOptions, names, "names of sections or layers, or all", .required = true),
    {0},
};

static const AttrSpec section_attrs[] = {
    NAMES_ATTR(NameOptions, names, "its name", .def_text = "its position"),
    {0},
};

static const AttrSpec import_attrs[] = {
    TEXT_ATTR(ImportOptions, file, "name of the model file, in quotes", .main = true,
              .required = true),
    TEXT_ATTR(ImportOptions, upto, "the last section or layer that is taken", .def_text = "the end",
              .synonyms = "until to last"),
    {0},
};

static const AttrSpec repeat_attrs[] = {
    INT_ATTR(RepeatOptions, n, 0, 1, MAX_NODES, "how often", .main = true, .required = true),
    {0},
};

// ---- the table ---------------------------------------------------------------------------------

#define HERE "lang/statements.c"

static const Statement data_statement = {
    .spec = {.name = "data", .source = HERE, .summary = "where the pictures come from",
             .example = "data mnist",
             .synonyms = "dataset input source images", .cfg_size = sizeof(DataOptions),
             .attrs = data_attrs},
    .carry_out = do_data,
};

static const Statement preprocess_statement = {
    .spec = {.name = "preprocess", .source = HERE, .summary = "steps for every picture, in order",
             .example = "preprocess { normalize }",
             .synonyms = "preprocessing transform transforms"},
    .min_bodies = 1, .max_bodies = 1, .carry_out = do_preprocess,
};

static const Statement augment_statement = {
    .spec = {.name = "augment", .source = HERE,
             .summary = "random steps for training pictures only",
             .example = "augment { flip horizontal }",
             .synonyms = "augmentation ImageDataGenerator data_augmentation"},
    .min_bodies = 1, .max_bodies = 1, .carry_out = do_augment,
};

static const Statement let_statement = {
    .spec = {.name = "let", .source = HERE, .summary = "a name for a number or a size",
             .example = "let k = 5x5",
             .synonyms = "var set define const"},
    .inside = true, .plain = true, .carry_out = let_defined,
};

static const Statement block_statement = {
    .spec = {.name = "block", .source = HERE, .summary = "a layer you make yourself out of others",
             .example = "block basic f { conv f 3x3 pad=same; relu }",
             .synonyms = "def function module class"},
    .inside = true, .plain = true, .min_bodies = 1, .max_bodies = 1, .carry_out = block_defined,
};

static const Statement repeat_statement = {
    .spec = {.name = "repeat", .source = HERE, .summary = "the same layers several times",
             .example = "repeat 3 { conv 8 3x3 pad=same; relu }", .synonyms = "for loop times",
             .cfg_size = sizeof(RepeatOptions), .attrs = repeat_attrs},
    .inside = true, .min_bodies = 1, .max_bodies = 1, .carry_out = do_repeat,
};

static const Statement section_statement = {
    .spec = {.name = "section", .source = HERE, .summary = "a part of the network, with a name",
             .example = "section head { dense classes; softmax }",
             .synonyms = "Sequential sequential part group stage",
             .cfg_size = sizeof(NameOptions), .attrs = section_attrs},
    .inside = true, .min_bodies = 1, .max_bodies = 1, .carry_out = do_section,
};

static const Statement residual_statement = {
    .spec = {.name = "residual", .source = HERE,
             .summary = "adds a path of layers to its own input",
             .example = "residual { conv 8 3x3 pad=same; relu }",
             .synonyms = "skip_connection resnet"},
    .inside = true, .min_bodies = 1, .max_bodies = 2, .carry_out = do_residual,
};

static const Statement parallel_statement = {
    .spec = {.name = "parallel", .source = HERE,
             .summary = "several paths on the same input, joined by channels",
             .example = "parallel { conv 8 1x1 } { conv 8 3x3 pad=same }",
             .synonyms = "branch branches inception"},
    .inside = true, .min_bodies = 2, .max_bodies = MAX_SRC, .carry_out = do_parallel,
};

static const Statement use_statement = {
    .spec = {.name = "use", .source = HERE, .summary = "the layers of another model file",
             .example = "use \"resnet20.cnn\" upto=stage3 as base",
             .synonyms = "import include from base_model",
             .cfg_size = sizeof(ImportOptions), .attrs = import_attrs},
    .named = true, .carry_out = do_import,
};

static const Statement init_statement = {
    .spec = {.name = "init", .source = HERE,
             .summary = "first values of the weights of the layers below",
             .example = "init he", .synonyms = "initializer weight_init initialization",
             .cfg_size = sizeof(ChoiceOptions), .attrs = init_attrs},
    .inside = true, .carry_out = do_init,
};

static const Statement loss_statement = {
    .spec = {.name = "loss", .source = HERE, .summary = "how wrong an answer is",
             .example = "loss crossentropy",
             .synonyms = "criterion cost objective", .cfg_size = sizeof(ChoiceOptions),
             .attrs = loss_attrs},
    .carry_out = do_loss,
};

static const Statement optimizer_statement = {
    .spec = {.name = "optimizer", .source = HERE, .summary = "the rule that changes the weights",
             .example = "optimizer sgd lr=0.1", .synonyms = "optimiser optim solver",
             .cfg_size = sizeof(ChoiceOptions), .attrs = optimizer_attrs},
    .carry_out = do_optimizer,
};

static const Statement seed_statement = {
    .spec = {.name = "seed", .source = HERE, .summary = "the number all random numbers come from",
             .example = "seed 42", .synonyms = "random_seed manual_seed random_state",
             .cfg_size = sizeof(SeedOptions), .attrs = seed_attrs},
    .carry_out = do_seed,
};

static const Statement train_statement = {
    .spec = {.name = "train", .source = HERE,
             .summary = "changes the weights until the loss is small",
             .example = "train epochs=5 batch=64", .synonyms = "fit training learn",
             .cfg_size = sizeof(TrainOptions), .attrs = train_attrs},
    .carry_out = do_train,
};

static const Statement evaluate_statement = {
    .spec = {.name = "evaluate", .source = HERE, .summary = "looks at the test pictures",
             .example = "evaluate accuracy confusion", .synonyms = "test eval metrics score",
             .cfg_size = sizeof(EvaluateOptions), .attrs = evaluate_attrs},
    .carry_out = do_evaluate,
};

static const Statement freeze_statement = {
    .spec = {.name = "freeze", .source = HERE, .summary = "parts that training must not change",
             .example = "freeze base", .synonyms = "trainable requires_grad lock",
             .cfg_size = sizeof(NameOptions), .attrs = names_attrs},
    .carry_out = do_freeze,
};

static const Statement unfreeze_statement = {
    .spec = {.name = "unfreeze", .source = HERE, .summary = "lets training change them again",
             .example = "unfreeze base", .synonyms = "thaw unlock",
             .cfg_size = sizeof(NameOptions), .attrs = names_attrs},
    .carry_out = do_unfreeze,
};

static const Statement load_statement = {
    .spec = {.name = "load", .source = HERE, .summary = "reads weights from a file",
             .example = "load \"first.safetensors\"",
             .synonyms = "load_weights load_state_dict restore weights pretrained",
             .cfg_size = sizeof(FileOptions), .attrs = load_attrs},
    .carry_out = do_load,
};

static const Statement save_statement = {
    .spec = {.name = "save", .source = HERE, .summary = "writes the weights into a file",
             .example = "save \"first.safetensors\"", .synonyms = "save_weights export store",
             .cfg_size = sizeof(FileOptions), .attrs = save_attrs},
    .carry_out = do_save,
};

const KindSpec *const statement_kinds[] = {
    &data_statement.spec,
    &preprocess_statement.spec,
    &augment_statement.spec,
    &let_statement.spec,
    &block_statement.spec,
    &repeat_statement.spec,
    &section_statement.spec,
    &residual_statement.spec,
    &parallel_statement.spec,
    &use_statement.spec,
    &init_statement.spec,
    &loss_statement.spec,
    &optimizer_statement.spec,
    &seed_statement.spec,
    &train_statement.spec,
    &evaluate_statement.spec,
    &freeze_statement.spec,
    &unfreeze_statement.spec,
    &load_statement.spec,
    &save_statement.spec,
    NULL,
};
