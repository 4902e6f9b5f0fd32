"""TensorFlow's SavedModel, with the spec's names of inputs and outputs in its signature."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import CannotRunError
from modelspec.framework import clean_message

from .settings import Settings

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource

SIGNATURE = "serving_default"


def write_saved_model(subject: ExportSource, _: Settings, path: Path) -> None:
    """A folder that TensorFlow Serving takes. The classes' names lie in its `assets.extra`."""
    from keras.export import ExportArchive

    archive = ExportArchive()
    archive.track(subject.model)
    with tracing():
        signatures = [signature(subject)]
        archive.add_endpoint("serve", serving_function(subject), input_signature=signatures)
        archive.write_out(str(path), verbose=False)
    for name, labels in subject.labels().items():
        extra = path / "assets.extra"
        extra.mkdir(exist_ok=True)
        text = "".join(f"{label}\n" for label in labels)
        (extra / f"{name}.labels.txt").write_text(text, encoding="utf-8")


@contextlib.contextmanager
def tracing() -> Iterator[None]:
    """What fails while a model becomes a graph of TensorFlow, in plain words.

    Raises:
        CannotRunError: a layer needs a size that the spec leaves open, say.
    """
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # layers raise all kinds
        message = f"the model does not become a graph of TensorFlow: {clean_message(error)}"
        raise CannotRunError(message) from error


def serving_function(subject: ExportSource) -> Any:
    """From tensors by input name to tensors by output name, as a model answers in use."""

    def serve(named: dict[str, Any]) -> dict[str, Any]:
        found = subject.model(subject.structure.inputs(named), training=False)
        return subject.structure.by_output(found)

    return serve


def signature(subject: ExportSource) -> dict[str, Any]:
    """Input name to what it takes, the batch axis included: a `tf.TensorSpec`."""
    import tensorflow as tf

    return {
        name: tf.TensorSpec(tensor.shape, tensor.dtype, name=name)
        for name, tensor in subject.tensors.items()
    }
