"""What became of each layer between two models, as few changes as explain it.

A layer that was put between two others changes what the second one reads; that is no change of
the second one. So tensors are followed through layers that only one of the models has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from modelspec.value_classes import value_class

from .matching import Matching
from .nodes import INPUT, Node, Read

MAX_MOVED = 60
"""Layers that read something else at most, so that the moved ones among them are looked for."""


class Kind(StrEnum):
    """What happened to a layer."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    CHANGED = "changed"
    REWIRED = "rewired"


@value_class
class Value:
    """An argument, a shape or a number before and now; None for what is not there or unknown."""

    old: Any
    new: Any


@value_class
class LayerChange:
    """One layer that is not as it was.

    Attributes:
        kinds: what happened, at least one.
        name: its present name; that of a removed layer. Inside nested models it is a path.
        old_name: the one before, where it is another.
        type: the class now.
        line: in the file that has it: the new one, for a removed layer the old one.
        arguments: those that differ; `class` where it is another class, `call.KEY` for those that
            its edges give.
        reads: what it read and reads, as each file names it, where that differs.
        shape: of its output, where it differs.
        params: where they differ.
        flops: where they differ.
    """

    kinds: tuple[Kind, ...]
    name: str
    old_name: str | None
    type: str
    line: int
    arguments: Mapping[str, Value]
    reads: Value | None = None
    shape: Value | None = None
    params: Value | None = None
    flops: Value | None = None


class Changes:
    """The changes of the layers of a matched pair of models.

    Args:
        matching: of the two models.
        prefix: of the names, of a nested model.
    """

    def __init__(self, matching: Matching, prefix: str = "") -> None:
        self.matching = matching
        self.prefix = prefix
        self._apart: set[str] = set()
        self._readers = self._find_readers()
        self._rewired = self._find_rewired(matching.to_old)
        self.moved = self._find_moved()

    def layers(self) -> Iterator[LayerChange]:
        """Every layer, input and output that is not as it was; in the order of the new model, the
        removed ones first."""
        for node in self.matching.old.values():
            if node.name not in self.matching.to_new:
                yield self._alone(node, Kind.REMOVED)
        for node in self.matching.new.values():
            old = self.matching.to_old.get(node.name)
            if old is None:
                yield self._alone(node, Kind.ADDED)
            else:
                change = self._compared(self.matching.old[old], node)
                if change is not None:
                    yield change

    def affected(self) -> Iterator[LayerChange]:
        """The layers that are as they were, but whose shapes, params or FLOPs follow from others
        that are not."""
        for old_name, new_name in self.matching.to_new.items():
            old, new = self.matching.old[old_name], self.matching.new[new_name]
            if new.is_layer and self._kinds(old, new) == ():
                found = self._numbers(old, new)
                if found:
                    yield LayerChange(
                        (),
                        self.prefix + new.name,
                        None,
                        new.class_name,
                        new.line,
                        {},
                        None,
                        **found,
                    )

    def _alone(self, node: Node, kind: Kind) -> LayerChange:
        params = None if node.facts is None else node.facts.params
        flops = None if node.facts is None else node.facts.flops
        is_new = kind is Kind.ADDED
        given = {
            key: Value(None, value) if is_new else Value(value, None)
            for key, value in _written(node).items()
        }
        return LayerChange(
            (kind,),
            self.prefix + node.name,
            None,
            node.class_name,
            node.line,
            given,
            Value(None, node.labels) if is_new else Value(node.labels, None),
            Value(None, node.shape) if is_new else Value(node.shape, None),
            Value(None, params) if is_new else Value(params, None),
            Value(None, flops) if is_new else Value(flops, None),
        )

    def _compared(self, old: Node, new: Node) -> LayerChange | None:
        kinds = self._kinds(old, new)
        if not kinds:
            return None
        is_elsewhere = Kind.MOVED in kinds or Kind.REWIRED in kinds
        return LayerChange(
            kinds,
            self.prefix + new.name,
            self.prefix + old.name if Kind.RENAMED in kinds else None,
            new.class_name,
            new.line,
            _arguments(old, new),
            Value(old.labels, new.labels) if is_elsewhere else None,
            **self._numbers(old, new),
        )

    def _kinds(self, old: Node, new: Node) -> tuple[Kind, ...]:
        found = []
        if old.name != new.name and (old.has_own_name or new.has_own_name):
            found.append(Kind.RENAMED)
        if _arguments(old, new):
            found.append(Kind.CHANGED)
        if new.name in self.moved:
            found.append(Kind.MOVED)
        elif new.name in self._rewired:
            found.append(Kind.REWIRED)
        return tuple(found)

    def _numbers(self, old: Node, new: Node) -> dict[str, Value]:
        found = {}
        if old.shape != new.shape:
            found["shape"] = Value(old.shape, new.shape)
        if old.facts is not None and new.facts is not None:
            for key in ("params", "flops"):
                before, now = getattr(old.facts, key), getattr(new.facts, key)
                if before != now:
                    found[key] = Value(before, now)
        return found

    def _find_readers(self) -> dict[str, set[str]]:
        """Name in the new model, "" for what only the old one has, to the names of the nodes in
        both models that read it in one of them."""
        found: dict[str, set[str]] = {}
        for old, new in self.matching.to_new.items():
            before = (self.matching.to_new.get(name, "") for name in self.matching.old[old].reads)
            for name in (*before, *self.matching.new[new].reads):
                found.setdefault(name, set()).add(new)
        return found

    def _find_rewired(self, among: Iterable[str]) -> set[str]:
        """Those of some nodes of the new model that read something else than before."""
        return {
            new
            for new in among
            if new not in self._apart and not self._reads_the_same(self.matching.to_old[new], new)
        }

    def _find_rewired_without(self, name: str) -> set[str]:
        """The nodes that read something else once a layer is set apart: only those that do now,
        that read it, or that read what is not in both models can be."""
        self._apart.add(name)
        others = (one for one in self._readers if not self._was_there(one))
        concerned = self._rewired.union(*(self._readers[one] for one in others))
        found = self._find_rewired(concerned)
        self._apart.discard(name)
        return found

    def _find_moved(self) -> set[str]:
        """The layers that were taken out and put in elsewhere: without them nothing, or less, reads
        something else. The others are no longer rewired."""
        moved: set[str] = set()
        if len(self._rewired) > MAX_MOVED:
            return moved
        while self._rewired:
            rewired = self._rewired
            candidates = [n for n in self.matching.new if n in rewired and self._may_move(n)]
            least, best = len(rewired) - 1, None
            for name in candidates:
                left = len(self._find_rewired_without(name))
                if left < least:
                    least, best = left, name
            if best is None:
                break
            moved.add(best)
            self._rewired = self._find_rewired_without(best)
            self._apart.add(best)
        return moved

    def _may_move(self, new: str) -> bool:
        """Whether a layer can be the same one elsewhere: with calls more or less it is not."""
        node, old = self.matching.new[new], self.matching.old[self.matching.to_old[new]]
        return node.is_layer and len(node.calls) == len(old.calls)

    def _reads_the_same(self, old: str, new: str) -> bool:
        one, other = self.matching.old[old], self.matching.new[new]
        if len(one.calls) != len(other.calls):
            return False
        pairs = _paired_calls(one, other)
        return all(self._call_reads_the_same(one.calls[a], other.calls[b]) for a, b in pairs)

    def _call_reads_the_same(self, old: Sequence[Read], new: Sequence[Read]) -> bool:
        before, now = list(old), list(new)
        if len(before) == len(now):
            if [read.place for read in before] != [read.place for read in now]:
                return False
        else:  # reads of layers that only one model has explain the rest
            before = [read for read in before if self._stays(read.node)]
            now = [read for read in now if self._was_there(read.node)]
            if len(before) != len(now):
                return False
        return all(self._is_same(*pair) for pair in zip(before, now, strict=True))

    def _is_same(self, old: Read, new: Read) -> bool:
        source, other = self.matching.old.get(old.node), self.matching.new.get(new.node)
        if source is None or other is None:  # what a nested Sequential is called on has no name
            return all(node is None or node.class_name == INPUT for node in (source, other))
        if self._stays(old.node) and self._was_there(new.node):
            return self.matching.to_new[old.node] == new.node and _is_same_result(
                source, old, other, new
            )
        return not self._origins_of_old(old.node).isdisjoint(self._origins_of_new(new.node))

    def _stays(self, old: str) -> bool:
        new = self.matching.to_new.get(old)
        return new is not None and new not in self._apart

    def _was_there(self, new: str) -> bool:
        return new in self.matching.to_old and new not in self._apart

    def _origins_of_old(self, name: str) -> frozenset[str]:
        """What a tensor of the old model comes from, by the names of the new one."""
        return frozenset(
            self.matching.to_new[one] for one in _origins(name, self.matching.old, self._stays)
        )

    def _origins_of_new(self, name: str) -> frozenset[str]:
        return frozenset(_origins(name, self.matching.new, self._was_there))


