"""Which node of one model is which of another: by name, then by neighbourhood, then by order.

A name that somebody chose tells a layer. One that Keras makes by counting does not: a new layer
shifts all names of its class behind it. Such layers, and those that have another name now, are
matched by what they read and by whom they are read, and what then is left by their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from .nodes import INPUT, OUTPUT, Node

Nodes = Mapping[str, Node]

MANY_CELLS = 200_000
"""Pairs from which on what is equal at both ends is no longer weighed."""

MAX_CELLS = 1_500_000
"""Pairs that are weighed against each other at most, in about a second; more are first divided by
equal runs, whose search takes much longer where many layers are equal."""


class Matching:
    """The pairs of nodes of two models that are the same one.

    Args:
        old: the nodes of the first model by name, sources before their readers.
        new: those of the second.
    """

    def __init__(self, old: Nodes, new: Nodes) -> None:
        self.old = old
        self.new = new
        self.to_new: dict[str, str] = {}
        self.to_old: dict[str, str] = {}
        self._old_readers, self._new_readers = _readers(old), _readers(new)
        self._match_ends(INPUT)
        self._match_names()
        self._match_neighbours()
        self._match_order()
        self._match_places()
        self._match_ends(OUTPUT)

    def _pair(self, old: str, new: str) -> None:
        self.to_new[old], self.to_old[new] = new, old

    def _left_of_old(self) -> list[Node]:
        return [n for n in self.old.values() if n.is_layer and n.name not in self.to_new]

    def _left_of_new(self) -> list[Node]:
        return [n for n in self.new.values() if n.is_layer and n.name not in self.to_old]

    def _match_ends(self, kind: str) -> None:
        """Inputs or outputs: by name, then outputs by what they are, and inputs in their order
        among those that take the same, and where the same number is left."""
        old = [node for node in self.old.values() if node.class_name == kind]
        new = [node for node in self.new.values() if node.class_name == kind]
        names = {node.name for node in new}
        for node in old:
            if node.name in names:
                self._pair(node.name, node.name)
        left = [node for node in old if node.name not in self.to_new]
        free = [node for node in new if node.name not in self.to_old]
        for node in left:
            is_same = self._is_same_output if kind == OUTPUT else _is_same_input
            same = [one for one in free if one.name not in self.to_old and is_same(node, one)]
            if same:
                self._pair(node.name, same[0].name)
        left = [node for node in left if node.name not in self.to_new]
        free = [node for node in free if node.name not in self.to_old]
        if kind == INPUT and len(left) == len(free):
            for one, other in zip(left, free, strict=True):
                self._pair(one.name, other.name)

    def _is_same_output(self, old: Node, new: Node) -> bool:
        """Whether two outputs are the same result of the same layer."""
        (before,), (now,) = old.calls[""], new.calls[""]
        return self.to_new.get(before.node) == now.node and before.index == now.index

    def _match_names(self) -> None:
        """Layers whose name somebody chose."""
        for name, node in self.old.items():
            other = self.new.get(name)
            if other is None or not (node.is_layer and other.is_layer):
                continue
            if node.has_own_name and other.has_own_name:
                self._pair(name, name)

    def _match_neighbours(self) -> None:
        """Layers of the same class that read the same, or are read by the same, and are alone in
        that; each pair may decide the next."""
        waiting = True
        while waiting:
            free: dict[tuple[str, frozenset[str]], list[Node]] = {}
            for node in self._left_of_new():
                for place in self._places(node, self._new_readers, {}):
                    free.setdefault((node.class_name, place), []).append(node)
            mine: dict[tuple[str, frozenset[str]], list[Node]] = {}
            for node in self._left_of_old():
                for place in self._places(node, self._old_readers, self.to_new):
                    mine.setdefault((node.class_name, place), []).append(node)
            waiting = False
            for key, nodes in mine.items():
                others = [one for one in free.get(key, ()) if one.name not in self.to_old]
                mine_left = [one for one in nodes if one.name not in self.to_new]
                if len(mine_left) == len(others) == 1 and _may_be(mine_left[0], others[0]):
                    self._pair(mine_left[0].name, others[0].name)
                    waiting = True

    def _places(
        self, node: Node, readers: Mapping[str, list[str]], names: Mapping[str, str]
    ) -> Iterable[frozenset[str]]:
        """Where a node stands, if all that it reads, and all that read it, are matched: by the
        names that these have in the new model."""
        known = names or self.to_old
        around = [*node.reads, *readers.get(node.name, ())]
        layers = [name for name in around if not name.startswith(f"{OUTPUT} ")]
        if layers and all(name in known for name in layers):
            reads = {f"< {names.get(name, name)}" for name in node.reads}
            read_by = {
                f"> {names.get(name, name)}"
                for name in readers.get(node.name, ())
                if not name.startswith(f"{OUTPUT} ")
            }
            yield frozenset(reads | read_by)

    def _match_order(self) -> None:
        """What is left, by the order in both models."""
        for old, new in _aligned(self._left_of_old(), self._left_of_new(), self._likeness):
            if old.class_name == new.class_name:  # another class needs the same place, see below
                self._pair(old.name, new.name)

    def _likeness(self, old: Node, new: Node) -> float:
        """How much speaks for two nodes being one; 0 for nothing."""
        if old.class_name != new.class_name:  # of equal alignments the one without a gap
            return 0.0 if old.has_own_name or new.has_own_name else 0.1
        same_name = 0.05 if old.name == new.name else 0.0
        same_reads = tuple(self.to_new.get(name) for name in old.reads) == new.reads
        if old.signature == new.signature:
            return 3.0 + same_name + (0.5 if same_reads else 0.0)
        if (old.has_own_name or new.has_own_name) and not same_reads:
            return 0.0
        return 1.5 + same_name + (0.5 if same_reads else 0.0)

    def _match_places(self) -> None:
        """A layer of another class in the place of one that is gone, and one that was taken out
        and put in elsewhere."""
        for node in self._left_of_old():
            alike = [one for one in self._left_of_new() if one.signature == node.signature]
            if len(alike) == 1:
                self._pair(node.name, alike[0].name)
        for node in self._left_of_old():
            reads = tuple(self.to_new.get(name) for name in node.reads)
            read_by = {self.to_new.get(name) for name in self._old_readers.get(node.name, ())}
            for other in self._left_of_new():
                if node.has_own_name and other.has_own_name:
                    continue
                others = {n for n in self._new_readers.get(other.name, ()) if n in self.to_old}
                if other.reads == reads and read_by - {None} == others:
                    self._pair(node.name, other.name)
                    break


def _is_same_input(old: Node, new: Node) -> bool:
    return old.signature == new.signature


def _may_be(old: Node, new: Node) -> bool:
    """Whether a layer of the same class in the same place is the same one."""
    return old.signature == new.signature or not (old.has_own_name and new.has_own_name)


def _readers(nodes: Nodes) -> dict[str, list[str]]:
    """Name to the names of those that read it."""
    found: dict[str, list[str]] = {}
    for node in nodes.values():
        for name in node.reads:
            found.setdefault(name, []).append(node.name)
    return found


def _aligned(
    old: Sequence[Node], new: Sequence[Node], likeness: Callable[[Node, Node], float]
) -> list[tuple[Node, Node]]:
    """Pairs in the same order in both, as like each other as can be."""
    if not old or not new:
        return []
    if len(old) * len(new) <= MANY_CELLS:
        return _best_alignment(old, new, likeness)
    keys = [node.signature for node in old], [node.signature for node in new]
    first = _common(*keys)
    last = _common(keys[0][first:][::-1], keys[1][first:][::-1])
    if first or last:
        end_old, end_new = len(old) - last, len(new) - last
        return [
            *zip(old[:first], new[:first], strict=True),
            *_aligned(old[first:end_old], new[first:end_new], likeness),
            *zip(old[end_old:], new[end_new:], strict=True),
        ]
    if len(old) * len(new) <= MAX_CELLS:
        return _best_alignment(old, new, likeness)
    pairs: list[tuple[Node, Node]] = []
    at_old = at_new = 0
    for block in SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks():
        between = old[at_old : block.a], new[at_new : block.b]
        if len(between[0]) * len(between[1]) <= MAX_CELLS:
            pairs += _best_alignment(*between, likeness)
        at_old, at_new = block.a + block.size, block.b + block.size
        pairs += zip(old[block.a : at_old], new[block.b : at_new], strict=True)
    return pairs


def _common(old: Sequence[object], new: Sequence[object]) -> int:
    """How many are equal from the beginning."""
    pairs = zip(old, new, strict=False)
    return next(
        (n for n, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new))
    )


def _best_alignment(
    old: Sequence[Node], new: Sequence[Node], likeness: Callable[[Node, Node], float]
) -> list[tuple[Node, Node]]:
    """The alignment of two sequences with the largest sum of likeness (Needleman and Wunsch, 1970,
    without a price for gaps)."""
    rows, columns = len(old), len(new)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    likenesses = [[likeness(one, other) for other in new] for one in old]
    for i in range(rows - 1, -1, -1):
        row, below, here = best[i], best[i + 1], likenesses[i]
        for j in range(columns - 1, -1, -1):
            row[j] = max(below[j], row[j + 1], below[j + 1] + here[j] if here[j] else 0.0)
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        value = likenesses[i][j]
        if value and best[i][j] == best[i + 1][j + 1] + value:
            pairs.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
