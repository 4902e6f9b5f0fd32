"""The curves of a training, with its phases and the best epoch."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence

from modelspec.run_report.charts import Axis, Curve, Mark, line_chart
from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import Content, Markup, joined, missing, tag
from modelspec.runs import PHASE, RunFile, RunRecord, RunStatus

MOST_CHARTS = 12

VALIDATION = "val_"

TRAIN_LOOK, VALIDATION_LOOK = 0, 1


def training_section(content: RunContent) -> Markup:
    """The curves of the training; of folds or seeds one for each."""
    if content.members:
        return _of_members(content.members)
    record = content.record
    names = curve_names(record.curves)
    if not record.epochs or not names:
        why = f"No epoch was completed, so {RunFile.HISTORY} has no rows."
        return missing(content.reason("training", why))
    marks = [*_phases(content), *_best(record)]
    charts = [_chart(name, record, marks) for name in names[:MOST_CHARTS]]
    return joined([_said(record), tag("div", joined(charts), class_="charts"), _left_out(names)])


def curve_names(curves: Iterable[str]) -> list[str]:
    """The metrics without the prefix of the validation, losses first."""
    bare = dict.fromkeys(name.removeprefix(VALIDATION) for name in curves)
    return sorted(bare, key=lambda name: (name != "loss", name == "learning_rate"))


def _left_out(names: Sequence[str]) -> Markup | None:
    if len(names) <= MOST_CHARTS:
        return None
    rest = ", ".join(names[MOST_CHARTS:])
    return tag("p", f"Without a chart, as there are many: {rest}. {RunFile.HISTORY} has them all.")


def _said(record: RunRecord) -> Markup | None:
    best = record.best
    if best is None:
        return None
    which = "The model is of" if record.used is not None else "The best epoch is"
    is_of_last = record.used is None and record.state is RunStatus.COMPLETE
    end = "; the model is of the last one" if is_of_last else ""
    return tag("p", f"{which} epoch {best.epoch}, where {best.name} is {best.value:.4g}{end}.")


def _chart(name: str, record: RunRecord, marks: Sequence[Mark]) -> Markup:
    series = []
    for key, split, look in (
        (name, "training", TRAIN_LOOK),
        (f"{VALIDATION}{name}", "validation", VALIDATION_LOOK),
    ):
        values = record.curves.get(key)
        if values is not None:
            epochs = record.epochs[-len(values) :]
            series.append(Curve(split, epochs, values, look))
    return line_chart(
        name, _reading(name, len(series)), series, x=_epochs(series), y=name, marks=marks
    )


def _reading(name: str, count: int) -> str:
    if name == "learning_rate":
        return "The size of the optimizer's steps in each epoch."
    if count == 2:
        return (
            "Where the training goes on improving and the validation does not, the model begins "
            "to learn its training examples by heart."
        )
    return "The value after each epoch: a curve that is still changing at its end could go on."


def _epochs(curves: Sequence[Curve]) -> Axis:
    first = min((one.x[0] for one in curves), default=1.0)
    last = max((one.x[-1] for one in curves), default=1.0)
    return Axis(first, max(last, first + 1), "epoch", is_whole=True)


def _best(record: RunRecord) -> list[Mark]:
    best = record.best
    return [] if best is None else [Mark(best.epoch, f"best epoch {best.epoch}")]


def _phases(content: RunContent) -> list[Mark]:
    """Where each phase but the first begins."""
    path = content.record.path / RunFile.HISTORY
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [(row.get(PHASE), row.get("epoch")) for row in csv.DictReader(file)]
    except (OSError, ValueError, csv.Error):
        return []
    marks, last = [], None
    for phase, epoch in rows:
        if phase is None or epoch is None or not epoch.isdigit():
            continue
        if last is not None and phase != last:
            marks.append(Mark(float(epoch), f"phase {phase.removesuffix('.0')}"))
        last = phase
    return marks


def _of_members(members: Sequence[RunRecord]) -> Markup:
    names = curve_names(name for one in members for name in one.curves)
    found = [curves_of_runs(name, members) for name in names[:MOST_CHARTS]]
    charts: list[Content] = [one for one in found if one is not None]
    if not charts:
        return missing("None of its runs has completed an epoch.")
    return joined([tag("div", joined(charts), class_="charts"), _left_out(names)])


def curves_of_runs(
    name: str, runs: Sequence[RunRecord], labels: Sequence[str] = ()
) -> Markup | None:
    """A chart of one metric with a curve for each run, on the validation split where it has one.

    Args:
        name: of the metric.
        runs: the runs.
        labels: what they are called; by default as their folders.
    """
    series = []
    key = f"{VALIDATION}{name}"
    split = key if any(key in one.curves for one in runs) else name
    for index, one in enumerate(runs):
        values = one.curves.get(split)
        if values is None or not any(map(math.isfinite, values)):
            continue
        label = labels[index] if labels else one.path.name
        series.append(Curve(label, one.epochs[-len(values) :], values, index))
    if not series:
        return None
    reading = "A curve for each run: the lower of two losses is the better one at that epoch."
    if "loss" not in name:
        reading = "A curve for each run, over the epochs that it was trained."
    return line_chart(split, reading, series, x=_epochs(series), y=split)
