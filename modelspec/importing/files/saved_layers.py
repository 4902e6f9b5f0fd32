"""The layers of a file as its weights know them: under the file's names, in the file's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelspec.importing.keras_config import is_model
from modelspec.importing.objects import legal_name


@dataclass(frozen=True, slots=True)
class SavedLayer:
    """One layer of a model file.

    Attributes:
        name: as the file has it.
        built: as the spec, and the model that is built from it, have it.
        class_name: as the file has it.
        inner: for a nested model, its layers.
    """

    name: str
    built: str
    class_name: str
    inner: tuple[SavedLayer, ...] = ()


def saved_layers(
    model: Mapping[str, Any], names: Mapping[tuple[str, ...], str], path: tuple[str, ...] = ()
) -> tuple[SavedLayer, ...]:
    """All layers of a model's config.

    Args:
        model: the model, with its `config`.
        names: for each layer whose name had to change, its path and its new name.
        path: the names of the models around it.
    """
    config = model["config"]
    raws: Sequence[Any] = config if isinstance(config, list) else config["layers"]
    found = []
    for raw in raws:
        inner_config = raw.get("config")
        name = raw.get("name") or (
            inner_config.get("name") if isinstance(inner_config, dict) else ""
        )
        here = (*path, str(name))
        inner = saved_layers(raw, names, here) if is_model(raw) else ()
        built = names.get(here, legal_name(str(name)))
        found.append(SavedLayer(str(name), built, str(raw.get("class_name")), inner))
    return tuple(found)
