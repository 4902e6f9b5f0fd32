"""Running what was exported, each format by its own runtime."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .quiet_packages import quiet, report_nothing

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]
Predict = Callable[[Arrays], dict[str, Array]]
"""From a batch by input name to the answers by output name."""


def as_arrays(found: Mapping[str, Any]) -> dict[str, Array]:
    """Plain numpy: bfloat16 is none of its kinds, and no archive of arrays holds it."""
    arrays = {name: np.asarray(value) for name, value in found.items()}
    return {
        name: array.astype(np.float32) if array.dtype.kind == "V" else array
        for name, array in arrays.items()
    }


def load_saved_model(path: Path, _: Mapping[str, Any]) -> Predict:
    """Through the serving signature, as TensorFlow Serving calls it."""
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))
    serve = loaded.signatures["serving_default"]

    def predict(inputs: Arrays) -> dict[str, Array]:
        assert loaded is not None  # the signature holds its variables only weakly
        found = serve(**{name: tf.constant(array) for name, array in inputs.items()})
        return as_arrays({name: tensor.numpy() for name, tensor in found.items()})

    return predict


def load_keras(path: Path, about: Mapping[str, Any]) -> Predict:
    """The model that Keras loads."""
    extensions(about)
    import keras

    return keras_predict(keras.models.load_model(path, compile=False), about)


def load_weights(path: Path, about: Mapping[str, Any]) -> Predict:
    """The same architecture with its weights blotted out, then loaded from the file."""
    extensions(about)
    import keras

    model = keras.models.load_model(Path(about["architecture"]), compile=False)
    for variable in model.weights:
        variable.assign(keras.ops.full_like(variable, 7))
    model.load_weights(path)
    return keras_predict(model, about)


def keras_predict(model: Any, about: Mapping[str, Any]) -> Predict:
    """A Keras model as a function of arrays by name."""
    import keras

    from modelspec.data.feed import Structure

    names = tuple(about["input_names"]), tuple(about["output_names"])
    structure = Structure(*names, about["input_kind"], about["output_kind"])

    def predict(inputs: Arrays) -> dict[str, Array]:
        tensors = {name: keras.ops.convert_to_tensor(array) for name, array in inputs.items()}
        found = structure.by_output(model(structure.inputs(tensors), training=False))
        return as_arrays({name: tensor.numpy() for name, tensor in found.items()})

    return predict


def preprocess(model: Any, inputs: Arrays) -> dict[str, Array]:
    """What a model from dict to dict gives, such as the preprocessing that was cut off."""
    import keras

    tensors = {name: keras.ops.convert_to_tensor(array) for name, array in inputs.items()}
    return as_arrays({name: found.numpy() for name, found in model(tensors).items()})


def behind(path: Path, about: Mapping[str, Any], predict: Predict) -> Predict:
    """An export without its preprocessing as a function of what the whole model takes.

    Args:
        path: the file of the preprocessing.
        about: as for the others.
        predict: the export.
    """
    extensions(about)
    import keras

    model = keras.models.load_model(path, compile=False)
    return lambda inputs: predict(preprocess(model, inputs))


def extensions(about: Mapping[str, Any]) -> None:
    """Import what the user allowed the export to import; that registers its classes with Keras."""
    for folder, module in about["extensions"]:
        sys.path.insert(0, folder)
        importlib.import_module(module)


def load_onnx(path: Path, _: Mapping[str, Any]) -> Predict:
    """ONNX Runtime on the CPU."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]

    def predict(inputs: Arrays) -> dict[str, Array]:
        plain = {name: _as_objects(array) for name, array in inputs.items()}
        return as_arrays(dict(zip(names, session.run(names, plain), strict=True)))

    return predict


def load_litert(path: Path, _: Mapping[str, Any]) -> Predict:
    """LiteRT's interpreter, through the file's signature."""
    report_nothing()
    from ai_edge_litert.interpreter import Interpreter

    with quiet():  # LiteRT tells which delegate it takes
        interpreter = Interpreter(model_path=str(path))
        interpreter.allocate_tensors()
        runner = interpreter.get_signature_runner("serving_default")

    def predict(inputs: Arrays) -> dict[str, Array]:
        found = runner(**{name: _as_bytes(array) for name, array in inputs.items()})
        return {name: array.copy() for name, array in as_arrays(found).items()}

    return predict


def load_openvino(path: Path, about: Mapping[str, Any]) -> Predict:
    """OpenVINO on the CPU, in float32: where the CPU can, it would compute in bfloat16."""
    report_nothing()
    import openvino

    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(str(path), "CPU", exact)
    outputs = {name: compiled.output(name) for name in about["output_names"]}

    def predict(inputs: Arrays) -> dict[str, Array]:
        found = compiled(dict(inputs))
        return as_arrays({name: found[output] for name, output in outputs.items()})

    return predict


def _as_objects(array: Array) -> Array:
    return array.astype(object) if array.dtype.kind == "U" else array


def _as_bytes(array: Array) -> Array:
    """Text as LiteRT takes it: UTF-8 in an array of objects."""
    if array.dtype.kind != "U":
        return array
    words = np.asarray([str(word).encode() for word in array.ravel()], dtype=object)
    return words.reshape(array.shape)


RUNTIMES: dict[str, Callable[[Path, Mapping[str, Any]], Predict]] = {
    "keras": load_keras,
    "weights": load_weights,
    "saved_model": load_saved_model,
    "onnx": load_onnx,
    "litert": load_litert,
    "openvino": load_openvino,
}
"""Format to what loads it; each imports its own runtime and no other."""
