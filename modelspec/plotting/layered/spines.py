"""The third step: the x of each vertex.

Vertices that lie straight under one another form a spine: a chain of layers, or a line that passes
through several rows. Spines are packed from the left and from the right, and then moved one by one
towards the middle of what they are joined to, the longest first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from .parts import Rows, Vertex, Wire

GAP = 22.0
"""Between two boxes of a row."""

NARROW_GAP = 4.0
"""Beside a line that passes."""

SAME = 0.6
"""A line this little out of the straight is straight."""

SWEEPS = 4


@dataclass(slots=True, eq=False)
class Spine:
    """Vertices on one vertical line.

    Attributes:
        lefts: the spines next to it on the left, each with the least distance.
        rights: those on the right.
        is_settled: whether it has its place in this sweep.
        weight: how much moves out of its way: its blocks, then its length.
    """

    vertices: list[Vertex] = field(default_factory=list)
    x: float = 0
    lefts: dict[int, tuple[Spine, float]] = field(default_factory=dict)
    rights: dict[int, tuple[Spine, float]] = field(default_factory=dict)
    is_settled: bool = False
    weight: tuple[int, int] = (0, 0)


def set_x(rows: Rows) -> None:
    """Set the x of all vertices, at least 0 with what they reach to."""
    spines, of = _find_spines(rows)
    _set_neighbours(rows, of)
    for spine in spines:
        blocks = sum(not vertex.is_bend for vertex in spine.vertices)
        spine.weight = (blocks, len(spine.vertices))
    order = _from_left(rows, of)
    _pack(order)
    for _ in range(SWEEPS):
        for spine in spines:
            spine.is_settled = False
        for spine in sorted(spines, key=lambda each: each.weight, reverse=True):
            _settle(spine, of)
    least = min(spine.x - vertex.left for spine in spines for vertex in spine.vertices)
    for spine in spines:
        for vertex in spine.vertices:
            vertex.x = round(spine.x - least, 2)


def _find_spines(rows: Rows) -> tuple[list[Spine], dict[int, Spine]]:
    _measure_chains(rows)
    above: dict[int, Vertex] = {}
    for row in rows:
        taken: list[tuple[int, int]] = []
        for _, wire in sorted(
            ((_priority(wire), wire) for vertex in row for wire in _straight(vertex)),
            key=lambda pair: pair[0],
        ):
            pair = (wire.upper.position, wire.lower.position)
            if all(
                (pair[0] - a) * (pair[1] - b) > 0 for a, b in taken
            ):  # neither crosses nor shares an end
                taken.append(pair)
                above[id(wire.lower)] = wire.upper
    spines: list[Spine] = []
    of: dict[int, Spine] = {}
    for row in rows:
        for vertex in row:
            upper = above.get(id(vertex))
            spine = Spine() if upper is None else of[id(upper)]
            if upper is None:
                spines.append(spine)
            spine.vertices.append(vertex)
            of[id(vertex)] = spine
    return spines, of


def _measure_chains(rows: Rows) -> None:
    for row in reversed(rows):
        for vertex in row:
            below = {id(wire.lower): wire.lower for wire in vertex.down}
            vertex.chain = int(not vertex.is_bend)
            if len(below) == 1:
                (lower,) = below.values()
                if len({id(wire.upper) for wire in lower.up}) == 1:
                    vertex.chain += lower.chain


def _straight(vertex: Vertex) -> list[Wire]:
    """The lines down from a vertex that may be straight: the one that both ends want most."""
    chosen = _favourite(vertex.down, downwards=True)
    if chosen is not None and max(abs(_exit(chosen)), abs(_entry(chosen))) > SAME:
        return []
    if chosen is None or _favourite(chosen.lower.up, downwards=False) is not chosen:
        return []
    return [chosen]


def _favourite(wires: list[Wire], *, downwards: bool) -> Wire | None:
    """The line that should be straight: of one that passes on, the longest chain, the middle."""
    if len(wires) < 2:
        return wires[0] if wires else None
    ends = [wire.lower if downwards else wire.upper for wire in wires]
    own = wires[0].upper if downwards else wires[0].lower
    passing = [wire for wire, end in zip(wires, ends, strict=True) if end.is_bend]
    if own.is_bend and len(passing) == 1:
        return passing[0]
    firsts = [0 if end.is_bend else _run(end, downwards) for end in ends]
    best = max(firsts)
    equal = [wire for wire, first in zip(wires, firsts, strict=True) if first == best]
    if len(equal) == 1:
        return equal[0]
    if len(equal) % 2 == 0:
        return None
    equal.sort(key=lambda wire: (wire.lower if downwards else wire.upper).position)
    return equal[len(equal) // 2]


def _run(vertex: Vertex, downwards: bool) -> int:
    """How many blocks lie on the way from here without a fork."""
    if downwards:
        return vertex.chain
    length, at = 1, vertex
    while len(at.up) == 1 and len(at.up[0].upper.down) == 1:
        at = at.up[0].upper
        length += int(not at.is_bend)
        if length > 500:
            break
    return length


def _priority(wire: Wire) -> tuple[int, int]:
    """Lines that pass through come first, then long chains."""
    if wire.upper.is_bend and wire.lower.is_bend:
        return (1, 0)
    return (0, -wire.lower.chain) if not wire.lower.is_bend else (2, 0)


def _set_neighbours(rows: Rows, of: dict[int, Spine]) -> None:
    for row in rows:
        for left, right in pairwise(row):
            gap = NARROW_GAP if left.is_bend or right.is_bend else GAP
            distance = left.right + right.left + gap
            a, b = of[id(left)], of[id(right)]
            if distance > a.rights.get(id(b), (b, 0.0))[1]:
                a.rights[id(b)] = (b, distance)
                b.lefts[id(a)] = (a, distance)


def _from_left(rows: Rows, of: dict[int, Spine]) -> list[Spine]:
    """The spines in an order in which each comes after those on its left."""
    waits = {id(spine): len(spine.lefts) for spine in of.values()}
    ready = [spine for spine in dict.fromkeys(of.values()) if not spine.lefts]
    order: list[Spine] = []
    while ready:
        spine = ready.pop()
        order.append(spine)
        for right, _ in spine.rights.values():
            waits[id(right)] -= 1
            if not waits[id(right)]:
                ready.append(right)
    return order


def _pack(order: list[Spine]) -> None:
    """The mean of the positions packed from the left and from the right."""
    for spine in order:
        spine.x = max((left.x + d for left, d in spine.lefts.values()), default=0.0)
    width = max((spine.x for spine in order), default=0.0)
    most: dict[int, float] = {}
    for spine in reversed(order):
        bounds = (most[id(right)] - d for right, d in spine.rights.values())
        most[id(spine)] = min(bounds, default=width)
    for spine in order:
        spine.x = (spine.x + most[id(spine)]) / 2


def _settle(spine: Spine, of: dict[int, Spine]) -> None:
    """Move a spine to where its lines are shortest; what has not settled yet gives way."""
    wanted = _wanted(spine, of)
    spine.is_settled = True
    if wanted is None or abs(wanted - spine.x) < 0.01:
        return
    reach = _reach(spine, wanted > spine.x)
    step = min(abs(wanted - spine.x), reach)
    if step > 0:
        _move(spine, spine.x + (step if wanted > spine.x else -step))


def _wanted(spine: Spine, of: dict[int, Spine]) -> float | None:
    blocks: list[float] = []
    others: list[float] = []
    for vertex in spine.vertices:
        for wire, end, own in (
            *((w, w.upper, _entry(w)) for w in vertex.up),
            *((w, w.lower, _exit(w)) for w in vertex.down),
        ):
            other = of[id(end)]
            if other is spine:
                continue
            offset = _exit(wire) if end is wire.upper else _entry(wire)
            x = other.x + offset - own
            (others if end.is_bend or vertex.is_bend else blocks).append(x)
    if blocks:
        return sum(blocks) / len(blocks)
    return median(others) if others else None


def _exit(wire: Wire) -> float:
    block = wire.upper.block
    return 0 if block is None else block.outs[wire.port]


def _entry(wire: Wire) -> float:
    block = wire.lower.block
    return 0 if block is None or block.ins is None else block.ins[wire.entry]


def _reach(spine: Spine, to_right: bool) -> float:
    """How far a spine can be moved until one that has settled is met."""
    room: dict[int, float] = {}
    waiting = [(spine, 0.0)]
    least, weight = float("inf"), spine.weight
    while waiting:
        at, free = waiting.pop()
        for other, distance in (at.rights if to_right else at.lefts).values():
            between = free + abs(other.x - at.x) - distance
            if between >= room.get(id(other), float("inf")) or between >= least:
                continue
            room[id(other)] = between
            if other.is_settled or other.weight == weight:  # equals do not push each other
                least = min(least, between)
            else:
                waiting.append((other, between))
    return max(least, 0.0)


def _move(spine: Spine, x: float) -> None:
    to_right = x > spine.x
    spine.x = x
    waiting = [spine]
    while waiting:
        at = waiting.pop()
        for other, distance in (at.rights if to_right else at.lefts).values():
            bound = at.x + distance if to_right else at.x - distance
            if other.x < bound if to_right else other.x > bound:
                other.x = bound
                waiting.append(other)
