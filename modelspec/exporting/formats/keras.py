"""Keras's own files: the whole model, or its weights alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .settings import Settings

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource


def write_keras(subject: ExportSource, _: Settings, path: Path) -> None:
    """Keras's archive of configuration and weights."""
    subject.model.save(path)


def write_weights(subject: ExportSource, _: Settings, path: Path) -> None:
    """The weights alone, which `training.initial_weights` and `Model.load_weights` take."""
    subject.model.save_weights(path)


def write_json(subject: ExportSource, _: Settings, path: Path) -> None:
    """What `keras.models.model_from_json` and `modelspec import` read: no weights."""
    path.write_text(subject.model.to_json(indent=1) + "\n", encoding="utf-8")
