/* limits.h — every bound on what a .cnn file may ask for, with the reason.
 *
 * A limit is there so that a slip of the keyboard gets a message instead of an hour of work or a
 * full memory. All are far above what a classroom needs. A message names the limit it enforces. */
#pragma once

enum {
    MAX_SOURCE = 16 << 20,      // bytes of one model file: VGG-19 written out is 2 KB
    MAX_SOURCES = 16,           // files a model may be made of through `use`, and the depth of it
    MAX_WORD = 256,             // bytes of one word or name: shown in tables and messages
    MAX_DEPTH = 64,             // nested braces: the checker recurses once per level
    MAX_ERRORS = 20,            // messages of one run: after that a reader starts again at the top
    MAX_NODES = 4096,           // layers after expansion: ResNet-1001 has about 3,300
    MAX_STATEMENTS = 100000,    // statements as written, all files together
    MAX_SRC = 64,               // inputs of one layer: DenseNet-264 concatenates fewer
    MAX_ATTRS = 32,             // options of one kind, those of a chosen word included
    MAX_PARAMS = 4,             // parameter tensors of one layer: batchnorm has four
    MAX_LIST = 4096,            // numbers or names in one list
    MAX_SIDE = 16384,           // height or width of an image
    MAX_CHANNELS = 65536,       // channels of an image, outputs of a dense layer
    MAX_KERNEL = 255,           // side of a window
    MAX_CLASSES = 65536,        // as many as channels: the last layer has one per class
    MAX_BATCH = 65536,          // images of one step
};

#define MAX_ELEMENTS (1ll << 31) // numbers in one value (per image) or one parameter: 8.6 GB as float
