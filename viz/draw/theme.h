/* theme.h — the colours of all pictures, by what they mean.
 *
 * Whatever is drawn names a tone; a theme gives the tone a colour. Numbers become colours by a
 * scale: blue is positive, orange negative, white zero, everywhere. Colours are 0xRRGGBB. */
#pragma once
#include <stdint.h>

// High contrast is for those who see little, and for weak projectors: white on black, every text at
// least 7 : 1.
typedef enum Theme { THEME_LIGHT, THEME_DARK, THEME_CONTRAST, N_THEMES } Theme;

const char *theme_name(Theme theme);

typedef enum Tone {
    TONE_NONE,
    TONE_BG, TONE_SURFACE, TONE_SUNKEN, TONE_LINE,
    TONE_INK, TONE_INK2, TONE_INK3,       // text: main, second, helper
    TONE_POS, TONE_NEG,                   // positive, negative (and wrong)
    TONE_POS_TINT,                        // a positive bar of second rank; never under text
    TONE_FOCUS, TONE_ON_FOCUS,            // the marker "we are here", and text on it
    TONE_FOCUS_TINT,                      // a row "we are here"; ink stands on it
    TONE_FORWARD, TONE_FORWARD_TINT,      // forward (and right)
    TONE_BACKWARD, TONE_BACKWARD_TINT,
    TONE_GROUP1, TONE_GROUP2, TONE_GROUP3, TONE_GROUP4, // neighbours that are not to be mixed up; never text
    TONE_BLACK, TONE_WHITE,               // the same in every theme: numbers on coloured cells
    N_TONES
} Tone;

// The colour of a tone.
uint32_t tone_rgb(Theme theme, Tone tone);

// How numbers become colours. Signed: −1 orange, 0 white, +1 blue; unsigned is its right half,
// 0 … 1; gray is 0 black, 1 white; of SCALE_RGB every cell has three numbers 0 … 1.
typedef enum Scale { SCALE_SIGNED, SCALE_UNSIGNED, SCALE_GRAY, SCALE_RGB } Scale;

// Which two colours stand for negative and positive: ours, and three that other programs use.
typedef enum Palette { PALETTE_ORANGE_BLUE, PALETTE_RED_BLUE, PALETTE_ORANGE_PURPLE, PALETTE_BROWN_GREEN,
                       N_PALETTES } Palette;

// The colour of v in a scale of one number; not a number is magenta.
uint32_t scale_rgb(Palette p, Scale s, double v);

// TONE_BLACK or TONE_WHITE, whichever is easier to read on the colour of v.
Tone scale_ink(Palette p, Scale s, double v);

// The contrast of two colours as WCAG 2.1 defines it: 1 … 21.
double rgb_contrast(uint32_t a, uint32_t b);
