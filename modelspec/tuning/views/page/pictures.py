"""The pictures of single values: over the trials, against each other, and by the epochs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modelspec.markup import Markup, element

from ...brackets import Rungs
from ...record import Objective, Proposal, ProposalState, StudyRecord
from ..wording import number_text, settings_text, short_names
from .axes import BOTTOM, Axes
from .scales import NumberScale, scale_of_values


def history_picture(record: StudyRecord, objective: Objective) -> Markup | None:
    """The value of each trial, and the best of the whole trials so far; None without values."""
    trials = _with_value(record.counted, objective)
    if not trials:
        return None
    last = max(one.number for one in record.counted)
    values = scale_of_values([one.objectives[objective.name] for one in trials])
    axes = Axes(NumberScale(-0.5, last + 0.5, whole=True), values, "trial", objective.name)
    path, best = "", None
    for one in trials:
        value = one.objectives[objective.name]
        if one.state is ProposalState.COMPLETE and (
            best is None or objective.is_better(value, best)
        ):
            best = value
            x, y = axes.across(one.number), axes.up(value)
            path += f"H{x:.1f}V{y:.1f}" if path else f"M{x:.1f} {y:.1f}"
    lines = [element("path", d=f"{path}H{axes.across(last):.1f}", class_="best")] if path else []
    top = record.best_by(objective)
    dots = [
        _dot(record, one, axes.across(one.number), axes, objective, is_good=one is top)
        for one in trials
    ]
    bottom = axes.height - BOTTOM - 6
    failed = [
        _cross(one, axes.across(one.number), bottom)
        for one in record.counted
        if one.state is ProposalState.FAILED
    ]
    return axes.draw(f"{objective.name} of each trial", lines, dots, failed)


def front_picture(record: StudyRecord, x: Objective, y: Objective) -> Markup | None:
    """Two objectives against each other; None without values."""
    trials = _with_value(_with_value(record.complete, x), y)
    if not trials:
        return None
    axes = Axes(
        scale_of_values([one.objectives[x.name] for one in trials]),
        scale_of_values([one.objectives[y.name] for one in trials]),
        x.name,
        y.name,
        380.0,
    )
    front = {one.number for one in record.front}
    ordered = sorted(trials, key=lambda one: one.number in front)
    dots = [
        _dot(
            record,
            one,
            axes.across(one.objectives[x.name]),
            axes,
            y,
            is_good=one.number in front,
        )
        for one in ordered
    ]
    line = []
    if len(record.objectives) == 2:
        points = [
            (axes.across(one.objectives[x.name]), axes.up(one.objectives[y.name]))
            for one in sorted(record.front, key=lambda one: one.objectives[x.name])
        ]
        path = "M" + "L".join(f"{across:.1f} {up:.1f}" for across, up in points)
        line = [element("path", d=path, class_="best")]
    return axes.draw(f"{y.name} against {x.name}", line, dots)


def rungs_of(record: StudyRecord) -> list[int]:
    """The epochs at which a study with halving compares its trials; the last one is the end."""
    first, factor = record.halving.get("from"), record.halving.get("factor", 1)
    return [*Rungs.of(record.epochs, first, factor).epochs]


def rungs_picture(record: StudyRecord, objective: Objective) -> Markup | None:
    """The value of each trial at the epoch that it was trained to; None without values."""
    trials = _with_value(record.counted, objective)
    if not trials:
        return None
    rungs = rungs_of(record)
    values = scale_of_values([one.objectives[objective.name] for one in trials])
    axes = Axes(_RungScale(rungs, trials), values, "trained to epoch", objective.name)
    column = {rung: [one for one in trials if _rung_of(one, rungs) == rung] for rung in rungs}
    dots, best = [], record.best_by(objective)
    for rung, inside in column.items():
        for index, one in enumerate(inside):
            # trials of a rung side by side, so that they do not hide each other
            aside = (index % 21 - min(len(inside), 21) / 2 + 0.5) * 5
            x = axes.across(rung) + aside
            dots.append(_dot(record, one, x, axes, objective, is_good=one is best))
    return axes.draw(f"{objective.name} of the trials of each rung", dots)


class _RungScale:
    """The rungs at equal distances, each with the number of trials that ended there."""

    def __init__(self, rungs: Sequence[int], trials: Sequence[Proposal]) -> None:
        self.rungs = rungs
        self.counts = {rung: sum(_rung_of(t, rungs) == rung for t in trials) for rung in rungs}

    def place(self, value: float) -> float:
        """Where a rung lies."""
        return (self.rungs.index(int(value)) + 0.5) / len(self.rungs)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """All of them."""
        texts = [f"{rung}: {self.counts[rung]} trials" for rung in self.rungs]
        return [(self.place(r), text) for r, text in zip(self.rungs, texts, strict=True)]


def _rung_of(one: Proposal, rungs: Sequence[int]) -> int:
    """The rung that a trial has come to; one that a callback ended has come to the last."""
    if one.state is ProposalState.COMPLETE:
        return rungs[-1]
    return next((rung for rung in rungs if one.epochs <= rung), rungs[-1])


def _with_value(trials: Iterable[Proposal], objective: Objective) -> list[Proposal]:
    return [one for one in trials if objective.name in one.objectives]


def _dot(
    record: StudyRecord,
    one: Proposal,
    x: float,
    axes: Axes,
    objective: Objective,
    *,
    is_good: bool,
) -> Markup:
    kinds = ["dot", "good" if is_good else "", "part" if _is_part(one) else ""]
    title = element("title", trial_title(record, one))
    y = axes.up(one.objectives[objective.name])
    classes = " ".join(filter(None, kinds))
    return element(
        "circle", title, cx=x, cy=y, r=6 if is_good else 4, class_=classes, data_t=one.number
    )


def _is_part(one: Proposal) -> bool:
    """Whether the value is not that of a whole training."""
    return one.state is not ProposalState.COMPLETE


def _cross(one: Proposal, x: float, y: float) -> Markup:
    title = element("title", f"trial {one.number} failed: {one.reason}")
    path = f"M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"
    return element("path", title, d=path, class_="failed", data_t=one.number)


def trial_title(record: StudyRecord, one: Proposal) -> str:
    """What is shown where a pointer rests on a trial."""
    names = short_names(dimension.name for dimension in record.dimensions)
    values = ", ".join(f"{name} {number_text(value)}" for name, value in one.objectives.items())
    after = f" after epoch {one.epochs}" if _is_part(one) else ""
    return f"trial {one.number}: {values}{after}\n{settings_text(one.values, names)}"
