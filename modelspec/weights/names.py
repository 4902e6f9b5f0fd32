"""The names beside a `.weights.h5`: which layer and variable each array of the file is for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelspec.files import write_atomically

WEIGHTS_H5 = ".weights.h5"
NAMES = ".weights.names.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class FileNames:
    """What the file of names says.

    Attributes:
        layers: path of a group in the file of weights to the name of its layer.
        variables: path of an array to the name of the variable in its layer.
    """

    layers: Mapping[str, str]
    variables: Mapping[str, str]


def names_file(path: Path) -> Path:
    """The file with the names of a `.weights.h5`."""
    return path.with_name(path.name.removesuffix(WEIGHTS_H5) + NAMES)


def write_names(path: Path, model: Any) -> None:
    """Write the names of a `.weights.h5` beside it.

    Args:
        path: the file of weights, complete: the names hold for its bytes.
        model: the Keras model that it was written of.
    """
    from .model_tree import layers_of_keras

    layers: dict[str, str] = {}
    variables: dict[str, str] = {}
    for layer, group in _groups(layers_of_keras(model), "layers"):
        layers[group] = layer.path.rpartition("/")[2]
        tensors = layer.tensors or {}
        variables |= {f"{group}/{place}": tensor.name for place, tensor in tensors.items()}
    content = {
        "version": VERSION,
        "sha256": _digest(path),
        "layers": layers,
        "variables": variables,
    }
    write_atomically(names_file(path), json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _groups(layers: Any, at: str) -> Any:
    """Each layer with its path in the file, as Keras numbers the layers of a class."""
    counts: dict[str, int] = {}
    for layer in layers:
        number = counts.get(layer.key, 0)
        counts[layer.key] = number + 1
        group = f"{at}/{layer.key}_{number}" if number else f"{at}/{layer.key}"
        yield layer, group
        yield from _groups(layer.inner, f"{group}/layers")


def read_names(path: Path) -> FileNames | None:
    """The names beside a file of weights; None where there are none, or they are of another."""
    try:
        content = json.loads(names_file(path).read_text(encoding="utf-8"))
        if content["version"] == VERSION and content["sha256"] == _digest(path):
            return FileNames(dict(content["layers"]), dict(content["variables"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
