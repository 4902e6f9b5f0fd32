"""Runs as a table for people, as markdown, and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

from modelspec.report import table

from .comparison import Comparison, split_letters
from .layout import RunStatus
from .ranking import Ranking
from .record import RunRecord

Params = dict[str, int | None]
"""Run folder, as text, to the number of its model's parameters; None if unknown."""

HEADER = ("run", "started", "model", "params", "epochs", "best", "test", "state")
RIGHT = "params,epochs"
ABSENT = "-"
MAX_METRICS = 4
MAX_WIDTH = 40
"""Characters of a value in a comparison."""


OTHER_ROWS = (
    "runs with different letters have different {} rows, so their {} metrics cannot be compared;"
    " the same files, sizes of splits and seed give the same rows\n"
)


def _cells(run: RunRecord, params: Params) -> tuple[str, ...]:
    count = params.get(str(run.path))
    best = run.best
    done = run.done
    return (
        str(run.path),
        run.started[:16].replace("T", " "),
        run.model or "?",
        "?" if count is None else f"{count:,}",
        f"{done}/{run.planned}" if run.planned and run.planned != done else str(done),
        "" if best is None else f"{best.name} {best.value:.4g} @{best.epoch}",
        _test_metrics(run),
        _state(run),
    )


def _state(run: RunRecord) -> str:
    """The state; of folds or seeds that are not all complete also how many are."""
    if not run.planned_members or run.state is RunStatus.COMPLETE:
        return run.state
    return f"{run.state}, {run.complete_members} of {run.planned_members} complete"


def _test_metrics(run: RunRecord) -> str:
    values = run.metrics.get("test", {})
    metrics = {n: v for n, v in values.items() if not n.endswith("loss")} or values
    deviations = run.deviations.get("test", {})
    cells = [f"{name} {_number(value)}" for name, value in metrics.items()]
    cells = [
        cell if deviations.get(name) is None else f"{cell} ± {deviations[name]:.2g}"
        for cell, name in zip(cells, metrics, strict=True)
    ]
    more = f" +{len(cells) - MAX_METRICS}" if len(cells) > MAX_METRICS else ""
    return ", ".join(cells[:MAX_METRICS]) + more


def _number(value: float | None) -> str:
    return "?" if value is None or math.isnan(value) else f"{value:.4g}"


