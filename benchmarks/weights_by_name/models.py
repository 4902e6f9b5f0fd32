"""Models with weights: what they hold by name, files of it, and edits."""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .config_edits import Config, Edited, edit

BARE = "bare.weights.h5"
"""A file as Keras writes it, without the names of variables that modelspec writes beside one."""

Values = dict[str, Any]
"""`path:class/name` of a variable to its value."""


def draw_model(source: random.Random) -> Any:
    """A small graph: chains, a sum of two branches, a nested model used twice."""
    import keras

    layers, width = keras.layers, source.choice([4, 6])
    made = iter(range(1000))

    def name(kind: str) -> str:
        number = next(made)
        return f"{kind}_{number}" if source.random() < 0.7 else f"{kind}{'abc'[number % 3]}{number}"

    def block(tensor: Any) -> Any:
        kind = source.choice(["dense", "dense", "norm", "batch", "drop", "sum"])
        if kind == "dense":
            return layers.Dense(width, name=name(kind))(tensor)
        if kind == "norm":
            scales = source.random() < 0.5
            made_norm = layers.LayerNormalization(
                scale=scales, center=not scales or source.random() < 0.5, name=name(kind)
            )
            return made_norm(tensor)
        if kind == "batch":
            return layers.BatchNormalization(name=name(kind))(tensor)
        if kind == "drop":
            return layers.Dropout(0.1, name=name(kind))(tensor)
        other = layers.Dense(width, name=name("dense"))(tensor)
        return layers.Add(name=name(kind))([tensor, other])

    inputs = keras.Input((width,), name="x")
    inner = keras.Input((width,), name="inside")
    tensor: Any = inner
    for _ in range(source.randint(1, 3)):
        tensor = block(tensor)
    nested = keras.Model(inner, layers.Dense(width, name="last")(tensor), name="nested")
    tensor = inputs
    for _ in range(source.randint(2, 6)):
        tensor = block(tensor)
    tensor = nested(nested(tensor))
    for _ in range(source.randint(0, 3)):
        tensor = block(tensor)
    return keras.Model(inputs, layers.Dense(3, name="head")(tensor), name="drawn")


def fill(model: Any, source: random.Random) -> None:
    """Give every variable other values than every other."""
    numbers = np.random.default_rng(source.randrange(2**32))
    for variable in model.weights:
        if "float" in str(variable.dtype):
            variable.assign(numbers.normal(size=tuple(variable.shape)).astype("float32"))


def config_of(model: Any) -> Config:
    """The config without the shapes that layers were built with: an edit gives them others."""
    config: Config = model.get_config()
    _forget_builds(config)
    return config


def _forget_builds(config: Config) -> None:
    for raw in config.get("layers", ()):
        raw.pop("build_config", None)
        _forget_builds(raw["config"])


def places_of(model: Any) -> list[tuple[str, str]]:
    """Path and class of each layer with weights."""
    from modelspec.weights.model_tree import layers_of_keras

    return [
        (layer.path, type(layer.layer).__name__)
        for layer in leaves(layers_of_keras(model))
        if layer.tensors
    ]


@dataclass(frozen=True)
class Origin:
    """A model before its edits, and files of its weights.

    Attributes:
        config: without the shapes that layers were built with.
        kind: its class.
        places: path and class of each layer with weights.
        saved: what the files hold.
        files: as `save` writes them.
    """

    config: Config
    kind: Any
    places: list[tuple[str, str]]
    saved: Values
    files: list[Path]

    def edits(self, source: random.Random, count: int) -> Iterator[Edited]:
        """More edits than are wanted: not each makes a model."""
        for _ in range(10 * count):
            yield edit(self.config, self.places, source)


@contextmanager
def origin_of(model: Any, source: random.Random) -> Iterator[Origin]:
    """Fill a model with random weights; its files last as long as the context."""
    fill(model, source)
    with tempfile.TemporaryDirectory() as folder:
        files = save(model, Path(folder))
        origin = Origin(config_of(model), type(model), places_of(model), values_of(model), files)
        del model  # a large one
        yield origin


def save(model: Any, folder: Path) -> list[Path]:
    """A `.keras` file, a file of weights with names beside it, and one without."""
    from modelspec.weights import write_names

    files = [folder / name for name in ("m.keras", "m.weights.h5", BARE)]
    model.save(files[0])
    for file in files[1:]:
        model.save_weights(file)
    write_names(files[1], model)
    return files


def values_of(model: Any) -> Values:
    """`path/place` of each variable to a copy of its values."""
    import keras

    from modelspec.weights.model_tree import layers_of_keras, saved_values

    found: Values = {}
    for layer in leaves(layers_of_keras(model)):
        for _, place, value in saved_values(layer.layer, set()):
            if place in layer.tensors:
                found[key_of(layer, place)] = np.array(keras.ops.convert_to_numpy(value))
    return found


def key_of(layer: Any, place: str) -> str:
    """A variable by its name; by its place where it has the number that Keras gives the nameless,
    as the gamma of ConvNeXt's LayerScale has: it is another in each model."""
    name = layer.tensors[place].name
    if re.fullmatch(r"variable(_\d+)?", name.rpartition("/")[2]):
        name = place
    return f"{layer.path}:{type(layer.layer).__name__}/{name}"


def leaves(layers: Any) -> Iterator[Any]:
    for layer in layers:
        if layer.inner:
            yield from leaves(layer.inner)
        else:
            yield layer
