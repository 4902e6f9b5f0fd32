"""Edges, as text or as mappings, and the text that picks a part of a tensor.

edge = refs "->" step { "->" step }          refs = ref { "," ref }
step = layer [ "as" name { "," name } ]      ref  = name [ "[" index "]" ]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, LocatedList, value_span

from .model import Edge, TensorName

_NAME = r"(?:(?!->)[^\s,\[\]])+"
_REF = re.compile(rf"({_NAME})\s*(?:\[\s*([^\]]*?)\s*\])?\Z")
_STEP = re.compile(rf"({_NAME})(?:\s+as\s+(.+))?\Z", re.DOTALL)


class EdgesAround(LocatedList):
    """The edges of a graph that lead around layers which `when` leaves out.

    Attributes:
        left_out: the names of these layers.
    """

    __slots__ = ("left_out",)

    def __init__(self, span: Span, left_out: frozenset[str]) -> None:
        super().__init__(span)
        self.left_out = left_out


class StackAround(LocatedList):
    """The layers of a stack without those which `when` leaves out.

    Attributes:
        left_out: the names of these, as far as they have one.
    """

    __slots__ = ("left_out",)

    def __init__(self, span: Span) -> None:
        super().__init__(span)
        self.left_out: set[str] = set()


class _Part:
    """A range of an edge's text that knows its location."""

    def __init__(self, text: str, start: int, whole: Span, offset: int | None) -> None:
        self.text = text.strip()
        self.start = start + len(text) - len(text.lstrip())
        self.whole = whole
        self.offset = offset

    @property
    def span(self) -> Span:
        """The exact location where the text is on one line as written, else the whole edge."""
        if self.offset is None:
            return self.whole
        column = self.whole.column + self.offset + self.start
        return self.whole._replace(
            column=column, end_line=self.whole.line, end_column=column + max(len(self.text), 1)
        )

    def split(self, separator: str) -> list[_Part]:
        out, at = [], self.start
        for part in self.text.split(separator):
            out.append(_Part(part, at, self.whole, self.offset))
            at += len(part) + len(separator)
        return out

    def group(self, match: re.Match[str], index: int) -> _Part:
        return _Part(match.group(index), self.start + match.start(index), self.whole, self.offset)


def _part_of(text: str, span: Span) -> _Part:
    length = span.end_column - span.column if span.line == span.end_line else -1
    offset = {len(text): 0, len(text) + 2: 1}.get(length)
    return _Part(text, 0, span, offset)


def parse_edge(value: Any, span: Span, findings: Findings) -> list[Edge]:
    """The steps of one edge as written: a chain gives several."""
    if isinstance(value, LocatedDict):
        edge = _mapping(value, findings)
        return [edge] if edge is not None else []
    return _chain(_part_of(value, span), findings)


MAX_STEPS = 10_000


def _chain(part: _Part, findings: Findings) -> list[Edge]:
    first, *steps = part.split("->")
    if not steps:
        message = f'an edge has the form "a -> b", got "{part.text}"'
        findings.error(part.span, "bad-edge", message, hint='write "from -> layer"')
        return []
    if len(steps) > MAX_STEPS:
        message = f"an edge of {len(steps):,} steps; one may have {MAX_STEPS:,}"
        findings.error(part.span, "too-large", message, hint="use `repeat` or a block")
        return []
    refs = _refs(first, findings)
    edges: list[Edge] = []
    for step in steps:
        edge = _step(step, refs, findings)
        if edge is None:
            return edges
        edges.append(edge)
        names = edge.names or (edge.layer,)
        spans = edge.name_spans or (edge.span,)
        refs = tuple(TensorName(name, at) for name, at in zip(names, spans, strict=True))
    return edges if refs else []


def _step(step: _Part, refs: tuple[TensorName, ...], findings: Findings) -> Edge | None:
    match = _STEP.match(step.text)
    if match is None:
        message = f'"{step.text}" is not a step of an edge'
        hint = 'a step is a layer\'s name, or "layer as name"'
        findings.error(step.span, "bad-edge", message, hint=hint)
        return None
    layer = step.group(match, 1)
    names = step.group(match, 2).split(",") if match.group(2) else []
    for name in names:
        if not re.fullmatch(_NAME, name.text):
            message = f'"{name.text}" cannot be a name for a result'
            findings.error(name.span, "bad-edge", message)
            return None
    return Edge(
        refs, {}, layer.text, layer.span,
        names=tuple(n.text for n in names), name_spans=tuple(n.span for n in names),
    )  # fmt: skip


