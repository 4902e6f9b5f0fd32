"""Draws the images and masks of shapes/: striped discs and squares, and the class of each pixel.

The data is synthetic. Shapes and ground have the same greys, so that no threshold tells them apart;
the stripes of discs are narrower than those of squares. It needs numpy alone.
"""

import struct
import zlib
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent / "shapes"
COUNT, SIZE = 140, 48
GROUND, DISC, SQUARE = 0, 1, 2
STRIPES = {GROUND: (10, 20), DISC: (3, 4.5), SQUARE: (5, 7)}


def png(pixels: np.ndarray, bits: int) -> bytes:
    """A grey PNG of 4 or 8 bits a pixel."""
    rows = pixels if bits == 8 else pixels[:, ::2] << 4 | pixels[:, 1::2]
    lines = b"".join(b"\0" + row.tobytes() for row in rows.astype(np.uint8))
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], bits, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def texture(random: np.random.Generator, wavelength: tuple[float, float]) -> np.ndarray:
    """Stripes of a random direction, between -1 and 1."""
    y, x = np.mgrid[:SIZE, :SIZE]
    angle, phase = random.uniform(0, np.pi), random.uniform(0, 2 * np.pi)
    length = random.uniform(*wavelength)
    return np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / length + phase)


def shape(random: np.random.Generator, kind: int) -> np.ndarray:
    """Where a disc or a turned square is."""
    y, x = np.mgrid[:SIZE, :SIZE] - random.uniform(10, SIZE - 10, 2)[:, None, None]
    radius, angle = random.uniform(6, 11), random.uniform(0, np.pi / 2)
    if kind == DISC:
        return x**2 + y**2 < radius**2
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return np.maximum(abs(along), abs(across)) < radius * 0.85


def example(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """An image of 16 greys, and its mask."""
    image, mask = texture(random, STRIPES[GROUND]), np.zeros((SIZE, SIZE), dtype=np.uint8)
    for _ in range(random.integers(1, 4)):
        kind = int(random.choice((DISC, SQUARE)))
        inside = shape(random, kind)
        image = np.where(inside, texture(random, STRIPES[kind]), image)
        mask[inside] = kind
    slope = texture(random, (90, 160))
    greys = 7.5 + 3 * image + 2.5 * slope + random.normal(0, 1, image.shape)
    return np.clip(np.rint(greys), 0, 15).astype(np.uint8), mask


random = np.random.default_rng(0)
for folder in ("images", "masks"):
    (HERE / folder).mkdir(parents=True, exist_ok=True)
for number in range(COUNT):
    image, mask = example(random)
    (HERE / "images" / f"{number:03}.png").write_bytes(png(image, 4))
    (HERE / "masks" / f"{number:03}.png").write_bytes(png(mask, 8))
