"""Runs as a table for people, as markdown, and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

from modelspec.report import table

from .comparison import ABSENT, Comparison
from .record import RunRecord

Params = dict[str, int | None]
"""Run folder, as text, to the number of its model's parameters."""

HEADER = ("run", "started", "model", "params", "epochs", "best", "test", "state")
RIGHT = "params,epochs"
MOST_METRICS = 4
WIDEST = 40


def _cells(run: RunRecord, params: Params) -> tuple[str, ...]:
    count = params.get(str(run.path))
    best = run.best
    done = run.epochs[-1] if run.epochs else 0
    return (
        str(run.path),
        run.started[:16].replace("T", " "),
        run.model or "?",
        "?" if count is None else f"{count:,}",
        f"{done}/{run.planned}" if run.planned and run.planned != done else str(done),
        "" if best is None else f"{best.name} {best.value:.4g} @{best.epoch}",
        _tested(run),
        run.state,
    )


def _tested(run: RunRecord) -> str:
    found = run.metrics.get("test", {})
    plain = {n: v for n, v in found.items() if not n.endswith("loss")} or found
    words = [f"{name} {_figure(value)}" for name, value in plain.items()]
    more = f" +{len(words) - MOST_METRICS}" if len(words) > MOST_METRICS else ""
    return ", ".join(words[:MOST_METRICS]) + more


def _figure(value: float | None) -> str:
    return "?" if value is None or math.isnan(value) else f"{value:.4g}"


def list_table(runs: Sequence[RunRecord], params: Params) -> str:
    """A row for each run."""
    return table(HEADER, [_cells(run, params) for run in runs], right=RIGHT)


def list_markdown(runs: Sequence[RunRecord], params: Params) -> str:
    """The same as a table of markdown."""
    return _markdown(HEADER, [_cells(run, params) for run in runs])


def list_json(runs: Sequence[RunRecord], params: Params) -> str:
    """All that is known, as JSON."""
    found = [run_data(run, params.get(str(run.path))) for run in runs]
    return json.dumps({"version": 1, "runs": found}, indent=1, ensure_ascii=False) + "\n"


def run_data(run: RunRecord, params: int | None) -> dict[str, Any]:
    """One run as plain data for JSON; a value that is not known is null."""
    best = run.best
    return {
        "path": str(run.path),
        "state": run.state,
        "started": run.started or None,
        "command": run.command or None,
        "model": run.model or None,
        "params": params,
        "epochs": run.epochs[-1] if run.epochs else 0,
        "planned_epochs": run.planned,
        "best": best and {"name": best.name, "value": best.value, "epoch": best.epoch},
        "metrics": {part: dict(found) for part, found in run.metrics.items()},
        "overrides": dict(run.overrides),
    }


def compare_table(found: Comparison) -> str:
    """What differs in the specs, then what was reached, a column for each run."""
    return "\n".join(table(header, rows) for header, rows in _sides(found))


def compare_markdown(found: Comparison) -> str:
    """The same as tables of markdown."""
    return "\n".join(_markdown(header, rows) for header, rows in _sides(found))


def compare_json(found: Comparison) -> str:
    """The same as JSON, values in the order of the runs."""
    metrics = {name: [_finite(v) for v in values] for name, values in found.metrics.items()}
    runs = [{k: v for k, v in run_data(run, None).items() if k != "params"} for run in found.runs]
    data = {"version": 1, "runs": runs, "settings": dict(found.settings), "metrics": metrics}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _sides(found: Comparison) -> list[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    runs = [str(run.path) for run in found.runs]
    about = [
        ("state", *(run.state for run in found.runs)),
        ("epochs", *(str(run.epochs[-1] if run.epochs else 0) for run in found.runs)),
        *((path, *map(_shown, values)) for path, values in found.settings.items()),
    ]
    metrics = [
        (name, *(ABSENT if v is None else _figure(v) for v in values))
        for name, values in found.metrics.items()
    ]
    return [(("setting", *runs), about), (("metric", *runs), metrics)]


def _shown(value: Any) -> str:
    if value is None:
        return ABSENT
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else str(value)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(map(_escaped, cells))} |\n" for cells in lines)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


LIST_FORMATS: dict[str, Callable[[Sequence[RunRecord], Params], str]] = {
    "table": list_table,
    "json": list_json,
    "markdown": list_markdown,
}
"""How runs are listed."""

COMPARE_FORMATS: dict[str, Callable[[Comparison], str]] = {
    "table": compare_table,
    "json": compare_json,
    "markdown": compare_markdown,
}
"""How runs are compared."""
