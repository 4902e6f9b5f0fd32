"""What notebooks show of a result: a small piece of HTML in the colours of the page around it.

Colours are those of the surrounding text, so that a dark notebook stays dark, and nothing is
fetched or run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from .elements import Content, Markup, element, joined

WIDTH, HEIGHT, EDGE = 360.0, 90.0, 4.0
"""Of a picture of curves, and the room around it, in pixels."""

DASHES = ("", "5 3", "1 3", "8 3 1 3")
"""What tells curves apart without colours."""

MOST_ROWS = 60
"""Of a table; a notebook is no place for more."""


def view(title: str, *content: Content) -> str:
    """A piece of HTML with a title."""
    head = element("strong", title)
    style = "font-family: sans-serif; line-height: 1.4; max-width: 60em; overflow-x: auto"
    return str(element("div", head, *content, style=style))


def table(head: Sequence[str], rows: Iterable[Sequence[Content]]) -> Markup:
    """A table; of a long one the first rows, and how many there are."""
    cell = "text-align: left; padding: 2px 10px 2px 0; vertical-align: top"
    shown = list(rows)
    lines = [
        element("tr", (element("td", one, style=cell) for one in row)) for row in shown[:MOST_ROWS]
    ]
    more = None
    if len(shown) > MOST_ROWS:
        more = element("div", f"and {len(shown) - MOST_ROWS} more rows")
    names = element("tr", (element("th", name, style=cell) for name in head)) if head else None
    body = element("table", names, lines, style="border-collapse: collapse; border: 0")
    return joined(body, more)


def text(content: str) -> Markup:
    """Lines as they are."""
    lines = joined(*(joined(line, Markup("\n")) for line in content.splitlines()))
    return element("pre", lines, style="background: none; color: inherit; margin: 0.3em 0")


def curves(title: str, values: Mapping[str, Sequence[float]]) -> Markup | None:
    """A picture of a few curves over the epochs; None where no curve has two points."""
    known = {name: found for name, found in values.items() if len(_finite(found)) > 1}
    if not known:
        return None
    every = [value for found in known.values() for value in _finite(found)]
    low, high = min(every), max(every)
    lines = [
        element(
            "path",
            d=_path(found, low, high),
            fill="none",
            stroke="currentColor",
            stroke_width="1.5",
            stroke_dasharray=DASHES[number % len(DASHES)] or None,
        )
        for number, found in enumerate(known.values())
    ]
    box = f"0 0 {WIDTH:g} {HEIGHT:g}"
    label = f"{title}: {', '.join(known)} from {low:.4g} to {high:.4g}"
    picture = element(
        "svg", lines, viewBox=box, width=WIDTH, height=HEIGHT, role="img", aria_label=label
    )
    names = (
        f"{name} {('solid', 'dashed', 'dotted', 'dash-dotted')[number % len(DASHES)]}"
        for number, name in enumerate(known)
    )
    small = element("div", f"{', '.join(names)}; {low:.4g} to {high:.4g}", style="font-size: 85%")
    return element("div", picture, small)


def _finite(values: Sequence[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)]


def _path(values: Sequence[float], low: float, high: float) -> str:
    span, steps = high - low or 1.0, max(1, len(values) - 1)
    points = [
        f"{EDGE + (WIDTH - 2 * EDGE) * number / steps:.1f}"
        f",{EDGE + (HEIGHT - 2 * EDGE) * (high - value) / span:.1f}"
        for number, value in enumerate(values)
        if math.isfinite(value)
    ]
    return f"M{' L'.join(points)}"
