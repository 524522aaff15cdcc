/* sets.c — the data sets that are known by name. */
#include "runtime/data/dataset.h"

#define IN_SOURCE \
    "it ships with cnnrun's source in models/data; CNNRUN_DATA may name a folder that has it"
#define FETCHED(set, size, files) \
    "make data SETS=" set " in the folder of cnnrun's source fetches it (" size "); or put " files \
    " into ~/.local/share/cnnrun/" set ", or into a folder " set " below $CNNRUN_DATA"

static const char *const digit_names[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

static const char *const clothes[] = {
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot",
};

static const char *const things[] = {
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
};

static const char *const more_things[] = {
    "apple", "aquarium fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle",
    "bottle", "bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle",
    "caterpillar", "cattle", "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch",
    "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish", "forest", "fox",
    "girl", "hamster", "house", "kangaroo", "keyboard", "lamp", "lawn mower", "leopard", "lion",
    "lizard", "lobster", "man", "maple tree", "motorcycle", "mountain", "mouse", "mushroom",
    "oak tree", "orange", "orchid", "otter", "palm tree", "pear", "pickup truck", "pine tree",
    "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road",
    "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake",
    "spider", "squirrel", "streetcar", "sunflower", "sweet pepper", "table", "tank",
    "telephone", "television", "tiger", "tractor", "train", "trout", "tulip", "turtle",
    "wardrobe", "whale", "willow tree", "wolf", "woman", "worm",
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
    .how_to_get = FETCHED("fashion", "31 MB", "the four files of Fashion-MNIST")
                  "; on Debian and Ubuntu also: apt install dataset-fashion-mnist",
    .white = 255,
};

// Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
const KnownSet cifar10_set = {
    .spec = {.kind = {.name = "cifar10", .summary = "50,000 + 10,000 photographs of 10 things, 32x32 colour",
                      .example = "data cifar10", .synonyms = "CIFAR10 cifar cifar-10",
                      .source = "runtime/data/sets.c"},
             .image = {3, 32, 32}, .classes = 10},
    .folder = "cifar10",
    .class_name = things,
    .how_to_get = FETCHED("cifar10", "170 MB", "the .bin files of cifar-10-binary.tar.gz"),
    .white = 255,
};

const KnownSet cifar100_set = {
    .spec = {.kind = {.name = "cifar100",
                      .summary = "50,000 + 10,000 photographs of 100 things, 32x32 colour",
                      .example = "data cifar100", .synonyms = "CIFAR100 cifar-100",
                      .source = "runtime/data/sets.c"},
             .image = {3, 32, 32}, .classes = 100},
    .folder = "cifar100",
    .class_name = more_things,
    .how_to_get = FETCHED("cifar100", "169 MB", "the .bin files of cifar-100-binary.tar.gz"),
    .white = 255,
};
