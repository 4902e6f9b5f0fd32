"""The values of a space against the schema, each at its place in the spec as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelspec.compile import check_as_written
from modelspec.diagnostics import Findings
from modelspec.document import copy_located
from modelspec.schema import one_schema
from modelspec.spec import apply_overrides
from modelspec.spec.tune import Choice, Dimension

from .points import SearchSpec, places_of
from .space import Space, Values

MOST = 1_000
"""Values that are tried."""


def check_items(search: SearchSpec, findings: Findings) -> None:
    """An error for each value that its place does not take whatever stands elsewhere: an unknown
    key, an argument of another type.

    Args:
        search: the spec.
        findings: takes the errors, at the lines of the values.
    """
    for number, overrides in enumerate(_one_by_one(search.space)):
        if number == MOST:
            return
        found = Findings()
        document = copy_located(search.document)
        apply_overrides(document, overrides, found, places_of(search.space, overrides))
        if not found.has_errors:
            with one_schema(search.names):
                check_as_written(document, found)
        findings.extend(found)


def _one_by_one(space: Space) -> Iterator[dict[str, Any]]:
    """Overrides of one path each, with all items and both ends of all ranges among them."""
    for dimension in space.dimensions:
        single = Space((dimension,))
        for values in _each(dimension):
            yield single.overrides(values)


def _each(dimension: Dimension) -> Iterator[Values]:
    """Values of a dimension and those inside it; of each the first and the last one, or all items,
    while the others stay at their first."""
    if not isinstance(dimension, Choice):
        for value in dict.fromkeys((dimension.low, dimension.high)):
            yield {dimension.name: value}
        return
    for item in dimension.items:
        inner = [list(_each(below)) for below in item.dimensions]
        first: Values = {dimension.name: item.label}
        for variants in inner:
            first |= variants[0]
        yield first
        for variants in inner:
            for other in variants[1:]:
                yield first | other
