/* theme.c — the colours.
 *
 * Contrast was computed for every pair of text and ground (tests/tools/draw_test.c: at least 4.5, with
 * high contrast 7).
 * Orange and blue stay apart for every kind of colour blindness, and are equally dark at equal
 * distance from zero. Yellow marks a place on any of them. */
#include "viz/draw/theme.h"

#include <math.h>
#include <stdbool.h>

static const struct { uint32_t rgb[N_THEMES]; } tones[N_TONES] = {
    //                       light     dark      high contrast
    [TONE_BG]            = {{0xF3F5F7, 0x12161C, 0x000000}},
    [TONE_SURFACE]       = {{0xFFFFFF, 0x1B2129, 0x000000}},
    [TONE_SUNKEN]        = {{0xE9EDF1, 0x252D37, 0x262626}},
    [TONE_LINE]          = {{0xCBD3DC, 0x3B4654, 0x9A9A9A}},
    [TONE_INK]           = {{0x111827, 0xF2F5F8, 0xFFFFFF}},
    [TONE_INK2]          = {{0x384657, 0xC6CFD9, 0xFFFFFF}},
    [TONE_INK3]          = {{0x566373, 0x9DAABA, 0xE0E0E0}},
    [TONE_POS]           = {{0x0A5CA8, 0x7DB8F2, 0x8CC8FF}},
    [TONE_NEG]           = {{0xB5460A, 0xF5A05C, 0xFFB066}},
    [TONE_POS_TINT]      = {{0x85AED4, 0x3F5E7C, 0x4F7CA6}},
    [TONE_FOCUS]         = {{0xFFC400, 0xFFC400, 0xFFC400}},
    [TONE_ON_FOCUS]      = {{0x111827, 0x111827, 0x000000}},
    [TONE_FOCUS_TINT]    = {{0xFFE99E, 0x5A4F1E, 0x4A3A00}},
    [TONE_FORWARD]       = {{0x0B6E63, 0x4FC3B2, 0x5FF0DA}},
    [TONE_FORWARD_TINT]  = {{0xD3EAE6, 0x173F3A, 0x00433B}},
    [TONE_BACKWARD]      = {{0x6A1B9A, 0xC9A0EA, 0xE2B8FF}},
    [TONE_BACKWARD_TINT] = {{0xEBDDF3, 0x3A2650, 0x47186B}},
    [TONE_GROUP1]        = {{0x4E7D1E, 0x9CCC65, 0xB5F07A}},
    [TONE_GROUP2]        = {{0xB8487E, 0xF0A6C4, 0xFFB8D6}},
    [TONE_GROUP3]        = {{0x7B5B3A, 0xC8A27C, 0xE0BE98}},
    [TONE_GROUP4]        = {{0x1B8E9A, 0x6FD6E0, 0x8CECF5}},
    [TONE_BLACK]         = {{0x000000, 0x000000, 0x000000}},
    [TONE_WHITE]         = {{0xFFFFFF, 0xFFFFFF, 0xFFFFFF}},
};

uint32_t tone_rgb(Theme theme, Tone tone) {
    return tones[tone].rgb[theme];
}

const char *theme_name(Theme theme) {
    static const char *const names[N_THEMES] = {
        [THEME_LIGHT] = "light", [THEME_DARK] = "dark", [THEME_CONTRAST] = "high contrast",
    };
    return names[theme];
}

// ---- scales ------------------------------------------------------------------------------------

enum { N_STOPS = 9, NOT_A_NUMBER = 0xFF00FF };

// From −1 to +1 in steps of a quarter. The other three are RdBu, PuOr and BrBG with nine classes.
// Source: Brewer & Harrower, ColorBrewer 2.0, 2003.
static const uint32_t palettes[N_PALETTES][N_STOPS] = {
    [PALETTE_ORANGE_BLUE]   = {0x6B2A00, 0xA64400, 0xD97521, 0xF5BC85, 0xF8F8F8,
                               0xA3C9EC, 0x4A93D2, 0x1562A8, 0x08386B},
    [PALETTE_RED_BLUE]      = {0x67001F, 0xB2182B, 0xD6604D, 0xF4A582, 0xF7F7F7,
                               0x92C5DE, 0x4393C3, 0x2166AC, 0x053061},
    [PALETTE_ORANGE_PURPLE] = {0x7F3B08, 0xB35806, 0xE08214, 0xFDB863, 0xF7F7F7,
                               0xB2ABD2, 0x8073AC, 0x542788, 0x2D004B},
    [PALETTE_BROWN_GREEN]   = {0x543005, 0x8C510A, 0xBF812D, 0xDFC27D, 0xF5F5F5,
                               0x80CDC1, 0x35978F, 0x01665E, 0x003C30},
};

static double clamp(double v, double lo, double hi) {
    return v < lo ? lo : v > hi ? hi : v;
}

// The 8 bits of a colour that start at bit `shift`, as a number.
static double channel(uint32_t rgb, int shift) {
    return (double)(rgb >> shift & 0xFF);
}

static uint32_t mix(uint32_t a, uint32_t b, double t) {
    uint32_t rgb = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        const double v = channel(a, shift) + t * (channel(b, shift) - channel(a, shift));
        rgb |= (uint32_t)(v + 0.5) << shift;
    }
    return rgb;
}

uint32_t scale_rgb(Palette p, Scale s, double v) {
    const uint32_t *stops = palettes[p];
    if (isnan(v)) return NOT_A_NUMBER;
    v = clamp(v, s == SCALE_SIGNED ? -1 : 0, 1);
    if (s == SCALE_GRAY) return mix(0x000000, 0xFFFFFF, v);
    const double place = (v + 1) * (N_STOPS - 1) / 2;
    const int i = place < N_STOPS - 1 ? (int)place : N_STOPS - 2;
    return mix(stops[i], stops[i + 1], place - i);
}

Tone scale_ink(Palette p, Scale s, double v) {
    const uint32_t ground = scale_rgb(p, s, v);
    const bool black = rgb_contrast(ground, 0x000000) >= rgb_contrast(ground, 0xFFFFFF);
    return black ? TONE_BLACK : TONE_WHITE;
}

// ---- contrast ----------------------------------------------------------------------------------

// Relative luminance of a colour: W3C, "Web Content Accessibility Guidelines 2.1", 2018.
static double luminance(uint32_t rgb) {
    static const double weight[] = {0.0722, 0.7152, 0.2126}; // blue, green, red
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        const double v = channel(rgb, 8 * i) / 255;
        sum += weight[i] * (v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double rgb_contrast(uint32_t a, uint32_t b) {
    const double la = luminance(a), lb = luminance(b);
    return (fmax(la, lb) + 0.05) / (fmin(la, lb) + 0.05);
}
