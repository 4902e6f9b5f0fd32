"""Small image files, made in memory."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import PIL.Image


def pixels(height: int, width: int, seed: int = 0, channels: int = 3) -> Any:
    """Smooth random pixels: what a JPEG keeps."""
    small = np.random.default_rng(seed).integers(0, 255, (3, 3, channels)).astype(np.uint8)
    shape = small if channels > 1 else small[:, :, 0]
    return PIL.Image.fromarray(shape).resize((width, height), PIL.Image.Resampling.BILINEAR)


def encoded(image: Any, form: str) -> bytes:
    file = io.BytesIO()
    image.save(file, form)
    return file.getvalue()


def jpeg(seed: int = 0, height: int = 12, width: int = 16) -> bytes:
    return encoded(pixels(height, width, seed), "JPEG")


def png(seed: int = 0, height: int = 12, width: int = 16, mode: str = "RGB") -> bytes:
    return encoded(pixels(height, width, seed).convert(mode), "PNG")


def deep_png() -> bytes:
    """A PNG of 16 bits a channel."""
    values = np.arange(64, dtype=np.uint16).reshape(8, 8) * 1000
    return encoded(PIL.Image.fromarray(values), "PNG")


def two_classes() -> dict[str, bytes]:
    """Six images of two classes, in two formats, of unlike sizes."""
    return {
        f"pets/{label}/{i}.{'jpg' if i % 2 else 'png'}": (jpeg if i % 2 else png)(i, 10 + i, 14)
        for label in ("cat", "dog")
        for i in range(3)
    }
