"""`modelspec benchmark`."""

from __future__ import annotations

from typing import Any

import click

from modelspec.api import benchmark_all
from modelspec.completions import complete_runs
from modelspec.console import extensions_option, format_option, say, set_option, show
from modelspec.exporting.benchmark import VARIANTS, BenchmarkOptions


def _names(_: click.Context, __: click.Parameter, text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",")) if text else ()


@click.command("benchmark", epilog="Example: modelspec benchmark runs/digits --formats onnx,litert")
@click.argument(
    "sources", nargs=-1, required=True, metavar="SOURCE...", shell_complete=complete_runs
)
@click.option(
    "--formats",
    callback=_names,
    metavar="FORMAT,...",
    help=f"The formats to measure of a run or a spec: {', '.join(VARIANTS)}. By default all.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    default=32,
    show_default=True,
    help="Examples in one call for the throughput.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=2.0,
    show_default=True,
    help="How long calls with one example are measured, and then calls with a batch.",
)
@format_option(("table", "json"))
@set_option
@extensions_option
def command(
    sources: tuple[str, ...],
    formats: tuple[str, ...],
    batch_size: int,
    seconds: float,
    form: str,
    overrides: dict[str, Any],
) -> int:
    """Measure the exports of a run folder or a spec side by side: size, load time, latency,
    throughput, memory, and how far the outputs are from the Keras model's. SOURCE may also be a
    file that `export` wrote, which is measured as it is.

    Each export is loaded by its own runtime in a process of its own, one after another. Inputs are
    examples of the run's validation split, or synthetic data for a spec or a file. An export that
    cannot be measured is a row with the reason.

    Exit code 0: measured; 3: nothing could be measured; 4: the outputs of an export differ from
    the Keras model.
    """
    from modelspec.exporting.benchmark import MEASURED_FORMATS
    from modelspec.machine import core_count

    options = BenchmarkOptions(batch_size, seconds)
    found = benchmark_all(sources, formats, options, overrides, say)
    show(MEASURED_FORMATS[form](found, options, core_count()), is_data=form != "table")
    return 0 if all(row.accepted for source in found for row in source.rows) else 4
