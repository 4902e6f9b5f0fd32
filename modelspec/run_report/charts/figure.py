"""What all charts have around them: the figure, axes, a legend, and the numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modelspec.run_report.elements import Content, Markup, details, joined, table, tag

from .axis import BOTTOM, DIGIT, HEIGHT, RIGHT, TOP, WIDTH, Frame, n

COLOURS = 8
"""Curves have so many colours and dashes, used in turn."""

MOST_ROWS = 60
"""Rows of the table of a chart; of more, some are left out evenly."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Values with a name.

    Attributes:
        name: in the legend.
        x: the places.
        y: the values there; NaN breaks a line.
        look: its colour and dashes, from 0; None for its position among the series.
        steps: whether a value holds up to the next place.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    look: int | None = None
    steps: bool = False


def figure(title: str, reading: str, drawn: Markup, *more: Content, wide: bool = False) -> Markup:
    """A chart in the page.

    Args:
        title: what it shows.
        reading: one sentence: how it is read.
        drawn: the picture.
        more: its legend, and its numbers.
        wide: whether it takes the whole width of the page.
    """
    caption = tag("figcaption", tag("strong", title), " ", tag("span", reading, class_="reading"))
    return tag("figure", caption, drawn, *more, class_="chart wide" if wide else "chart")


def svg(label: str, *parts: Content, height: float = HEIGHT) -> Markup:
    """The picture of a chart, which is one image to a screen reader."""
    return tag(
        "svg",
        *parts,
        class_="plot",
        viewBox=f"0 0 {n(WIDTH)} {n(height)}",
        role="img",
        aria_label=label,
    )


def axes(frame: Frame) -> Markup:
    """Lines, ticks and names of both axes."""
    left, right, bottom = frame.left, WIDTH - RIGHT, HEIGHT - BOTTOM
    parts: list[Markup] = []
    for value, label in zip(frame.y.ticks, frame.y.labels, strict=True):
        _, y = frame.place(frame.x.least, value)
        parts.append(tag("line", class_="grid", x1=n(left), x2=n(right), y1=n(y), y2=n(y)))
        parts.append(tag("text", label, class_="tick end", x=n(left - 6), y=n(y + 4)))
    for value, label in zip(frame.x.ticks, frame.x.labels, strict=True):
        x, _ = frame.place(value, frame.y.least)
        parts.append(tag("line", class_="grid", x1=n(x), x2=n(x), y1=n(bottom), y2=n(bottom + 4)))
        is_last = x + len(label) * DIGIT / 2 > WIDTH
        place = (
            {"class_": "tick end", "x": n(WIDTH)}
            if is_last
            else {"class_": "tick middle", "x": n(x)}
        )
        parts.append(tag("text", label, y=n(bottom + 17), **place))
    middle, up = (left + right) / 2, (TOP + bottom) / 2
    parts.append(tag("line", class_="edge", x1=n(left), x2=n(right), y1=n(bottom), y2=n(bottom)))
    parts.append(tag("text", frame.x.title, class_="tick middle", x=n(middle), y=n(HEIGHT - 6)))
    turned = f"rotate(-90 12 {n(up)})"
    title = tag("text", frame.y.title, class_="tick middle", x="12", y=n(up), transform=turned)
    return joined([*parts, title])


def legend(names: Sequence[tuple[str, int]]) -> Markup:
    """Names beside their colours and dashes; nothing for a single one."""
    if len(names) < 2:
        return Markup("")
    items = []
    for name, look in names:
        line = tag("line", class_=f"curve {look_of(look)}", x1=1, x2=27, y1=6, y2=6)
        mark = marker(look, 14, 6)
        swatch = tag(
            "svg", line, mark, class_="swatch-line", viewBox="0 0 28 12", aria_hidden="true"
        )
        items.append(tag("li", swatch, " ", name))
    return tag("ul", joined(items), class_="legend")


def look_of(index: int) -> str:
    """The class of a colour with its dashes."""
    return f"s{index % COLOURS}"


def marker(look: int, x: float, y: float) -> Markup:
    """A mark of another form for each series, so that colour is not all that tells them apart."""
    shape = look % 4
    kind = f"dot {look_of(look)}"
    if shape == 0:
        return tag("circle", class_=kind, cx=n(x), cy=n(y), r="3.2")
    if shape == 1:
        return tag("rect", class_=kind, x=n(x - 3), y=n(y - 3), width="6", height="6")
    corners = {2: "l3.8 6.4h-7.6z", 3: "l3.8 3.8l-3.8 3.8l-3.8 -3.8z"}[shape]
    return tag("path", class_=kind, d=f"M{n(x)} {n(y - 3.8)}{corners}")


def spread(count: int, most: int) -> list[int]:
    """Positions of at most so many of `count`, evenly, with the first and the last."""
    if count <= most:
        return list(range(count))
    return sorted({round(index * (count - 1) / (most - 1)) for index in range(most)})


def numbers(title: str, head: Sequence[Content], rows: Sequence[Sequence[Content]]) -> Markup:
    """The numbers of a chart as a table, which is opened on request."""
    shown = spread(len(rows), MOST_ROWS)
    left_out = "" if len(shown) == len(rows) else f" ({len(shown)} of {len(rows)} rows)"
    numeric = range(1, len(head))
    caption = f"{title}: numbers{left_out}"
    return details(
        f"Numbers{left_out}",
        table(head, [rows[i] for i in shown], caption=caption, numeric=numeric),
    )
