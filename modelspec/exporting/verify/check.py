"""Whether the outputs of an exported file are those of the Keras model."""

from __future__ import annotations

import dataclasses
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelspec.building import module_folders
from modelspec.diagnostics import CannotRunError
from modelspec.exporting.export_source import ExportSource
from modelspec.exporting.formats import (
    FORMATS,
    Array,
    ExportSettings,
    LoadRequest,
    plain_text,
    predictor,
    tolerance_of,
)
from modelspec.exporting.output_files import preprocessing_file
from modelspec.framework import clean_message
from modelspec.report import table
from modelspec.spec.extensions import extension_modules, extensions_allowed

from .comparison import (
    MAX_DECREASE,
    MAX_INCREASE,
    MetricDifference,
    OutputDifference,
    compare,
    compare_metrics,
)
from .isolated import RunRequest, predict_in_batches, run_isolated
from .samples import Samples

BATCH = 32


@dataclass(frozen=True, slots=True)
class Check:
    """The result of the comparison.

    Attributes:
        form: the format.
        tolerance: the largest accepted relative difference.
        samples: the examples that were compared.
        differences: one for each output; none where the export does not run.
        error: why it does not run, or "".
        note: what else is worth knowing, or "".
        metrics: of quantized exports of a run, the metrics of the spec.
    """

    form: str
    tolerance: float
    samples: Samples
    differences: tuple[OutputDifference, ...]
    error: str = ""
    note: str = ""
    metrics: tuple[MetricDifference, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether every output is within the tolerance, and no metric is much worse."""
        is_near = all(found.relative <= self.tolerance for found in self.differences)
        return not self.error and is_near and all(metric.accepted for metric in self.metrics)

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
            **({"metrics": [m.to_dict() for m in self.metrics]} if self.metrics else {}),
            **({"error": self.error} if self.error else {}),
            **({"note": self.note} if self.note else {}),
        }

    def to_text(self) -> str:
        """The table for a terminal, and which examples were compared."""
        examples = self.samples.to_text()
        if self.error:
            return f"the export does not run on {examples}:\n{self.error}\n"
        rows = [_row(difference) for difference in self.differences]
        titles = ("output", "largest difference", "relative", "same decision", "note")
        shown = [i for i in range(len(titles)) if i < 3 or any(row[i] for row in rows)]
        header, *rows = (tuple(row[i] for i in shown) for row in (titles, *rows))
        text = table(header, rows, right="largest difference,relative,same decision")
        note = f"{self.note}\n" if self.note else ""
        return (
            f"{text}compared on {examples}; largest accepted relative difference: "
            f"{self.tolerance:g}\n{_metrics_text(self.metrics)}{note}"
        )


def _row(difference: OutputDifference) -> tuple[str, ...]:
    decisions = "" if difference.decisions is None else f"{difference.decisions:.2%}"
    numbers = (f"{difference.absolute:.3g}", f"{difference.relative:.3g}")
    return (difference.output, *numbers, decisions, difference.note)


def _metrics_text(metrics: tuple[MetricDifference, ...]) -> str:
    """The table of the metrics, and what is accepted; "" where there are none."""
    if not metrics:
        return ""
    rows = [
        (m.name, f"{m.model:.4g}", f"{m.export:.4g}", "" if m.accepted else "worse")
        for m in metrics
    ]
    header = ("metric", "model", "export", "note")
    columns = len(header) if any(row[3] for row in rows) else 3
    shown = table(header[:columns], [row[:columns] for row in rows], right="model,export")
    decrease = max(MAX_DECREASE, 1 / metrics[0].examples)
    return (
        f"{shown}accepted: {decrease:.2g} lower where higher is better, {MAX_INCREASE:.0%} higher "
        "where lower is better\n"
    )


def check_export(
    source: ExportSource, form: str, path: Path, samples: Samples, settings: ExportSettings
) -> Check:
    """Run an export in a process of its own, and compare it with the Keras model.

    Args:
        source: what was exported.
        form: a format that computes.
        path: the file, or the folder.
        samples: what to compare on.
        settings: with the tolerance, where it is not the format's.
    """
    inputs = plain_inputs(samples)
    expected = keras_outputs(source.complete, inputs)
    with tempfile.TemporaryDirectory(prefix="modelspec-check-") as folder:
        request = run_request(source, form, path, Path(folder))
        outputs, error = run_isolated("verify.isolated", request, inputs, Path(folder))
    tolerance = tolerance_of(form, settings)
    if error:
        return Check(form, tolerance, samples, (), error)
    differences = tuple(compare(expected, outputs, source.meanings))
    metrics: tuple[MetricDifference, ...] = ()
    if settings.quantize is not None and source.run is not None and samples.is_real:
        metrics = compare_metrics(source.run, samples, expected, outputs)
    return Check(form, tolerance, samples, differences, metrics=metrics)


def keras_outputs(source: ExportSource, inputs: dict[str, Array]) -> dict[str, Array]:
    """The outputs of the Keras model.

    Raises:
        CannotRunError: it cannot predict them.
    """
    try:
        predict = predictor(source.model, _load_request(source))
        return predict_in_batches(predict, inputs, BATCH)
    except Exception as error:  # Keras and TensorFlow raise all kinds
        message = f"the Keras model itself cannot predict the examples: {clean_message(error)}"
        raise CannotRunError(message) from error


def plain_inputs(samples: Samples) -> dict[str, Array]:
    """Examples as another process takes them."""
    return {name: plain_text(array) for name, array in samples.arrays.items()}


def run_request(source: ExportSource, form: str, path: Path, folder: Path) -> RunRequest:
    """The request to run an export. What it needs besides the export is written into `folder`."""
    load = _load_request(source)
    if FORMATS[form].needs_architecture:
        load = dataclasses.replace(load, architecture=str(folder / "architecture.keras"))
        source.model.save(load.architecture)
    is_split = source.preprocessing is not None
    return RunRequest(
        form,
        str(path.resolve()),
        source.batch_size or BATCH,
        load,
        preprocessing=str(preprocessing_file(path).resolve()) if is_split else "",
        fixed_batch=source.batch_size,
    )


def _load_request(source: ExportSource) -> LoadRequest:
    return LoadRequest(**dataclasses.asdict(source.structure), extensions=_extensions(source))


def _extensions(source: ExportSource) -> list[tuple[str, str]]:
    """Folder and name of each module that the user allowed to be imported."""
    if not extensions_allowed():
        return []
    return [
        (str(folder), name)
        for name, span in extension_modules(source.spec)
        for folder in module_folders(source.spec, span)
    ]
