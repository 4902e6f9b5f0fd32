"""Curves over a common axis."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modelspec.run_report.elements import Content, Markup, joined, number, tag

from .axis import BOTTOM, HEIGHT, TOP, Axis, Frame, n
from .figure import Curve, axes, figure, legend, look_of, marker, numbers, spread, svg

MOST_POINTS = 300
"""Points of a curve that are drawn; of more, some are left out evenly."""

MARKS = 8
"""Points of a curve that get the mark of their series."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across a chart at a place of its horizontal axis, with a text."""

    x: float
    text: str


def line_chart(  # noqa: PLR0913  # the parts of a picture, by name
    title: str,
    reading: str,
    series: Sequence[Curve],
    *,
    x: Axis | str,
    y: Axis | str,
    marks: Sequence[Mark] = (),
    diagonal: bool = False,
    wide: bool = False,
) -> Markup:
    """A figure with curves.

    Args:
        title: what it shows.
        reading: one sentence: how it is read.
        series: the curves.
        x: the horizontal axis, or its title, for one around the values.
        y: the vertical one.
        marks: lines across.
        diagonal: draw the line from the lower left to the upper right corner, as a reference.
        wide: whether it takes the whole width of the page.
    """
    if isinstance(x, str):
        values = [one for curve in series for one in curve.x]
        x = Axis.exactly(min(values, default=0), max(values, default=1), x)
    if isinstance(y, str):
        y = Axis.around((one for curve in series for one in curve.y), y)
    frame = Frame(x, y)
    looks = [index if one.look is None else one.look for index, one in enumerate(series)]
    parts: list[Content] = [axes(frame)]
    if diagonal:
        (x1, y1), (x2, y2) = frame.place(x.least, y.least), frame.place(x.most, y.most)
        parts.append(tag("line", class_="reference", x1=n(x1), y1=n(y1), x2=n(x2), y2=n(y2)))
    parts += [_mark(frame, mark) for mark in marks]
    parts += [_curve(frame, one, look) for one, look in zip(series, looks, strict=True)]
    names = [one.name for one in series]
    label = f"{title}: {y.title} over {x.title}" + (f" for {', '.join(names)}" if names else "")
    drawn = svg(label, *parts)
    named = list(zip(names, looks, strict=True))
    shown = numbers(title, (x.title, *names), _rows(series))
    return figure(title, reading, drawn, legend(named), shown, wide=wide)


def _mark(frame: Frame, mark: Mark) -> Markup:
    x, _ = frame.place(mark.x, frame.y.least)
    is_right = frame.x.part(mark.x) > 0.7
    line = tag("line", class_="at", x1=n(x), x2=n(x), y1=n(TOP), y2=n(HEIGHT - BOTTOM))
    look = "tick end" if is_right else "tick"
    return joined(
        [line, tag("text", mark.text, class_=look, x=n(x - 4 if is_right else x + 4), y=n(TOP - 6))]
    )


def _curve(frame: Frame, series: Curve, look: int) -> Markup:
    chosen = spread(len(series.x), MOST_POINTS)
    points = [
        (frame.place(series.x[i], series.y[i]) if math.isfinite(series.y[i]) else None)
        for i in chosen
    ]
    drawn = [point for point in points if point is not None]
    path = tag("path", class_=f"curve {look_of(look)}", d="".join(_path(points, series.steps)))
    shown = drawn if len(drawn) <= MARKS else [drawn[i] for i in spread(len(drawn), MARKS)]
    return joined([path, *(marker(look, *point) for point in shown)])


def _path(points: Sequence[tuple[float, float] | None], steps: bool) -> Iterator[str]:
    is_first, last = True, 0.0
    for point in points:
        if point is None:
            is_first = True
            continue
        x, y = point
        if steps and not is_first:
            yield f"L{n(x)} {n(last)}"
        yield f"{'M' if is_first else 'L'}{n(x)} {n(y)}"
        is_first, last = False, y


def _rows(series: Sequence[Curve]) -> list[list[Content]]:
    """A row for each place of the horizontal axis."""
    values: dict[float, dict[int, float]] = {}
    for index, one in enumerate(series):
        for place, value in zip(one.x, one.y, strict=True):
            values.setdefault(float(place), {}).setdefault(index, float(value))
    return [
        [number(place), *(number(found.get(index)) for index in range(len(series)))]
        for place, found in sorted(values.items())
    ]