def _list(
    runs: Sequence[RunRecord], params: Params
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The header and the cells of a table; with letters where runs have different test rows."""
    rows, letters = [_cells(run, params) for run in runs], split_letters(runs, "test")
    if not letters:
        return HEADER, rows
    at = HEADER.index("test") + 1
    marked = [(*row[:at], letter, *row[at:]) for row, letter in zip(rows, letters, strict=True)]
    return (*HEADER[:at], "rows", *HEADER[at:]), marked


def _list_note(runs: Sequence[RunRecord]) -> str:
    return OTHER_ROWS.format("test", "test") if split_letters(runs, "test") else ""


def list_table(runs: Sequence[RunRecord], params: Params) -> str:
    """A text table with a row for each run."""
    header, rows = _list(runs, params)
    return table(header, rows, right=RIGHT) + _list_note(runs)


def list_markdown(runs: Sequence[RunRecord], params: Params) -> str:
    """The same as a markdown table."""
    note = _list_note(runs)
    return _markdown(*_list(runs, params)) + (f"\n{note}" if note else "")


def ranked_table(ranking: Ranking, params: Params) -> str:
    """A text table with a row for each run, the best first."""
    header, rows = _ranked(ranking, params)
    right = f"{RIGHT},{ranking.metric}"
    return table(header, rows, right=right) + _list_note([run for run, _ in ranking.runs])


def ranked_markdown(ranking: Ranking, params: Params) -> str:
    """The same as a markdown table."""
    note = _list_note([run for run, _ in ranking.runs])
    return _markdown(*_ranked(ranking, params)) + (f"\n{note}" if note else "")


def ranked_json(ranking: Ranking, params: Params) -> str:
    """All known facts of each run, as JSON, with its value of the metric."""
    rows = [
        {
            **run_data(run, params.get(str(run.path))),
            "value": value and {"name": value.name, "value": value.value, "epoch": value.epoch},
        }
        for run, value in ranking.runs
    ]
    better = "largest" if ranking.is_large_good else "smallest"
    data = {"version": 1, "sort": ranking.metric, "best": better, "runs": rows}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _ranked(ranking: Ranking, params: Params) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The header and the cells: those of the list, with the metric in place of the best epoch."""
    header, listed = _list([run for run, _ in ranking.runs], params)
    at, rows = header.index("best"), []
    for cells, (_, value) in zip(listed, ranking.runs, strict=True):
        shown = ABSENT if value is None else f"{_number(value.value)} @{value.epoch}"
        rows.append((*cells[:at], shown, *cells[at + 1 :]))
    return (*header[:at], ranking.metric, *header[at + 1 :]), rows


def list_json(runs: Sequence[RunRecord], params: Params) -> str:
    """All known facts of each run, as JSON."""
    rows = [run_data(run, params.get(str(run.path))) for run in runs]
    return json.dumps({"version": 1, "runs": rows}, indent=1, ensure_ascii=False) + "\n"


def run_data(run: RunRecord, params: int | None) -> dict[str, Any]:
    """One run as plain data for JSON; unknown values are null."""
    best = run.best
    return {
        "path": str(run.path),
        "state": run.state,
        "started": run.started or None,
        "command": run.command or None,
        "model": run.model or None,
        "params": params,
        "epochs": run.done,
        "planned_epochs": run.planned,
        "best": best and {"name": best.name, "value": best.value, "epoch": best.epoch},
        "metrics": {split: dict(values) for split, values in run.metrics.items()},
        "digests": dict(run.digests),
        **({} if run.used is None else {"used_epoch": run.used.epoch}),
        **_deviation_data(run),
        "overrides": dict(run.overrides),
    }


def _deviation_data(run: RunRecord) -> dict[str, Any]:
    """The deviations of several folds or seeds; nothing for a single run."""
    found = {split: dict(values) for split, values in run.deviations.items()}
    return {"members": run.members, "deviation": found} if found else {}


def compare_table(comparison: Comparison) -> str:
    """The settings that differ, then the metrics, with a column for each run."""
    parts = [table(header, rows) for header, rows in _tables(comparison)]
    return "\n".join([*parts, *_compare_notes(comparison)])


def compare_markdown(comparison: Comparison) -> str:
    """The same as markdown tables."""
    parts = [_markdown(header, rows) for header, rows in _tables(comparison)]
    return "\n".join([*parts, *_compare_notes(comparison)])


def _compare_notes(comparison: Comparison) -> list[str]:
    names = " and ".join(comparison.splits)
    return [OTHER_ROWS.format(names, names)] if names else []


def compare_json(comparison: Comparison) -> str:
    """The same as JSON, with values in the order of the runs."""
    metrics = {name: [_finite(v) for v in values] for name, values in comparison.metrics.items()}
    runs = [
        {k: v for k, v in run_data(run, None).items() if k != "params"} for run in comparison.runs
    ]
    data = {
        "version": 1,
        "runs": runs,
        "settings": dict(comparison.settings),
        "metrics": metrics,
        "splits": dict(comparison.splits),
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _tables(comparison: Comparison) -> list[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    runs = [str(run.path) for run in comparison.runs]
    about = [
        ("state", *(run.state for run in comparison.runs)),
        ("epochs", *(str(run.done) for run in comparison.runs)),
        *((path, *map(_cell, values)) for path, values in comparison.settings.items()),
        *((f"{split} rows", *letters) for split, letters in comparison.splits.items()),
    ]
    metrics = [
        (
            name,
            *(
                _with_deviation(v, run, name)
                for v, run in zip(values, comparison.runs, strict=True)
            ),
        )
        for name, values in comparison.metrics.items()
    ]
    return [(("setting", *runs), about), (("metric", *runs), metrics)]


def _with_deviation(value: float | None, run: RunRecord, name: str) -> str:
    """A metric of a run; of several folds or seeds with the deviation."""
    deviation = run.flat_deviations.get(name)
    shown = ABSENT if value is None else _number(value)
    return shown if deviation is None else f"{shown} ± {deviation:.2g}"


def _cell(value: Any) -> str:
    if value is None:
        return ABSENT
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else str(value)
    return text if len(text) <= MAX_WIDTH else f"{text[: MAX_WIDTH - 1]}…"


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
"""`--format` of `runs list` to what writes it."""

RANKED_FORMATS: dict[str, Callable[[Ranking, Params], str]] = {
    "table": ranked_table,
    "json": ranked_json,
    "markdown": ranked_markdown,
}
"""`--format` of `runs list --sort` to what writes it."""

COMPARE_FORMATS: dict[str, Callable[[Comparison], str]] = {
    "table": compare_table,
    "json": compare_json,
    "markdown": compare_markdown,
}
"""`--format` of `runs compare` to what writes it."""
