"""The exports of a run side by side, as a function of paths."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.compile import Source
from modelspec.diagnostics import CannotRunError, UsageError, did_you_mean
from modelspec.document import model_format
from modelspec.spec.extensions import permit_extensions

if TYPE_CHECKING:
    from modelspec.exporting.benchmark import Benched, Measurement, MeasureOptions, Variant


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
        batch_size: the examples of a call for the throughput.
        seconds: how long calls with one example are measured, and those with a batch.
        allow_extensions: import the modules that the spec names, which runs their code.

    Returns:
        One for each format; with its reason where it was not measured.

    Raises:
        SpecError, UsageError, CannotRunError: as `export` does.
    """
    from modelspec.exporting.benchmark import MeasureOptions

    how = MeasureOptions(batch_size, seconds)
    with permit_extensions(allow_extensions):
        (found,) = bench([source], formats, how, {}, lambda _: None)
    return list(found.rows)


def bench(
    sources: Sequence[Source],
    formats: Sequence[str],
    how: MeasureOptions,
    overrides: Mapping[str, Any],
    tell: Callable[[str], None],
) -> list[Benched]:
    """As `benchmark` for several, exported files together; `tell` hears what is going on."""
    variants = chosen(formats)
    files = {str(source): form for source in sources if (form := exported_form(Path(source)))}
    if files and (formats or overrides):
        message = (
            f"{next(iter(files))} is exported already; --formats and --set take a run or a spec"
        )
        raise UsageError(message)
    from modelspec.framework import start_keras

    start_keras()
    others = [source for source in sources if str(source) not in files]
    found = [_bench_model(source, variants, how, overrides, tell) for source in others]
    return [*found, *([_bench_files(files, how, tell)] if files else [])]


def _bench_files(
    files: Mapping[str, str], how: MeasureOptions, tell: Callable[[str], None]
) -> Benched:
    from modelspec.exporting.benchmark import Benched, measure_file

    rows = []
    for name, form in files.items():
        tell(f"measuring {name}")
        rows.append(measure_file(Path(name), form, how))
    return Benched("files", _some(rows), "made-up values")


def _bench_model(
    source: Source,
    variants: Sequence[Variant],
    how: MeasureOptions,
    overrides: Mapping[str, Any],
    tell: Callable[[str], None],
) -> Benched:
    from modelspec.exporting.benchmark import Bench, Benched

    from .exporting import subject_of

    begun = Bench(subject_of(source, "keras", overrides), how)
    rows = []
    for variant in variants:
        tell(f"measuring {variant.name}")
        with tempfile.TemporaryDirectory(prefix="modelspec-benchmark-") as folder:
            rows.append(begun.measure(variant, Path(folder)))
    samples = begun.samples
    on = f"{len(samples)} examples of the {samples.origin} split"
    if samples.origin == "synthetic":
        on = f"{len(samples)} synthetic examples: {samples.note}"
    return Benched(str(source), _some(rows), on)


def _some(rows: list[Measurement]) -> list[Measurement]:
    """Rows of which at least one has figures.

    Raises:
        CannotRunError: none has.
    """
    if not any(row.figures for row in rows):
        said = "".join(f"\n  {row.name}: {row.reason}" for row in rows)
        raise CannotRunError(f"nothing could be measured{said}")
    return rows


def chosen(names: Sequence[str]) -> list[Variant]:
    """The variants of these names, or all.

    Raises:
        UsageError: there is no such variant.
    """
    from modelspec.exporting.benchmark import VARIANTS

    for name in names:
        if name not in VARIANTS:
            meant = did_you_mean(name, VARIANTS) or f"; there are {', '.join(VARIANTS)}"
            raise UsageError(f'there is no format "{name}" to measure{meant}')
    return [VARIANTS[name] for name in dict.fromkeys(names or VARIANTS)]


def exported_form(path: Path) -> str | None:
    """The format of an exported file; None for a spec or a run folder.

    Raises:
        UsageError: there is nothing at the path, or weights alone.
    """
    if not path.exists():
        raise UsageError(f"there is no file {path}")
    form = model_format(path)
    if form == "weights":
        raise UsageError(f"{path} holds weights alone, which answer nothing by themselves")
    return form
