"""Values that are made on the way to the model: an image from its path, a window from its start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from .table import Array

Make = Callable[[Any], Any]
"""A tensor of references, shape [b, ...], to a tensor of values, shape [b, *shape]; in a graph."""


@dataclass(frozen=True, slots=True)
class LazyArray:
    """An array that is not held: what stands for each example, and how it becomes the example.

    It takes the place of an array in `Examples.inputs`. The references are held in memory, the
    values are made batch by batch, several batches at a time.

    Attributes:
        references: shape [n, ...]: paths, row numbers, whatever `make` takes.
        shape: of one example; None where examples differ.
        dtype: of what `make` gives.
        stored: whether the values lie in a file as they are, so that holding them gains nothing.
        make: references of a batch to its values. It runs inside `tf.data`, so it is made of
            TensorFlow's own functions without Python's `if` and `for` on tensors, and it is
            deterministic.
        each: the same for one example, where that is what `make` consists of.
    """

    references: Array
    shape: tuple[int | None, ...]
    dtype: str
    make: Make
    stored: bool = False
    each: Make | None = None

    def __len__(self) -> int:
        return len(self.references)

    def take(self, rows: Array) -> LazyArray:
        """The values of some examples."""
        return replace(self, references=self.references[rows])
