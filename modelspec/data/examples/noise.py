"""The noise that a generator makes examples of, where it is not training that draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from modelspec.data.prepare import stored_dtype
from modelspec.data.table import Array, LazyArray, RowNumbers, Table, TablePart
from modelspec.graph import Graph
from modelspec.spec.gan import UNIFORM
from modelspec.spec.training import TrainingSpec

from .examples import Examples


class Noise(NamedTuple):
    """The noise of a generator: that of an example is a function of a seed and its row.

    Attributes:
        name: of the input that takes it.
        shape: of that of one example.
        dtype: of the input.
        distribution: NORMAL or UNIFORM.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    distribution: str

    def draw(self, rows: RowNumbers, seed: int) -> Array:
        """The noise [n, *shape] of some rows."""
        made = np.empty((len(rows), *self.shape), stored_dtype(self.dtype))
        for place, row in enumerate(rows.tolist()):
            random = np.random.default_rng([seed, row])
            if self.distribution == UNIFORM:
                made[place] = random.uniform(-1.0, 1.0, self.shape)
            else:
                made[place] = random.standard_normal(self.shape)
        return made

    def added_to(self, examples: Examples, seed: int) -> Examples:
        """Examples with noise beside the inputs that data feeds."""
        inputs: Mapping[str, Array | LazyArray] = examples.inputs
        return replace(examples, inputs={**inputs, self.name: self.draw(examples.rows, seed)})

    def examples(self, first: int, end: int, count: int) -> Examples:
        """Some of `count` examples that have nothing but noise, which is not drawn yet."""
        table = Table({}, count, [TablePart("noise", count, 0)])
        return Examples({}, {}, None, np.arange(first, end), table)


def noise_of(graph: Graph, training: TrainingSpec | None) -> Noise | None:
    """The noise that a model takes; None where it is no generator.

    Args:
        graph: of the model: what `for_outputs` returns.
        training: the section.
    """
    if graph.gan is None or training is None or training.gan is None:
        return None
    entry = next(one for one in graph.inputs if one.name == graph.gan.noise)
    shape = tuple(size or 0 for size in entry.shape or ())
    return Noise(entry.name, shape, entry.dtype or "float32", training.gan.noise.distribution)
