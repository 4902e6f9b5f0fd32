"""Calls as edges: chains where a result flows into the next layer, mappings where names matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from modelspec.graph import sort_by_sources
from modelspec.importing.keras_config import ConfigTensor, SpecCall, iter_tensors, map_tensors
from modelspec.schema import class_schema

MAX_EDGE_LENGTH = 90
"""How long the text of an edge may get before it is continued on the next line."""


class PartOfList(str):
    """The text of a result that is a list, for one tensor of it."""

    __slots__ = ()


RefText = Callable[[ConfigTensor], str]


def sort_calls(calls: Sequence[SpecCall]) -> list[SpecCall] | None:
    """Calls with sources before readers and each layer's calls in the file's order.

    None where that cannot be, because they form a cycle.
    """
    sources = {
        call.key: [(call.key[0], call.key[1] - 1), *((t.layer, t.node) for t in _reads(call))]
        for call in calls
    }
    ordered, left = sort_by_sources(sources)
    by_key = {call.key: call for call in calls}
    return None if left else [by_key[key] for key in ordered]


def _reads(call: SpecCall) -> Any:
    yield from iter_tensors(call.positional)
    yield from iter_tensors(call.named)


def write_edges(calls: Sequence[SpecCall], ref: RefText, classes: Mapping[str, str]) -> list[Any]:
    """The `edges` of a spec: chains, unless these would call a shared layer in another order.

    Args:
        calls: in an order in which they can be made.
        ref: how a tensor is written.
        classes: layer name to class, for the names of its tensors.
    """
    writer = _EdgeWriter(ref, classes)
    edges = writer.write(calls, MAX_EDGE_LENGTH)
    if _keeps_order(writer.order):
        return edges
    return _EdgeWriter(ref, classes).write(calls, 0)


def _keeps_order(written: Sequence[SpecCall]) -> bool:
    """Whether building from these edges calls each layer in the order of the file."""
    free = [replace(call, key=(f"{call.key[0]} {call.key[1]}", 0)) for call in written]
    names = {call.key: new.key for call, new in zip(written, free, strict=True)}

    def renamed(tensor: ConfigTensor) -> ConfigTensor:
        layer, node = names.get((tensor.layer, tensor.node), (tensor.layer, tensor.node))
        return ConfigTensor(layer, node, tensor.number)

    for call in free:
        call.positional = map_tensors(call.positional, renamed)
        call.named = map_tensors(call.named, renamed)
    numbers: dict[str, int] = {}
    for call in sort_calls(free) or ():
        layer, _, number = call.key[0].rpartition(" ")
        if numbers.setdefault(layer, 0) != int(number):
            return False
        numbers[layer] += 1
    return True


class _EdgeWriter:
    """Writes edges, and records in `order` the calls in the order of the text."""

    def __init__(self, ref: RefText, classes: Mapping[str, str]) -> None:
        self.ref = ref
        self.classes = classes
        self.order: list[SpecCall] = []
        self.done: set[tuple[str, int]] = set()
        self.following: dict[str, list[SpecCall]] = {}

    def write(self, calls: Sequence[SpecCall], width: int) -> list[Any]:
        """All edges; a text longer than `width` is continued in another."""
        for call in calls:
            if _is_simple(call) and len(call.positional) == 1:
                self.following.setdefault(self.ref(call.positional[0]), []).append(call)
        edges: list[Any] = []
        for call in calls:
            if call.key in self.done:
                continue
            self._take(call)
            if _is_simple(call):
                edges += self._chain(call, width)
            else:
                edges += _mappings(call, self.ref, self.classes)
        return edges

    def _take(self, call: SpecCall) -> None:
        self.done.add(call.key)
        self.order.append(call)

    def _chain(self, call: SpecCall, width: int) -> list[str]:
        lines = []
        line = f"{', '.join(map(self.ref, call.positional))} -> {_step(call)}"
        while width:
            waiting = self.following.get(_name(call), ())
            after = next((c for c in waiting if c.key not in self.done), None)
            if after is None:
                break
            self._take(after)
            longer = f"{line} -> {_step(after)}"
            if len(longer) > width:
                lines.append(line)
                longer = f"{_name(call)} -> {_step(after)}"
            line, call = longer, after
        return [*lines, line]


def _name(call: SpecCall) -> str:
    return call.result or call.layer


def _step(call: SpecCall) -> str:
    return call.layer if call.result is None else f"{call.layer} as {call.result}"


def _is_simple(call: SpecCall) -> bool:
    """Whether a call is nothing but tensors by position, and so can be text."""
    flat = all(isinstance(tensor, ConfigTensor) for tensor in call.positional)
    return bool(call.positional) and flat and not call.named and not call.constants


def _whole_lists(value: Any) -> Any:
    """The same nested value with one text for each list of which all tensors are given."""
    if isinstance(value, dict):
        return {key: _whole_lists(item) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    first = value[0] if value else None
    if isinstance(first, PartOfList) and value == [first] * len(value):
        return str(first)
    return [_whole_lists(item) for item in value]


def _mappings(call: SpecCall, ref: RefText, classes: Mapping[str, str]) -> list[Any]:
    """A call as one mapping; as two edges where it has tensors by position and by name."""
    positional = _whole_lists(map_tensors(call.positional, ref))
    named = _whole_lists(map_tensors(call.named, ref))
    tail: dict[str, Any] = {"to": call.layer}
    if call.constants:
        tail["call"] = dict(call.constants)
    if call.result is not None:
        tail["as"] = call.result
    if not named:
        single = len(positional) == 1 and isinstance(positional[0], str)
        return [{"from": positional[0] if single else positional, **tail}]
    if not positional:
        return [{"from": named, **tail}]
    if call.result is None:
        flat = all(isinstance(item, str) for item in positional)
        first = (
            f"{', '.join(positional)} -> {call.layer}"
            if flat
            else {"from": positional, "to": call.layer}
        )
        return [first, {"from": named, **tail}]
    known = class_schema("layer", classes[call.layer])
    names = known.call.get("tensors", ("inputs",)) if known is not None else ("inputs",)
    if known is not None and known.takes_list:
        positional = [positional]
    return [{"from": {**dict(zip(names, positional, strict=False)), **named}, **tail}]
