"""The typed form of the `expect` section: the bounds that CI checks a spec against."""

from __future__ import annotations

import re
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, value_span
from modelspec.spec.data import number, whole_number
from modelspec.value_classes import value_class

BYTES = "B"


LEAST_ROWS = 20
"""Rows below which a slice decides no expectation, where the spec does not say another number:
of 20 rows a single one still moves a share by 0.05."""


@value_class
class SliceBounds:
    """The range of a metric for each value of a column.

    Attributes:
        column: its name.
        bounds: of each slice; its name is that of the column.
        at_least: how many rows a slice has that counts.
        span: where the column is named.
    """

    column: str
    bounds: Bounds
    at_least: int
    span: Span


@value_class
class Bounds:
    """The range of a value. A metric's `name` is as logged, with `test_` or `val_` before it.

    `slices` are the ranges that a metric has to be in for parts of the rows.
    """

    name: str
    least: float | None
    most: float | None
    span: Span
    slices: tuple[SliceBounds, ...] = ()

    def contains(self, value: float) -> bool:
        """Whether a value is within the bounds; NaN never is."""
        at_least = self.least is None or value >= self.least
        return at_least and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        """`at least 0.95`, `at most 3`, `from 0.9 to 1`, `exactly 7,850`, `measured`."""
        if self.least is None and self.most is None:
            return "measured"
        if self.least is not None and self.least == self.most:
            return f"exactly {format_number(self.least)}"
        if self.most is not None:
            most = format_number(self.most)
            return (
                f"at most {most}"
                if self.least is None
                else f"from {format_number(self.least)} to {most}"
            )
        return f"at least {format_number(self.least or 0.0)}"


@value_class
class ShapeBound:
    """The shape that an output must have, batch axis first; None is any size.

    `name` is None where the spec names no output, as the model has one.
    """

    name: str | None
    shape: tuple[int | None, ...]
    span: Span


@value_class
class MemoryBound:
    """How many bytes the model may take.

    Attributes:
        most: in bytes.
        unit: the unit that the spec writes it in.
        batch_size: the examples in flight; None for that of `data`.
        span: where it stands.
    """

    most: float
    unit: str
    batch_size: int | None
    span: Span


@value_class
class Expect:
    """What is expected of a model and of its training."""

    outputs: tuple[ShapeBound, ...]
    params: Bounds | None
    trained_params: Bounds | None
    flops: Bounds | None
    memory: MemoryBound | None
    metrics: tuple[Bounds, ...]
    metrics_span: Span
    span: Span

    @property
    def sliced(self) -> tuple[Bounds, ...]:
        """The metrics that have bounds for slices."""
        return tuple(bounds for bounds in self.metrics if bounds.slices)

    @property
    def slice_columns(self) -> tuple[str, ...]:
        """The columns that slices are made by, each once."""
        return tuple(dict.fromkeys(one.column for each in self.metrics for one in each.slices))


def format_number(value: float) -> str:
    """A number for a message: `2,000,000` where it is whole, `0.95`."""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:g}"


def expectation_message(name: str, bounds: str, got: str, where: str = "") -> str:
    """The message for an expectation that is missed or undecided.

    Args:
        name: of the value.
        bounds: that it should be in.
        got: what it is, as the end of a sentence.
        where: of which rows it is, with a space before; "" for all.
    """
    return f"`{name}`{where} must be {bounds}, {got}"


def parse_expect(section: LocatedDict, findings: Findings) -> Expect:
    """The `expect` section, already checked against its schema.

    Args:
        section: the located mapping.
        findings: takes bounds that nothing can meet.
    """
    metrics = section.get("metrics") or LocatedDict(section.span)
    return Expect(
        _outputs(section, findings),
        _optional(section, "params", findings),
        _optional(section, "trained_params", findings),
        _optional(section, "flops", findings),
        _memory(section.get("memory"), findings),
        tuple(_bounds(metrics, name, findings) for name in metrics),
        section.key_spans.get("metrics", section.span),
        section.span,
    )


def _optional(section: LocatedDict, key: str, findings: Findings) -> Bounds | None:
    return None if section.get(key) is None else _bounds(section, key, findings)


