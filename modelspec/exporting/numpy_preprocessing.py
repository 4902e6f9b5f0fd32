"""Split-off preprocessing computed by numpy: the layers that data usually begin with.

Keras runs such a file as well, but starting it takes seconds, and a call of it milliseconds. Each
layer here gives the bits that Keras gives; a file with any other layer, or another option of one
of these, is left to Keras.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from modelspec.exporting.formats import Array, Predict

EPSILON = 1e-7
"""Keras's own, by which `Normalization` divides at least; see `keras.config.epsilon`."""

CONFIG, WEIGHTS = "config.json", "model.weights.h5"

Transform = Callable[[Array], Array]


class NumpyPreprocessing(NamedTuple):
    """Preprocessing as a function of arrays.

    Attributes:
        output_names: in the order of the model.
        predict: from arrays by input name to arrays by output name.
    """

    output_names: tuple[str, ...]
    predict: Predict


class _OtherLayerError(Exception):
    """The model has something that numpy does not compute here."""


class _Archive(NamedTuple):
    """A `.keras` file: its members, and the weights of its layers."""

    members: zipfile.ZipFile
    weights: Any

    def vocabulary(self, group: str) -> list[str]:
        """The lines of a vocabulary, which a lookup has that learned its words."""
        name = f"assets/layers/{group}/vocabulary.txt"
        if name not in self.members.namelist():
            raise _OtherLayerError
        lines = self.members.read(name).decode().splitlines()
        while lines and not lines[-1]:  # as Keras reads them
            lines.pop()
        return lines

    def variables(self, group: str) -> list[Array]:
        """The variables of a layer, in order."""
        found = self.weights[f"layers/{group}/vars"]
        return [np.asarray(found[str(number)]) for number in range(len(found))]


def numpy_preprocessing(path: Path) -> NumpyPreprocessing | None:
    """The preprocessing in a file; None where only Keras computes it.

    Args:
        path: a `.keras` file. One that cannot be read is left to Keras, which says why.
    """
    try:
        import h5py

        with zipfile.ZipFile(path) as members:
            config = json.loads(members.read(CONFIG))
            with h5py.File(io.BytesIO(members.read(WEIGHTS))) as weights:
                return _read(config, _Archive(members, weights))
    except (_OtherLayerError, ImportError, OSError, KeyError, ValueError, TypeError, IndexError):
        return None
    except zipfile.BadZipFile:
        return None


def _read(document: Mapping[str, Any], archive: _Archive) -> NumpyPreprocessing:
    config = document["config"]
    if document["class_name"] != "Functional":
        raise _OtherLayerError
    steps: list[tuple[str, str, Transform]] = []
    counts: Counter[str] = Counter()
    for layer in config["layers"]:
        kind = layer["class_name"]
        if kind == "InputLayer":
            continue
        group = _CAPITAL.sub("_", kind).lower()  # as Keras calls the first layer of a class
        number = counts[group]
        counts[group] += 1
        where = group if number == 0 else f"{group}_{number}"
        steps.append(
            (layer["name"], _source(layer), _transform(kind, layer["config"], archive, where))
        )
    outputs = {name: place[0] for name, place in config["output_layers"].items()}
    inputs = {place[0]: name for name, place in config["input_layers"].items()}

    def predict(given: Mapping[str, Array]) -> dict[str, Array]:
        values = {layer: given[name] for layer, name in inputs.items()}
        for name, source, transform in steps:
            values[name] = transform(values[source])
        return {name: values[layer] for name, layer in outputs.items()}

    return NumpyPreprocessing(tuple(outputs), predict)


_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def _transform(kind: str, config: Mapping[str, Any], archive: _Archive, group: str) -> Transform:
    """What a layer computes."""
    match kind:
        case "Normalization":
            return _normalization(config, archive.variables(group))
        case "Rescaling":
            return _rescaling(config)
        case "Discretization":
            return _discretization(config)
        case "StringLookup" | "IntegerLookup":
            return _lookup(config, archive.vocabulary(group))
    raise _OtherLayerError


def _source(layer: Mapping[str, Any]) -> str:
    """The layer whose only output a layer that is called once takes as its only argument."""
    [node] = layer["inbound_nodes"]
    [tensor] = node["args"]
    if node["kwargs"] or tensor["class_name"] != "__keras_tensor__":
        raise _OtherLayerError
    name, call, index = tensor["config"]["keras_history"]
    if call or index:
        raise _OtherLayerError
    return str(name)


def _require(is_known: bool) -> None:
    if not is_known:
        raise _OtherLayerError


def _dtype(config: Mapping[str, Any]) -> str:
    given = config["dtype"]
    return str(given["config"]["name"] if isinstance(given, dict) else given)


def _normalization(config: Mapping[str, Any], variables: Sequence[Array]) -> Transform:
    _require(_dtype(config) == "float32" and not config["invert"] and config["mean"] is None)
    _require(config["axis"] in ([-1], None, []))
    mean, variance, *_ = variables
    mean, variance = mean.astype(np.float32), variance.astype(np.float32)
    divisor = np.maximum(np.sqrt(variance), np.float32(EPSILON))
    return lambda values: (values.astype(np.float32, copy=False) - mean) / divisor


def _rescaling(config: Mapping[str, Any]) -> Transform:
    scale, offset = config["scale"], config["offset"]
    _require(_dtype(config) == "float32")
    _require(isinstance(scale, (int, float)) and isinstance(offset, (int, float)))
    factor, term = np.float32(scale), np.float32(offset)
    return lambda values: values.astype(np.float32, copy=False) * factor + term


def _discretization(config: Mapping[str, Any]) -> Transform:
    edges = config["bin_boundaries"]
    _require(edges is not None and config["output_mode"] == "int" and not config["sparse"])
    bounds = np.asarray(edges, dtype=np.float32)

    def bins(values: Array) -> Array:
        found = np.digitize(values.astype(np.float32, copy=False), bounds)
        return found.astype(np.int32)  # as TensorFlow counts them

    return bins


def _lookup(config: Mapping[str, Any], words: Sequence[Any]) -> Transform:
    """Words or numbers to their place in the vocabulary, or to a row with a 1 at it."""
    _require(config["num_oov_indices"] == 1 and not config["invert"] and not config["sparse"])
    _require(config["vocabulary"] is None and config["output_mode"] in ("int", "one_hot"))
    if "encoding" not in config:
        words = [int(word) for word in words]
    mask, unknown = config["mask_token"], config["oov_token"]
    special = [unknown] if mask is None else [mask, unknown]
    _require(list(words[: len(special)]) == special and len(set(words)) == len(words))
    places = {word: place for place, word in enumerate(words)}
    default = len(special) - 1
    if config["output_mode"] == "int":
        return lambda values: _places(values, places, default)
    depth = config["max_tokens"] if config["pad_to_max_tokens"] else len(words)
    rows = np.eye(depth, dtype=np.int64)  # as Keras's lookups give numbers

    def one_hot(values: Array) -> Array:
        found = _places(values, places, default)
        return rows[found[..., 0] if found.ndim > 1 and found.shape[-1] == 1 else found]

    return one_hot


def _places(values: Array, places: Mapping[Any, int], default: int) -> Array:
    found = [places.get(value, default) for value in values.ravel().tolist()]
    return np.asarray(found, dtype=np.int64).reshape(values.shape)
