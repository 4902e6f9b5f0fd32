"""The dimensions of a search: what is tried at one place of a spec."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from modelspec.diagnostics import Span
from modelspec.value_classes import value_class

Scalar = str | int | float | bool | None


@value_class
class Item:
    """One value of a choice.

    Attributes:
        label: the value itself if it is a scalar that JSON has, otherwise a short text; no two
            items of a choice have equal ones, also where true counts as 1.
        value: as written, with the dimensions that it holds in their places.
        dimensions: those in it, which are tried only where this item is taken.
        span: where it stands.
    """

    label: Scalar
    value: Any
    dimensions: tuple[Dimension, ...]
    span: Span


@value_class
class Choice:
    """Some values.

    Attributes:
        name: unique in the space: the path, or for one inside an item `PATH[LABEL].KEY`.
        place: the keys that lead to it: from the document, or from the item that holds it.
        items: at least one.
        span: where its values stand.
        key_span: where its path or its key stands.
    """

    name: str
    place: tuple[str | int, ...]
    items: tuple[Item, ...]
    span: Span
    key_span: Span

    @property
    def labels(self) -> tuple[Scalar, ...]:
        """The labels of the items, in order."""
        return tuple(item.label for item in self.items)

    def item(self, label: Scalar) -> Item:
        """The item with a label.

        Raises:
            KeyError: there is none.
        """
        for item in self.items:
            if item.label == label:
                return item
        raise KeyError(label)


@value_class
class IntRange:
    """Whole numbers from `low` to `high`, both included.

    Attributes:
        name: as that of a `Choice`.
        place: as that of a `Choice`.
        low: the lower end.
        high: the upper end; a whole number of steps above `low`.
        step: how far they lie apart; 1 where `log`.
        log: whether they are drawn on a logarithmic scale.
        span: where its ends stand.
        key_span: where its path or its key stands.
    """

    name: str
    place: tuple[str | int, ...]
    low: int
    high: int
    step: int
    log: bool
    span: Span
    key_span: Span

    @property
    def size(self) -> int:
        """How many values there are."""
        return (self.high - self.low) // self.step + 1

    def value(self, index: int) -> int:
        """The value with a number, from 0."""
        return self.low + index * self.step


@value_class
class FloatRange:
    """Floats from `low` to `high`, both included; the attributes are those of `IntRange`, but that
    `step` is None for any float between them."""

    name: str
    place: tuple[str | int, ...]
    low: float
    high: float
    step: float | None
    log: bool
    span: Span
    key_span: Span

    @property
    def size(self) -> int | None:
        """How many values there are; None for a continuum."""
        if self.low == self.high:
            return 1
        if self.step is None:
            return None
        return int((_exact(self.high) - _exact(self.low)) / _exact(self.step)) + 1

    def value(self, index: int) -> float:
        """The value with a number, from 0, of a range with a step."""
        step = 0.0 if self.step is None else self.step
        return float(_exact(self.low) + index * _exact(step))


Dimension = Choice | IntRange | FloatRange


def last_step(low: float, high: float, step: float) -> float:
    """The largest number of steps above `low` that is not above `high`, in decimals."""
    count = int((_exact(high) - _exact(low)) / _exact(step))
    return float(_exact(low) + count * _exact(step))


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))
