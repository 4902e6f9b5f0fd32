"""Keras's own JSON: the model's configuration without its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def write_json(model: Any, path: Path) -> None:
    """Write what `keras.models.model_from_json` and `modelspec import` read."""
    path.write_text(model.to_json(indent=1) + "\n", encoding="utf-8")
