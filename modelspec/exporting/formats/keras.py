"""Keras's own archive of configuration and weights, and running Keras models on arrays."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .format import ZIP_MEMBER, ExportFormat, ExportSettings, LoadRequest, Runtime

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource

    from .arrays import Array, Arrays, Predict, Signature


def write_keras(source: ExportSource, _: ExportSettings, path: Path) -> None:
    """Write a `.keras` file."""
    source.model.save(path)


def load_keras(path: Path, request: LoadRequest) -> Predict:
    """Load the model with Keras."""
    import_extensions(request.extensions)
    import keras

    return predictor(keras.models.load_model(path, compile=False), request)


def read_keras_signature(path: Path) -> Signature:
    """The inputs of the loaded model."""
    import keras

    from modelspec.framework import functional_of

    from .arrays import numpy_dtype

    model = functional_of(keras.models.load_model(path, compile=False))
    return {
        tensor.name: (tuple(tensor.shape), numpy_dtype(tensor.dtype)) for tensor in model.inputs
    }


def import_extensions(extensions: Sequence[Sequence[str]]) -> None:
    """Import modules that the user allowed, which registers their classes with Keras.

    Args:
        extensions: folder and module name of each.
    """
    for folder, module in extensions:
        sys.path.insert(0, folder)
        importlib.import_module(module)


def predictor(model: Any, request: LoadRequest) -> Predict:
    """A Keras model as a function from arrays by input name to arrays by output name."""
    import keras

    from modelspec.data.feed import Structure

    from .arrays import plain_outputs

    names = tuple(request.input_names), tuple(request.output_names)
    structure = Structure(*names, request.input_kind, request.output_kind)

    def predict(inputs: Arrays) -> dict[str, Array]:
        tensors = {name: keras.ops.convert_to_tensor(array) for name, array in inputs.items()}
        outputs = structure.by_output(model(structure.inputs(tensors), training=False))
        return plain_outputs({name: tensor.numpy() for name, tensor in outputs.items()})

    return predict


def preprocess(model: Any, inputs: Arrays) -> dict[str, Array]:
    """The outputs of a Keras model from dict to dict, such as split-off preprocessing."""
    import keras

    from .arrays import plain_outputs

    tensors = {name: keras.ops.convert_to_tensor(array) for name, array in inputs.items()}
    return plain_outputs({name: output.numpy() for name, output in model(tensors).items()})


def after_preprocessing(path: Path, request: LoadRequest, predict: Predict) -> Predict:
    """An export without its preprocessing as a function of the raw inputs.

    Args:
        path: the `.keras` file of the preprocessing.
        request: with the extensions that the preprocessing may need.
        predict: the export.
    """
    import_extensions(request.extensions)
    import keras

    model = keras.models.load_model(path, compile=False)
    return lambda inputs: predict(preprocess(model, inputs))


FORMAT = ExportFormat(
    name="keras",
    suffix=".keras",
    write=write_keras,
    load=load_keras,
    runtime=Runtime.KERAS,
    runtime_modules=("keras", "modelspec.data"),
    read_signature=read_keras_signature,
    metadata=ZIP_MEMBER,
    tolerance=1e-5,
)
