"""Measuring the exports of a run or a spec side by side, as a function of paths."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.compile import Source
from modelspec.diagnostics import CannotRunError, UsageError, did_you_mean
from modelspec.document import model_format
from modelspec.exporting.benchmark import VARIANTS, BenchmarkOptions, Variant
from modelspec.exporting.formats import FORMATS
from modelspec.runs import run_of_model
from modelspec.spec.extensions import permit_extensions

if TYPE_CHECKING:
    from modelspec.exporting.benchmark import Measurement, SourceMeasurements


def benchmark(
    source: Source,
    formats: Sequence[str] = (),
    *,
    batch_size: int = 32,
    seconds: float = 2.0,
    allow_extensions: bool = False,
) -> list[Measurement]:
    """Measure the exports of a run or a spec, or an exported file.

    Args:
        source: a run folder, a spec, or what `export` wrote.
        formats: names of `modelspec.exporting.benchmark.VARIANTS`; by default all. Not for a file.
        batch_size: examples in one call for the throughput.
        seconds: how long calls with one example are measured, and those with a batch.
        allow_extensions: import the modules that the spec names, which runs their code.

    Returns:
        One for each format; with its reason where it was not measured.

    Raises:
        SpecError, UsageError, CannotRunError: as `export` does.
    """
    options = BenchmarkOptions(batch_size, seconds)
    with permit_extensions(allow_extensions):
        (found,) = benchmark_all([source], formats, options, {}, lambda _: None)
    return list(found.rows)


def benchmark_all(
    sources: Sequence[Source],
    formats: Sequence[str],
    options: BenchmarkOptions,
    overrides: Mapping[str, Any],
    report: Callable[[str], None],
) -> list[SourceMeasurements]:
    """As `benchmark` for several sources; exported files are one of them together.

    Args:
        sources: run folders, specs, exported files.
        formats: names of variants; all where it is empty.
        options: how to measure.
        overrides: dotted paths to values; for specs.
        report: called with a line of text on what is measured now.
    """
    variants = select_variants(formats)
    files = {str(source): form for source in sources if (form := exported_format(Path(source)))}
    if files and (formats or overrides):
        message = (
            f"{next(iter(files))} is exported already; --formats and --set take a run or a spec"
        )
        raise UsageError(message)
    from modelspec.framework import start_keras

    start_keras()
    models = [source for source in sources if str(source) not in files]
    found = [_measure_model(source, variants, options, overrides, report) for source in models]
    return [*found, *([_measure_files(files, options, report)] if files else [])]


def _measure_files(
    files: Mapping[str, str], options: BenchmarkOptions, report: Callable[[str], None]
) -> SourceMeasurements:
    from modelspec.exporting.benchmark import SourceMeasurements, measure_file

    rows = []
    for name, form in files.items():
        report(f"measuring {name}")
        rows.append(measure_file(Path(name), form, options))
    return SourceMeasurements("files", _require_figures(rows), "synthetic data")


def _measure_model(
    source: Source,
    variants: Sequence[Variant],
    options: BenchmarkOptions,
    overrides: Mapping[str, Any],
    report: Callable[[str], None],
) -> SourceMeasurements:
    from modelspec.exporting.benchmark import ModelBenchmark, SourceMeasurements

    from .exporting import export_source

    opened = export_source(source, "keras", overrides)
    for finding in opened.findings:
        report(str(finding))
    if opened.weights_report is not None:
        report("\n".join(opened.weights_report.lines()))
    model = ModelBenchmark(opened, options)
    rows = []
    for variant in variants:
        report(f"measuring {variant.name}")
        with tempfile.TemporaryDirectory(prefix="modelspec-benchmark-") as folder:
            rows.append(model.measure(variant, Path(folder)))
    return SourceMeasurements(str(source), _require_figures(rows), model.samples.to_text())


def _require_figures(rows: list[Measurement]) -> list[Measurement]:
    """The rows, of which at least one must have figures.

    Raises:
        CannotRunError: none has.
    """
    if not any(row.figures for row in rows):
        reasons = "".join(f"\n  {row.name}: {row.reason}" for row in rows)
        raise CannotRunError(f"nothing could be measured{reasons}")
    return rows


def select_variants(names: Sequence[str]) -> list[Variant]:
    """The variants of these names, or all.

    Raises:
        UsageError: there is no such variant.
    """
    for name in names:
        if name not in VARIANTS:
            hint = did_you_mean(name, VARIANTS) or f"; there are {', '.join(VARIANTS)}"
            raise UsageError(f'there is no format "{name}" to measure{hint}')
    return [VARIANTS[name] for name in dict.fromkeys(names or VARIANTS)]


def exported_format(path: Path) -> str | None:
    """The format of an exported file; None for a spec or a run folder.

    Raises:
        UsageError: nothing exists at the path, or only weights.
    """
    if not path.exists():
        raise UsageError(f"there is no file {path}")
    form = model_format(path) if run_of_model(path) is None else None
    if form is not None and FORMATS[form].needs_architecture:
        raise UsageError(f"{path} has only weights, which cannot predict without their model")
    return form
