"""Every architecture of `keras.applications` through the formats of other runtimes, as a table.

For each: model -> `from_keras` -> spec -> built by modelspec, with random weights, for small
pictures, without the softmax at its end, which would hide differences. It is written, loaded by
the format's own runtime in a process of its own, and its answers to random pictures are held to
the Keras model's. The bound: none is beyond the tolerance of its format, or refused.

    python -m benchmarks.export_applications [NAME ...]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.applications import architectures, opened
from benchmarks.exports import Row, checked, refused, show
from modelspec.api.building import build_opened
from modelspec.diagnostics.problems import ModelspecError
from modelspec.exporting.export_source import ExportSource, source_of_spec
from modelspec.exporting.formats.format import ExportSettings
from modelspec.exporting.formats.formats import FORMATS
from modelspec.exporting.verify.check import check_export
from modelspec.exporting.verify.samples import Samples
from modelspec.framework import start_keras

FORMS = ("saved_model", "onnx", "litert", "openvino")
SIDE, PICTURES = 64, 4
LEAST = {"InceptionResNetV2": 75, "InceptionV3": 75, "Xception": 71}
"""The smallest side of those that take no picture of `SIDE`."""


def subject_of(name: str) -> ExportSource:
    """An architecture by way of a spec."""
    side = LEAST.get(name, SIDE)
    make = architectures()[name]
    model = make(weights=None, input_shape=(side, side, 3), classifier_activation=None)
    spec, _ = opened(name, model)
    return source_of_spec(spec.spec, spec.graph, build_opened(spec))


def pictures(subject: ExportSource) -> Samples:
    """Random pictures with values from 0 to 255."""
    import numpy as np

    ((name, tensor),) = subject.tensors.items()
    shape = (PICTURES, *tensor.shape[1:])
    made = np.random.default_rng(0).uniform(0, 255, shape).astype("float32")
    return Samples({name: made}, "synthetic", "random pictures")


def row_of(name: str, subject: ExportSource, form: str) -> Row:
    """Write one architecture in one format, and hold it to Keras."""
    write: Any = FORMATS[form].write
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"model{FORMATS[form].suffix}")
        try:
            write(subject, ExportSettings(), path)
        except ModelspecError as error:
            return refused(name, form, error)
        return checked(
            name, form, check_export(subject, form, path, pictures(subject), ExportSettings())
        )


def rows(names: list[str]) -> Iterator[Row]:
    """All architectures, or those named, in every format, one in memory at a time."""
    import keras

    for name in names or list(architectures()):
        keras.backend.clear_session()
        subject = subject_of(name)
        for form in FORMS:
            yield row_of(name, subject, form)


if __name__ == "__main__":
    start_keras()
    sys.exit(show(rows(sys.argv[1:])))
