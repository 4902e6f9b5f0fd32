"""Values with all of their expressions evaluated, in the scope that they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, LocatedList, part_span
from modelspec.schema import UnknownShape
from modelspec.spec.expressions import (
    UNKNOWN,
    ExpressionError,
    has_expression,
    names_in,
    value_of,
    words_in,
)
from modelspec.spec.overrides import located
from modelspec.value_classes import value_class

from .budget import MAX_DEPTH, Budget, TooLargeError, measure

INDEX = "index"


@value_class
class Scope:
    """The surroundings of a value.

    Attributes:
        names: names in scope to their values.
        via: the use of the block that the value stands in; None outside of blocks.
        literal: whether the value is the result of an expression already, so that a `${` in it
            is text.
    """

    names: Mapping[str, Any] = field(default_factory=dict)
    via: Span | None = None
    literal: bool = False

    def locate(self, span: Span) -> Span:
        """A location as seen from this scope: with the use of the block."""
        if self.via is None or span.via is not None:
            return span
        return Span(*span[:5], self.via)  # `_replace` takes three times as long

    def with_index(self, index: Any) -> Scope:
        """The scope of one turn of a `repeat`."""
        return Scope({**self.names, INDEX: index}, self.via, self.literal)

    def with_names(self, names: Mapping[str, Any]) -> Scope:
        """The scope with more names."""
        return Scope({**self.names, **names}, self.via, self.literal)

    def as_literal(self) -> Scope:
        """The same place, for values that are evaluated already."""
        return Scope(self.names, self.via, True)


_ONE_NAME = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\Z")


class Origin(NamedTuple):
    """Where a value comes from: the text of a scalar, and the place of the param that it names."""

    text: str
    given: Span | None


class ValueExpander:
    """Evaluates values, within a budget.

    Attributes:
        findings: takes the errors of expressions.
        budget: what may still be made.
        origins: place of each scalar that was evaluated, to where its value comes from.
        param_spans: where the value of each of the spec's params stands.
        refused_names: params that are declared with a name that no param can have.
        later: names of which the training knows the values: expressions of them stay as they are.
        unknown: how many scalars were met that cannot be known.
        touched: whether anything was there to be written out.
    """

    def __init__(self, findings: Findings, budget: Budget) -> None:
        self.findings = findings
        self.budget = budget
        self.origins: dict[Span, Origin] = {}
        self.param_spans: Mapping[str, Span] = {}
        self.refused_names: frozenset[str] = frozenset()
        self.later: frozenset[str] = frozenset()
        self.unknown = 0
        self.touched = False
        self._depth = 0
        self._sizes: dict[int, tuple[int, int]] = {}
        self._measured: list[Any] = []

    def value(self, value: Any, span: Span, scope: Scope) -> Any:
        """A value as it stands at `span`, with new places and without expressions.

        A scalar that cannot be known stays as it is, and is counted in `unknown`.
        """
        if isinstance(value, LocatedDict):
            made = LocatedDict(scope.locate(value.span))
            with self.deeper(scope.locate(span)):
                for key, item in value.items():
                    put(made, value, key, self.value(item, value.value_spans[key], scope), scope)
            return made
        if isinstance(value, LocatedList) and not isinstance(value, UnknownShape):
            items = LocatedList(scope.locate(value.span))
            with self.deeper(scope.locate(span)):
                for item, at in zip(value, value.item_spans, strict=True):
                    items.put(self.value(item, at, scope), scope.locate(at))
            return items
        self.budget.values(1, scope.locate(span))
        if scope.literal or not has_expression(value):
            return value
        found = self.scalar(value, span, scope)
        if found is UNKNOWN:
            self.unknown += 1
            return value
        return found

    def scalar(self, text: str, span: Span, scope: Scope) -> Any:
        """The value of a scalar with expressions; UNKNOWN with a finding where it has an error."""
        self.touched = True
        place = scope.locate(span)
        single = _ONE_NAME.match(text) if scope.via is None else None
        given = self.param_spans.get(single.group(1)) if single is not None else None
        self.origins[span if span.via is None else span._replace(via=None)] = Origin(text, given)
        names = scope.names
        if self.later:
            names = {**dict.fromkeys(sorted(self.later), UNKNOWN), **names}
            kept = self._kept(text, span, scope)
            if kept is not None:
                return kept
        if self.refused_names and not self.refused_names.isdisjoint(words_in(text)):
            return UNKNOWN  # a param with the name of a function: said where it is declared
        try:
            found = value_of(text, names)
        except ExpressionError as error:
            at = scope.locate(part_span(span, text, error.start, error.end))
            self.findings.error(at, error.code, error.message, hint=error.hint)
            return UNKNOWN
        if isinstance(found, str):
            self.budget.values(len(found) // 100, place)
        elif isinstance(found, (dict, list)):
            size, depth = self._measure(found)
            self.budget.values(size, place)
            self._refuse_depth(self._depth + depth, place)
            found = located(found, place)
        return found

    def _kept(self, text: str, span: Span, scope: Scope) -> Any:
        """An expression of later names with the values of all others; None where it is none."""
        from modelspec.spec.expressions import with_params

        if self.later.isdisjoint(words_in(text)):
            return None
        names = names_in(text)
        later = names - scope.names.keys()
        if not later or not later <= self.later:
            return None
        given = {name: scope.names[name] for name in names - later}
        if any(value is UNKNOWN for value in given.values()):
            return UNKNOWN
        try:
            found = with_params(text, given)
        except ExpressionError as error:
            at = scope.locate(part_span(span, text, error.start, error.end))
            self.findings.error(at, error.code, error.message, hint=error.hint)
            return UNKNOWN
        self.touched = True
        self.origins[span if span.via is None else span._replace(via=None)] = Origin(text, None)
        return found

    def all_or_unknown(self, value: Any, span: Span, scope: Scope) -> Any:
        """A value that is used as one: evaluated, or UNKNOWN where any part of it is."""
        before = self.unknown
        found = self.value(value, span, scope)
        if self.unknown != before:
            self.unknown = before
            return UNKNOWN
        return found

    @contextmanager
    def deeper(self, span: Span) -> Iterator[None]:
        """One level down in the document that is made; TooLargeError where that is too deep."""
        self._depth += 1
        self._refuse_depth(self._depth, span)
        yield
        self._depth -= 1

    def _refuse_depth(self, depth: int, span: Span) -> None:
        if depth > MAX_DEPTH:
            message = f"expanded, the spec nests more than {MAX_DEPTH} deep here"
            raise TooLargeError(message, span)

    def _measure(self, value: Any) -> tuple[int, int]:
        self._measured.append(value)  # so that its id is not given to another
        return measure(value, self._sizes)


def put(into: LocatedDict, source: LocatedDict, key: str, value: Any, scope: Scope) -> None:
    """Set a key with the places that it has in `source`, as seen from a scope."""
    into.put(key, value, scope.locate(source.key_spans[key]), scope.locate(source.value_spans[key]))
