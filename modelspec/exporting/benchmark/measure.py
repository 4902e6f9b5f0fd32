"""How large an export is, how fast it loads and predicts, and how far its outputs are off."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from modelspec.diagnostics import ModelspecError, SpecError
from modelspec.exporting.export import write_draft
from modelspec.exporting.export_source import ExportSource
from modelspec.exporting.formats import FORMATS, Array, Arrays, check_settings, tolerance_of
from modelspec.exporting.merged import as_exported
from modelspec.exporting.output_files import second_files
from modelspec.exporting.unsupported import check_supported
from modelspec.exporting.verify import (
    Check,
    RunRequest,
    Samples,
    compare,
    keras_outputs,
    plain_inputs,
    run_isolated,
    run_request,
    samples_of,
)

from .variants import BenchmarkOptions, Variant


@dataclass(frozen=True, slots=True)
class Measurement:
    """One export.

    Attributes:
        name: of the variant, or the path of the file.
        size: in bytes, of all files that belong to it; None where it was not written.
        figures: "import", "load", "median" and "p95" in seconds, "examples_per_second", "peak" in
            bytes or None; empty where it was not measured.
        check: how its outputs compare with the Keras model's; None where there is no such model.
        reason: why it was not measured, or "".
    """

    name: str
    size: int | None = None
    figures: Mapping[str, float | None] = field(default_factory=dict)
    check: Check | None = None
    reason: str = ""

    @property
    def accepted(self) -> bool:
        """Whether its outputs are within the tolerance of its format, as far as that is known."""
        return self.check is None or self.check.accepted

    def to_dict(self) -> dict[str, Any]:
        """As plain data; what is empty is left out."""
        found: dict[str, Any] = {"name": self.name, "bytes": self.size}
        if self.figures:
            found |= {
                "import_seconds": self.figures["import"],
                "load_seconds": self.figures["load"],
                "latency_seconds": {key: self.figures[key] for key in ("median", "p95")},
                "examples_per_second": self.figures["examples_per_second"],
                "peak_bytes": self.figures["peak"],
            }
        if self.check is not None:
            found["check"] = self.check.to_dict()
        return {**found, **({"reason": self.reason} if self.reason else {})}


class ModelBenchmark:
    """A model whose exports are measured on the same examples, one after another."""

    def __init__(self, source: ExportSource, options: BenchmarkOptions) -> None:
        self._source, self._options = source, options
        self.samples: Samples = samples_of(source)
        self._inputs = plain_inputs(self.samples)

    def measure(self, variant: Variant, folder: Path) -> Measurement:
        """Export a variant into an empty folder, and measure it in a process of its own."""
        form, settings = variant.form, variant.settings
        path, source = folder / f"model{FORMATS[form].suffix}", self._source
        try:
            check_supported(source.spec, source.graph, form)
            check_settings(form, settings)
            source, note = as_exported(source, form)
            write_draft(source, form, settings, path, path)
        except SpecError as error:
            return Measurement(variant.name, reason=error.findings[0].message)
        except ModelspecError as error:
            return Measurement(variant.name, reason=str(error))
        size = size_of(folder)
        expected = keras_outputs(source, self._inputs)
        with tempfile.TemporaryDirectory(prefix="modelspec-benchmark-") as temporary:
            request = run_request(source, form, path, Path(temporary))
            figures, outputs, reason = _run(request, self._inputs, self._options, Path(temporary))
        if reason:
            return Measurement(variant.name, size, reason=f"the export does not run: {reason}")
        found = tuple(compare(expected, outputs, source.meanings))
        check = Check(form, tolerance_of(form, settings), self.samples, found, note=note)
        return Measurement(variant.name, size, figures, check)


def measure_file(path: Path, form: str, options: BenchmarkOptions) -> Measurement:
    """Measure an exported file as it is, on synthetic inputs of its signature."""
    request = RunRequest(form, str(path.resolve()), options.batch_size)
    with tempfile.TemporaryDirectory(prefix="modelspec-benchmark-") as folder:
        figures, _, error = _run(request, {}, options, Path(folder))
    size = sum(size_of(file) for file in (path, *second_files(path, form)))
    if error:
        return Measurement(str(path), size, reason=f"the export does not run: {error}")
    return Measurement(str(path), size, figures)


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files)


def _run(
    request: RunRequest, inputs: Arrays, options: BenchmarkOptions, folder: Path
) -> tuple[dict[str, float | None], dict[str, Array], str]:
    """The figures of an export, its outputs, and why there are none, or ""."""
    request = replace(request, options=asdict(options))
    outputs, error = run_isolated("benchmark.measure_process", request, inputs, folder)
    if error:
        return {}, {}, error
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    return figures, outputs, ""
