"""What an exported file takes, as its own runtime tells it, and made-up examples of that."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .quiet_packages import report_nothing

Array = npt.NDArray[Any]
Taken = dict[str, tuple[tuple[int | None, ...], str]]
"""Input name to its shape, the batch axis included, and numpy's name of its dtype, or "str"."""

SIZE = 16
"""What stands for a size that is not known."""


def of_keras(path: Path) -> Taken:
    """The inputs of the model that Keras loads."""
    import keras

    from modelspec.framework import functional_of

    model = functional_of(keras.models.load_model(path, compile=False))
    return {tensor.name: (tuple(tensor.shape), _named(tensor.dtype)) for tensor in model.inputs}


def of_saved_model(path: Path) -> Taken:
    """What the serving signature takes."""
    import tensorflow as tf

    serve = tf.saved_model.load(str(path)).signatures["serving_default"]
    taken = serve.structured_input_signature[1]
    return {
        name: (tuple(spec.shape.as_list()), _named(spec.dtype.name)) for name, spec in taken.items()
    }


def of_onnx(path: Path) -> Taken:
    """The inputs of a session; a size that has a name is not known."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return {
        entry.name: (
            tuple(size if isinstance(size, int) else None for size in entry.shape),
            _named(entry.type.removeprefix("tensor(").removesuffix(")")),
        )
        for entry in session.get_inputs()
    }


def of_litert(path: Path) -> Taken:
    """The inputs of the file's signature; -1 there is a size that is not known."""
    report_nothing()
    from ai_edge_litert.interpreter import Interpreter

    runner = Interpreter(model_path=str(path)).get_signature_runner("serving_default")
    return {
        name: (
            tuple(None if size < 0 else int(size) for size in entry["shape_signature"]),
            _named(np.dtype(entry["dtype"]).name),
        )
        for name, entry in runner.get_input_details().items()
    }


def of_openvino(path: Path) -> Taken:
    """The parameters of the graph."""
    report_nothing()
    import openvino

    return {
        port.any_name: (
            tuple(size.get_length() if size.is_static else None for size in port.partial_shape),
            _named(port.element_type.get_type_name()),
        )
        for port in openvino.Core().read_model(str(path)).inputs
    }


_NAMES = {
    "f32": "float32",
    "f64": "float64",
    "i32": "int32",
    "i64": "int64",
    "u8": "uint8",
    "boolean": "bool",
    "float": "float32",
    "double": "float64",
    "bfloat16": "float32",
    "string": "str",
    "object": "str",
    "bytes": "str",
}


def _named(dtype: str) -> str:
    return "str" if dtype.startswith("bytes") else _NAMES.get(dtype, dtype)


SIGNATURES: dict[str, Callable[[Path], Taken]] = {
    "keras": of_keras,
    "saved_model": of_saved_model,
    "onnx": of_onnx,
    "litert": of_litert,
    "openvino": of_openvino,
}
"""Format to what reads its inputs; each imports its own runtime and no other."""


def made_up(taken: Mapping[str, Any], count: int) -> dict[str, Array]:
    """Values that any model of these inputs takes: numbers around 0, classes 0 and 1, a word.

    Args:
        taken: input name to shape and dtype, see `Taken`.
        count: how many examples, where the batch axis is open.
    """
    made: dict[str, Array] = {}
    for name, (sizes, dtype) in taken.items():
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        shape = (sizes[0] or count, *(SIZE if size is None else size for size in sizes[1:]))
        if dtype == "str":
            made[name] = np.full(shape, "unseen")
        elif dtype == "bool" or "int" in dtype:
            made[name] = rng.integers(0, 2, shape).astype(dtype)
        else:
            made[name] = rng.normal(size=shape).astype(dtype)
    return made
