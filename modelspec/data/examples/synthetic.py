"""Synthetic data: random examples in the shapes of a model, to try a spec without its data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from modelspec.analysis import analyze, keras_class
from modelspec.analysis.losses import (
    BINARY_LOSSES,
    CLASS_NUMBER_LOSSES,
    ONE_HOT_LOSSES,
    by_output,
)
from modelspec.analysis.sizes import OpenAxis, find_sizes
from modelspec.data.prepare import stored_dtype
from modelspec.data.table import Array, Table, TablePart
from modelspec.diagnostics import Findings
from modelspec.graph import Graph, TensorRef
from modelspec.layers.rule import Tensor
from modelspec.spec.data import DataSpec, Split
from modelspec.spec.model import InputSpec
from modelspec.spec.training import TrainingSpec

from .examples import Examples

DEFAULT_SIZE = 32
"""The size of an axis that the spec leaves open, or near it where the model does not take it."""

WORDS = ("amber", "birch", "cedar", "dune", "ember", "fjord", "glade", "heath", "inlet", "jetty")

CATEGORY_COUNTS = {"Embedding": "input_dim", "CategoryEncoding": "num_tokens"}
"""Layers that take whole numbers below one of their arguments."""


def synthetic_splits(
    data: DataSpec, graph: Graph, training: TrainingSpec, findings: Findings
) -> dict[str, Examples | None]:
    """Random examples for each split that the section has; the same seed gives the same examples.

    Args:
        data: a section whose source is `synthetic`.
        graph: the model.
        training: its losses decide the shape, dtype and values of the targets.
        findings: takes outputs whose shape is unknown.
    """
    options = data.train.options
    splits: dict[str, Split | None] = {"validation": data.validation, "test": data.test}
    made: dict[str, Examples | None] = {}
    count, generator = int(options["examples"]), _ExampleGenerator(graph, training, findings)
    for number, name in enumerate(("train", *splits)):
        split = splits.get(name)
        if name != "train" and split is None:
            made[name] = None
            continue
        random = np.random.default_rng([int(options["seed"]), number])
        fraction = 1.0 if split is None else split.share or 1.0
        rows = max(1, round(count * fraction))
        made[name] = generator.examples(rows, random, with_weights=bool(data.sample_weight))
    return made


class _ExampleGenerator:
    """Generates examples for one model."""

    def __init__(self, graph: Graph, training: TrainingSpec, findings: Findings) -> None:
        self.graph = graph
        self.inputs = _with_known_sizes(graph)
        outputs = analyze(replace(graph, inputs=self.inputs), Findings()).outputs
        losses = by_output(training.loss, tuple(graph.output_names))
        self.targets: dict[str, tuple[tuple[int, ...], str]] = {}
        for name, span in zip(graph.output_names, graph.output_spans, strict=True):
            if name not in losses:  # without a loss there is nothing to compare
                continue
            found = outputs.get(name)
            if not isinstance(found, Tensor) or found.shape is None or None in found.shape[1:]:
                message = (
                    f"the shape of the output `{name}` is unknown, so targets cannot be generated"
                )
                findings.error(span, "no-synthetic-target", message, hint="train it on real data")
                continue
            sizes = tuple(int(size or 0) for size in found.shape[1:])
            self.targets[name] = sizes, keras_class(losses[name])

    def examples(self, count: int, random: np.random.Generator, *, with_weights: bool) -> Examples:
        """`count` examples; sample weights are between 0.5 and 1.5."""
        noise = None if self.graph.gan is None else self.graph.gan.noise
        fed = (entry for entry in self.inputs if entry.name != noise)
        inputs = {entry.name: self._input(entry, count, random) for entry in fed}
        targets = {
            name: _target(shape, loss, count, random)
            for name, (shape, loss) in self.targets.items()
        }
        weights = random.uniform(0.5, 1.5, count).astype(np.float32) if with_weights else None
        table = Table({}, count, [TablePart("the synthetic data", count, 0)])
        return Examples(inputs, targets, weights, np.arange(count), table)

    def _input(self, entry: InputSpec, count: int, random: np.random.Generator) -> Array:
        shape = (count, *(size or 0 for size in entry.shape or ()))
        dtype = entry.dtype or "float32"
        if dtype == "string":
            words = np.empty(int(np.prod(shape)), dtype=object)
            words[:] = [" ".join(random.choice(WORDS, 3)) for _ in words]
            return words.reshape(shape)
        limit = self._category_count(entry.name)
        if limit is not None or np.dtype(stored_dtype(dtype)).kind in "iu":
            return random.integers(0, limit or 2, shape).astype(stored_dtype(dtype))
        if dtype == "bool":
            return random.integers(0, 2, shape).astype(bool)
        return random.normal(size=shape).astype(stored_dtype(dtype))

    def _category_count(self, name: str) -> int | None:
        """The smallest number that the layers right after an input refuse; None for no limit."""
        found = []
        for call in self.graph.calls:
            layer = self.graph.layers[call.layer].object
            if TensorRef(name) in call.reads() and layer.class_name in CATEGORY_COUNTS:
                limit: Any = layer.args.get(CATEGORY_COUNTS[layer.class_name])
                found += [int(limit)] if limit else []
        return min(found, default=None)


def _with_known_sizes(graph: Graph) -> tuple[InputSpec, ...]:
    """The inputs, with sizes at which the model runs in the place of open ones."""
    if all(None not in (entry.shape or ()) for entry in graph.inputs):
        return graph.inputs
    sizes = find_sizes(analyze(graph, Findings()), None)
    return tuple(
        replace(
            entry,
            shape=tuple(
                sizes.number_for(OpenAxis(entry.name, axis), DEFAULT_SIZE) if size is None else size
                for axis, size in enumerate(entry.shape or (), 1)
            ),
        )
        for entry in graph.inputs
    )


def _target(shape: tuple[int, ...], loss: str, count: int, random: np.random.Generator) -> Array:
    """Targets that a loss can compare with an output of this shape, without the batch axis."""
    classes = max(1, shape[-1]) if shape else 1
    if loss == "CategoricalGeneralizedCrossEntropy" and len(shape) > 1:
        return random.integers(0, classes, (count, *shape[:-1])).astype(np.int32)
    if loss in CLASS_NUMBER_LOSSES:
        return random.integers(0, classes, (count, *shape[:-1], 1)).astype(np.int32)
    if 0 in shape:
        return np.zeros((count, *shape), np.float32)
    if loss in ONE_HOT_LOSSES and shape:
        return np.eye(shape[-1], dtype=np.float32)[
            random.integers(0, shape[-1], (count, *shape[:-1]))
        ]
    if loss in BINARY_LOSSES:
        return random.integers(0, 2, (count, *shape)).astype(np.float32)
    if loss == "CTC":
        return random.integers(1, max(2, shape[-1]), (count, max(1, shape[0] // 4))).astype(
            np.int32
        )
    if loss == "Circle":
        return random.integers(0, 2, (count, 1)).astype(np.int32)
    return random.uniform(size=(count, *shape)).astype(np.float32)
