"""OpenVINO's pair of files, through its own converter from a SavedModel."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import CannotRunError

from .quiet_packages import quiet, report_nothing
from .saved_model import write_saved_model
from .settings import Settings

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource


def write_openvino(subject: ExportSource, settings: Settings, path: Path) -> None:
    """`NAME.xml` with the graph, and `NAME.bin` beside it with the weights, as float32 as they are.

    Tensors have the spec's names; the classes' names are in the runtime information.

    Raises:
        CannotRunError: the model has an op that OpenVINO does not know.
    """
    report_nothing()
    import openvino

    failed: Exception | None = None
    with tempfile.TemporaryDirectory(prefix="modelspec-export-") as folder, quiet():
        try:
            write_saved_model(subject, settings, Path(folder))
            model = openvino.convert_model(folder)
            _add_metadata(model, subject)
            # by itself it halves the weights to float16
            openvino.save_model(model, str(path), compress_to_fp16=False)
        except Exception as error:  # the converter raises all kinds
            failed = error
    if isinstance(failed, CannotRunError):
        raise failed
    if failed is not None:
        raise CannotRunError(f"OpenVINO does not take this model: {_why(failed)}") from failed


def _add_metadata(model: Any, subject: ExportSource) -> None:
    """The labels as JSON: as a key, the name of an output would have to be a name of XML."""
    model.set_rt_info(subject.name, ["modelspec", "name"])
    # else the name of a folder that is gone
    model.set_rt_info(subject.name, ["conversion_parameters", "input_model"])
    if subject.labels():
        text = json.dumps(subject.labels(), ensure_ascii=False)
        model.set_rt_info(text, ["modelspec", "labels"])


def _why(error: Exception) -> str:
    """The ops that OpenVINO lacks, by their names, else what one says, else the first line."""
    text = str(error)
    missing = re.search(r"No conversion rule found for operations: (.+)", text)
    if missing:
        return f"it has no {missing[1].strip()}"
    failed = re.search(r"-- (\w+) with a message:\n((?:.*\n)*?)\n", text)
    if failed:
        return f"its {failed[1]} says: {failed[2].strip().splitlines()[-1]}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__
