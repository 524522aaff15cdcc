/* sets.c — the data sets that are known by name. */
#include "runtime/data/dataset.h"

#define IN_SOURCE \
    "it ships with cnnrun's source in models/data; CNNRUN_DATA may name a folder that has it"

static const char *const digit_names[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

static const char *const clothes[] = {
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot",
};

// Source: E. Alpaydin & C. Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998.
const KnownSet digits_set = {
    .spec = {.kind = {.name = "digits", .summary = "1,797 small handwritten digits, 8x8 gray",
                      .example = "data digits", .source = "runtime/data/sets.c"},
             .image = {1, 8, 8}, .classes = 10},
    .folder = "digits",
    .class_name = digit_names,
    .how_to_get = IN_SOURCE,
    .white = 16,
};

// Source: Y. LeCun, C. Cortes & C. Burges, "The MNIST database of handwritten digits", 1998.
const KnownSet mnist_set = {
    .spec = {.kind = {.name = "mnist", .summary = "60,000 + 10,000 handwritten digits, 28x28 gray",
                      .example = "data mnist", .source = "runtime/data/sets.c"},
             .image = {1, 28, 28}, .classes = 10},
    .folder = "mnist",
    .class_name = digit_names,
    .how_to_get = IN_SOURCE,
    .white = 255,
};

// Source: H. Xiao, K. Rasul & R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking
// Machine Learning Algorithms", 2017.
const KnownSet fashion_set = {
    .spec = {.kind = {.name = "fashion", .summary = "60,000 + 10,000 clothes, 28x28 gray",
                      .example = "data fashion", .synonyms = "fashion_mnist fashionmnist",
                      .source = "runtime/data/sets.c"},
             .image = {1, 28, 28}, .classes = 10},
    .folder = "fashion",
    .elsewhere = "/usr/share/datasets/fashion-mnist",
    .class_name = clothes,
    .how_to_get = "on Debian and Ubuntu: apt install dataset-fashion-mnist; elsewhere: put the "
                  "four files of Fashion-MNIST into ~/.local/share/cnnrun/fashion",
    .white = 255,
};
