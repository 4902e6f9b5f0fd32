"""Exported models among paths, told by their names alone."""

from __future__ import annotations

from pathlib import Path

MODEL_SUFFIXES = {
    ".keras": "keras",
    ".weights.h5": "weights",
    ".onnx": "onnx",
    ".tflite": "litert",
    ".xml": "openvino",
}
"""Ending of an exported file to its format; a test holds it to the table of formats."""

_SAVED_MODEL = "saved_model.pb"


def model_format(path: Path) -> str | None:
    """The format of an exported file, or folder, that can keep its spec; None for any other."""
    for suffix, form in MODEL_SUFFIXES.items():
        if path.name.endswith(suffix):
            return form
    return "saved_model" if (path / _SAVED_MODEL).is_file() else None
