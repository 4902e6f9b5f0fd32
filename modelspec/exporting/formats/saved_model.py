"""TensorFlow's SavedModel, with the spec's names of inputs and outputs in its signature."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import CannotRunError
from modelspec.framework import clean_message

from .format import METADATA_NAME, ExportFormat, ExportSettings, LoadRequest, MetadataStore, Runtime

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource

    from .arrays import Array, Arrays, Predict, Signature

SERVING = "serving_default"
"""Name of the signature that TensorFlow Serving calls."""

EXTRA = "assets.extra"
"""The folder of a SavedModel that is for files of other programs."""


def write_saved_model(source: ExportSource, _: ExportSettings, path: Path) -> None:
    """Write a folder that TensorFlow Serving takes, with the class names in its `assets.extra`.

    Raises:
        CannotRunError: the model cannot be traced.
    """
    write_serving(source, serving_function(source), path)
    for name, labels in source.labels().items():
        extra = path / EXTRA
        extra.mkdir(exist_ok=True)
        text = "".join(f"{label}\n" for label in labels)
        (extra / f"{name}.labels.txt").write_text(text, encoding="utf-8", newline="\n")


def write_serving(source: ExportSource, serve: Any, path: Path) -> None:
    """Write a folder with one signature.

    Args:
        source: the model.
        serve: from tensors by input name to tensors by name.
        path: of the folder.

    Raises:
        CannotRunError: the model cannot be traced.
    """
    from keras.export import ExportArchive

    archive = ExportArchive()
    archive.track(source.model)
    with tracing_errors_explained():
        archive.add_endpoint("serve", serve, input_signature=[tensor_specs(source)])
        archive.write_out(str(path), verbose=False)


@contextlib.contextmanager
def tracing_errors_explained() -> Iterator[None]:
    """Turn an error of tracing a model into a message without TensorFlow's stacks.

    Raises:
        CannotRunError: tracing failed, for example since a layer needs a size that the spec leaves
            open.
    """
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # layers raise all kinds
        message = f"the model cannot be converted to a TensorFlow graph: {clean_message(error)}"
        raise CannotRunError(message) from error


def serving_function(source: ExportSource) -> Any:
    """The model in inference mode, from tensors by input name to tensors by output name."""

    def serve(named: dict[str, Any]) -> dict[str, Any]:
        outputs = source.model(source.structure.inputs(named), training=False)
        return source.structure.by_output(outputs)

    return serve


def tensor_specs(source: ExportSource) -> dict[str, Any]:
    """Input name to its `tf.TensorSpec`, batch axis included."""
    import tensorflow as tf

    return {
        name: tf.TensorSpec(tensor.shape, tensor.dtype, name=name)
        for name, tensor in source.tensors.items()
    }


def load_saved_model(path: Path, _: LoadRequest) -> Predict:
    """Load the serving signature, as TensorFlow Serving does."""
    import tensorflow as tf

    from .arrays import plain_outputs

    loaded = tf.saved_model.load(str(path))
    serve = loaded.signatures[SERVING]

    def predict(inputs: Arrays) -> dict[str, Array]:
        assert loaded is not None  # the signature holds its variables only weakly
        outputs = serve(**{name: tf.constant(array) for name, array in inputs.items()})
        return plain_outputs({name: tensor.numpy() for name, tensor in outputs.items()})

    return predict


def read_saved_model_signature(path: Path) -> Signature:
    """The inputs of the serving signature."""
    import tensorflow as tf

    from .arrays import numpy_dtype

    serve = tf.saved_model.load(str(path)).signatures[SERVING]
    specs = serve.structured_input_signature[1]
    return {
        name: (tuple(spec.shape.as_list()), numpy_dtype(spec.dtype.name))
        for name, spec in specs.items()
    }


def _write_extra(path: Path, text: str) -> None:
    extra = path / EXTRA
    extra.mkdir(exist_ok=True)
    (extra / METADATA_NAME).write_text(text, encoding="utf-8", newline="\n")


def _read_extra(path: Path) -> str | None:
    file = path / EXTRA / METADATA_NAME
    return file.read_text(encoding="utf-8") if file.is_file() else None


FORMAT = ExportFormat(
    name="saved_model",
    suffix=".saved_model",
    write=write_saved_model,
    load=load_saved_model,
    runtime=Runtime.TENSORFLOW,
    runtime_modules=("tensorflow",),
    read_signature=read_saved_model_signature,
    metadata=MetadataStore(_write_extra, _read_extra),
    tolerance=1e-5,
    is_folder=True,
    stores_labels=True,
)
