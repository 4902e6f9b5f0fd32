"""`when` beside a layer: a layer that is left out, and the edges that lead around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modelspec.diagnostics import Findings, Span, join_words
from modelspec.document import LocatedDict, LocatedList
from modelspec.schema import WHEN, unknown_layer
from modelspec.spec.expressions import format_value, has_expression
from modelspec.spec.model import EdgesAround


class ConditionalLayer(LocatedDict):
    """A layer with a `when`, which is no key of it any more.

    Attributes:
        when: true, false or the text of an expression.
        when_span: where it stands.
    """

    __slots__ = ("when", "when_span")

    when: bool | str
    when_span: Span


class LeftOut(LocatedDict):
    """What stands in the place of a layer that is left out, until the edges lead around it."""

    __slots__ = ()


def take_conditions(document: LocatedDict, findings: Findings) -> None:
    """Take the `when` of all layers of the models and blocks of a document out of their mappings,
    in place.

    Args:
        document: as written. A `when` elsewhere stays where it is, for the schema to refuse.
        findings: takes those that are neither a truth value nor an expression.
    """
    for section in ("model", "blocks"):
        _take(document.get(section), findings)


def _take(value: Any, findings: Findings) -> None:
    waiting, seen = [value], set[int]()
    while waiting:
        item = waiting.pop()
        if not isinstance(item, (LocatedDict, LocatedList)) or id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, LocatedDict) and "layers" in item:
            _take_of_layers(item["layers"], findings)
        waiting.extend(item.values() if isinstance(item, LocatedDict) else item)


def _take_of_layers(layers: Any, findings: Findings) -> None:
    """The layers of a stack or of a graph."""
    if isinstance(layers, LocatedDict):
        for name, layer in layers.items():
            layers[name] = _without_condition(layer, findings)
    elif isinstance(layers, LocatedList):
        layers[:] = [_without_condition(layer, findings) for layer in layers]


def _without_condition(layer: Any, findings: Findings) -> Any:
    if not isinstance(layer, LocatedDict) or WHEN not in layer or len(layer) != 2:
        return layer
    name = next(key for key in layer if key != WHEN)
    if name == "repeat":
        return layer
    when, span = layer[WHEN], layer.value_spans[WHEN]
    if not isinstance(when, bool) and not has_expression(when):
        of_names = isinstance(when, str) and re.search(r"^\w+$|[<>=()]", when)
        hint = f'an expression stands in braces: "${{{when}}}"' if of_names else ""
        if isinstance(when, str) and when.lower() in _TRUTHS:
            hint = f"write when: {_TRUTHS[when.lower()]}, without quotes"
        refuse_condition(when, span, findings, hint)
        when = True
    made = ConditionalLayer(layer.span)
    made.put(name, layer[name], layer.key_spans[name], layer.value_spans[name])
    made.when, made.when_span = when, span
    return made


_TRUTHS = {
    **dict.fromkeys(("true", "yes", "on"), "true"),
    **dict.fromkeys(("false", "no", "off"), "false"),
}
"""Texts for truth values, to these in YAML 1.2."""


def refuse_condition(value: Any, span: Span, findings: Findings, hint: str = "") -> None:
    """The error for a `when` that is no truth value."""
    shown = format_value(value)
    message = f"`when` must be true, false or an expression that is one of them, got {shown}"
    hint = hint or 'compare it, as in "${rate > 0}"'
    findings.error(span, "wrong-value", message, hint=hint)


_REF = re.compile(r"((?:(?!->)[^\s,\[\]])+)(\s*\[[^\]]*\])?\Z")
_STEP = re.compile(r"((?:(?!->)[^\s,\[\]])+)(?:\s+as\s+(.+))?\Z", re.DOTALL)


def lead_around(made: LocatedDict, findings: Findings) -> None:
    """Remove the layers of a graph that are left out, and lead its edges around them, in place.

    A layer that one tensor leads into hands that tensor on. What comes of layers alone that are
    left out, as that of a Weight, does not count among the tensors that lead into a layer.

    Args:
        made: a `functional` that is written out.
        findings: takes the layers that cannot be left out.
    """
    layers = made["layers"]
    gone = {name: layers.key_spans[name] for name in layers if isinstance(layers[name], LeftOut)}
    if gone:
        _Detour(made, gone, findings).run()


class _Detour:
    """The edges of one graph around the layers that are left out.

    Attributes:
        gone: these layers, each with its location.
        sources: layer, or name of a result, to the tensors that lead into it.
        layers: name of a result to the layer.
    """

    def __init__(self, made: LocatedDict, gone: Mapping[str, Span], findings: Findings) -> None:
        self.made = made
        self.gone = gone
        self.findings = findings
        self.sources: dict[str, list[str]] = {}
        self.layers: dict[str, str] = {}
        self.refused: set[str] = set()

    def run(self) -> None:
        edges, layers = self.made["edges"], self.made["layers"]
        kept = [
            (part, span)
            for edge, span in zip(edges, edges.item_spans, strict=True)
            for part in self.without_gone(edge)
        ]
        written = EdgesAround(edges.span, frozenset(self.gone))
        for edge, span in kept:
            written.put(self.replaced(edge), span)
        outputs = self.read(self.made["outputs"])
        if self.refused:  # so that nothing else is said of them
            for name, span in self.gone.items():
                layers[name] = unknown_layer(span)
            return
        self.made["edges"], self.made["outputs"] = written, outputs
        for name in self.gone:
            del layers[name], layers.key_spans[name], layers.value_spans[name]

    def without_gone(self, edge: Any) -> list[Any]:
        """An edge without its steps into layers that are left out: the parts between them."""
        if isinstance(edge, LocatedDict):
            target = str(edge.get("to"))
            if target not in self.gone:
                return [edge]
            self.note(target, list(_texts(edge.get("from"))), list(_texts(edge.get("as", target))))
            return []
        first, *steps = (part.strip() for part in str(edge).split("->"))
        parts, whole = [], [first]
        for step in steps:
            match = _STEP.match(step)
            layer, names = (match[1], match[2]) if match is not None else (step, None)
            if layer not in self.gone:
                whole.append(step)
                continue
            results = [layer] if names is None else list(_texts(names))
            self.note(layer, list(_texts(_results(whole[-1], len(whole) == 1))), results)
            parts.append(whole)
            whole = [", ".join(results)]
        if not parts:
            return [edge]
        return [" -> ".join(part) for part in (*parts, whole) if len(part) > 1]

    def note(self, layer: str, read: list[str], results: list[str]) -> None:
        """Remember what leads into a layer that is left out."""
        if len(results) > 1:
            self.refuse(layer, "it gives several results")
        for name in results:
            self.sources.setdefault(name, []).extend(read)
            self.layers[name] = layer
            if name != layer:
                self.sources.setdefault(layer, []).extend(read)

    def replaced(self, edge: Any) -> Any:
        """An edge that reads what is there."""
        if isinstance(edge, LocatedDict):
            made = LocatedDict(edge.span)
            for key, value in edge.items():
                found = self.read(value) if key == "from" else value
                made.put(key, found, edge.key_spans[key], edge.value_spans[key])
            return made
        first, arrow, rest = str(edge).partition("->")
        found = self.read(first.strip())
        return edge if found == first.strip() else f"{found} {arrow}{rest}"

    def read(self, value: Any) -> Any:
        """Names of tensors, with others in the place of those that are gone."""
        if isinstance(value, str):
            return ", ".join(map(self.tensor, map(str.strip, value.split(","))))
        if isinstance(value, LocatedList):
            made = LocatedList(value.span)
            for item, span in zip(value, value.item_spans, strict=True):
                made.put(self.read(item), span)
            return made
        if isinstance(value, LocatedDict):
            mapping = LocatedDict(value.span)
            for key, item in value.items():
                mapping.put(key, self.read(item), value.key_spans[key], value.value_spans[key])
            return mapping
        return value

    def tensor(self, ref: str) -> str:
        match = _REF.match(ref)
        if match is None or (match[1] not in self.sources and match[1] not in self.gone):
            return ref
        return self.origin(match[1], match[2] or "", ())

    def origin(self, name: str, index: str, via: tuple[str, ...]) -> str:
        """The tensor that goes on in the place of a result that is gone; the name itself, with a
        finding, where there is none."""
        layer = self.layers.get(name, name)
        given = [ref for ref in self.sources.get(name, []) if not self.is_nothing(ref)]
        if index or len(given) != 1 or name in via:
            self.refuse(layer, _reason(name, index, given))
            return name + index
        match = _REF.match(given[0])
        if match is None or match[1] not in self.sources:
            return given[0]
        return self.origin(match[1], match[2] or "", (*via, name))

    def is_nothing(self, ref: str, via: tuple[str, ...] = ()) -> bool:
        """Whether a tensor comes of nothing but layers that are left out: a Weight, a constant."""
        layer = self.layers.get(ref, ref)
        if layer not in self.gone or ref in via:
            return False
        return all(self.is_nothing(one, (*via, ref)) for one in self.sources.get(ref, ()))

    def refuse(self, layer: str, reason: str) -> None:
        if layer in self.refused:
            return
        self.refused.add(layer)
        span = self.gone.get(layer, self.made.span)
        message = f'"{layer}" cannot be left out: {reason}'
        hint = "a layer is left out where one tensor leads into it and one out of it: give the "
        hint += "layers around it a `when` too, or write both ways as blocks"
        self.findings.error(span, "cannot-leave-out", message, hint=hint)


def _reason(name: str, index: str, given: list[str]) -> str:
    if index:
        return f"an edge takes a part of its result, {name}{index}"
    if not given:
        return "no tensor leads into it that could go on in its place"
    if len(given) > 1:
        return f"{join_words(given)} lead into it, and only one can go on in its place"
    return "it leads into itself"


def _results(step: str, is_first: bool) -> str:
    """What a step of an edge gives to the next one, as text."""
    match = None if is_first else _STEP.match(step)
    return step if match is None else match[2] or match[1]


def _texts(value: Any) -> Iterator[str]:
    """All names in a `from` or `as`."""
    if isinstance(value, str):
        yield from (part.strip() for part in value.split(","))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
