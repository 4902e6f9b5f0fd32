"""Models of mixed precision in float32, which is what other runtimes compute in."""

from __future__ import annotations

import json
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .unsupported_table import PRECISIONS

if TYPE_CHECKING:
    from .export_source import ExportSource

CONFIG = "config.json"


def prepared(subject: ExportSource, form: str) -> tuple[ExportSource, str]:
    """A model as a format takes it, and what was done to it, or ""."""
    if form not in PRECISIONS or not is_mixed(subject.model):
        return subject, ""
    note = "exported in float32, and compared with the model in float32: its precision is mixed"
    return replace(subject, model=in_float32(subject.model)), note


def is_mixed(model: Any) -> bool:
    """Whether a layer computes in another dtype than it keeps its weights in.

    The layers of nested models and those inside wrappers such as `Bidirectional` count too.
    """
    # private, but the only walk of Keras's that also enters wrappers and cells
    return any(layer.compute_dtype != layer.variable_dtype for layer in model._flatten_layers())


def in_float32(model: Any) -> Any:
    """A copy of a model of mixed precision, with its weights and its vocabularies, whose layers
    compute in float32.

    It goes through Keras's own file, whose configuration says what each layer computes in: that
    alone keeps all that layers have learned.
    """
    import keras

    with tempfile.TemporaryDirectory(prefix="modelspec-export-") as folder:
        mixed, plain = Path(folder, "mixed.keras"), Path(folder, "plain.keras")
        model.save(mixed)
        with zipfile.ZipFile(mixed) as old, zipfile.ZipFile(plain, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                if name == CONFIG:
                    content = json.dumps(_plain(json.loads(content), 0)).encode()
                new.writestr(name, content)
        return keras.models.load_model(plain, compile=False)


def _plain(value: Any, depth: int) -> Any:
    """A configuration without mixed policies; inside nested models, inputs take float32 too."""
    if isinstance(value, list):
        return [_plain(item, depth) for item in value]
    if not isinstance(value, dict):
        return value
    name, config = value.get("class_name"), value.get("config") or {}
    if name == "DTypePolicy" and str(config.get("name")).startswith("mixed_"):
        return {**value, "config": {**config, "name": "float32"}}
    if name == "InputLayer" and depth > 1 and config.get("dtype") in ("float16", "bfloat16"):
        return {**value, "config": {**config, "dtype": "float32"}}
    deeper = depth + (name in ("Functional", "Sequential"))
    return {key: _plain(item, deeper) for key, item in value.items()}