def _paired_calls(old: Node, new: Node) -> list[tuple[str, str]]:
    """The calls of a layer that are the same one: by name, then by their order."""
    left = [name for name in old.calls if name not in new.calls]
    free = [name for name in new.calls if name not in old.calls]
    same = [(name, name) for name in old.calls if name in new.calls]
    return [*same, *zip(left, free, strict=False)]


def _is_same_result(source: Node, old: Read, other: Node, new: Read) -> bool:
    """Whether two reads of one layer are of the same call, and of the same of its results."""
    calls = dict(_paired_calls(source, other))
    if calls.get(old.call, new.call) != new.call:
        return False
    if old.index == new.index:
        return True
    # a layer that returns one tensor, and then several, has another number of results
    is_first = {old.index, new.index} <= {None, 0}
    return is_first and source.arguments != other.arguments


def _origins(name: str, nodes: Mapping[str, Node], ends: Any) -> Iterator[str]:
    """The nearest sources of a node for which `ends` holds; itself, where it does."""
    waiting, seen = [name], {name}
    while waiting:
        one = waiting.pop()
        if ends(one):
            yield one
            continue
        for source in nodes[one].reads if one in nodes else ():
            if source not in seen:
                seen.add(source)
                waiting.append(source)


def _arguments(old: Node, new: Node) -> dict[str, Value]:
    found = {}
    if old.class_name != new.class_name:
        found["class"] = Value(old.class_name, new.class_name)
    before, now = (old.arguments, new.arguments) if not found else (_written(old), _written(new))
    for key in dict.fromkeys([*before, *now]):
        if before.get(key) != now.get(key):
            found[key] = Value(before.get(key), now.get(key))
    return found


def _written(node: Node) -> dict[str, Any]:
    """The arguments that the spec gives."""
    return {key: value for key, value in node.arguments.items() if key in node.given}
