"""What a user may ask of an export beyond its format."""

from __future__ import annotations

from typing import NamedTuple


class Settings(NamedTuple):
    """What is asked.

    Attributes:
        tolerance: the largest relative difference between the Keras model's answers and those of
            what was written; None for the format's own.
    """

    tolerance: float | None = None
