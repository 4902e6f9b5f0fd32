"""Large numbers in three digits and a unit, for messages and tables."""

from __future__ import annotations

from collections.abc import Sequence


def bytes_text(size: float) -> str:
    """`97.8 MiB`, in powers of 1024."""
    return scaled_text(size, 1024, (" B", " KiB", " MiB", " GiB", " TiB", " PiB"))


def scaled_text(value: float, base: int, units: Sequence[str]) -> str:
    """A number in the first unit in which it is below `base`, else in the last one.

    Args:
        value: in the first unit.
        base: how many of a unit make one of the next.
        units: what is written behind the number, with a space if there is to be one.
    """
    for unit in units[:-1]:
        if value < base:
            return f"{value:.3g}{unit}" if value % 1 else f"{value:.0f}{unit}"
        value /= base
    return f"{value:.3g}{units[-1]}"
