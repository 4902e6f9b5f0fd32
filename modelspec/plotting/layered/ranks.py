"""The first step: the row of each block, and the rows with the lines that pass through them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .parts import PortLink, Rows, Tile, Vertex, Wire

LANE = 9.0
"""How far the place of a line that passes reaches to either side."""


def rank_blocks(
    count: int, links: Sequence[PortLink], first: Collection[int] = (), last: Collection[int] = ()
) -> list[int]:
    """The row of each block: below all that it reads, and not further from what reads it than the
    others need. Links lead from lower to higher numbers; `first` and `last` are those that stay in
    the first and come into the last row."""
    ranks = [0] * count
    readers: list[list[int]] = [[] for _ in range(count)]
    sources: list[list[int]] = [[] for _ in range(count)]
    for link in links:
        readers[link.source].append(link.target)
        sources[link.target].append(link.source)
    for number in range(count):
        for reader in readers[number]:
            ranks[reader] = max(ranks[reader], ranks[number] + 1)
    free = _free(readers, sources)
    for number in reversed(range(count)):
        lowers, uppers = set(readers[number]), set(sources[number])
        # fewer lines get longer than get shorter
        if lowers and (len(uppers) < len(lowers) or number in free) and number not in first:
            ranks[number] = min(ranks[reader] for reader in lowers) - 1
    if last:
        end = max((ranks[number] for number in range(count) if number not in last), default=-1) + 1
        for number in last:
            ranks[number] = end
    return ranks


def _free(readers: list[list[int]], sources: list[list[int]]) -> set[int]:
    """The blocks that can move down with all that they depend on, which nothing else reads."""
    free: set[int] = set()
    for number, uppers in enumerate(sources):
        if len(set(readers[number])) == 1 and free.issuperset(uppers):
            free.add(number)
    return free


def make_rows(blocks: Sequence[Tile], links: Sequence[PortLink], ranks: Sequence[int]) -> Rows:
    """The rows, top to bottom, with each line cut where it passes through one.

    The lines of one tensor pass through a row at one place.
    """
    rows: Rows = [[] for _ in range(max(ranks, default=-1) + 1)]
    vertices = [
        Vertex(block, rank, block.left, block.right)
        for block, rank in zip(blocks, ranks, strict=True)
    ]
    by_tensor: dict[tuple[int, int], list[PortLink]] = {}
    for link in links:
        by_tensor.setdefault((link.source, link.port), []).append(link)
    bends: list[Vertex] = []
    for tensor, group in by_tensor.items():
        at, port = vertices[tensor[0]], tensor[1]
        for link in sorted(group, key=lambda each: ranks[each.target]):
            target = vertices[link.target]
            while at.rank < target.rank - 1:
                bend = Vertex(None, at.rank + 1, LANE, LANE)
                bends.append(bend)
                _connect(at, bend, tensor, port)
                at, port = bend, 0
            _connect(at, target, tensor, port, link.entry)
    for vertex in _first_met(vertices, bends):
        vertex.position = len(rows[vertex.rank])
        rows[vertex.rank].append(vertex)
    return rows


def _connect(
    upper: Vertex, lower: Vertex, tensor: tuple[int, int], port: int, entry: int = 0
) -> None:
    wire = Wire(upper, lower, tensor, port, entry)
    upper.down.append(wire)
    lower.up.append(wire)


def _first_met(vertices: list[Vertex], bends: list[Vertex]) -> list[Vertex]:
    """All vertices in the order of a walk downwards, so that what belongs together is close."""
    found: list[Vertex] = []
    seen: set[int] = set()
    for start in (*vertices, *bends):
        if start.up and start.block is not None:
            continue
        waiting = [start]
        while waiting:
            vertex = waiting.pop()
            if id(vertex) in seen:
                continue
            seen.add(id(vertex))
            found.append(vertex)
            waiting += [wire.lower for wire in reversed(vertex.down)]
    return found
