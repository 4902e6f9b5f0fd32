"""The learning rate as an expression of the epoch or the step."""

from __future__ import annotations

import math
from collections.abc import Mapping

from modelspec.diagnostics import Findings, Span, join_words
from modelspec.document import part_span
from modelspec.spec.expressions import ExpressionError, parsed_names, value_of
from modelspec.value_classes import value_class

OPENING, CLOSING = "${", "}"

OF_EPOCH = ("epoch", "epochs")
"""Names whose values a spec tells."""

NAMES = (*OF_EPOCH, "step", "steps", "steps_per_epoch", "examples")

MOST_EPOCHS = 10_000
"""So many epochs are tried where nothing is trained."""


class RateError(Exception):
    """What an expression gives is no learning rate; the message says what it is."""


@value_class
class RateSchedule:
    """An expression whose value is the learning rate.

    Attributes:
        text: without `${` and `}`.
        names: in it, all of them known.
        span: where it is.
    """

    text: str
    names: frozenset[str]
    span: Span

    def rate(self, values: Mapping[str, int]) -> float:
        """The rate at a point of a training.

        Args:
            values: of the names in the expression.

        Raises:
            RateError: it is no number, infinite, or below 0.
        """
        try:
            found = value_of(f"{OPENING}{self.text}{CLOSING}", values)
        except ExpressionError as error:
            raise RateError(str(error)) from error
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            raise RateError(f"a learning rate is a number, and this is {found!r}")
        if not math.isfinite(found) or found < 0:
            raise RateError(f"a learning rate is a number of at least 0, and this is {found:g}")
        return float(found)


def parse_schedule(value: object, span: Span, findings: Findings) -> RateSchedule | None:
    """The schedule of a section; None with findings where it is no expression of these names.

    Args:
        value: as written; a number is a rate that never changes.
        span: where it is.
        findings: takes what is wrong.
    """
    text = str(value).strip()
    if text.startswith(OPENING) and text.endswith(CLOSING) and text.count(OPENING) == 1:
        text = text[len(OPENING) : -len(CLOSING)]
    try:
        names = parsed_names(f"{OPENING}{text}{CLOSING}")
    except ExpressionError as error:
        start, end = (max(0, at - len(OPENING)) for at in (error.start, error.end))
        place = part_span(span, text, start, min(end, len(text)))
        findings.error(place, error.code, error.message, hint=error.hint)
        return None
    unknown = sorted(names - set(NAMES))
    if unknown:
        message = f"`schedule` has no name `{unknown[0]}`"
        known = join_words([f"`{name}`" for name in NAMES], "and")
        hint = f"there are {known}; the value of a param is `${{NAME}}`"
        findings.error(span, "unknown-name", message, hint=hint)
        return None
    return RateSchedule(text, names, span)


def check_rates(schedule: RateSchedule, epochs: int, findings: Findings) -> None:
    """Find epochs in which an expression of the epoch alone gives no learning rate.

    Args:
        schedule: one that depends on steps is left to the training.
        epochs: of the training, or of the phase.
        findings: takes the first of them.
    """
    if not schedule.names <= set(OF_EPOCH):
        return
    for epoch in range(min(epochs, MOST_EPOCHS)):
        if not check_rate(schedule, {"epoch": epoch, "epochs": epochs}, findings):
            return


def check_rate(schedule: RateSchedule, values: Mapping[str, int], findings: Findings) -> bool:
    """Whether an expression gives a learning rate at one point; an error where it does not."""
    try:
        schedule.rate(values)
    except RateError as error:
        at = (
            f"in step {values['step']}"
            if "step" in schedule.names
            else f"in epoch {values['epoch']}"
        )
        message = f"`schedule` fails {at}, counted from 0: {error}"
        findings.error(schedule.span, "bad-schedule", message)
        return False
    return True
