"""Where the weights of an imported model are, and the layers that its file saved them for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelspec.importing.keras_config import is_model, legal_name


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


def list_saved_layers(
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
        inner = list_saved_layers(raw, names, here) if is_model(raw) else ()
        built = names.get(here, legal_name(str(name)))
        found.append(SavedLayer(str(name), built, str(raw.get("class_name")), inner))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class WeightsSource:
    """Where the weights of an imported model are.

    Attributes:
        path: the file.
        form: "keras" (a zip archive with `model.weights.h5`) or "h5" (a whole model in HDF5).
        generation: 2 or 3: which Keras wrote them.
        layers: the layers of the model, under the names and in the order of the file.
        backend: what Keras ran on, where the file records it: "tensorflow", "theano" ...
    """

    path: Path
    form: str
    generation: int
    layers: tuple[SavedLayer, ...]
    backend: str = ""
