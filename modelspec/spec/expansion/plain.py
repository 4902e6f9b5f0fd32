"""Plain data with all of its expressions evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, LocatedList
from modelspec.schema import UnknownShape
from modelspec.spec.expressions import UNKNOWN, ExpressionError, has_expression, value_of
from modelspec.spec.overrides import located

from .budget import MAX_DEPTH, Budget, TooLargeError, measure
from .frame import Scope, part_span

_ONE_NAME = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\Z")


class Origin(NamedTuple):
    """Where a value comes from: the text of a scalar, and the place of the param that it names."""

    text: str
    given: Span | None


class ValueExpander:
    """Evaluates values, within a budget.

    Attributes:
        findings: takes the faults of expressions.
        budget: what may still be made.
        origins: place of each scalar that was evaluated, to where its value comes from.
        param_spans: where the value of each of the spec's params stands.
        unknown: how many scalars were met that cannot be known.
        touched: whether anything was there to be written out.
    """

    def __init__(self, findings: Findings, budget: Budget) -> None:
        self.findings = findings
        self.budget = budget
        self.origins: dict[Span, Origin] = {}
        self.param_spans: Mapping[str, Span] = {}
        self.unknown = 0
        self.touched = False
        self._depth = 0
        self._sizes: dict[int, tuple[int, int]] = {}
        self._measured: list[Any] = []

    def value(self, value: Any, span: Span, frame: Scope) -> Any:
        """A value as it stands at `span`, with new places and without expressions.

        A scalar that cannot be known stays as it is, and is counted in `unknown`.
        """
        if isinstance(value, LocatedDict):
            made = LocatedDict(frame.place(value.span))
            with self.deeper(frame.place(span)):
                for key, item in value.items():
                    put(made, value, key, self.value(item, value.value_spans[key], frame), frame)
            return made
        if isinstance(value, LocatedList) and not isinstance(value, UnknownShape):
            items = LocatedList(frame.place(value.span))
            with self.deeper(frame.place(span)):
                for item, at in zip(value, value.item_spans, strict=True):
                    items.put(self.value(item, at, frame), frame.place(at))
            return items
        self.budget.values(1, frame.place(span))
        if frame.literal or not has_expression(value):
            return value
        found = self.scalar(value, span, frame)
        if found is UNKNOWN:
            self.unknown += 1
            return value
        return found

    def scalar(self, text: str, span: Span, frame: Scope) -> Any:
        """What a scalar with expressions comes to; UNKNOWN, with a finding where it has a fault."""
        self.touched = True
        place = frame.place(span)
        single = _ONE_NAME.match(text) if frame.via is None else None
        given = self.param_spans.get(single.group(1)) if single is not None else None
        self.origins[span if span.via is None else span._replace(via=None)] = Origin(text, given)
        try:
            found = value_of(text, frame.names)
        except ExpressionError as fault:
            at = frame.place(part_span(span, text, fault.start, fault.end))
            self.findings.error(at, fault.code, fault.message, hint=fault.hint)
            return UNKNOWN
        if isinstance(found, str):
            self.budget.values(len(found) // 100, place)
        elif isinstance(found, (dict, list)):
            found = located(found, place)
            size, depth = self._measure(found)
            self.budget.values(size, place)
            self._refuse_depth(self._depth + depth, place)
        return found

    def all_or_unknown(self, value: Any, span: Span, frame: Scope) -> Any:
        """A value that is used as one: evaluated, or UNKNOWN where any part of it is."""
        before = self.unknown
        found = self.value(value, span, frame)
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
            message = f"written out, the spec nests more than {MAX_DEPTH} deep here"
            raise TooLargeError(message, span)

    def _measure(self, value: Any) -> tuple[int, int]:
        self._measured.append(value)  # so that its id is not given to another
        return measure(value, self._sizes)


def put(into: LocatedDict, source: LocatedDict, key: str, value: Any, frame: Scope) -> None:
    """Set a key with the places that it has in `source`, as seen from a frame."""
    into.put(key, value, frame.place(source.key_spans[key]), frame.place(source.value_spans[key]))
