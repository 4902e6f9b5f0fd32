"""The JSON of `model.to_json()`, without weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .format import ExportFormat, ExportSettings

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource


def write_json(source: ExportSource, _: ExportSettings, path: Path) -> None:
    """Write what `keras.models.model_from_json` and `modelspec import` read."""
    path.write_text(source.model.to_json(indent=1) + "\n", encoding="utf-8", newline="\n")


FORMAT = ExportFormat(name="json", suffix=".json", write=write_json)
