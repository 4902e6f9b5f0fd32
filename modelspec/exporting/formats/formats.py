"""The table of formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from modelspec.exporting.python import write_python
from modelspec.graph import Graph
from modelspec.spec import Spec

from .keras import write_json, write_keras, write_weights
from .litert import write_litert
from .onnx import write_onnx
from .openvino import write_openvino
from .saved_model import write_saved_model
from .settings import Settings

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource


class Format(NamedTuple):
    """One format, written from a Keras model or from a spec: exactly one of the two is set.

    Attributes:
        suffix: the ending of its files, or of a folder's name where the user gives none.
        write: writes a model to a path that has this ending.
        write_spec: writes a spec and its graph, without TensorFlow and without weights.
        is_folder: what is written is a folder, under any name.
        tolerance: the largest relative difference between its answers and those of the Keras
            model, where the user says nothing; None for a format that computes nothing.
        needs: the packages, by their import names, that write it and run it; they are the extra
            of the format's name.
        has_labels: the names of classes are inside; else they are written beside.
        beside: the ending, in the place of `suffix`, of a second file that the first one reads;
            "" where there is none.
    """

    suffix: str
    write: Callable[[ExportSource, Settings, Path], None] | None = None
    write_spec: Callable[[Spec, Graph, Path], None] | None = None
    is_folder: bool = False
    tolerance: float | None = None
    needs: tuple[str, ...] = ()
    has_labels: bool = False
    beside: str = ""


FORMATS = {
    "keras": Format(".keras", write_keras, tolerance=1e-5),
    "weights": Format(".weights.h5", write_weights, tolerance=1e-5),
    "saved_model": Format(
        ".saved_model", write_saved_model, is_folder=True, tolerance=1e-5, has_labels=True
    ),
    "onnx": Format(
        ".onnx",
        write_onnx,
        tolerance=1e-4,
        needs=("tf2onnx", "onnx", "onnxruntime"),
        has_labels=True,
    ),
    "litert": Format(".tflite", write_litert, tolerance=1e-4, needs=("ai_edge_litert",)),
    "openvino": Format(
        ".xml",
        write_openvino,
        tolerance=1e-4,
        needs=("openvino",),
        has_labels=True,
        beside=".bin",
    ),
    "json": Format(".json", write_json),
    "python": Format(".py", write_spec=write_python),
}
