/* jpeg.c — JPEG files, through libjpeg.
 *
 * Gray stays gray; CMYK becomes RGB = (255 − C)(255 − K)/255 …, where Adobe's programs write all
 * four inverted; everything else comes as RGB. The picture is set upright as its Exif block says
 * (exif.c).
 *
 * libjpeg goes on after most damage, with gray where pixels are missing, and calls it a warning. A
 * picture with pixels that nobody took is refused here; three warnings say nothing about pixels and
 * are passed over. (turbojpeg, the simpler interface, tells only the first of several warnings.)
 *
 * libjpeg reports errors by a jump: setjmp() in `guarded`, longjmp() in `give_up`. Nothing that is
 * allocated in between is lost: the picture belongs to the caller, the rest to libjpeg.
 * Source: ITU-T T.81; libjpeg.txt, "Error handling". */
#include <setjmp.h>
#include <stdio.h> // jpeglib.h wants it first
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "runtime/data/exif.h"
#include "runtime/data/formats.h"

// Every scan of a progressive file goes over all pixels, and one that changes nothing takes a few
// bytes. Encoders write about 10.
enum { MAX_SCANS = 100, EXIF_MARKER = JPEG_APP0 + 1, EXIF_BYTES = 0xFFFF };

typedef struct Reader {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr error;
    struct jpeg_progress_mgr progress;
    jmp_buf fail;
    char what[JMSG_LENGTH_MAX];
} Reader;

// ---- what libjpeg calls -------------------------------------------------------------------------

_Noreturn static void give_up(j_common_ptr jpeg) {
    Reader *r = jpeg->client_data;
    jpeg->err->format_message(jpeg, r->what);
    longjmp(r->fail, 1);
}

static void on_message(j_common_ptr jpeg, int level) {
    if (level >= 0) return; // not even a warning
    switch (jpeg->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA: // bytes before a marker that belong to nothing
    case JWRN_JFIF_MAJOR:      // an unknown revision of the header
    case JWRN_ADOBE_XFORM:     // an unknown number for the kind of colours
        return;
    default: give_up(jpeg);
    }
}

static void say_nothing(j_common_ptr jpeg) { (void)jpeg; }

static void on_progress(j_common_ptr jpeg) {
    Reader *r = jpeg->client_data;
    if (r->jpeg.input_scan_number <= MAX_SCANS) return;
    snprintf(r->what, sizeof r->what, "more than %d scans", MAX_SCANS);
    longjmp(r->fail, 1);
}

// ---- colours and directions ---------------------------------------------------------------------

// Ink on white paper: n pixels of four bytes become three, in place.
static void ink_to_light(uint8_t *v, size_t n, bool inverted) {
    const unsigned flip = inverted ? 0 : 255;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < 3; c++) {
            const unsigned colour = v[4 * i + c] ^ flip, black = v[4 * i + 3] ^ flip;
            v[3 * i + c] = (uint8_t)((colour * black + 127) / 255);
        }
}

// Pixels of one row of the file, put where they are seen.
static void put_row(const Picture *p, const Turn *t, int y, const uint8_t *row, size_t n) {
    const ptrdiff_t c = p->c;
    uint8_t *to = p->v + (t->first + y * t->down) * c;
    if (t->right == 1) {
        memcpy(to, row, n * (size_t)c);
        return;
    }
    for (size_t x = 0; x < n; x++, to += t->right * c)
        for (ptrdiff_t k = 0; k < c; k++) to[k] = *row++;
}

static int orientation_of(const struct jpeg_decompress_struct *jpeg) {
    int orientation = 1;
    for (jpeg_saved_marker_ptr m = jpeg->marker_list; m && orientation == 1; m = m->next)
        if (m->marker == EXIF_MARKER) orientation = exif_orientation(m->data, m->data_length);
    return orientation;
}

// ---- reading ------------------------------------------------------------------------------------

// Which colours libjpeg shall deliver; the number of channels that come of them, 0 if none can.
static int choose_colours(struct jpeg_decompress_struct *jpeg) {
    switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE: jpeg->out_color_space = JCS_GRAYSCALE; return 1;
    case JCS_CMYK:
    case JCS_YCCK:      jpeg->out_color_space = JCS_CMYK; return 3;
    case JCS_RGB:
    case JCS_YCbCr:     jpeg->out_color_space = JCS_RGB; return 3;
    default:            return 0;
    }
}

static void read_rows(struct jpeg_decompress_struct *jpeg, const Picture *p, const Turn *t) {
    jpeg_start_decompress(jpeg);
    const bool cmyk = jpeg->out_color_space == JCS_CMYK;
    const JDIMENSION size = jpeg->output_width * (JDIMENSION)jpeg->output_components;
    JSAMPARRAY row = jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, size, 1);
    for (int y = 0; jpeg->output_scanline < jpeg->output_height; y++) {
        jpeg_read_scanlines(jpeg, row, 1);
        if (cmyk) ink_to_light(row[0], jpeg->output_width, jpeg->saw_Adobe_marker);
        put_row(p, t, y, row[0], jpeg->output_width);
    }
    jpeg_finish_decompress(jpeg);
}

static bool guarded(Reader *r, const PictureFile *f, Picture *p) {
    if (setjmp(r->fail))
        return error_set(f->e, "%s: the JPEG cannot be read: %s", f->name, r->what);
    jpeg_create_decompress(&r->jpeg);
    r->jpeg.progress = &r->progress;
    jpeg_mem_src(&r->jpeg, (unsigned char *)f->bytes, (unsigned long)f->len);
    jpeg_save_markers(&r->jpeg, EXIF_MARKER, EXIF_BYTES);
    jpeg_read_header(&r->jpeg, TRUE);
    if (r->jpeg.data_precision != 8)
        return error_set(f->e, "%s: the JPEG has %d bits per colour; only 8 can be read", f->name,
                         r->jpeg.data_precision);
    const int c = choose_colours(&r->jpeg);
    if (!c)
        return error_set(f->e, "%s: the JPEG has %d channels of unknown colours", f->name,
                         r->jpeg.num_components);
    const Turn t = exif_turn(orientation_of(&r->jpeg), (int)r->jpeg.image_width,
                             (int)r->jpeg.image_height);
    if (!picture_make(f, p, (uint64_t)t.w, (uint64_t)t.h, c)) return false;
    if (!f->sides_only) read_rows(&r->jpeg, p, &t);
    return true;
}

bool jpeg_parse(const PictureFile *f, Picture *p) {
    Reader *r = calloc(1, sizeof *r);
    if (!r) return error_set(f->e, "%s: no memory for the picture", f->name);
    r->jpeg.err = jpeg_std_error(&r->error);
    r->jpeg.client_data = r;
    r->error.error_exit = give_up;
    r->error.emit_message = on_message;
    r->error.output_message = say_nothing;
    r->progress.progress_monitor = on_progress;
    const bool ok = guarded(r, f, p);
    jpeg_destroy_decompress(&r->jpeg);
    free(r);
    return ok;
}
