"""Points: a value against another."""

from __future__ import annotations

from collections.abc import Sequence

from modelspec.run_report.elements import Content, Markup, number, tag

from .axis import Axis, Frame, n
from .figure import Curve, axes, figure, legend, look_of, numbers, spread, svg

MOST_POINTS = 1_000
"""Points of all series together; of more, some are left out evenly, and the page says so."""


def scatter_chart(  # noqa: PLR0913  # the parts of a picture, by name
    title: str,
    reading: str,
    series: Sequence[Curve],
    *,
    x: Axis,
    y: Axis,
    diagonal: bool = False,
    level: float | None = None,
) -> Markup:
    """A figure with points.

    Args:
        title: what it shows.
        reading: one sentence: how it is read.
        series: the points.
        x: the horizontal axis.
        y: the vertical one.
        diagonal: draw the line on which both values are the same.
        level: a value of the vertical axis that is drawn as a line.
    """
    frame = Frame(x, y)
    parts: list[Content] = [axes(frame)]
    if diagonal:
        least, most = max(x.least, y.least), min(x.most, y.most)
        (x1, y1), (x2, y2) = frame.place(least, least), frame.place(most, most)
        parts.append(tag("line", class_="reference", x1=n(x1), y1=n(y1), x2=n(x2), y2=n(y2)))
    if level is not None:
        (x1, y1), (x2, _) = frame.place(x.least, level), frame.place(x.most, level)
        parts.append(tag("line", class_="reference", x1=n(x1), y1=n(y1), x2=n(x2), y2=n(y1)))
    each = max(1, MOST_POINTS // max(1, len(series)))
    rows: list[Sequence[Content]] = []
    is_short = False
    for index, one in enumerate(series):
        chosen = spread(len(one.x), each)
        is_short |= len(chosen) < len(one.x)
        look = index if one.look is None else one.look
        places = [frame.place(one.x[i], one.y[i]) for i in chosen]
        path = "".join(f"M{n(a)} {n(b)}h0" for a, b in places)  # dots, by round ends of no line
        parts.append(tag("path", class_=f"cloud {look_of(look)}", d=path))
        rows += [[one.name, number(float(one.x[i])), number(float(one.y[i]))] for i in chosen]
    drawn = svg(f"{title}: {y.title} over {x.title}", *parts)
    more = None
    if is_short:
        more = tag("p", f"{len(rows):,} points are drawn, evenly chosen.", class_="reading")
    names = [(one.name, i if one.look is None else one.look) for i, one in enumerate(series)]
    shown = numbers(title, ("series", x.title, y.title), rows)
    return figure(title, reading, drawn, legend(names), more, shown)
