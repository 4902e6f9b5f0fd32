"""The fourth step: where lines enter and leave, and on which track each runs between two rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from .parts import Rows, Vertex, Wire, wires_of

TRACK = 11.0
"""Between two tracks."""

ABOVE, BELOW = 9.0, 17.0
"""From what is above to the first track, and from the last one to the boxes, with an arrow."""

ENTRY = 16.0
"""Between two lines that enter a box, where there is room."""

SAME = 0.6
"""A line this little out of the straight is straight."""


@dataclass(slots=True, eq=False)
class Net:
    """The lines of one tensor between two rows: one comes in, and some go on."""

    begin: float
    wires: list[Wire] = field(default_factory=list)
    track: int = 0

    @property
    def ends(self) -> list[float]:
        """Where its lines end."""
        return [wire.end for wire in self.wires]

    @property
    def low(self) -> float:
        """Its x furthest to the left."""
        return min(self.begin, *self.ends)

    @property
    def high(self) -> float:
        """Its x furthest to the right."""
        return max(self.begin, *self.ends)


def set_y(rows: Rows) -> float:
    """Set the y of all vertices and the tracks of all lines; returns the height."""
    _set_ends(rows)
    y = 0.0
    for row in rows:
        for vertex in row:
            vertex.y = y
        y += max((v.block.height + v.block.below for v in row if v.block is not None), default=0)
        if row is rows[-1]:
            break
        y = _run_between(row, y)
    return y


def _set_ends(rows: Rows) -> None:
    for row in rows:
        for vertex in row:
            for wire in vertex.down:
                wire.begin = vertex.x + (vertex.block.outs[wire.port] if vertex.block else 0)
            _set_entries(vertex)


def _set_entries(vertex: Vertex) -> None:
    block = vertex.block
    if block is None or not vertex.up:
        for wire in vertex.up:
            wire.end = vertex.x
        return
    if block.ins is not None:
        for wire in vertex.up:
            wire.end = vertex.x + block.ins[wire.entry]
        return
    wires = sorted(vertex.up, key=_comes_from)
    froms = [_comes_from(wire) - vertex.x for wire in wires]
    gap = min(ENTRY, 2 * block.half / max(len(wires) - 1, 1))
    straight = [number for number, x in enumerate(froms) if abs(x) <= SAME]
    middle = straight[0] if straight else (len(wires) - 1) / 2
    room = block.half / gap if gap else 0
    if middle > room or len(wires) - 1 - middle > room:
        middle = (len(wires) - 1) / 2
    for number, wire in enumerate(wires):
        wire.end = vertex.x + (number - middle) * gap


def _comes_from(wire: Wire) -> float:
    block = wire.upper.block
    return wire.upper.x + (0 if block is None else block.outs[wire.port])


def _run_between(row: list[Vertex], y: float) -> float:
    """Set the tracks between a row, which ends at `y`, and the next; returns where that begins."""
    nets: dict[tuple[tuple[int, int], int], Net] = {}
    for wire in wires_of(row):
        if abs(wire.begin - wire.end) <= SAME and wire.lower.block is not None:
            wire.end = wire.begin
        net = nets.setdefault((wire.tensor, id(wire.upper)), Net(wire.begin))
        net.wires.append(wire)
    turning = [net for net in nets.values() if net.high - net.low > SAME]
    count = assign_tracks(turning)
    for net in nets.values():
        for wire in net.wires:
            wire.track = y + ABOVE + net.track * TRACK
    return y + ABOVE + max(count - 1, 0) * TRACK + BELOW


def assign_tracks(nets: list[Net]) -> int:
    """Give each net a track, counted from 0 at the top, so that those that meet have different
    ones and cross little; returns how many there are."""
    count = len(nets)
    if count > 400:  # far more than can be told apart
        nets.sort(key=lambda net: net.begin)
        for track, net in enumerate(nets):
            net.track = track
        return count
    above: list[set[int]] = [set() for _ in nets]  # the nets that are to be above each
    meets: list[list[int]] = [[] for _ in nets]
    for i, a in enumerate(nets):
        for j in range(i):
            b = nets[j]
            if a.low > b.high + 2 or b.low > a.high + 2:
                continue
            meets[i].append(j)
            meets[j].append(i)
            first, second = _cost(a, b), _cost(b, a)
            if first < second:
                above[j].add(i)
            elif second < first:
                above[i].add(j)
    return _place(nets, above, meets)


def _place(nets: list[Net], above: list[set[int]], meets: list[list[int]]) -> int:
    left, most = set(range(len(nets))), 0
    placed: set[int] = set()
    while left:
        # where the wishes go round in a circle, the one that gives up least comes first
        number = min(left, key=lambda each: (len(above[each] & left), nets[each].low, each))
        left.discard(number)
        taken = [nets[other].track for other in meets[number] if other in placed]
        nets[number].track = max(taken, default=-1) + 1
        placed.add(number)
        most = max(most, nets[number].track + 1)
    return most


def _cost(upper: Net, lower: Net) -> int:
    """What it costs to have a net on a track above another: crossings, and lines that would lie on
    one another."""
    crossings = sum(lower.low < x < lower.high for x in upper.ends)
    crossings += upper.low < lower.begin < upper.high
    overlaps = sum(abs(x - lower.begin) < 3 for x in upper.ends if abs(x - upper.begin) > SAME)
    return crossings + 100 * overlaps
