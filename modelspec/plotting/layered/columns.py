"""Where a long picture is cut, so that it goes on in a column beside the one before."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from .parts import PortLink, Tile

TALL = 1500.0
"""A picture no taller than this stays in one column."""

RATIO = 1.5
"""Width to height that columns are chosen for."""

ROW_GAP = 36.0
"""About what lies between two rows."""

SHORTEST = 700.0
"""The least height of a column."""

FEW = 2
"""Where more lines than this pass, a picture that is not very tall is better left in one column."""

WINDOW = 0.3
"""How much of a column's height may be given up to cut where few lines pass."""


def find_cuts(blocks: Sequence[Tile], links: Sequence[PortLink], ranks: Sequence[int]) -> list[int]:
    """The ranks that begin a new column, in order; none where the picture is not tall."""
    count = max(ranks, default=-1) + 1
    heights, widths = [0.0] * count, [0.0] * count
    for block, rank in zip(blocks, ranks, strict=True):
        heights[rank] = max(heights[rank], block.height + block.below + ROW_GAP)
        widths[rank] += block.left + block.right + ROW_GAP
    total = sum(heights)
    if total <= TALL:
        return []
    columns = round(sqrt(RATIO * total / max(widths)))
    goal = max(total / max(columns, 1), SHORTEST)
    if columns < 2:
        return []
    passing = _passing(links, ranks, count)
    cuts = _choose(heights, passing, goal)
    if total < 2 * TALL and any(passing[cut] > FEW for cut in cuts):
        return []
    return cuts


def _passing(links: Sequence[PortLink], ranks: Sequence[int], count: int) -> list[int]:
    """How many tensors pass from above each rank into it or through it."""
    last: dict[tuple[int, int], int] = {}
    for link in links:
        tensor = (link.source, link.port)
        last[tensor] = max(last.get(tensor, 0), ranks[link.target])
    changes = [0] * (count + 1)
    for (source, _), end in last.items():
        changes[ranks[source] + 1] += 1
        changes[end + 1 if end < count else count] -= 1
    passing, found = 0, []
    for change in changes[:count]:
        passing += change
        found.append(passing)
    return found


def _choose(heights: Sequence[float], passing: Sequence[int], goal: float) -> list[int]:
    cuts: list[int] = []
    start, filled = 0, 0.0
    candidates: list[tuple[float, int]] = []
    rest = sum(heights)
    rank = 0
    while rank < len(heights):
        if rank > start and filled + heights[rank] > goal * 1.04 and rest > goal * 0.25:
            _, cut = min(candidates) if candidates else (0.0, rank)
            cuts.append(cut)
            rest = sum(heights[cut:])
            start, filled, candidates, rank = cut, 0.0, [], cut
            continue
        filled += heights[rank]
        rank += 1
        if rank < len(heights) and filled >= goal * (1 - WINDOW):
            candidates.append((passing[rank] + (goal - filled) / goal, rank))
    return cuts
