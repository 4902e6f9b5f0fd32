"""Each of many edits of a spec is told as the one edit that it is."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from modelspec.api import diff
from modelspec.comparison import SpecDiff
from modelspec.document import emit

LAYERS: tuple[dict[str, Any], ...] = (
    {"Dense": {"units": 8, "activation": "relu"}},
    {"Dense": {"units": 8, "activation": "tanh"}},
    {"Dropout": {"rate": 0.25}},
    {"LayerNormalization": {"epsilon": 0.001}},
    {"Activation": {"activation": "gelu"}},
)
"""All take and give eight numbers, so that every edit leaves a model that can be built."""

CHANGES = {
    "Dense": ("use_bias", False),
    "Dropout": ("rate", 0.5),
    "LayerNormalization": ("epsilon", 0.01),
    "Activation": ("activation", "silu"),
}

INSERTED = {"GaussianNoise": {"stddev": 0.125}}
EDITS = ("insert", "remove", "rename", "move", "argument", "class", "data", "training")


@dataclass
class Model:
    """A chain of layers, of which some are added to what came some layers before.

    Attributes:
        names: of the layers in their order.
        layers: name to layer.
        skips: layers that are followed by an `Add` with the input of the one before.
    """

    names: list[str]
    layers: dict[str, dict[str, Any]]
    skips: set[str] = field(default_factory=set)

    def copy(self) -> Model:
        return Model([*self.names], {**self.layers}, {*self.skips})

    def functional(self) -> dict[str, Any]:
        layers: dict[str, Any] = {}
        edges, last = [], "x"
        for name in self.names:
            layers[name] = self.layers[name]
            edges.append(f"{last} -> {name}")
            if name in self.skips:
                layers[f"{name}_sum"] = {"Add": {}}
                edges.append(f"{name}, {last} -> {name}_sum")
                last = f"{name}_sum"
            else:
                last = name
        layers["y"] = {"Dense": {"units": 2}}
        edges.append(f"{last} -> y")
        inputs = {"x": {"shape": [8]}}
        return {"functional": {"inputs": inputs, "layers": layers, "edges": edges, "outputs": "y"}}

    def sequential(self, *, named: bool) -> dict[str, Any]:
        layers = []
        for name in self.names:
            (kind, arguments), *_ = self.layers[name].items()
            layers.append({kind: {**arguments, **({"name": name} if named else {})}})
        layers.append({"Dense": {"units": 2, "name": "y"}})
        return {"sequential": {"input": {"shape": [8]}, "layers": layers}}


def drawn(generator: random.Random) -> Model:
    names = [f"part{number}" for number in range(generator.randint(6, 14))]
    layers = {name: generator.choice(LAYERS) for name in names}
    return Model(names, layers, {name for name in names if generator.random() < 0.25})


def edited(model: Model, edit: str, generator: random.Random) -> tuple[Model, str, str]:
    """The model after an edit, and the names before and after of the layer that it is about."""
    new = model.copy()
    free = [name for name in model.names if name not in model.skips]
    name = generator.choice(free)
    at = model.names.index(name)
    if edit == "insert":
        new.names.insert(at, "extra")
        new.layers["extra"] = INSERTED
        return new, "", "extra"
    if edit == "remove":
        new.names.remove(name)
        return new, name, ""
    if edit == "rename":
        new.names[at] = "another"
        new.layers["another"] = new.layers.pop(name)
        return new, name, "another"
    if edit == "move":
        new.names.remove(name)
        to = generator.choice([i for i in range(len(new.names) + 1) if abs(i - at) > 1])
        new.names.insert(to, name)
    if edit == "argument":
        kind = next(iter(new.layers[name]))
        key, value = CHANGES[kind]
        new.layers[name] = {kind: {**new.layers[name][kind], key: value}}
    if edit == "class":
        new.layers[name] = INSERTED
    return new, name, name


def write(path: Path, model: dict[str, Any], batch_size: int = 32, epochs: int = 3) -> Path:
    document = {
        "modelspec": 1,
        "name": "m",
        "model": model,
        "data": {"train": {"synthetic": {"examples": 8}}, "batch_size": batch_size},
        "training": {"epochs": epochs, "optimizer": "adam", "loss": "mse"},
    }
    path.write_text(emit(document), encoding="utf-8")
    return path


def kinds_of(found: SpecDiff) -> list[tuple[tuple[str, ...], str | None, str]]:
    return [
        (tuple(str(kind) for kind in change.kinds), change.old_name, change.name)
        for change in found.layers
    ]


EXPECTED: dict[str, Callable[[str, str], list[tuple[tuple[str, ...], str | None, str]]]] = {
    "insert": lambda old, new: [(("added",), None, new)],
    "remove": lambda old, new: [(("removed",), None, old)],
    "rename": lambda old, new: [(("renamed",), old, new)],
    "move": lambda old, new: [(("moved",), None, new)],
    "argument": lambda old, new: [(("changed",), None, new)],
    "class": lambda old, new: [(("changed",), None, new)],
    "data": lambda old, new: [],
    "training": lambda old, new: [],
}


@pytest.mark.parametrize("seed", range(60))
def test_an_edit_of_a_graph_is_one_change(tmp_path: Path, seed: int) -> None:
    generator = random.Random(seed)
    model, edit = drawn(generator), EDITS[seed % len(EDITS)]
    new, before, now = edited(model, edit, generator)
    batch, epochs = 16 if edit == "data" else 32, 5 if edit == "training" else 3
    if edit in ("data", "training"):
        new = model
    found = diff(
        write(tmp_path / "old.yaml", model.functional()),
        write(tmp_path / "new.yaml", new.functional(), batch, epochs),
    )
    assert not found.is_same
    assert kinds_of(found) == EXPECTED[edit](before, now)
    settings = {"data": ["data.batch_size"], "training": ["training.epochs"]}.get(edit, [])
    assert list(found.settings) == settings


@pytest.mark.parametrize("seed", range(60))
def test_an_edit_of_a_stack_without_names_is_one_change(tmp_path: Path, seed: int) -> None:
    generator = random.Random(1000 + seed)
    model, edit = drawn(generator), ("insert", "remove", "move", "argument", "class")[seed % 5]
    new, _, _ = edited(model, edit, generator)
    found = diff(
        write(tmp_path / "old.yaml", model.sequential(named=False)),
        write(tmp_path / "new.yaml", new.sequential(named=False)),
    )
    if [model.layers[n] for n in model.names] == [new.layers[n] for n in new.names]:
        assert found.is_same  # two equal neighbours changed places
        return
    kinds = [kind for kind, _, _ in kinds_of(found)]
    assert kinds == [EXPECTED[edit]("", "")[0][0]]