def _refs(part: _Part, findings: Findings) -> tuple[TensorName, ...]:
    if part.text.startswith("[") and part.text.endswith("]"):
        message = f'"{part.text}" is not the names of tensors'
        hint = f"write them without brackets: {part.text.strip('[ ]')}"
        findings.error(part.span, "bad-edge", message, hint=hint)
        return ()
    parts = [_ref(part, findings) for part in part.split(",")]
    return tuple(part for part in parts if part is not None)


def _ref(part: _Part, findings: Findings) -> TensorName | None:
    match = _REF.match(part.text)
    if match is None:
        message = f'"{part.text}" is not the name of a tensor'
        hint = 'write an input, a layer or a name given with "as"; lstm[1] is its second result'
        findings.error(part.span, "bad-edge", message, hint=hint)
        return None
    index = match.group(2)
    if index is None:
        return TensorName(match.group(1), part.span)
    number = re.fullmatch(r"[0-9]{1,6}", index)
    return TensorName(match.group(1), part.span, int(index) if number else index)


def parse_refs(value: Any, span: Span, findings: Findings) -> Any:
    """A tensor name, or a nested tuple of them; None where the text is not one."""
    if isinstance(value, list):
        return tuple(
            parse_refs(item, value_span(value, index, span), findings)
            for index, item in enumerate(value)
        )
    return _ref(_part_of(value, span), findings)


def _mapping(value: LocatedDict, findings: Findings) -> Edge | None:
    source, at = value["from"], value.value_spans["from"]
    positional: tuple[Any, ...] = ()
    named: Mapping[str, Any] = {}
    if isinstance(source, LocatedDict):
        named = {k: parse_refs(v, source.value_spans[k], findings) for k, v in source.items()}
    elif isinstance(source, LocatedList):
        positional = parse_refs(source, at, findings)
    else:
        positional = _refs(_part_of(source, at), findings)
    names, name_spans = _result_names(value)
    call = value.get("call", {})
    spans = dict(call.key_spans) if isinstance(call, LocatedDict) else {}
    step = _part_of(value["to"], value.value_spans["to"])
    if not re.fullmatch(_NAME, step.text):
        findings.error(step.span, "bad-edge", f'"{step.text}" is not the name of a layer')
        return None
    return Edge(positional, named, step.text, step.span, call, spans, names, name_spans)


def _result_names(value: LocatedDict) -> tuple[tuple[str, ...], tuple[Span, ...]]:
    given = value.get("as")
    if given is None:
        return (), ()
    if isinstance(given, LocatedList):
        return tuple(given), tuple(given.item_spans)
    parts = _part_of(given, value.value_spans["as"]).split(",")
    return tuple(p.text for p in parts), tuple(p.span for p in parts)


def parse_outputs(section: LocatedDict, findings: Findings) -> Any:
    """`outputs`: one TensorName, a tuple or a mapping of them; None for an invalid one."""
    value, span = section["outputs"], section.value_spans["outputs"]
    if isinstance(value, LocatedDict):
        return {k: parse_refs(v, value.value_spans[k], findings) for k, v in value.items()}
    if isinstance(value, LocatedList):
        return parse_refs(value, span, findings)
    refs = _refs(_part_of(value, span), findings)
    if len(refs) == 1 and "," not in value:
        return refs[0]
    return refs or None


_SLICE = re.compile(r"(-?\d+)?:(-?\d+)?(?::(-?\d+)?)?\Z")
_INTEGER = re.compile(r"-?\d+\Z")


def parse_index(key: Any) -> tuple[Any, ...]:
    """The parts of an index: numbers, slices, `...` as Ellipsis, and None for a new axis.

    Args:
        key: the text, or a number, or a list of numbers.

    Raises:
        ValueError: a part is none of these; the message says which.
    """
    if isinstance(key, str):
        parts = "".join(key.split()).removesuffix(",").split(",")
        return tuple(_part(part) for part in parts)
    return tuple(key) if isinstance(key, list) else (key,)


def _part(part: str) -> Any:
    if part == "...":
        return Ellipsis
    if part in ("None", "null", "newaxis"):
        return None
    if _INTEGER.match(part):
        return int(part)
    match = _SLICE.match(part)
    if match is None:
        raise ValueError(f'"{part}" is not a number, a slice such as 1:3, "..." or None')
    return slice(*(None if group is None else int(group) for group in match.groups()))
