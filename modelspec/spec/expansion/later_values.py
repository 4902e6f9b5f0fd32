"""Expressions that keep their place until the training knows their names, and the check of them.

The schema is to see numbers: those that a training of usual size would give.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from modelspec.diagnostics import Findings, Span, join_words
from modelspec.document import LocatedDict, value_span
from modelspec.schema import check
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


KNOWN_IN = (
    ("optimizer",),
    ("callbacks",),
    ("schedule",),
    ("checkpoint", "every"),
    ("gan", "discriminator_optimizer"),
)
"""Keys of `training`, and of a phase, in which the sizes have values when the training begins."""


@contextmanager
def tried_values(document: LocatedDict, findings: Findings) -> Iterator[None]:
    """Put numbers in the place of such expressions under `training`, and take them back.

    Args:
        document: the whole spec.
        findings: takes expressions where sizes are not known, whose numbers stay.
    """
    kept = []
    for container, key, path in list(_later_in(document.get("training"), ())):
        text = container[key]
        if _is_known_in(path):
            kept.append((container, key, text))
        else:
            _report_place(container, key, path, findings)
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


def check_values(
    document: LocatedDict, phase: int, sizes: Mapping[str, int], findings: Findings
) -> None:
    """Check the values that such expressions have, against what the schema says of their places.

    Args:
        document: the whole spec, written out; it stays as it is.
        phase: of the training, from 1; 0 for a training without phases.
        sizes: by name, of the training or the phase.
        findings: takes the errors.
    """
    copied, found, texts = deepcopy(document), Findings(), dict[Span, str]()
    for container, key, path in list(_later_in(copied.get("training"), ())):
        text, is_of_other = container[key], path[0] == "phases" and path[1] != phase - 1
        try:
            container[key] = value_of(text, TRIED if is_of_other else sizes)
        except ExpressionError:  # which is reported where the training gets its values
            container[key] = 1
        if not is_of_other:
            texts[value_span(container, key, copied.span)] = text
    check(copied, found, expressions=False)
    for finding in found:
        if finding.span in texts:
            message = f"{finding.message} from `{texts[finding.span]}` with these data"
            findings.error(finding.span, finding.code, message, hint=finding.hint)


def _is_known_in(path: tuple[str | int, ...]) -> bool:
    own = path[2:] if path[0] == "phases" else path
    return any(own[: len(known)] == known for known in KNOWN_IN)


def _report_place(
    container: Any, key: Any, path: tuple[str | int, ...], findings: Findings
) -> None:
    sizes = join_words([f"`{name}`" for name in sorted(names_in(container[key]))], "and")
    name = ".".join(str(part) for part in path if isinstance(part, str))
    message = f"`{name}` cannot be made of {sizes}, which the training knows when it begins"
    hint = (
        "write a number: the sizes are known in the arguments of optimizers and `callbacks`, in "
        "`schedule` and in `checkpoint.every`"
    )
    span = value_span(container, key, container.span)
    findings.error(span, "wrong-value", message, hint=hint)


def _later_in(
    value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[Any, Any, tuple[str | int, ...]]]:
    """Each such expression: what holds it, its key there, and its path under `training`."""
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, item in pairs:
        if is_later(item):
            yield value, key, (*path, key)
        elif isinstance(item, (dict, list)):
            yield from _later_in(item, (*path, key))
