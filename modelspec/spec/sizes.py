"""Sizes in bytes as people write them: `2GB`, `512 MB`, `1.5GiB`."""

from __future__ import annotations

import re

UNITS = {
    "B": 1,
    "kB": 1000,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "TB": 1000**4,
    "KiB": 1024,
    "kiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
    "TiB": 1024**4,
}
"""Unit to its bytes: those of the SI are powers of 1000, those with an "i" powers of 1024."""

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+)\Z")


def parse_size(text: str) -> tuple[float, str] | None:
    """`1.5GiB` to its bytes and its unit; None where the text is no size."""
    found = _SIZE.match(text)
    if found is None or found.group(2) not in UNITS:
        return None
    return float(found.group(1)) * UNITS[found.group(2)], found.group(2)


def size_text(size: float, unit: str) -> str:
    """Bytes in a unit: `1.5GiB`, `7,850 bytes`. Four digits tell a bound from what misses it."""
    return f"{size:,.0f} bytes" if unit == "B" else f"{size / UNITS[unit]:.4g}{unit}"
