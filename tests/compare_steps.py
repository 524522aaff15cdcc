"""compare_steps.py STEP_FILE PICTURE… — what our image steps make of pictures, against PIL, NumPy and
PyTorch where they define the same thing."""
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageEnhance

step_file, pictures = sys.argv[1], [p for p in sys.argv[2:] if os.path.exists(p)]
passed = failed = 0


def ours(path, step, *drawn):
    raw = subprocess.run([step_file, path, step, *map(str, drawn)], stdout=subprocess.PIPE).stdout
    c, h, w = np.frombuffer(raw[:12], np.int32)
    return np.frombuffer(raw[12:], np.float32).reshape(c, h, w)


def check(name, got, want, limit=1.0, inside=0):
    """Limit in grey levels; `inside` leaves out so many pixels at each edge."""
    global passed, failed
    if inside:
        got, want = got[:, inside:-inside, inside:-inside], want[:, inside:-inside, inside:-inside]
    far = np.abs(got.astype(np.float64) - want).max() if got.shape == want.shape else np.inf
    if far <= limit:
        passed += 1
    else:
        failed += 1
        print(f"failed: {name}: {far:.3f} grey levels apart, {got.shape} {want.shape}")


def planes(image):
    v = np.asarray(image, np.float64)
    return v[None] if v.ndim == 2 else v.transpose(2, 0, 1)


def torch_affine(v, matrix):
    """Row and column of every pixel, seen from the middle, through a 2 × 2 matrix; edges repeated."""
    c, h, w = v.shape
    y, x = np.mgrid[0:h, 0:w].astype(np.float64)
    y, x = y - (h - 1) / 2, x - (w - 1) / 2
    rows = matrix[0][0] * y + matrix[0][1] * x
    columns = matrix[1][0] * y + matrix[1][1] * x
    grid = np.stack([columns * 2 / (w - 1), rows * 2 / (h - 1)], -1)
    out = F.grid_sample(torch.tensor(v)[None], torch.tensor(grid)[None], mode="bilinear",
                        padding_mode="border", align_corners=True)
    return out[0].numpy()


def convolve(v, kernel):
    """PyTorch's convolution; the edge is repeated first."""
    kh, kw = kernel.shape
    t = F.pad(torch.tensor(v)[:, None], (kw // 2, kw // 2, kh // 2, kh // 2), mode="replicate")
    return F.conv2d(t, torch.tensor(kernel)[None, None])[:, 0].numpy()


def bell(n, sigma):
    a = np.exp(-((np.arange(n) - n // 2) ** 2) / (2 * sigma**2))
    return a / a.sum()


def equalized(channel):
    """Gonzalez & Woods, for bytes."""
    counts = np.bincount(channel.ravel(), minlength=256)
    upto = counts.cumsum()
    least = counts[counts > 0][0]
    return (upto[channel] - least) * 255.0 / (channel.size - least)


def compare(path):
    image = Image.open(path)
    image = image if image.mode == "L" else image.convert("RGB")
    small = image.resize((97, 80))
    path = os.path.join(folder, "small.png")
    small.save(path)
    v, name = planes(small), os.path.basename(path)
    h, w = v.shape[1:]

    if len(v) == 3:
        check("grayscale", ours(path, "grayscale"), planes(small.convert("L")))
    for size in (3, 5, 9):
        a = bell(size, 0.15 * size + 0.35)
        check(f"blur {size}", ours(path, f"blur {size}x{size}"), convolve(v, np.outer(a, a)), 0.01)
    check("blur 7x3 sigma=2", ours(path, "blur 7x3 sigma=2"),
          convolve(v, np.outer(bell(7, 2), bell(3, 2))), 0.01)
    across = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    check("edges", ours(path, "edges"), np.hypot(convolve(v, across), convolve(v, across.T)), 0.01)
    check("equalize", ours(path, "equalize"),
          np.stack([equalized(c.astype(np.uint8)) for c in v]), 0.01)

    t = torch.tensor(v)[None]
    check("resize, growing", ours(path, "resize 160x200"),
          F.interpolate(t, (160, 200), mode="bilinear", align_corners=False)[0].numpy(), 0.01)
    check("resize, growing (Pillow)", ours(path, "resize 160x200"),
          planes(small.resize((200, 160), Image.BILINEAR)))
    check("resize, to a half", ours(path, f"resize 40x97"),
          F.interpolate(t, (40, 97), mode="area")[0].numpy(), 0.01)
    check("resize, to a fifth (Pillow)", ours(path, "resize 16x97"),
          planes(small.resize((97, 16), Image.BOX)))

    for degrees in (7.5, -20, 135):
        turn = np.deg2rad(degrees)
        c, s = np.cos(turn), np.sin(turn)
        got = ours(path, "rotate 180", degrees)
        check(f"rotate {degrees}", got, torch_affine(v, [[c, -s], [s, c]]), 0.05)
        if abs(degrees) < 30:  # Pillow has black outside: only the middle can be compared
            check(f"rotate {degrees} (Pillow)", got,
                  planes(small.rotate(-degrees, Image.BILINEAR)), 1.5, inside=30)
    for slope in (0.2, -0.13):
        check(f"shear {slope}", ours(path, "shear 20%", slope), torch_affine(v, [[1, 0], [slope, 1]]),
              0.05)
    for a, b in ((0.8, 1.2), (1.1, 0.95)):
        check(f"zoom {a} {b}", ours(path, "zoom 20%", a, b), torch_affine(v, [[a, 0], [0, b]]), 0.05)
    check("brightness", ours(path, "brightness 50%", 1.3),
          planes(ImageEnhance.Brightness(small).enhance(1.3)))
    check("contrast", ours(path, "contrast 50%", 0.6),
          planes(ImageEnhance.Contrast(small).enhance(0.6)), 1.5)


with tempfile.TemporaryDirectory() as folder:
    for picture in pictures:
        compare(picture)
print(f"compare_steps: {passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
