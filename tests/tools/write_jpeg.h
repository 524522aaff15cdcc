/* write_jpeg.h — writes JPEG files of every kind for tests, through libjpeg's other half. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

typedef struct JpegKind {
    J_COLOR_SPACE pixels;  // of v: JCS_GRAYSCALE, JCS_RGB, JCS_CMYK
    J_COLOR_SPACE file;    // as it is kept: JCS_GRAYSCALE, JCS_YCbCr, JCS_RGB, JCS_CMYK, JCS_YCCK
    bool no_adobe;         // leave out the marker that says which
    bool progressive;
    bool many_scans;       // 190 scans where 10 would do
    int restart;           // a restart marker after so many rows of blocks; 0: none
    bool halved;           // colours at half the sides
    int orientation;       // written into an Exif block; 0: none
} JpegKind;

// An Exif block that says nothing but an orientation: 32 bytes.
static inline void exif_write(uint8_t out[32], int orientation) {
    static const uint8_t block[32] = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
                                      0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1};
    memcpy(out, block, sizeof block);
    out[25] = (uint8_t)orientation;
}

// All of DC at once, then each of the 63 others of each colour on its own.
static inline int jpeg_many_scans(jpeg_scan_info *scan) {
    int n = 0;
    scan[n++] = (jpeg_scan_info){.comps_in_scan = 3, .component_index = {0, 1, 2}};
    for (int c = 0; c < 3; c++)
        for (int k = 1; k < 64; k++)
            scan[n++] = (jpeg_scan_info){.comps_in_scan = 1, .component_index = {c}, .Ss = k, .Se = k};
    return n;
}

// A picture of w × h pixels as a file in memory: malloc'd, *len bytes.
static inline uint8_t *jpeg_write(const JpegKind *k, const uint8_t *v, int w, int h, size_t *len) {
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr error;
    unsigned char *out = NULL;
    unsigned long size = 0;
    jpeg_scan_info scan[190];
    uint8_t exif[32];

    j.err = jpeg_std_error(&error);
    jpeg_create_compress(&j);
    jpeg_mem_dest(&j, &out, &size);
    j.image_width = (JDIMENSION)w;
    j.image_height = (JDIMENSION)h;
    j.in_color_space = k->pixels;
    j.input_components = k->pixels == JCS_GRAYSCALE ? 1 : k->pixels == JCS_CMYK ? 4 : 3;
    jpeg_set_defaults(&j);
    jpeg_set_colorspace(&j, k->file);
    jpeg_set_quality(&j, 100, TRUE);
    for (int c = 0; !k->halved && c < j.num_components; c++)
        j.comp_info[c].h_samp_factor = j.comp_info[c].v_samp_factor = 1;
    if (k->no_adobe) j.write_Adobe_marker = FALSE;
    if (k->progressive) jpeg_simple_progression(&j);
    if (k->many_scans) j.num_scans = jpeg_many_scans(scan), j.scan_info = scan;
    j.restart_in_rows = k->restart;
    jpeg_start_compress(&j, TRUE);
    exif_write(exif, k->orientation);
    if (k->orientation) jpeg_write_marker(&j, JPEG_APP0 + 1, exif, sizeof exif);
    for (int y = 0; y < h; y++) {
        JSAMPROW row = (JSAMPROW)(v + (size_t)y * (size_t)w * (size_t)j.input_components);
        jpeg_write_scanlines(&j, &row, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    *len = size;
    return out;
}
