"""What `benchmark` measured, as a table for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.report import table

if TYPE_CHECKING:
    from .measure import Measurement
    from .variants import MeasureOptions

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


class Benched(NamedTuple):
    """What was measured of one source.

    Attributes:
        source: a run folder or a spec, as text; "files" for exported ones.
        rows: one for each export.
        on: what the examples were, in words.
    """

    source: str
    rows: Sequence[Measurement]
    on: str


def measured_table(found: Sequence[Benched], how: MeasureOptions, cores: int) -> str:
    """A table for each source, and what the figures mean."""
    parts = []
    for benched in found:
        rows = [_cells(row) for row in benched.rows]
        kept = [i for i in range(len(HEADER)) if i == 0 or any(row[i] for row in rows)]
        cut = [tuple(row[i] for i in kept) for row in (HEADER, *rows)]
        shown = table(cut[0], cut[1:], right=RIGHT)
        parts.append(f"{benched.source}, on {benched.on}\n\n{shown}\n")
    return "".join(parts) + (
        f"median, p95: a call with 1 example; examples/s: calls with {how.batch_size}; "
        f"{how.seconds:g} s of each, one call after another,\nafter a warm-up of a tenth of that. "
        "load: from the runtime's import to the first answer.\n"
        f"keras answers by predict_on_batch. Threads: each runtime's own default, on {_n(cores)}.\n"
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
    shares = [one.decisions for one in found if one.decisions is not None]
    relative = max((one.relative for one in found), default=0.0)
    apart = f"it answers otherwise: more than {row.check.tolerance:g}"
    notes = dict.fromkeys((row.check.note, *(one.note for one in found)))
    note = "; ".join(filter(None, notes)) if row.accepted else apart
    return f"{relative:.2g}", f"{min(shares):.2%}" if shares else "", note


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


def _one_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def measured_json(found: Sequence[Benched], how: MeasureOptions, cores: int) -> str:
    """The same as JSON."""
    data: dict[str, Any] = {
        "version": 1,
        "batch_size": how.batch_size,
        "seconds": how.seconds,
        "cores": cores,
        "sources": [
            {
                "source": benched.source,
                "examples": benched.on,
                "exports": [row.to_dict() for row in benched.rows],
            }
            for benched in found
        ],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


MEASURED_FORMATS = {"table": measured_table, "json": measured_json}
"""Name of a form to what writes it."""
