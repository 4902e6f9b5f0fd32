"""Bars: one for each name, or one for each range of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from modelspec.run_report.elements import Content, Markup, joined, number, shorten, tag

from .axis import DIGIT, RIGHT, WIDTH, Axis, Frame, n
from .figure import Curve, axes, figure, legend, look_of, numbers, svg

ROW = 24.0
MOST_LETTERS = 22
MOST_BARS = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with a name.

    Attributes:
        name: beside the bar.
        value: its length.
        low: the beginning of its interval; None where none is known.
        high: the end.
        note: what else the table says of it.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    note: str = ""


def bar_chart(  # noqa: PLR0913  # the parts of a picture, by name
    title: str,
    reading: str,
    bars: Sequence[Bar],
    *,
    axis: str,
    names: str,
    reference: float | None = None,
    note: str = "",
) -> Markup:
    """A figure with a bar across for each name.

    Args:
        title: what it shows.
        reading: one sentence: how it is read.
        bars: at most `MOST_BARS` are drawn; the table has all.
        axis: what the values are.
        names: what the names are.
        reference: a value that all are compared with.
        note: the heading of the notes in the table.
    """
    shown = bars[:MOST_BARS]
    values = [one for bar in shown for one in (bar.value, bar.low, bar.high) if one is not None]
    scale = Axis.around(
        [*values, *(() if reference is None else (reference,))], axis, from_zero=True
    )
    left = 12 + DIGIT * max((len(shorten(bar.name, MOST_LETTERS)) for bar in shown), default=1)
    ends = WIDTH - RIGHT - 46
    bottom = 8 + ROW * len(shown)

    def at(value: float) -> float:
        return left + scale.part(value) * (ends - left)

    parts: list[Content] = []
    for value, label in zip(scale.ticks, scale.labels, strict=True):
        x = at(value)
        parts.append(tag("line", class_="grid", x1=n(x), x2=n(x), y1="4", y2=n(bottom)))
        parts.append(tag("text", label, class_="tick middle", x=n(x), y=n(bottom + 15)))
    parts.append(tag("text", axis, class_="tick middle", x=n((left + ends) / 2), y=n(bottom + 31)))
    for index, bar in enumerate(shown):
        parts.append(_bar(bar, 8 + ROW * index, at, left, ends))
    if reference is not None:
        x = at(reference)
        parts.append(tag("line", class_="reference", x1=n(x), x2=n(x), y1="4", y2=n(bottom)))
    drawn = svg(f"{title}: {axis} of {len(shown)} {names}", *parts, height=bottom + 38)
    has_interval = any(bar.low is not None for bar in bars)
    head = [names, axis, *(("from", "to") if has_interval else ()), *((note,) if note else ())]
    rows = [
        [
            bar.name,
            number(bar.value),
            *((number(bar.low), number(bar.high)) if has_interval else ()),
            *((bar.note,) if note else ()),
        ]
        for bar in bars
    ]
    return figure(title, reading, drawn, numbers(title, head, rows))


def _bar(bar: Bar, y: float, at: Callable[[float], float], left: float, ends: float) -> Markup:
    zero, end = at(0.0), at(bar.value)
    first, last = min(zero, end), max(zero, end)
    parts = [
        tag("text", shorten(bar.name, MOST_LETTERS), class_="tick end", x=n(left - 6), y=n(y + 13)),
        tag(
            "rect",
            class_="bar-fill s0",
            x=n(first),
            y=n(y + 2),
            width=n(max(0.8, last - first)),
            height="14",
        ),
    ]
    if bar.low is not None and bar.high is not None:
        x1, x2 = at(bar.low), at(bar.high)
        parts.append(
            tag(
                "path",
                class_="interval",
                d=f"M{n(x1)} {n(y + 5)}v8M{n(x1)} {n(y + 9)}H{n(x2)}M{n(x2)} {n(y + 5)}v8",
            )
        )
    parts.append(tag("text", number(bar.value), class_="tick value", x=n(ends + 6), y=n(y + 13)))
    return joined(parts)


def histogram(
    title: str,
    reading: str,
    edges: Sequence[float],
    counts: Sequence[Curve],
    *,
    x: str,
    y: str,
) -> Markup:
    """A figure with counts, or shares, of ranges.

    Args:
        title: what it shows.
        reading: one sentence: how it is read.
        edges: where the ranges begin and end, one more than there are ranges.
        counts: for each series a value for each range, in its `y`.
        x: what is in ranges.
        y: what is counted.
    """
    across = Axis.exactly(edges[0], edges[-1], x)
    up = Axis.around((v for one in counts for v in one.y), y, from_zero=True)
    frame = Frame(across, up)
    parts: list[Content] = [axes(frame)]
    for index, one in enumerate(counts):
        look = index if one.look is None else one.look
        if len(counts) == 1:
            parts += [_column(frame, edges[i : i + 2], value) for i, value in enumerate(one.y)]
            continue
        parts.append(tag("path", class_=f"curve {look_of(look)}", d=_outline(frame, edges, one.y)))
    drawn = svg(f"{title}: {y} over {x}", *parts)
    rows = [
        [f"{number(first)} to {number(last)}", *(number(one.y[i]) for one in counts)]
        for i, (first, last) in enumerate(pairwise(edges))
    ]
    names = [(one.name, i if one.look is None else one.look) for i, one in enumerate(counts)]
    head = (x, *(one.name for one in counts))
    return figure(title, reading, drawn, legend(names), numbers(title, head, rows))


def _column(frame: Frame, edges: Sequence[float], value: float) -> Markup:
    (x1, y), (x2, bottom) = frame.place(edges[0], value), frame.place(edges[1], 0.0)
    width = max(0.6, x2 - x1 - 1)
    return tag("rect", class_="bar-fill s0", x=n(x1), y=n(y), width=n(width), height=n(bottom - y))


def _outline(frame: Frame, edges: Sequence[float], values: Sequence[float]) -> str:
    x, y = frame.place(edges[0], 0.0)
    path = [f"M{n(x)} {n(y)}"]
    for (first, last), value in zip(pairwise(edges), values, strict=True):
        (x1, y1), (x2, _) = frame.place(first, value), frame.place(last, value)
        path.append(f"L{n(x1)} {n(y1)}L{n(x2)} {n(y1)}")
    x, y = frame.place(edges[-1], 0.0)
    return "".join([*path, f"L{n(x)} {n(y)}"])
