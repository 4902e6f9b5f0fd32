"""Tables on a terminal that is narrower than they are: cells of text are cut, numbers never."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

LEAST = 6
"""Characters to which a column is cut at most."""

_RULE = re.compile(r"─+(?:  ─+)*\Z")
_NUMBERS = re.compile(r"[-+±×\de.,:%() ]*([kMGTP]|[kKMGT]i?B|B|s|ms)?")
"""What a cell of numbers may have; one cut short would be another number."""


def fit_tables(text: str, width: int) -> str:
    """A text in which the tables of `table` have at most some characters in a line, if they can.

    Cut cells end in "…". A table of numbers that are wider stays as it is, and so do other lines,
    which a terminal wraps.

    Args:
        text: whole lines.
        width: of the terminal, in characters.
    """
    lines = text.split("\n")
    if all(len(line) <= width for line in lines):
        return text
    for at, line in enumerate(lines):
        if at and len(line) > width and _RULE.match(line):
            end = next((n for n in range(at, len(lines)) if not lines[n]), len(lines))
            lines[at - 1 : end] = _fitted(lines[at - 1 : end], line, width)
    return "\n".join(lines)


def _fitted(lines: Sequence[str], rule: str, width: int) -> list[str]:
    columns = [match.span() for match in re.finditer("─+", rule)]
    rows = [list(_cells(line, columns)) for line in lines]
    widths = [end - start for start, end in columns]
    can_shrink = [
        any(not _NUMBERS.fullmatch(row[number].strip()) for row in rows[2:])
        for number in range(len(columns))
    ]
    while sum(widths) + 2 * (len(widths) - 1) > width:
        size, number = max((widths[n] * can_shrink[n], n) for n in range(len(widths)))
        if size <= LEAST:
            break
        widths[number] -= 1
    return ["  ".join(map(_cut, row, widths)).rstrip() for row in rows]


def _cells(line: str, columns: Sequence[tuple[int, int]]) -> Iterator[str]:
    for number, (start, end) in enumerate(columns):
        last = number == len(columns) - 1
        yield line[start:] if last else line[start:end].ljust(end - start)


def _cut(cell: str, width: int) -> str:
    if len(cell) <= width:
        return cell
    if cell[width:].isspace():
        return cell[:width]
    if set(cell) == {"─"}:
        return cell[:width]
    return f"{cell[: width - 1]}…"
