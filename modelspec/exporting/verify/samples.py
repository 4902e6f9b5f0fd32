"""Examples to compare a model and its export on: real ones of a run, else made-up ones."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.data import load_data
from modelspec.data.examples import Examples
from modelspec.data.feed import Feed, Structure
from modelspec.diagnostics import Findings, ModelspecError
from modelspec.exporting.export_source import ExportSource
from modelspec.training import TrainedRun

Array = npt.NDArray[Any]
REAL, SYNTHETIC, MEASURED = 128, 16, 2000
"""How many at most: real ones, made-up ones, and real ones where metrics are measured too."""

BYTES = 256 << 20
"""How large they may be where metrics are measured."""

SIZE = 16
"""What stands for a size that is not known."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Some examples.

    Attributes:
        arrays: input name to array [n, ...]; text as Python strings in an object array.
        origin: "validation", "test", "train" or "synthetic".
        note: why they are not real ones; "" where they are.
    """

    arrays: Mapping[str, Array]
    origin: str
    note: str = ""

    @property
    def is_real(self) -> bool:
        """Whether they are examples of a run."""
        return self.origin != "synthetic"

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values())))


def samples_of(subject: ExportSource, *, measured: bool = False) -> Samples:
    """Examples of a run's validation split (its test or training split where it has none), else
    synthetic ones from the model's inputs.

    Args:
        subject: what is exported.
        measured: whether metrics are measured on them, which takes more of them.
    """
    note = "a spec alone has no trained split"
    if subject.run is not None:
        try:
            count = _enough(subject) if measured else REAL
            found = real(subject.run, ("validation", "test", "train"), count)
        except (ModelspecError, OSError):
            found = None
        if found is not None:
            return found
        note = "the data of the run cannot be read"
    return Samples(synthetic(subject), "synthetic", note)


def _enough(subject: ExportSource) -> int:
    """How many examples metrics are measured on."""
    sizes = [prod(size or SIZE for size in t.shape[1:]) for t in subject.tensors.values()]
    return max(REAL, min(MEASURED, BYTES // (4 * sum(sizes))))


def training_samples(subject: ExportSource, count: int) -> Samples:
    """Examples of a run's training split, as the model takes them; synthetic ones where there is
    none."""
    if subject.before is not None:
        found = training_samples(subject.whole, count)
        return Samples(subject.before(found.arrays), found.origin, found.note)
    if subject.run is not None:
        split = real(subject.run, ("train",), count)
        if split is not None:
            return split
    return Samples(synthetic(subject, count), "synthetic")


def real(run: TrainedRun, splits: tuple[str, ...], count: int) -> Samples | None:
    """The first examples of the first split that a run has; None where the data is gone."""
    section, kept = run.spec.data, run.kept
    assert section is not None
    data = load_data(section, kept.folder, run.graph, kept.seed, Findings(), kept.learned)
    if data is None:
        return None
    for name in splits:
        examples: Examples | None = getattr(data, name)
        if examples is None or not len(examples):
            continue
        bare = Examples(examples.inputs, {}, None, examples.rows, examples.table)
        (inputs,) = next(iter(Feed(bare, run.structure, count).in_order()))
        return Samples(arrays_of(inputs, run.structure), name)
    return None


def arrays_of(inputs: Any, structure: Structure) -> dict[str, Array]:
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


def plain_array(array: Array) -> Array:
    """Text as numpy's own, which runtimes and other processes take: no longer objects."""
    return array.astype(str) if array.dtype == object else array


def synthetic(subject: ExportSource, count: int = SYNTHETIC) -> dict[str, Array]:
    """Values that a model's inputs take: numbers around 0, class numbers, words it knows."""
    words = [*_words(subject.model), "unseen"]
    made = {}
    for name, tensor in subject.tensors.items():
        fixed = tensor.shape[0]
        shape = (fixed or count, *(SIZE if size is None else size for size in tensor.shape[1:]))
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        dtype = str(tensor.dtype)
        if dtype == "string":
            made[name] = rng.choice(np.asarray(words, dtype=object), shape)
        elif dtype == "bool":
            made[name] = rng.random(shape) < 0.5
        elif "int" in dtype:
            made[name] = rng.integers(0, _numbers(subject, name), shape).astype(dtype)
        else:
            made[name] = rng.normal(size=shape).astype(_numpy_dtype(dtype))
    return made


def _numpy_dtype(dtype: str) -> str:
    return "float32" if dtype == "bfloat16" else dtype


def _layers(model: Any) -> Iterator[Any]:
    for layer in getattr(model, "layers", ()):
        yield layer
        yield from _layers(layer)


def _words(model: Any) -> list[str]:
    """Some of the words that lookup layers know."""
    found: list[str] = []
    for layer in _layers(model):
        if hasattr(layer, "get_vocabulary"):
            found += [str(word) for word in layer.get_vocabulary()[:50]]
    return found


def _numbers(subject: ExportSource, name: str) -> int:
    """How many whole numbers an input takes: what the layers that read it can tell, else 2."""
    readers = [
        subject.graph.layers[call.layer].object
        for call in subject.graph.calls
        if any(ref.source == name for ref in call.reads())
    ]
    known = [item.args.get("input_dim") or item.args.get("num_tokens") for item in readers]
    sizes = [size for size in known if isinstance(size, int)]
    return min(sizes, default=2)
