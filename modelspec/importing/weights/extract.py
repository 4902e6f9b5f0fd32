"""From a model file to a `.weights.h5` that the built model loads."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.importing.keras2 import rescale_hard_sigmoid
from modelspec.importing.safe_files import WEIGHTS, check_members, import_h5py, open_archive

from .assign import WeightsReport
from .layer_groups import load_layer_groups
from .object_tree import load_object_tree
from .saved_layers import WeightsSource

DAMAGED = (
    AttributeError, EOFError, KeyError, MemoryError, OSError, RuntimeError, TypeError, ValueError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What meets a file whose weights are not as Keras writes them."""


def extract_weights(
    source: WeightsSource, model: Any, output: str | Path, findings: Findings
) -> bool:
    """Write a file's weights as the built model's.

    Args:
        source: where the weights are, from `import_file`.
        model: the Keras model that the imported spec builds. It has the weights afterwards.
        output: the file to write; its name ends with `.weights.h5`.
        findings: takes each layer whose weights do not fit, by counts and by shapes.

    Returns:
        Whether all weights fitted and the file was written.
    """
    span = Span(str(source.path), 1, 1, 1, 1)
    before = findings.error_count
    load_weights(source, model, span, findings)
    if findings.error_count != before:
        return False
    if source.generation == 2:
        rescale_hard_sigmoid(model, span, findings)
    try:
        model.save_weights(str(output), overwrite=True)
    except (OSError, ValueError) as error:
        findings.error(span, "cannot-write", f"{output} cannot be written: {error}")
        return False
    return True


def load_weights(source: WeightsSource, model: Any, span: Span, findings: Findings) -> None:
    """Put a file's weights into a model; findings where they do not fit it."""
    h5py = import_h5py()
    report = WeightsReport(span, findings, source.backend)
    try:
        if source.form == "h5":
            with h5py.File(source.path, "r") as file:
                load_layer_groups(file, source.layers, model, report)
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.weights.h5"
            if not _unpack(source.path, path, span, findings):
                return
            with h5py.File(path, "r") as file:
                check_members(file)
            if source.generation == 3:
                _load_own(model, path, span, findings)
                return
            with h5py.File(path, "r") as file:
                load_object_tree(file, source.layers, model, report)
    except DAMAGED as error:
        findings.error(span, "cannot-read", f"the weights cannot be read: {error}")


def _unpack(archive_path: Path, to: Path, span: Span, findings: Findings) -> bool:
    archive = open_archive(archive_path, span, findings)
    if archive is None:
        return False
    with archive, archive.open(WEIGHTS) as member, to.open("wb") as file:
        shutil.copyfileobj(member, file, 1 << 20)
    return True


def _load_own(model: Any, path: Path, span: Span, findings: Findings) -> None:
    """Keras 3 reads what Keras 3 wrote, and holds shapes and counts to the model."""
    try:
        model.load_weights(str(path))
    except (ValueError, KeyError) as error:
        words = " ".join(str(error).split())
        findings.error(
            span, "weights-do-not-fit", f"the weights do not fit the model: {words[:400]}"
        )
