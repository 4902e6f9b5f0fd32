"""What `benchmark` measured, as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelspec.report import table

if TYPE_CHECKING:
    from .measure import Measurement
    from .variants import BenchmarkOptions

HEADER = (
    "export",
    "size",
    "import s",
    "load s",
    "median ms",
    "p95 ms",
    "examples/s",
    "memory",
    "relative",
    "same decision",
    "note",
)
RIGHT = ",".join(HEADER[1:-1])


@dataclass(frozen=True, slots=True)
class SourceMeasurements:
    """What was measured of one source.

    Attributes:
        source: a run folder or a spec, as text; "files" for exported ones.
        rows: one for each export.
        examples: which ones were used, in words.
    """

    source: str
    rows: Sequence[Measurement]
    examples: str


def measured_table(
    found: Sequence[SourceMeasurements], options: BenchmarkOptions, cores: int
) -> str:
    """A table for each source, then what the figures mean."""
    parts = []
    for source in found:
        rows = [_cells(row) for row in source.rows]
        shown = [i for i in range(len(HEADER)) if i == 0 or any(row[i] for row in rows)]
        header, *rows = (tuple(row[i] for i in shown) for row in (HEADER, *rows))
        text = table(header, rows, right=RIGHT)
        parts.append(f"{source.source}, on {source.examples}\n\n{text}\n")
    return "".join(parts) + (
        f"median, p95: a call with 1 example; examples/s: calls with {options.batch_size}; "
        f"{options.seconds:g} s of each, one call after another,\n"
        "after a warm-up of a tenth of that. "
        "load: from the runtime's import to the first outputs.\n"
        "keras is called by predict_on_batch. Threads: the default of each runtime, "
        f"on {_n(cores)}.\n"
    )


def _n(cores: int) -> str:
    return "1 core" if cores == 1 else f"{cores} cores"


def _cells(row: Measurement) -> tuple[str, ...]:
    size = "" if row.size is None else _bytes(row.size)
    if not row.figures:
        return (row.name, size, *("" for _ in HEADER[2:-1]), _one_line(row.reason))
    return (row.name, size, *_figures(row.figures), *_difference(row))


def _figures(figures: Mapping[str, float | None]) -> tuple[str, ...]:
    seconds = {key: figures[key] or 0.0 for key in ("import", "load", "median", "p95")}
    return (
        f"{seconds['import']:.2f}",
        f"{seconds['load']:.3f}",
        f"{seconds['median'] * 1e3:.3f}",
        f"{seconds['p95'] * 1e3:.3f}",
        f"{figures['examples_per_second']:,.0f}",
        "?" if figures["peak"] is None else _bytes(figures["peak"]),
    )


def _difference(row: Measurement) -> tuple[str, str, str]:
    if row.check is None:
        return "", "", ""
    found = row.check.differences
    decisions = [one.decisions for one in found if one.decisions is not None]
    relative = max((one.relative for one in found), default=0.0)
    rejected = f"outputs differ from the Keras model by more than {row.check.tolerance:g}"
    notes = dict.fromkeys((row.check.note, *(one.note for one in found)))
    note = "; ".join(filter(None, notes)) if row.accepted else rejected
    return f"{relative:.2g}", f"{min(decisions):.2%}" if decisions else "", note


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


def _one_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def measured_json(
    found: Sequence[SourceMeasurements], options: BenchmarkOptions, cores: int
) -> str:
    """The same as JSON."""
    data: dict[str, Any] = {
        "version": 1,
        "batch_size": options.batch_size,
        "seconds": options.seconds,
        "cores": cores,
        "sources": [
            {
                "source": source.source,
                "examples": source.examples,
                "exports": [row.to_dict() for row in source.rows],
            }
            for source in found
        ],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


MEASURED_FORMATS = {"table": measured_table, "json": measured_json}
"""`--format` to the function that writes it."""
