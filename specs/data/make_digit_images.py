"""Writes digit_images/, a folder of PNG files for each digit, from digits.npz. It needs numpy."""

import struct
import zlib
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
EACH = 40
"""Images of a digit."""


def png(pixels: np.ndarray) -> bytes:
    """A grey PNG of 4 bits a pixel; its pixels are 0 to 15."""
    packed = (pixels[:, ::2] << 4 | pixels[:, 1::2]).astype(np.uint8)
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 4, 0, 0, 0, 0)
    lines = b"".join(b"\0" + row.tobytes() for row in packed)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


with np.load(HERE / "digits.npz") as archive:
    images, digits = archive["image"][..., 0], archive["digit"]
for digit in range(10):
    folder = HERE / "digit_images" / str(digit)
    folder.mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(images[digits == digit][:EACH]):
        (folder / f"{number:02}.png").write_bytes(png(np.minimum(image, 15)))
