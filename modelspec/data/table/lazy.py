"""Arrays whose values are made batch by batch: images from paths, windows from their starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from .table import Array

Make = Callable[[Any], Any]
"""A tensor of references [b, ...] to a tensor of values [b, *shape]; runs in a graph."""


@dataclass(frozen=True, slots=True)
class LazyArray:
    """An array that is not in memory: a reference to each example, and how to make the example.

    Stands in `Examples.inputs` like an array. The references are in memory, the values are made
    batch by batch, several batches at a time.

    Attributes:
        references: [n, ...]: paths, row numbers, whatever `make` takes.
        shape: of one example; None for sizes in which examples differ.
        dtype: of the values.
        stored: whether the values are stored as they are, so that caching them gains nothing.
        make: references of a batch to its values. It runs inside `tf.data`, so it uses
            TensorFlow's functions, no `if` and `for` on tensors, and is deterministic.
        each: the same for one example, where `make` maps it over a batch.
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
