"""A size as an expression of that of an input, such as `(T - 1) // 2`, from some of both."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd

MAX_PERIOD = 64
"""The largest number that an expression divides by."""

ENOUGH = 3
"""From so many sizes on an expression is sought."""


def fit(series: Mapping[int, int], name: str) -> str | None:
    """The shortest expression that gives each size of a result.

    Args:
        series: the sizes of an input to those of the result.
        name: of the size of the input.

    Returns:
        None where there is none of the form `a * ((b * T + c) // d) + e`.
    """
    if len(series) < ENOUGH:
        return None
    if len(set(series.values())) == 1:
        return str(next(iter(series.values())))
    slope = _slope(series)
    if slope is None:
        return None
    period, rise = slope
    found = (
        text
        for shared in _divisors(gcd(period, rise))
        for factor in _divisors(rise // shared)
        for text in _forms(series, name, period // shared, rise // shared // factor, factor)
    )
    return min(found, key=lambda text: (len(text), text), default=None)


def _slope(series: Mapping[int, int]) -> tuple[int, int] | None:
    """The smallest step of the input's size after which the result grows by a constant."""
    for period in range(1, MAX_PERIOD + 1):
        rises = {series[n + period] - series[n] for n in series if n + period in series}
        if len(rises) == 1 and (rise := rises.pop()) > 0:
            return period, rise
    return None


def _divisors(number: int) -> list[int]:
    return [n for n in range(1, min(number, MAX_PERIOD) + 1) if number % n == 0]


def _forms(series: Mapping[int, int], name: str, period: int, inner: int, factor: int) -> list[str]:
    """The expressions `factor * ((inner * T + shift) // period) + rest` that hold."""
    found = []
    first, size = next(iter(series.items()))
    for shift in range(period):
        rest = size - factor * ((inner * first + shift) // period)
        if all(
            value == factor * ((inner * n + shift) // period) + rest for n, value in series.items()
        ):
            carried, left = divmod(rest, factor)
            found.append(_text(name, inner, shift, period, factor, rest))
            found.append(_text(name, inner, shift + carried * period, period, factor, left))
    return found


def _text(name: str, inner: int, shift: int, period: int, factor: int, rest: int) -> str:
    term = name if inner == 1 else f"{inner} * {name}"
    text = _plus(term, shift)
    if period > 1:
        text = f"({text}) // {period}" if " " in text else f"{text} // {period}"
    if factor > 1:
        text = f"{factor} * ({text})" if " " in text else f"{factor} * {text}"
    return _plus(text, rest)


def _plus(text: str, number: int) -> str:
    if number == 0:
        return text
    return f"{text} {'+' if number > 0 else '-'} {abs(number)}"
