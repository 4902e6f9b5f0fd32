"""The walk through a model that expands its blocks and repeats.

Only where a layer is expected a lower-case name is a block: below `layers`, and in the arguments
of Keras layers that take layers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, LocatedList
from modelspec.schema import class_schema, unknown_input, unknown_layer
from modelspec.spec.expressions import UNKNOWN, has_expression
from modelspec.spec.model import StackAround, UniqueNames

from .blocks import NESTED, Blocks
from .budget import Budget
from .conditions import ConditionalLayer, LeftOut, lead_around, refuse_condition
from .uses import REPEAT, expand_repeat, expand_use, refuse_misplaced
from .values import Scope, ValueExpander, put

EACH = "each"

BLOCK_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class Expander(ValueExpander):
    """Writes out models.

    Attributes:
        blocks: the blocks that may be used.
        names: the spec's params with their values.
        shallow: None to write out the blocks that are used; a mapping to note them there
            instead, each with the place of its first use, and to make of each an unknown layer.
        active: the blocks that are being written out, each inside the one before it.
    """

    def __init__(self, blocks: Blocks, findings: Findings, budget: Budget) -> None:
        super().__init__(findings, budget)
        self.blocks = blocks
        self.names: Mapping[str, Any] = {}
        self.shallow: dict[str, Span] | None = None
        self.active: list[str] = []

    def model(self, section: LocatedDict, scope: Scope) -> LocatedDict:
        """A `sequential` or a `functional`, nested or not, with everything in it."""
        made = LocatedDict(scope.locate(section.span))
        with self.deeper(scope.locate(section.span)):
            for key, item in section.items():
                if key != EACH:
                    put(made, section, key, self._part(key, item, section, scope), scope)
            groups = section.get(EACH)
            if isinstance(groups, LocatedDict) and isinstance(made.get("layers"), LocatedDict):
                from .each import write_each

                write_each(self, groups, made, scope)
            if isinstance(made.get("layers"), LocatedDict):
                lead_around(made, self.findings)
        return made

    def _part(self, key: str, item: Any, section: LocatedDict, scope: Scope) -> Any:
        span = section.value_spans[key]
        if key == "layers" and isinstance(item, LocatedDict):
            return self._graph(item, scope)
        if key == "layers" and isinstance(item, LocatedList):
            return self._stack(item, scope)
        if key == "inputs" and isinstance(item, LocatedDict):
            made = LocatedDict(scope.locate(item.span))
            for name, entry in item.items():
                found = self.entry(entry, item.value_spans[name], scope)
                put(made, item, name, found, scope)
            return made
        return self.entry(item, span, scope) if key == "input" else self.value(item, span, scope)

    def entry(self, entry: Any, span: Span, scope: Scope) -> Any:
        """An input; where a part of it cannot be known, one of which nothing is."""
        before = self.unknown
        found = self.value(entry, span, scope)
        if self.unknown != before:
            self.unknown = before
            found = unknown_input(scope.locate(span))
        return found

    def _graph(self, section: LocatedDict, scope: Scope) -> LocatedDict:
        made = LocatedDict(scope.locate(section.span))
        with self.deeper(made.span):
            for name, item in section.items():
                layer, _ = self.layer(item, section.value_spans[name], scope)
                put(made, section, name, layer, scope)
        return made

    def _stack(self, section: LocatedList, scope: Scope) -> LocatedList:
        made = StackAround(scope.locate(section.span))
        unnamed: dict[int, str] = {}
        with self.deeper(made.span):
            self._fill(section, scope, made, unnamed)
            if section and not made:  # all are left out
                made.put(_identity(made.span), made.span)
        _name(made, unnamed)
        return made

    def _fill(
        self, section: LocatedList, scope: Scope, into: StackAround, unnamed: dict[int, str]
    ) -> None:
        for item, span in zip(section, section.item_spans, strict=True):
            if isinstance(item, LocatedDict) and REPEAT in item:
                layers, scopes = expand_repeat(self, item, span, scope)
                for turn in scopes:
                    self._fill(layers, turn, into, unnamed)
                if not layers:
                    into.put(unknown_layer(scope.locate(span)), scope.locate(span))
                continue
            layer, block = self.layer(item, span, scope)
            if isinstance(layer, LeftOut):
                into.left_out |= _names(item)
                continue
            if block is not None:
                unnamed[len(into)] = block
            into.put(layer, scope.locate(span))

    def layer(self, value: Any, span: Span, scope: Scope) -> tuple[Any, str | None]:
        """One layer, and the name of its block where it is the use of one without a `name`."""
        if isinstance(value, ConditionalLayer):
            holds = self._condition(value, scope)
            if holds is not True:
                place = scope.locate(span)
                return unknown_layer(place) if holds is UNKNOWN else LeftOut(place), None
        self.budget.layer(scope.locate(span))
        before, block = self.unknown, None
        if not scope.literal and has_expression(value):
            value, scope = self.scalar(value, span, scope), scope.as_literal()
        name, args, at = _head(value, span)
        if value is UNKNOWN or name == REPEAT:
            if name == REPEAT:
                refuse_misplaced(scope.locate(at), self.findings)
            value = unknown_layer(scope.locate(at))
        elif BLOCK_NAME.match(name):
            self.touched = True
            with self.deeper(scope.locate(span)):
                value, block = expand_use(self, name, args, at, scope)
        elif name and isinstance(value, LocatedDict):
            made = LocatedDict(scope.locate(value.span))
            with self.deeper(scope.locate(span)):
                put(made, value, name, self._arguments(name, args, at, scope), scope)
            value = made
        if self.unknown != before:
            self.unknown = before
            return unknown_layer(scope.locate(at)), None
        return value, block

    def _condition(self, layer: ConditionalLayer, scope: Scope) -> Any:
        """Whether a layer is there; UNKNOWN where that cannot be known."""
        self.touched = True
        found = self.all_or_unknown(layer.when, layer.when_span, scope)
        if not isinstance(found, bool) and found is not UNKNOWN:
            refuse_condition(found, scope.locate(layer.when_span), self.findings)
            return UNKNOWN
        return found

    def _arguments(self, name: str, args: Any, span: Span, scope: Scope) -> Any:
        if not isinstance(args, LocatedDict):
            return self.value(args, span, scope)
        if name in NESTED.values():
            return self.model(args, scope)
        known = class_schema("layer", name)
        made = LocatedDict(scope.locate(args.span))
        with self.deeper(scope.locate(span)):
            for key, item in args.items():
                at = args.value_spans[key]
                holds_layers = known is not None and known.kind_of(key) == "layer"
                found = self._held(item, at, scope) if holds_layers else self.value(item, at, scope)
                put(made, args, key, found, scope)
        return made

    def _held(self, item: Any, span: Span, scope: Scope) -> Any:
        """Layers in an argument of a layer."""
        if isinstance(item, LocatedList):
            return self._stack(item, scope)
        if isinstance(item, (str, LocatedDict)):  # without a `when`, which the schema refuses
            return self.layer(item, span, scope)[0]
        return self.value(item, span, scope)


def _identity(span: Span) -> LocatedDict:
    """The layer that changes nothing."""
    made = LocatedDict(span)
    made.put("Identity", LocatedDict(span), span, span)
    return made


def _names(layer: LocatedDict) -> set[str]:
    """The name of a layer as written, if it has one."""
    return {body["name"] for body in layer.values() if isinstance(body, dict) and "name" in body}


def _head(value: Any, span: Span) -> tuple[str, Any, Span]:
    """The name of a layer as written, its arguments, and the location of the name."""
    if isinstance(value, str):
        return value, None, span
    if isinstance(value, LocatedDict) and len(value) == 1:
        name, args = next(iter(value.items()))
        return name, args, value.key_spans[name]
    return "", None, span


def _name(stack: LocatedList, unnamed: Mapping[int, str]) -> None:
    """Call each use of a block without a name after its block: `residual`, `residual_1` ..."""
    if not unnamed:
        return
    bodies = [body for layer in stack if isinstance(layer, dict) for body in layer.values()]
    names = UniqueNames(
        body["name"] for body in bodies if isinstance(body, dict) and "name" in body
    )
    for index, block in unnamed.items():
        name = names.unique(block)
        kind, body = next(iter(stack[index].items()))
        body.put("name", name, stack[index].key_spans[kind], stack[index].key_spans[kind])
