"""The second step: the order in each row, with few lines that cross."""

from __future__ import annotations

from bisect import bisect_right, insort

from .parts import Rows, Vertex, wires_of

SWEEPS = 12
ENOUGH = 30_000
"""Work that is spent at most, in lines looked at."""


def order_rows(rows: Rows) -> None:
    """Order each row by the middle of its neighbours, downwards and upwards in turn; the best
    order that was met stays."""
    best, fewest = _snapshot(rows), count_crossings(rows)
    lines = sum(len(vertex.down) for row in rows for vertex in row)
    sweeps = max(2, min(SWEEPS, ENOUGH // max(lines, 1)))
    for sweep in range(sweeps):
        if not fewest:
            break
        downwards = sweep % 2 == 0
        for row in rows[1:] if downwards else reversed(rows[:-1]):
            _sort(row, downwards, from_right=sweep % 4 > 1)
        crossings = count_crossings(rows)
        if crossings < fewest:
            best, fewest = _snapshot(rows), crossings
    for row, order in zip(rows, best, strict=True):
        row[:] = order
        _number(row)


def count_crossings(rows: Rows) -> int:
    """How many pairs of lines cross between rows."""
    crossings = 0
    for row in rows:
        ends: list[tuple[int, int]] = sorted(
            (wire.upper.position, wire.lower.position) for wire in wires_of(row)
        )
        met: list[int] = []
        for _, end in ends:
            crossings += len(met) - bisect_right(met, end)
            insort(met, end)
    return crossings


def _sort(row: list[Vertex], downwards: bool, *, from_right: bool) -> None:
    """Sort a row by the mean of its neighbours; what has none stays where it is."""
    means: dict[int, float] = {}
    for vertex in row:
        near = [w.upper.position if downwards else w.lower.position
                for w in (vertex.up if downwards else vertex.down)]  # fmt: skip
        if near:
            means[id(vertex)] = sum(near) / len(near)
    moving = [vertex for vertex in row if id(vertex) in means]
    if from_right:
        moving.reverse()
    moving.sort(key=lambda vertex: means[id(vertex)])
    following = iter(moving)
    row[:] = [next(following) if id(vertex) in means else vertex for vertex in row]
    _number(row)


def _number(row: list[Vertex]) -> None:
    for position, vertex in enumerate(row):
        vertex.position = position


def _snapshot(rows: Rows) -> list[list[Vertex]]:
    return [list(row) for row in rows]