def _bounds(section: LocatedDict, name: str, findings: Findings) -> Bounds:
    given, span = section[name], section.key_spans[name]
    if not isinstance(given, LocatedDict):
        exact = number(given, name, value_span(section, name, span), findings)
        return Bounds(name, exact, exact, span)
    least, most = (_bound(given, key, findings) for key in ("min", "max"))
    if least is not None and most is not None and least > most:
        message = f"`{name}` cannot be between {format_number(least)} and {format_number(most)}"
        findings.error(span, "empty-bounds", message, hint="swap `min` and `max`")
    return Bounds(name, least, most, span, _slices(given.get("slices"), findings))


def _slices(given: LocatedDict | None, findings: Findings) -> tuple[SliceBounds, ...]:
    """The bounds for each value of some columns."""
    found = []
    for column, written in (given or {}).items():
        assert given is not None
        span = given.key_spans[column]
        bounds = _bounds(given, column, findings)
        if bounds.least is None and bounds.most is None:
            message = f"the slices of `{column}` have neither `min` nor `max`"
            findings.error(span, "empty-bounds", message, hint="write {min: 0.8}, or {max: …}")
        least = whole_number(written, "at_least", LEAST_ROWS, findings)
        found.append(SliceBounds(column, bounds, least, span))
    return tuple(found)


def _bound(given: LocatedDict, key: str, findings: Findings) -> float | None:
    if given.get(key) is None:
        return None
    return number(given[key], key, value_span(given, key, given.span), findings)


def _outputs(section: LocatedDict, findings: Findings) -> tuple[ShapeBound, ...]:
    given = section.get("outputs")
    if given is None:
        return ()
    if not isinstance(given, LocatedDict):
        span = section.key_spans["outputs"]
        return (ShapeBound(None, _shape(given, span, findings), span),)
    return tuple(
        ShapeBound(name, _shape(shape, given.key_spans[name], findings), given.key_spans[name])
        for name, shape in given.items()
    )


def _shape(given: Any, span: Span, findings: Findings) -> tuple[int | None, ...]:
    sizes: list[int | None] = []
    for index, size in enumerate(given):
        whole = isinstance(size, int) and not isinstance(size, bool)
        if size is not None and not whole:  # of an expression, which the schema accepts
            message = f"a size must be a whole number or null, got {size!r}"
            findings.error(value_span(given, index, span), "wrong-value", message)
        sizes.append(size if whole else None)
    return tuple(sizes)


def _memory(given: LocatedDict | None, findings: Findings) -> MemoryBound | None:
    if given is None:
        return None
    span = value_span(given, "max", given.span)
    most, unit = _bytes(given["max"], span, findings)
    batch = whole_number(given, "batch_size", 0, findings) or None
    return MemoryBound(most, unit, batch, given.key_spans.get("max", span))


def _bytes(given: Any, span: Span, findings: Findings) -> tuple[float, str]:
    """A size with its unit; a finding where an expression, which the schema lets stand, gave
    none."""
    if not isinstance(given, str):
        return number(given, "max", span, findings), BYTES
    found = parse_size(given)
    if found is None:
        message = f"`max` must be a size such as 512MB or 1.5GiB, got {given!r}"
        findings.error(span, "wrong-value", message)
        return 0.0, BYTES
    return found


UNITS = {
    "B": 1,
    "kB": 1000,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "TB": 1000**4,
    "KiB": 1024,
    "kiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
    "TiB": 1024**4,
}
"""Unit to its bytes: those of the SI are powers of 1000, those with an "i" powers of 1024."""

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+)\Z")


def parse_size(text: str) -> tuple[float, str] | None:
    """`1.5GiB` to its bytes and its unit; None where the text is not a size."""
    found = _SIZE.match(text)
    if found is None or found.group(2) not in UNITS:
        return None
    return float(found.group(1)) * UNITS[found.group(2)], found.group(2)


def size_text(size: float, unit: str) -> str:
    """Bytes in a unit: `1.5GiB`, `7,850 bytes`. Four digits tell a bound from what misses it."""
    return f"{size:,.0f} bytes" if unit == "B" else f"{size / UNITS[unit]:.4g}{unit}"
