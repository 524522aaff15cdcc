/* noise.c — every number is a little wrong, as in a photograph taken in the dark.
 *
 *     dst = src + 255 · share · e, kept within 0 … 255
 *     e   = √3 · (u₁ + u₂ + u₃ + u₄ − 2)
 *
 * u₁ … u₄ are uniform in [0, 1), new for every number, so that e has mean 0 and deviation 1. A sum of
 * four is close to a normal distribution (the central limit theorem), takes one random word of 64
 * bits, and never goes further than 3.5 deviations. */
#include "runtime/augments/augment.h"

typedef struct Noise { double share; } Noise;

static const AttrSpec attrs[] = {
    REAL_ATTR(Noise, share, 0, 0, 1, "its deviation, as a share of white", .main = true,
              .required = true),
    {0},
};

static double deviation_one(uint64_t bits) {
    const double root_3 = 0x1.bb67ae8584caap+0;
    const uint32_t sum = (uint32_t)((bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff)
                                    + (bits >> 48));
    return root_3 * ((sum + 2) / 65536.0 - 2); // + 2: each is the middle of its 65536th
}

static void apply(const void *cfg, const double *drawn, Rng r, Tensor picture) {
    const double scale = 255 * ((const Noise *)cfg)->share;
    (void)drawn;
    for (size_t i = 0, n = tensor_image(picture); i < n; i++)
        picture.v[i] = augment_light(picture.v[i] + (real)(scale * deviation_one(rng_bits(r, i))));
}

const AugmentKind noise_augment = {
    .spec = {.name = "noise", .summary = "add a random amount to every number",
             .formula = "y = x + 255·share·e, e of mean 0 and deviation 1", .example = "noise 5%",
             .synonyms = "GaussianNoise RandomNoise gaussian_noise",
             .source = "runtime/augments/noise.c", .cfg_size = sizeof(Noise), .attrs = attrs},
    .apply = apply,
};
