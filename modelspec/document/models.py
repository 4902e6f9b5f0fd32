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

_ADAPTERS, _HDF5 = ".adapter.h5", ".h5"
_SAVED_MODEL = "saved_model.pb"


def model_format(path: Path) -> str | None:
    """The format of an exported file, or folder, that can keep its spec; None for any other."""
    for suffix, form in MODEL_SUFFIXES.items():
        if path.name.endswith(suffix):
            return form
    return "saved_model" if (path / _SAVED_MODEL).is_file() else None


def purpose_of(path: Path) -> tuple[str, str] | None:
    """What a file that is no text is, and what takes it; None where its name does not tell."""
    if path.name.endswith(_ADAPTERS):
        taken = f"`initial_weights: {{from: FILE, adapters: {path.name}}}`"
        return "a file of low-rank adapters", f"{taken} in a spec takes it"
    if path.name.endswith(_HDF5):
        takers = "`initial_weights` in a spec takes weights, `modelspec import` a whole model"
        return "a file of HDF5, as Keras's weights are", takers
    if model_format(path) is not None:
        takers = "`summarize`, `expand`, `evaluate`, `predict` and `benchmark`"
        return "an exported model", f"{takers} take one; other commands take its run or its spec"
    return None
