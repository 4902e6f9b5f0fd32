"""`modelspec benchmark`."""

from __future__ import annotations

from typing import Any

import click

from modelspec.api import bench
from modelspec.commands.console import extensions_option, say, set_option


def _names(_: click.Context, __: click.Parameter, text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",")) if text else ()


@click.command("benchmark", epilog="Example: modelspec benchmark runs/digits --formats onnx,litert")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--formats",
    callback=_names,
    metavar="FORMAT,...",
    help="What is measured of a run or a spec: keras, saved_model, onnx, litert, litert-dynamic, "
    "litert-float16, litert-int8, openvino. By default all.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    default=32,
    show_default=True,
    help="The examples of a call for the throughput.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=2.0,
    show_default=True,
    help="How long calls with one example are measured, and then calls with a batch.",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True
)
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
    """Measure the exports of a run folder or a spec side by side: size, time to load, latency,
    throughput, memory, and how far the answers are from the Keras model's. SOURCE may also be what
    `export` wrote; that is measured as it is.

    Each is loaded by its own runtime in a process of its own, one after another, and answers
    examples of the run's validation split; made-up ones for a spec or a file. What cannot be
    measured is a row with its reason.

    Exit code 0: measured; 3: nothing could be measured; 4: an export answers otherwise than the
    model.
    """
    from modelspec.exporting.benchmark import MEASURED_FORMATS, MeasureOptions
    from modelspec.machine import core_count

    how = MeasureOptions(batch_size, seconds)
    found = bench(sources, formats, how, overrides, say)
    click.echo(MEASURED_FORMATS[form](found, how, core_count()), nl=False)
    return 0 if all(row.accepted for benched in found for row in benched.rows) else 4
