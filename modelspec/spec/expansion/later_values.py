"""Expressions that keep their place until the training knows their names, and the check of them.

The schema is to see numbers: those that a training of usual size would give.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from modelspec.document import LocatedDict
from modelspec.spec.expressions import (
    JOB_NAMES,
    UNKNOWN,
    ExpressionError,
    has_expression,
    names_in,
    value_of,
)

TRAINING_NAMES = JOB_NAMES | {"epoch", "step"}
"""Names that expressions under `training` may have beside params; the last two in `schedule`."""

TRIED = {"examples": 10_000, "epochs": 10, "steps_per_epoch": 313, "steps": 3130}
"""Sizes that stand for those of data that are not read."""


def is_later(value: Any) -> bool:
    """Whether a value is an expression of sizes of the training, and of nothing else."""
    return _is_of(value, JOB_NAMES)


def stays_expression(value: Any) -> bool:
    """Whether a value under `training` is an expression still when all is written out."""
    return _is_of(value, TRAINING_NAMES)


def _is_of(value: Any, known: frozenset[str]) -> bool:
    if not has_expression(value):
        return False
    names = names_in(value)
    return bool(names) and names <= known


@contextmanager
def tried_values(document: LocatedDict) -> Iterator[None]:
    """Put numbers in the place of such expressions under `training`, and take them back."""
    kept = list(_later_in(document.get("training")))
    for container, key, text in kept:
        try:
            value = value_of(text, TRIED)
        except ExpressionError:  # it may have one for other sizes
            value = 1
        container[key] = 1 if value is UNKNOWN else value
    try:
        yield
    finally:
        for container, key, text in kept:
            container[key] = text


def _later_in(value: Any) -> Iterator[tuple[Any, Any, str]]:
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, item in pairs:
        if is_later(item):
            yield value, key, item
        elif isinstance(item, (dict, list)):
            yield from _later_in(item)
