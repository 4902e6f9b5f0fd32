"""The space of a search: points are drawn from it, and become overrides of a spec."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from modelspec.document import LocatedDict, LocatedList
from modelspec.spec.tune import Choice, Dimension, FloatRange, IntRange, Item, Scalar, TuneSpec

Values = dict[str, Scalar]
"""The name of each active dimension to its value, or to the label of its item. It is JSON."""

Ask = Callable[[Dimension], Scalar]
"""Gives the value of a range, or the label of an item of a choice."""


class Space:
    """All points of a search.

    Attributes:
        dimensions: those of the section; others are inside of items of choices.
    """

    def __init__(self, dimensions: Sequence[Dimension]) -> None:
        self.dimensions = tuple(dimensions)

    @classmethod
    def of(cls, tune: TuneSpec) -> Space:
        """The space of a `tune` section."""
        return cls(tune.dimensions)

    def flat(self) -> Iterator[Dimension]:
        """All dimensions, each before those inside its items."""
        waiting = list(reversed(self.dimensions))
        while waiting:
            dimension = waiting.pop()
            yield dimension
            if isinstance(dimension, Choice):
                inner = [below for item in dimension.items for below in item.dimensions]
                waiting.extend(reversed(inner))

    def size(self) -> int | None:
        """The number of points; None where a range of floats makes it infinite."""
        return _product(self.dimensions)

    def suggest(self, ask: Ask) -> Values:
        """A point, whose dimensions are asked for in a fixed order: that of the section, those
        inside an item directly after its choice.

        Args:
            ask: is called once for each dimension that is active.
        """
        values: Values = {}
        waiting = list(reversed(self.dimensions))
        while waiting:
            dimension = waiting.pop()
            value = ask(dimension)
            values[dimension.name] = value
            if isinstance(dimension, Choice):
                waiting.extend(reversed(dimension.item(value).dimensions))
        return values

    def draw(self, chance: random.Random) -> Values:
        """A random point: each dimension evenly, on its scale."""
        return self.suggest(lambda dimension: _drawn(dimension, chance))

    def changed(self, values: Values, name: str, value: Scalar, chance: random.Random) -> Values:
        """A point with another value of one dimension.

        Args:
            values: the point.
            name: of the dimension, which is active in it.
            value: that it gets.
            chance: draws what becomes active by it.
        """

        def ask(dimension: Dimension) -> Scalar:
            if dimension.name == name:
                return value
            known = dimension.name in values
            return values[dimension.name] if known else _drawn(dimension, chance)

        return self.suggest(ask)

    def grid(self) -> Iterator[Values]:
        """All points of a finite space, in the order of the section, the last dimension fastest.

        Raises:
            ValueError: the space is not finite.
        """
        if self.size() is None:
            raise ValueError("a range of floats without a step has no end")
        yield from _grid(self.dimensions)

    def overrides(self, values: Mapping[str, Scalar]) -> dict[str, Any]:
        """The paths of a point with what `--set` would be given; objects know their places.

        Args:
            values: of all active dimensions.

        Raises:
            KeyError: an active dimension has no value, or a label that it does not have.
        """
        return {dimension.name: _filled(dimension, values) for dimension in self.dimensions}


def _product(dimensions: Sequence[Dimension]) -> int | None:
    total = 1
    for dimension in dimensions:
        size = _size(dimension)
        if size is None:
            return None
        total *= size
    return total


def _size(dimension: Dimension) -> int | None:
    if not isinstance(dimension, Choice):
        return dimension.size
    sizes = [_product(item.dimensions) for item in dimension.items]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def _drawn(dimension: Dimension, chance: random.Random) -> Scalar:
    if isinstance(dimension, Choice):
        return dimension.items[chance.randrange(len(dimension.items))].label
    if isinstance(dimension, IntRange) and dimension.log:
        low, high = math.log(dimension.low - 0.5), math.log(dimension.high + 0.5)
        drawn = round(math.exp(chance.uniform(low, high)))
        return min(max(drawn, dimension.low), dimension.high)
    if dimension.size is not None:
        return dimension.value(chance.randrange(dimension.size))
    if dimension.log:
        drawn_float = math.exp(chance.uniform(math.log(dimension.low), math.log(dimension.high)))
        return min(max(drawn_float, dimension.low), dimension.high)
    return chance.uniform(dimension.low, dimension.high)


def _values(dimension: IntRange | FloatRange) -> Iterator[Scalar]:
    for index in range(dimension.size or 0):
        yield dimension.value(index)


def _grid(dimensions: Sequence[Dimension]) -> Iterator[Values]:
    if not dimensions:
        yield {}
        return
    first, *rest = dimensions
    if not isinstance(first, Choice):
        for value in _values(first):
            for others in _grid(rest):
                yield {first.name: value, **others}
        return
    for item in first.items:
        for inner in _grid(item.dimensions):
            for others in _grid(rest):
                yield {first.name: item.label, **inner, **others}


def _filled(dimension: Dimension, values: Mapping[str, Scalar]) -> Any:
    """What stands at the place of a dimension."""
    value = values[dimension.name]
    if not isinstance(dimension, Choice):
        return value
    return _with(dimension.item(value), values)


def _with(item: Item, values: Mapping[str, Scalar]) -> Any:
    """A copy of the value of an item that knows its places, with values for its dimensions."""
    inner = {dimension.place: dimension for dimension in item.dimensions}

    def copy(value: Any, place: tuple[str | int, ...]) -> Any:
        if place in inner:
            return _filled(inner[place], values)
        if isinstance(value, LocatedDict):
            mapping = LocatedDict(value.span)
            mapping.key_spans = dict(value.key_spans)
            mapping.value_spans = dict(value.value_spans)
            mapping.update({key: copy(below, (*place, key)) for key, below in value.items()})
            return mapping
        if isinstance(value, LocatedList):
            items = LocatedList(value.span)
            items.item_spans = list(value.item_spans)
            items.extend(copy(below, (*place, index)) for index, below in enumerate(value))
            return items
        return value

    return copy(item.value, ())
