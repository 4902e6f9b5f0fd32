"""How large an export is, how fast it loads and answers, and how far its answers are off."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy.typing as npt

from modelspec.diagnostics import ModelspecError, SpecError
from modelspec.exporting.export import draft
from modelspec.exporting.export_source import ExportSource
from modelspec.exporting.formats import FORMATS
from modelspec.exporting.precision import prepared
from modelspec.exporting.unsupported import refuse
from modelspec.exporting.verify import (
    Check,
    Samples,
    answers_of,
    ask,
    compare,
    plain_arrays,
    request,
    samples_of,
    tolerance_of,
)
from modelspec.exporting.write import beside, check_settings

from .variants import MeasureOptions, Variant

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One export.

    Attributes:
        name: of the variant, or the path of the file.
        size: in bytes, of all that belongs to it; None where it was not written.
        figures: "import", "load", "median" and "p95" in seconds, "examples_per_second", "peak" in
            bytes or None; empty where it was not measured.
        check: how its answers compare with the Keras model's; None where there is none.
        reason: why it was not measured, or "".
    """

    name: str
    size: int | None = None
    figures: Mapping[str, float | None] = field(default_factory=dict)
    check: Check | None = None
    reason: str = ""

    @property
    def accepted(self) -> bool:
        """Whether its answers are within the tolerance of its format, as far as it has some."""
        return self.check is None or self.check.accepted

    def to_dict(self) -> dict[str, Any]:
        """As plain data; a key is left out where there is nothing to say."""
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


class Bench:
    """A model whose exports are measured on the same examples, one after another."""

    def __init__(self, subject: ExportSource, how: MeasureOptions) -> None:
        self._subject, self._how = subject, how
        self.samples: Samples = samples_of(subject)
        self._arrays = plain_arrays(self.samples)

    def measure(self, variant: Variant, folder: Path) -> Measurement:
        """Export a variant into an empty folder, and measure it in a process of its own."""
        form, settings = variant.form, variant.settings
        path, subject = folder / f"model{FORMATS[form].suffix}", self._subject
        try:
            refuse(subject.spec, subject.graph, form, learned=subject.run is not None)
            check_settings(form, settings)
            subject, note = prepared(subject, form)
            draft(subject, form, settings, path, path)
        except SpecError as error:
            return Measurement(variant.name, reason=error.findings[0].message)
        except ModelspecError as error:
            return Measurement(variant.name, reason=str(error))
        size = size_of(folder)
        wanted = answers_of(subject, self._arrays)
        with tempfile.TemporaryDirectory(prefix="modelspec-benchmark-") as aside:
            about = request(subject, form, path, Path(aside))
            figures, given, why = _ask(about, self._arrays, self._how, Path(aside))
        if why:
            return Measurement(variant.name, size, reason=f"it does not run: {why}")
        found = compare(wanted, given, subject.meanings)
        check = Check(form, tolerance_of(form, settings), self.samples, tuple(found), note=note)
        return Measurement(variant.name, size, figures, check)


def measure_file(path: Path, form: str, how: MeasureOptions) -> Measurement:
    """Measure an exported file as it is, on values made up from what it takes."""
    with tempfile.TemporaryDirectory(prefix="modelspec-benchmark-") as aside:
        about: dict[str, Any] = {"format": form, "artefact": str(path.resolve())}
        about |= {"extensions": [], "output_names": [], "fixed": None}
        figures, _, error = _ask(about, {}, how, Path(aside))
    size = sum(size_of(file) for file in (path, *beside(path, form)))
    if error:
        return Measurement(str(path), size, reason=f"it does not run: {error}")
    return Measurement(str(path), size, figures)


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files)


def _ask(
    about: Mapping[str, Any], arrays: Mapping[str, Array], how: MeasureOptions, folder: Path
) -> tuple[dict[str, float | None], dict[str, Array], str]:
    """The figures of an export, its answers, and why there are none."""
    given, error = ask("benchmark.measure_process", {**about, **how._asdict()}, arrays, folder)
    if error:
        return {}, {}, error
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    return figures, given, ""
