"""The parts that sections of a report are put together from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from modelspec.markup import Content, Markup, joined
from modelspec.markup import element as tag

NONE_TEXT = "–"
"""What stands in a cell without a value."""


def shorten(text: str, most: int) -> str:
    """The beginning of a long text."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def number(value: float | int | None) -> str:
    """A number for people: 4 digits, or all before the point of a large one."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NONE_TEXT
    if isinstance(value, int) or 1000 <= abs(value) < 1e9:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def count_of(count: int, things: str) -> str:
    """How many there are: `1 row`, `1,024 rows`."""
    return f"{count:,} {things.removesuffix('s') if count == 1 else things}"


def measured(value: Any) -> Markup:
    """A number for people, with all its digits for programs (the element `data`); of a damaged
    file what is there."""
    if not isinstance(value, (int, float)):
        return joined(plain(value))
    return tag("data", number(value), value=repr(float(value)))


def table(
    head: Sequence[Content],
    rows: Iterable[Sequence[Content]],
    *,
    caption: str,
    numeric: Iterable[int] = (),
    names_rows: bool = True,
) -> Markup:
    """A table that scrolls by itself where the page is narrow.

    Args:
        head: the names of the columns.
        rows: the cells.
        caption: what the table has.
        numeric: positions of columns of numbers, which are set to the right.
        names_rows: whether the first cell of a row names it.
    """
    right = frozenset(numeric)

    def cell(position: int, child: Content) -> Markup:
        look = "num" if position in right else None
        if position == 0 and names_rows:
            return tag("th", child, scope="row", class_=look)
        return tag("td", child, class_=look)

    titles = [
        tag("th", one, scope="col", class_="num" if at in right else None)
        for at, one in enumerate(head)
    ]
    lines = [tag("tr", joined(cell(at, one) for at, one in enumerate(row))) for row in rows]
    whole = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", joined(titles))),
        tag("tbody", joined(lines)),
    )
    return scrolling(whole, caption)


def scrolling(content: Markup, label: str, *, class_: str = "scroll") -> Markup:
    """What is wider than a narrow page, in a region that keys can move."""
    return tag("div", content, class_=class_, tabindex="0", role="group", aria_label=label)


def details(summary: str, *content: Content, is_open: bool = False) -> Markup:
    """What is opened on request; printed open."""
    return tag("details", tag("summary", summary), *content, open=is_open)


def facts(pairs: Iterable[tuple[Content, Content]]) -> Markup:
    """Names with their values."""
    found = [tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs]
    return tag("dl", joined(found)) if found else Markup("")


def code_block(text: str, label: str) -> Markup:
    """Commands, or the text of a file."""
    return tag("pre", tag("code", text), tabindex="0", aria_label=label, role="group")


def prose(text: str) -> Markup:
    """A sentence in which what stands between backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return joined([text])
    return joined(tag("code", one) if at % 2 else one for at, one in enumerate(parts))


def missing(reason: str) -> Markup:
    """Why a section, or a part of it, has nothing."""
    return tag("p", prose(reason), class_="missing")


def plain(value: Any) -> str:
    """A value of a spec in one line, as YAML has it where it is short."""
    if value is None:
        return NONE_TEXT
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {plain(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(plain, value)) + "]"
    return str(value)
