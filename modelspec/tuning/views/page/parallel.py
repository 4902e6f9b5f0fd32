"""Parallel coordinates: one line a trial through the values of its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelspec.markup import Markup, element, joined

from ...record import Objective, Proposal, ProposalState, RecordedDimension, StudyRecord
from ..order import best_trials
from ..wording import short_names
from .axes import WIDTH, picture
from .pictures import trial_title
from .scales import AxisScale, scale_of_dimension, scale_of_values

MOST = 12
"""Axes of dimensions; more cannot be told apart."""

TOP, BOTTOM, EDGE = 54.0, 300.0, 60.0
ABSENT = BOTTOM + 24
"""The place of trials in which a conditional setting does not occur."""

COLOURS = 5
"""Steps from the worst to the best value."""


def shown_dimensions(
    record: StudyRecord, importance: Mapping[str, float]
) -> Sequence[RecordedDimension]:
    """The dimensions that have an axis: the most important ones, in the order of the space."""
    if len(record.dimensions) <= MOST:
        return record.dimensions
    ranked = sorted(record.dimensions, key=lambda one: -importance.get(one.name, 0.0))
    names = {one.name for one in ranked[:MOST]}
    return [one for one in record.dimensions if one.name in names]


def parallel_picture(
    record: StudyRecord, objective: Objective, dimensions: Sequence[RecordedDimension]
) -> Markup | None:
    """One line a trial with a value; None without at least one."""
    trials = [one for one in best_trials(record, objective) if objective.name in one.objectives]
    if not trials or not dimensions:
        return None
    values = scale_of_values([one.objectives[objective.name] for one in trials])
    scales: list[AxisScale] = [*map(scale_of_dimension, dimensions), values]
    apart = (WIDTH - 2 * EDGE) / (len(scales) - 1)
    best, last = record.best_by(objective), max(len(trials) - 1, 1)
    lines = [
        _line(record, one, 1 - index / last, [*dimensions, objective], scales, one is best)
        for index, one in enumerate(trials)
    ]
    lines.reverse()  # the best one is drawn last, above the others
    names = short_names(one.name for one in record.dimensions)
    titles = [(names[one.name], one.name) for one in dimensions]
    titles.append((objective.name, objective.name))
    axes = [
        _axis(EDGE + index * apart, scale, short, whole, apart, index)
        for index, (scale, (short, whole)) in enumerate(zip(scales, titles, strict=True))
    ]
    absent = any(d.name not in one.values for one in trials for d in dimensions)
    note = element("text", "not set", x=4.0, y=ABSENT + 4) if absent else ""
    height = ABSENT + 16 if absent else BOTTOM + 16
    return picture("the settings of each trial", height, lines, axes, note)


def _line(
    record: StudyRecord,
    one: Proposal,
    rank: float,
    stops: Sequence[RecordedDimension | Objective],
    scales: Sequence[AxisScale],
    is_best: bool,
) -> Markup:
    """A trial's line; the rank is from 0 for the worst to 1 for the best."""
    apart = (WIDTH - 2 * EDGE) / (len(scales) - 1)
    values = {**one.values, **one.objectives}
    heights = [_height(s, values.get(p.name)) for p, s in zip(stops, scales, strict=True)]
    points = [f"{EDGE + index * apart:.0f} {y:.1f}" for index, y in enumerate(heights)]
    step = min(int(rank * COLOURS), COLOURS - 1)
    part = "" if one.state is ProposalState.COMPLETE else " part"
    kind = f"line q{step}{part}{' good' if is_best else ''}"
    title = element("title", trial_title(record, one))
    return element("path", title, d="M" + "L".join(points), class_=kind, data_t=one.number)


def _height(scale: AxisScale, value: object) -> float:
    return ABSENT if value is None else BOTTOM - scale.place(value) * (BOTTOM - TOP)


def _axis(x: float, scale: AxisScale, short: str, whole: str, apart: float, index: int) -> Markup:
    """An axis; the names of neighbours are on two heights, so that long ones have room."""
    room = max(int(apart * 2 / 7.5), 6)
    text = short if len(short) <= room else f"…{short[1 - room :]}"
    y = 16.0 if index % 2 else 34.0
    name = element("text", element("title", whole), text, x=x, y=y, class_="mid name")
    ticks = [
        element(
            "text",
            _cut(label, apart),
            x=x + 4,
            y=BOTTOM - place * (BOTTOM - TOP) + 4,
            class_="halo",
        )
        for place, label in scale.ticks
    ]
    return joined(element("path", d=f"M{x:.1f} {TOP}V{BOTTOM}", class_="axis"), name, ticks)


def _cut(label: str, apart: float) -> str:
    room = max(int(apart / 7), 4)
    return label if len(label) <= room else f"{label[: room - 1]}…"
