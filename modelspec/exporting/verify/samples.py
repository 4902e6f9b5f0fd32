"""Examples to compare a model and its export on: real ones of a run, else synthetic ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from modelspec.data.examples import Examples
from modelspec.data.feed import Feed, Structure
from modelspec.diagnostics import Findings, ModelspecError
from modelspec.exporting.export_source import ExportSource
from modelspec.exporting.formats import UNKNOWN_SIZE, Array, preprocess, synthetic_array
from modelspec.training import TrainedRun, load_run_data

REAL, SYNTHETIC, WITH_METRICS = 128, 16, 2000
"""How many examples at most: real, synthetic, and real where metrics are computed too."""

MAX_BYTES = 256 << 20
"""How large the examples may be where metrics are computed."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Some examples.

    Attributes:
        arrays: input name to array [n, ...]; text as Python strings in an object array.
        origin: "validation", "test", "train" or "synthetic".
        note: why they are synthetic; "" where they are not.
    """

    arrays: Mapping[str, Array]
    origin: str
    note: str = ""

    @property
    def is_real(self) -> bool:
        """Whether they are examples of a run."""
        return self.origin != "synthetic"

    def to_text(self) -> str:
        """How many they are, and where they come from."""
        if self.is_real:
            return f"{len(self)} examples of the {self.origin} split"
        return f"{len(self)} synthetic examples ({self.note})"

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values())))


def samples_of(source: ExportSource, *, with_metrics: bool = False) -> Samples:
    """Examples of a run's validation split (its test or training split where it has none), else
    synthetic ones for the model's inputs.

    Args:
        source: what is exported.
        with_metrics: whether metrics are computed on them, which takes more of them.
    """
    note = "a spec has no trained split"
    if source.run is not None:
        try:
            count = _count_for_metrics(source) if with_metrics else REAL
            found = _split_samples(source.run, ("validation", "test", "train"), count)
        except (ModelspecError, OSError):
            found = None
        if found is not None:
            return found
        note = "the data of the run cannot be read"
    return Samples(synthetic_inputs(source), "synthetic", note)


def _count_for_metrics(source: ExportSource) -> int:
    sizes = [prod(size or UNKNOWN_SIZE for size in t.shape[1:]) for t in source.tensors.values()]
    return max(REAL, min(WITH_METRICS, MAX_BYTES // (4 * sum(sizes))))


def training_samples(source: ExportSource, count: int) -> Samples:
    """Examples of a run's training split, as the model takes them; synthetic ones where there is
    none."""
    if source.preprocessing is not None:
        found = training_samples(source.complete, count)
        arrays = preprocess(source.preprocessing, found.arrays)
        return Samples(arrays, found.origin, found.note)
    if source.run is not None:
        split = _split_samples(source.run, ("train",), count)
        if split is not None:
            return split
    return Samples(synthetic_inputs(source, count), "synthetic")


def _split_samples(run: TrainedRun, splits: tuple[str, ...], count: int) -> Samples | None:
    """The first examples of the first of some splits that a run has; None where the data is
    gone."""
    assert run.spec.data is not None
    data = load_run_data(run, run.spec.data, Findings())
    if data is None:
        return None
    for name in splits:
        examples: Examples | None = getattr(data, name)
        if examples is None or not len(examples):
            continue
        if run.noise is not None:
            examples = run.noise.added_to(examples.take(slice(0, count)), run.noise_seed)
        inputs_only = Examples(examples.inputs, {}, None, examples.rows, examples.table)
        (inputs,) = next(iter(Feed(inputs_only, run.structure, count).in_order()))
        return Samples(arrays_by_input(inputs, run.structure), name)
    return None


def arrays_by_input(inputs: Any, structure: Structure) -> dict[str, Array]:
    """Tensors in the structure of a model's inputs as arrays by name; text as Python strings."""
    names = structure.input_names
    if isinstance(inputs, Mapping):
        return {name: _array(inputs[name]) for name in names}
    parts = inputs if isinstance(inputs, (list, tuple)) else (inputs,)
    return {name: _array(part) for name, part in zip(names, parts, strict=True)}


def _array(tensor: Any) -> Array:
    found = np.asarray(tensor.numpy())
    if found.dtype.kind not in "SO":
        return found
    words = [item.decode() if isinstance(item, bytes) else str(item) for item in found.ravel()]
    return np.asarray(words, dtype=object).reshape(found.shape)


def synthetic_inputs(source: ExportSource, count: int = SYNTHETIC) -> dict[str, Array]:
    """Values that the inputs of a model take: numbers around 0, class indices, known words."""
    words = [*_known_words(source.model), "unseen"]
    return {
        name: synthetic_array(
            name,
            (tensor.shape[0] or count, *tensor.shape[1:]),
            str(tensor.dtype),
            words=words,
            bound=_class_count(source, name),
        )
        for name, tensor in source.tensors.items()
    }


def _layers(model: Any) -> Iterator[Any]:
    for layer in getattr(model, "layers", ()):
        yield layer
        yield from _layers(layer)


def _known_words(model: Any) -> list[str]:
    """Some of the words in the vocabularies of lookup layers."""
    found: list[str] = []
    for layer in _layers(model):
        if hasattr(layer, "get_vocabulary"):
            found += [str(word) for word in layer.get_vocabulary()[:50]]
    return found


def _class_count(source: ExportSource, name: str) -> int:
    """How many integers from 0 on an input takes: told by the layers that read it, else 2."""
    readers = [
        source.graph.layers[call.layer].object
        for call in source.graph.calls
        if any(ref.source == name for ref in call.reads())
    ]
    known = [item.args.get("input_dim") or item.args.get("num_tokens") for item in readers]
    sizes = [size for size in known if isinstance(size, int)]
    return min(sizes, default=2)
