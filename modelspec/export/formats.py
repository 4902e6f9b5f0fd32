"""The table of formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple


class Format(NamedTuple):
    """One format.

    Attributes:
        suffix: the ending of its files.
        write: writes a Keras model to a path that has this ending.
    """

    suffix: str
    write: Callable[[Any, Path], None]


def write_keras(model: Any, path: Path) -> None:
    """Keras's own archive of configuration and weights."""
    model.save(path)


FORMATS = {"keras": Format(".keras", write_keras)}
