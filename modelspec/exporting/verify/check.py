"""Whether what was exported answers as the Keras model does."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from modelspec.building import folders_of
from modelspec.diagnostics import CannotRunError
from modelspec.exporting.export_source import ExportSource
from modelspec.exporting.formats import FORMATS, QUANTIZED, Settings, keras_predict
from modelspec.exporting.model_split import preprocessing_of
from modelspec.framework import clean_message
from modelspec.report import table
from modelspec.spec.extensions import extension_modules, extensions_allowed

from .check_process import in_batches
from .comparison import OutputDifference, compare
from .quality import FALLS, GROWS, Measure, measures
from .samples import Samples, plain_array
from .subprocess_runner import ask

Array = npt.NDArray[Any]
BATCH = 32


@dataclass(frozen=True, slots=True)
class Check:
    """What the comparison found.

    Attributes:
        form: the format.
        tolerance: the largest relative difference that is accepted.
        samples: what was compared on.
        differences: one for each output; none where the export does not run.
        error: why it does not run, or "".
        note: what else is to be known, or "".
        measures: of quantized exports of a run the metrics of the spec.
    """

    form: str
    tolerance: float
    samples: Samples
    differences: tuple[OutputDifference, ...]
    error: str = ""
    note: str = ""
    measures: tuple[Measure, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether every output is within the tolerance, and no metric is much worse."""
        near = all(found.relative <= self.tolerance for found in self.differences)
        return not self.error and near and all(found.accepted for found in self.measures)

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for `PATH.check.json`."""
        return {
            "version": 1,
            "format": self.form,
            "accepted": self.accepted,
            "tolerance": self.tolerance,
            "samples": {
                "count": len(self.samples),
                "from": self.samples.origin,
                **({"note": self.samples.note} if self.samples.note else {}),
            },
            "outputs": [difference.to_dict() for difference in self.differences],
            **({"metrics": [m.to_dict() for m in self.measures]} if self.measures else {}),
            **({"error": self.error} if self.error else {}),
            **({"note": self.note} if self.note else {}),
        }

    def to_text(self) -> str:
        """The table for a terminal, and what it was made on."""
        on = f"{len(self.samples)} examples of the {self.samples.origin} split"
        if self.samples.origin == "synthetic":
            on = f"{len(self.samples)} synthetic examples: {self.samples.note}"
        if self.error:
            return f"it does not run on {on}:\n{self.error}\n"
        rows = [_row(difference) for difference in self.differences]
        header = ("output", "largest difference", "relative", "same decision", "note")
        kept = [i for i in range(len(header)) if i < 3 or any(row[i] for row in rows)]
        cut = [tuple(row[i] for i in kept) for row in (header, *rows)]
        shown = table(cut[0], cut[1:], right="largest difference,relative,same decision")
        bound = f"accepted up to a relative difference of {self.tolerance:g}"
        note = f"{self.note}\n" if self.note else ""
        return f"{shown}on {on}; {bound}\n{_metrics_text(self.measures)}{note}"


def _metrics_text(measures: tuple[Measure, ...]) -> str:
    """The table of the metrics, and what is accepted; nothing where there are none."""
    if not measures:
        return ""
    rows = [
        (m.name, f"{m.model:.4g}", f"{m.export:.4g}", "" if m.accepted else "worse")
        for m in measures
    ]
    header = ("metric", "model", "export", "note")
    kept = len(header) if any(row[3] for row in rows) else 3
    shown = table(header[:kept], [row[:kept] for row in rows], right="model,export")
    falls = max(FALLS, 1 / measures[0].examples)
    return f"{shown}accepted up to {falls:.2g} less, or {GROWS:.0%} more where less is better\n"


def _row(difference: OutputDifference) -> tuple[str, ...]:
    share = "" if difference.decisions is None else f"{difference.decisions:.2%}"
    numbers = (f"{difference.absolute:.3g}", f"{difference.relative:.3g}")
    return (difference.output, *numbers, share, difference.note)


def check_export(
    subject: ExportSource, form: str, path: Path, samples: Samples, settings: Settings
) -> Check:
    """Run an export in a process of its own, and hold it to the Keras model.

    Args:
        subject: what was exported.
        form: a format that has a tolerance.
        path: the file, or the folder.
        samples: what to compare on.
        settings: the tolerance, where it is not the format's.
    """
    arrays = plain_arrays(samples)
    wanted = answers_of(subject.whole, arrays)
    with tempfile.TemporaryDirectory(prefix="modelspec-check-") as folder:
        about = request(subject, form, path, Path(folder))
        given, error = ask("verify.check_process", about, arrays, Path(folder))
    tolerance = tolerance_of(form, settings)
    if error:
        return Check(form, tolerance, samples, (), error)
    found = tuple(compare(wanted, given, subject.meanings))
    reached: tuple[Measure, ...] = ()
    if settings.quantize is not None and subject.run is not None and samples.is_real:
        reached = measures(subject.run, samples, wanted, given)
    return Check(form, tolerance, samples, found, measures=reached)


def tolerance_of(form: str, settings: Settings) -> float:
    """The largest relative difference that is accepted."""
    if settings.tolerance is not None:
        return settings.tolerance
    if settings.quantize is not None:
        return QUANTIZED[settings.quantize]
    own = FORMATS[form].tolerance
    assert own is not None
    return own


def answers_of(subject: ExportSource, arrays: dict[str, Array]) -> dict[str, Array]:
    """What the Keras model says."""
    try:
        return in_batches(keras_predict(subject.model, _structure(subject)), arrays, BATCH)
    except Exception as error:  # Keras and TensorFlow raise all kinds
        message = f"the Keras model itself does not answer the examples: {clean_message(error)}"
        raise CannotRunError(message) from error


def plain_arrays(samples: Samples) -> dict[str, Array]:
    """Examples as another process takes them."""
    return {name: plain_array(array) for name, array in samples.arrays.items()}


def _structure(subject: ExportSource) -> dict[str, Any]:
    structure = subject.structure
    return {
        "input_names": structure.input_names,
        "output_names": structure.output_names,
        "input_kind": structure.input_kind,
        "output_kind": structure.output_kind,
    }


def request(subject: ExportSource, form: str, path: Path, folder: Path) -> dict[str, Any]:
    """What another process must know to run an export; what it needs beside goes into `folder`."""
    fixed = next(iter(subject.tensors.values())).shape[0]
    about = {
        "format": form,
        "artefact": str(path.resolve()),
        "batch": fixed or BATCH,
        "fixed": fixed,
        "extensions": _extensions(subject),
        **_structure(subject),
    }
    if form == "weights":
        about["architecture"] = str(folder / "architecture.keras")
        subject.model.save(about["architecture"])
    if subject.before is not None:
        about["preprocessing"] = str(preprocessing_of(path).resolve())
    return about


def _extensions(subject: ExportSource) -> list[tuple[str, str]]:
    """Folder and name of each module that the user allowed to be imported."""
    if not extensions_allowed():
        return []
    return [
        (str(folder), name)
        for name, span in extension_modules(subject.spec)
        for folder in folders_of(subject.spec, span)
    ]
