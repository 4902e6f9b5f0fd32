"""The typed form of the `expect` section: the bounds that CI holds a spec to."""

from __future__ import annotations

from dataclasses import dataclass

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, value_span

from .data import number


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a metric may be. `name` is as logged, with `test_` or `val_` before it."""

    name: str
    least: float | None
    most: float | None
    span: Span

    def hold(self, value: float) -> bool:
        """Whether a value lies within; NaN lies nowhere."""
        at_least = self.least is None or value >= self.least
        return at_least and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        """`at least 0.95`, `at most 3`, `from 0.9 to 1`."""
        if self.least is None:
            return f"at most {self.most:g}"
        if self.most is None:
            return f"at least {self.least:g}"
        return f"from {self.least:g} to {self.most:g}"


@dataclass(frozen=True, slots=True)
class Expect:
    """What is expected of training."""

    metrics: tuple[Bounds, ...]
    span: Span


def parse_expect(section: LocatedDict, findings: Findings) -> Expect:
    """The `expect` section, already checked against its schema.

    Args:
        section: the located mapping.
        findings: takes bounds that nothing can meet.
    """
    bounds = []
    metrics = section.get("metrics") or LocatedDict(section.span)
    for name, given in metrics.items():
        span = metrics.key_spans[name]
        least, most = (_bound(given, key, findings) for key in ("min", "max"))
        if least is not None and most is not None and least > most:
            message = f"`{name}` can never lie between {least:g} and {most:g}"
            findings.error(span, "empty-bounds", message, hint="swap `min` and `max`")
        bounds.append(Bounds(name, least, most, span))
    return Expect(tuple(bounds), section.span)


def _bound(given: LocatedDict, key: str, findings: Findings) -> float | None:
    if given.get(key) is None:
        return None
    return number(given[key], key, value_span(given, key, given.span), findings)
