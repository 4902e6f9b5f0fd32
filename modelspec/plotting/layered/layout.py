"""All steps of the layout, in one column or in several side by side."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .channels import set_y
from .columns import find_cuts
from .order import order_rows
from .parts import Point, PortLink, Rows, Tile, Vertex
from .ranks import LANE, make_rows, rank_blocks
from .spines import set_x

GUTTER = 44.0
"""Between two columns, without the lines that lead from one to the other."""

TRACK = 9.0
"""Between such lines."""


@dataclass(slots=True)
class Layout:
    """Where everything is. The upper left corner is (0, 0).

    Attributes:
        width: of all, with what blocks keep free beside themselves.
        height: of all.
        anchors: the anchor and the upper side of each block.
        routes: the corners of each link.
    """

    width: float
    height: float
    anchors: list[Point]
    routes: list[list[Point]]


@dataclass(slots=True)
class _Column:
    """One column: some of the blocks, and the ends of lines from the column before and into the
    next."""

    blocks: list[Tile] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    entries: dict[tuple[int, int], int] = field(default_factory=dict)
    exits: dict[tuple[int, int], int] = field(default_factory=dict)
    links: list[PortLink] = field(default_factory=list)
    vertices: list[Vertex] = field(default_factory=list)
    width: float = 0
    height: float = 0
    x: float = 0

    def add(self, block: Tile, rank: int) -> int:
        """Add a block; returns its number in the column."""
        self.blocks.append(block)
        self.ranks.append(rank)
        return len(self.blocks) - 1

    def point(self, number: int) -> Point:
        """Where a block has come to lie."""
        vertex = self.vertices[number]
        return (vertex.x + self.x, vertex.y)


def lay_out(
    blocks: Sequence[Tile],
    links: Sequence[PortLink],
    first: Collection[int] = (),
    last: Collection[int] = (),
) -> Layout:
    """Place blocks in rows from top to bottom, and lead their links around them.

    A layout that would be tall is cut into columns.

    Args:
        blocks: what to place.
        links: lines, each from a block to one with a higher number.
        first: the numbers of blocks that stay in the first row.
        last: the numbers of blocks that come into the last row.
    """
    if not blocks:
        return Layout(0, 0, [], [])
    ranks = rank_blocks(len(blocks), links, first, last)
    cuts = find_cuts(blocks, links, ranks)
    starts = [0, *cuts]
    place = [bisect_right(cuts, rank) for rank in ranks]
    columns = [_Column() for _ in starts]
    for number, block in enumerate(blocks):
        column = columns[place[number]]
        column.numbers[number] = column.add(block, ranks[number] - starts[place[number]] + 1)
    paths = [_share_out(link, place, columns) for link in links]
    for column in columns:
        _place_column(column)
    _put_side_by_side(columns)
    top = max(_tracks_above(column) for column in columns)
    anchors = []
    for number in range(len(blocks)):
        column = columns[place[number]]
        x, y = column.point(column.numbers[number])
        anchors.append((x, y + top))
    bridges = [_bridges(one, other) for one, other in pairwise(columns)]
    routes = [
        _route(link, path, columns, bridges, top) for link, path in zip(links, paths, strict=True)
    ]
    height = top + max(column.height + TRACK * len(column.exits) for column in columns)
    for number in last:  # what leaves does so at the foot of all columns
        anchors[number] = (anchors[number][0], height)
    for link, route in zip(links, routes, strict=True):
        if link.target in last:
            route[-1] = (route[-1][0], height)
    end = columns[-1]
    return Layout(end.x + end.width, height, anchors, routes)


def _share_out(
    link: PortLink, place: Sequence[int], columns: list[_Column]
) -> list[tuple[int, PortLink]]:
    """The parts of a link, each with the number of its column."""
    first, last = place[link.source], place[link.target]
    tensor = (link.source, link.port)
    parts = []
    for number in range(first, last + 1):
        column = columns[number]
        if number == first:
            source, port = column.numbers[link.source], link.port
        else:
            if tensor not in column.entries:
                column.entries[tensor] = column.add(Tile(LANE, LANE, 0), 0)
            source, port = column.entries[tensor], 0
        if number == last:
            part = PortLink(source, port, column.numbers[link.target], link.entry)
        else:
            if tensor not in column.exits:
                column.exits[tensor] = column.add(Tile(LANE, LANE, 0), -1)
            part = PortLink(source, port, column.exits[tensor])
        if number == last or part not in column.links:
            column.links.append(part)
        parts.append((number, part))
    return parts


def _place_column(column: _Column) -> None:
    end = max(column.ranks) + 1
    first = 0 if column.entries else 1
    ranks = [(end if rank < 0 else rank) - first for rank in column.ranks]
    links = list(dict.fromkeys(column.links))
    rows: Rows = make_rows(column.blocks, links, ranks)
    order_rows(rows)
    set_x(rows)
    column.height = set_y(rows)
    column.width = max(vertex.x + vertex.right for row in rows for vertex in row)
    by_block = {id(v.block): v for row in rows for v in row if v.block is not None}
    column.vertices = [by_block[id(block)] for block in column.blocks]


def _put_side_by_side(columns: list[_Column]) -> None:
    x = 0.0
    for column in columns:
        column.x = x
        x += column.width + GUTTER + TRACK * len(column.exits)


def _tracks_above(column: _Column) -> float:
    return TRACK * len(column.entries) + (TRACK if column.entries else 0)


Bridges = dict[tuple[int, int], list[Point]]


def _bridges(one: _Column, other: _Column) -> Bridges:
    """The way of each tensor from the foot of a column to the head of the next, around what lies
    between."""
    found: Bridges = {}
    count = len(one.exits)
    order = sorted(one.exits, key=lambda tensor: -one.point(one.exits[tensor])[0])
    for number, tensor in enumerate(order):
        x, y = one.point(one.exits[tensor])
        into, top = other.point(other.entries[tensor])
        low = y + TRACK * number
        between = one.x + one.width + GUTTER / 2 + TRACK * number
        high = top - TRACK * (count - number)
        found[tensor] = [(x, low), (between, low), (between, high), (into, high), (into, top)]
    return found


def _route(
    link: PortLink,
    path: list[tuple[int, PortLink]],
    columns: list[_Column],
    bridges: list[Bridges],
    top: float,
) -> list[Point]:
    points: list[Point] = []
    for number, part in path:
        column = columns[number]
        if points:
            points += bridges[number - 1][(link.source, link.port)]
        points += [(x + column.x, y) for x, y in _way(column, part)]
    return _corners([(x, y + top) for x, y in points])


def _way(column: _Column, link: PortLink) -> list[Point]:
    """The points of a link inside a column, from its end back to its beginning and turned round."""
    target, source = column.vertices[link.target], column.vertices[link.source]
    points: list[Point] = []
    at = target
    while True:
        wire = next(
            wire
            for wire in at.up
            if wire.tensor == (link.source, link.port)
            and (at is not target or wire.entry == link.entry)
        )
        points += [(wire.end, at.y), (wire.end, wire.track), (wire.begin, wire.track)]
        at = wire.upper
        if at is source:
            block = at.block
            points.append((wire.begin, at.y + (0 if block is None else block.height)))
            return points[::-1]
        points.append((wire.begin, at.y))


def _corners(points: list[Point]) -> list[Point]:
    """The points without those that lie on a straight line between others."""
    found: list[Point] = []
    for point in points:
        if found and abs(found[-1][0] - point[0]) < 0.05 and abs(found[-1][1] - point[1]) < 0.05:
            continue
        while len(found) > 1 and _is_between(found[-2], found[-1], point):
            found.pop()
        found.append(point)
    return found


def _is_between(a: Point, b: Point, c: Point) -> bool:
    same_x = abs(a[0] - b[0]) < 0.05 and abs(b[0] - c[0]) < 0.05
    same_y = abs(a[1] - b[1]) < 0.05 and abs(b[1] - c[1]) < 0.05
    return same_x or same_y
