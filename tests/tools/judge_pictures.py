"""Decodes and resizes pictures with Pillow and compares with what cnnrun made of them.

    judge_pictures.py READ_FILE FILE...

One line for each picture that differs by more than one grey level, then "N passed, M failed". Both mean
the same where a JPEG is decoded, an orientation applied, a transparent pixel put over black; where
whole numbers of pixels become their mean; and where a picture grows between centres of pixels.
"""
import io
import subprocess
import sys

import numpy
from PIL import Image, ImageOps

MOST = 1
passed = failed = 0


def ours(*arguments):
    done = subprocess.run([sys.argv[1], "show", *arguments], capture_output=True)
    if done.returncode:
        return None
    return numpy.asarray(Image.open(io.BytesIO(done.stdout))).astype(int)


def sixteen_bits(picture):
    """Pillow cuts 16 bits of gray to 8 by clipping."""
    values = numpy.asarray(picture).astype(float)
    return Image.fromarray((values / 257 + 0.5).astype(numpy.uint8))


def theirs(path):
    picture = ImageOps.exif_transpose(Image.open(path))
    if picture.mode.startswith("I"):
        return sixteen_bits(picture)
    if picture.mode in ("P", "PA"):
        picture = picture.convert("RGBA")
    if picture.mode in ("RGBA", "LA"):
        black = Image.new(picture.mode, picture.size, (0, 0, 0, 255) if picture.mode == "RGBA" else (0, 255))
        picture = Image.alpha_composite(black.convert("RGBA"), picture.convert("RGBA")).convert(picture.mode[:-1])
    if picture.mode == "1":
        picture = picture.convert("L")
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


def check(name, got, want):
    global passed, failed
    want = numpy.asarray(want).astype(int)
    if got is None or got.shape != want.shape:
        why = "cannot be read" if got is None else f"{got.shape}, not {want.shape}"
    elif abs(got - want).max() > MOST:
        why = f"differs by {abs(got - want).max()}, in the mean {abs(got - want).mean():.3f}"
    else:
        passed += 1
        return
    failed += 1
    print(f"{name}: {why}")


def check_sizes(path, picture):
    """A third and a half of the part that can be cut so; and a size above it."""
    w, h = picture.width, picture.height
    if w % 6 == 0 and h % 6 == 0:
        check(f"{path}, a third", ours(path, str(h // 3), str(w // 3)), picture.reduce(3))
        check(f"{path}, a half", ours(path, str(h // 2), str(w // 2)), picture.reduce(2))
    grown = (w + w // 2 + 1, h + 7)
    check(f"{path}, grown", ours(path, str(grown[1]), str(grown[0])),
          picture.resize(grown, Image.Resampling.BILINEAR))


for file in sys.argv[2:]:
    picture = theirs(file)
    check(file, ours(file), picture)
    if picture.width * picture.height < 400000:
        check_sizes(file, picture)
print(f"{passed} passed, {failed} failed")
