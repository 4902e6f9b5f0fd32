"""What a layout is made of: blocks and links come in, vertices in rows are worked on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from modelspec.value_classes import value_class

Point = tuple[float, float]


@dataclass(slots=True)
class Tile:
    """A box to place. Its anchor is the vertical line on which neighbours are put under it.

    Attributes:
        left: how far it reaches to the left of its anchor, with what stands beside it.
        right: how far it reaches to the right.
        height: of the box alone.
        below: what is kept free under it, for labels.
        outs: where lines leave its lower side, from the anchor: one offset for each port.
        ins: where lines enter its upper side; None to spread them as they come.
        half: how far from the anchor lines may enter where they are spread.
    """

    left: float
    right: float
    height: float
    below: float = 0
    outs: tuple[float, ...] = (0,)
    ins: tuple[float, ...] | None = None
    half: float = 0


@value_class
class PortLink:
    """A line from a port of a block to an entry of another, both by number."""

    source: int
    port: int
    target: int
    entry: int = 0


@dataclass(slots=True, eq=False)
class Vertex:
    """A block in its row, or the place where a line passes through a row.

    Attributes:
        block: its block; None where only a line passes.
        rank: its row, from 0.
        position: its place in the row, from 0.
        x: of the anchor.
        y: of the upper side.
        up: the wires that end here, from the row above.
        down: the wires that begin here.
        chain: how many blocks follow one another from here without a fork.
    """

    block: Tile | None
    rank: int
    left: float
    right: float
    position: int = 0
    x: float = 0
    y: float = 0
    up: list[Wire] = field(default_factory=list)
    down: list[Wire] = field(default_factory=list)
    chain: int = 0

    @property
    def is_bend(self) -> bool:
        """Whether only a line passes here."""
        return self.block is None


@dataclass(slots=True, eq=False)
class Wire:
    """A line from one row to the next.

    Attributes:
        tensor: the port that the line began at; lines of one tensor may run together.
        port: the port of `upper` that it leaves by.
        entry: the entry of `lower` that it takes.
        begin: its x where it leaves the row above.
        end: its x where it enters the row below.
        track: the y on which it runs from one to the other.
    """

    upper: Vertex
    lower: Vertex
    tensor: tuple[int, int]
    port: int = 0
    entry: int = 0
    begin: float = 0
    end: float = 0
    track: float = 0


Rows = list[list[Vertex]]


def wires_of(row: list[Vertex]) -> Iterator[Wire]:
    """All lines that leave a row, from left to right."""
    for vertex in row:
        yield from vertex.down
