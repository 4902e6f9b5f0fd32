"""Edits of a model's config: a layer inserted, renamed, widened, two in each other's place, another
head."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from typing import Any

from .kept_layers import copy_of

Config = dict[str, Any]


@dataclass
class Edited:
    """An edited config, and what became of names.

    Attributes:
        config: of the model.
        names: path of a layer in the edited model to its path before; new ones are left out.
        edits: what was done, for a message.
    """

    config: Config
    names: dict[str, str] = field(default_factory=dict)
    edits: list[str] = field(default_factory=list)


def edit(config: Config, places: list[tuple[str, str]], source: random.Random) -> Edited:
    """One or two edits of a config.

    Args:
        config: of the model.
        places: path and class of each layer with weights.
        source: of the edits.
    """
    edited = Edited(copy_of(config))
    for _ in range(source.choice([1, 1, 2])):
        change = source.choice([_insert, _rename, _widen, _reorder, _swap_head])
        change(edited, places, source)
    return edited


def _model_of(config: Config, path: str) -> tuple[Config, str] | None:
    """The config of the model that a layer is in, and the layer's name there."""
    *around, name = path.split("/")
    for part in around:
        raw = next((one for one in config["layers"] if _name(one) == part), None)
        if raw is None or "layers" not in raw["config"]:
            return None
        config = raw["config"]
    return (config, name) if any(_name(one) == name for one in config["layers"]) else None


def _name(raw: Config) -> str:
    return str(raw.get("name") or raw["config"].get("name"))


def _rename_in(config: Config, names: dict[str, str]) -> None:
    """Other names for layers of one model, everywhere in its config."""
    for raw in config["layers"]:
        new = names.get(_name(raw))
        if new is not None:
            raw["config"]["name"] = new
            if "name" in raw:
                raw["name"] = new
        _rename_tensors(raw.get("inbound_nodes"), names)
    for key in ("input_layers", "output_layers"):
        _rename_ends(config.get(key), names)


def _rename_tensors(value: Any, names: dict[str, str]) -> None:
    if isinstance(value, dict):
        history = value.get("keras_history")
        if isinstance(history, list):
            history[0] = names.get(history[0], history[0])
        for item in value.values():
            _rename_tensors(item, names)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _rename_tensors(item, names)


def _rename_ends(value: Any, names: dict[str, str]) -> None:
    if isinstance(value, dict):
        for item in value.values():
            _rename_ends(item, names)
    elif isinstance(value, list):
        if len(value) == 3 and isinstance(value[0], str):
            value[0] = names.get(value[0], value[0])
            return
        for item in value:
            _rename_ends(item, names)


def _draw(edited: Edited, places: list[tuple[str, str]], source: random.Random) -> Any:
    """A layer with weights that no edit has renamed: its path, its model's config, its name."""
    path, _ = source.choice(places)
    found = _model_of(edited.config, path)
    return None if found is None else (path, *found)


def _rename(edited: Edited, places: list[tuple[str, str]], source: random.Random) -> None:
    drawn = _draw(edited, places, source)
    if drawn is not None:
        path, config, name = drawn
        new = f"{name}_{source.choice(['new', 'v2', '1'])}"
        if any(_name(raw) == new for raw in config["layers"]):
            return
        _rename_in(config, {name: new})
        edited.names[path[: len(path) - len(name)] + new] = path
        edited.edits.append(f"rename {path} to {new}")


def _insert(edited: Edited, places: list[tuple[str, str]], source: random.Random) -> None:
    """A layer that keeps the shape, before or after the others of its class."""
    drawn = _draw(edited, places, source)
    if drawn is None:
        return
    path, config, name = drawn
    raw = next(one for one in config["layers"] if _name(one) == name)
    kinds = {"BatchNormalization": {}, "LayerNormalization": {}}
    units = raw["config"].get("units")
    if isinstance(units, int):
        kinds["Dense"] = {"units": units}
    kind = source.choice(sorted(kinds))
    made = {
        "module": "keras.layers",
        "class_name": kind,
        "config": {"name": f"inserted_{len(edited.edits)}", **kinds[kind]},
        "registered_name": None,
    }
    at = config["layers"].index(raw) + 1
    if "inbound_nodes" not in raw:
        config["layers"].insert(at, made)
    else:
        new = made["config"]["name"]
        tensor = _tensor_of(config, name)
        if tensor is None:
            return
        for other in config["layers"]:
            _rename_tensors(other.get("inbound_nodes"), {name: new})
        for key in ("output_layers",):
            _rename_ends(config.get(key), {name: new})
        made |= {"name": new, "inbound_nodes": [{"args": [tensor], "kwargs": {}}]}
        config["layers"].insert(at, made)
    edited.edits.append(f"insert a {kind} after {path}")


def _tensor_of(config: Config, name: str) -> Any:
    """A copy of the tensor of a layer, as one that reads it has it."""

    def search(value: Any) -> Any:
        if isinstance(value, dict):
            history = value.get("config", {}).get("keras_history") if "config" in value else None
            if isinstance(history, (list, tuple)) and history[0] == name and history[1] == 0:
                return copy.deepcopy(value)
            value = list(value.values())
        for item in value if isinstance(value, (list, tuple)) else ():
            found = search(item)
            if found is not None:
                return found
        return None

    return search([raw.get("inbound_nodes") for raw in config["layers"]])


def _widen(edited: Edited, places: list[tuple[str, str]], source: random.Random) -> None:
    drawn = _draw(edited, places, source)
    if drawn is None:
        return
    path, config, name = drawn
    own = next(one for one in config["layers"] if _name(one) == name)["config"]
    for key in ("units", "filters", "output_dim"):
        if isinstance(own.get(key), int):
            own[key] += source.choice([1, own[key]])
            edited.edits.append(f"widen {path}")
            return


def _reorder(edited: Edited, places: list[tuple[str, str]], source: random.Random) -> None:
    """Two layers change places: they have each other's name, and so does a whole model."""
    drawn, other = _draw(edited, places, source), _draw(edited, places, source)
    if drawn is None or other is None or drawn[1] is not other[1] or drawn[2] == other[2]:
        return
    _rename_in(drawn[1], {drawn[2]: other[2], other[2]: drawn[2]})
    edited.edits.append(f"swap {drawn[0]} and {other[0]}")


def _swap_head(edited: Edited, places: list[tuple[str, str]], source: random.Random) -> None:
    """The last layer with weights gets another name or another size."""
    change = source.choice([_rename, _widen])
    change(edited, places[-1:], source)
