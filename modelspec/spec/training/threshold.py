"""The threshold of an output with a decision, as `training.threshold` has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, value_span
from modelspec.spec.data import number
from modelspec.value_classes import value_class

MAXIMIZED = (
    "f1",
    "fbeta",
    "accuracy",
    "balanced_accuracy",
    "youden",
    "precision",
    "recall",
    "specificity",
)
"""What a threshold can make large. `youden` is the recall plus the specificity minus 1."""

BOUNDED = ("precision", "recall", "specificity")
"""What may have a least value beside it."""

FBETA, COST = "fbeta", "cost"
FALSE_POSITIVE, FALSE_NEGATIVE = "false_positive", "false_negative"

GOAL_KEYS = frozenset(("max", "beta", COST, *BOUNDED))

PAIRED = {"precision": "recall", "recall": "precision", "specificity": "recall"}
"""A measure that is largest where everything, or nothing, is predicted, to what says more."""


@value_class
class ThresholdGoal:
    """A threshold, or what one is chosen for.

    Attributes:
        span: where it stands.
        value: the threshold itself; None for a goal.
        maximized: one of `MAXIMIZED`; "" where it is a value or a cost.
        beta: how many times as much the recall counts as the precision, in `fbeta`.
        least: measure to the value that it must have at least.
        costs: of a row that is falsely positive, and of one that is falsely negative; or None.
        spans: key to where it stands.
    """

    span: Span
    value: float | None = None
    maximized: str = ""
    beta: float = 1.0
    least: Mapping[str, float] = field(default_factory=dict)
    costs: tuple[float, float] | None = None
    spans: Mapping[str, Span] = field(default_factory=dict)

    def __str__(self) -> str:
        """Such as `max f1`, `max recall with precision >= 0.9`, `min cost`."""
        if self.value is not None:
            return f"{self.value:g}"
        if self.costs is not None:
            return "min cost"
        name = f"f{self.beta:g}" if self.maximized == FBETA else self.maximized
        bounds = " and ".join(f"{one} >= {least:g}" for one, least in self.least.items())
        return f"max {name}" + (f" with {bounds}" if bounds else "")


def is_goal(value: Any) -> bool:
    """Whether a value is a threshold or a goal, rather than a mapping from outputs to these."""
    return not isinstance(value, dict) or not GOAL_KEYS.isdisjoint(value)


def parse_goal(value: Any, span: Span, findings: Findings) -> ThresholdGoal:
    """One threshold or goal, already checked against its schema.

    Args:
        value: a number, or a located mapping.
        span: where it stands.
        findings: takes numbers that are no probabilities, and goals that contradict themselves.
    """
    if not isinstance(value, LocatedDict):
        return ThresholdGoal(span, _probability(value, "threshold", span, findings))
    spans = dict(value.key_spans)
    least = {
        name: _least(value[name], name, value_span(value, name, span), findings)
        for name in BOUNDED
        if name in value
    }
    beta = 1.0
    if "beta" in value:
        beta = number(value["beta"], "beta", value_span(value, "beta", span), findings)
    costs = None
    if COST in value:
        costs = _costs(value[COST], value_span(value, COST, span), findings)
    goal = ThresholdGoal(span, None, str(value.get("max", "")), beta, least, costs, spans)
    _check_goal(goal, findings)
    return goal


def _least(value: Any, name: str, span: Span, findings: Findings) -> float:
    if isinstance(value, LocatedDict):
        value, span = value["min"], value_span(value, "min", span)
    return _probability(value, name, span, findings)


def _probability(value: Any, name: str, span: Span, findings: Findings) -> float:
    found = number(value, name, span, findings)
    if not 0 <= found <= 1:
        message = f"`{name}` must be from 0 to 1, got {found:g}"
        findings.error(span, "wrong-value", message, hint=f"write `{name}: 0.5`, for example")
    return found


def _costs(value: Any, span: Span, findings: Findings) -> tuple[float, float]:
    found = []
    for name in (FALSE_POSITIVE, FALSE_NEGATIVE):
        found.append(number(value[name], name, value_span(value, name, span), findings))
    if max(found) <= 0:
        message = "both costs are 0, so that every threshold costs the same"
        hint = "write what each mistake costs, such as {false_positive: 1, false_negative: 5}"
        findings.error(span, "wrong-value", message, hint=hint)
    return found[0], found[1]


def _check_goal(goal: ThresholdGoal, findings: Findings) -> None:
    """Report a goal that says nothing, or two things."""
    name, spans = goal.maximized, goal.spans
    if (name == "") == (goal.costs is None):
        message = "a threshold is chosen by `max` or by `cost`"
        message += ", and this has neither" if name == "" else ", and this has both"
        hint = "say what is made large: `{max: f1}`, or `{max: recall, precision: {min: 0.9}}`"
        if name:
            hint = "remove one of the two"
        findings.error(spans.get(COST, goal.span), "wrong-value", message, hint=hint)
    elif goal.costs is not None and goal.least:
        key = next(iter(goal.least))
        message = f"`{key}` is a bound beside `max`, and `cost` is weighed by itself"
        findings.error(spans[key], "wrong-value", message, hint=f"remove `{key}`, or `cost`")
    elif name in goal.least:
        message = f"`{name}` is made as large as it can be, so that its bound says nothing"
        other = PAIRED[name]
        hint = f"remove `{name}`, or bound another measure: `{other}: {{min: 0.8}}`"
        findings.error(spans[name], "wrong-value", message, hint=hint)
    elif name in PAIRED and not goal.least:
        what = "everything" if name == "recall" else "nothing, or next to nothing,"
        message = f"`max: {name}` alone predicts {what} as positive"
        hint = f"add what it must not cost: `{PAIRED[name]}: {{min: 0.8}}`"
        findings.error(spans["max"], "wrong-value", message, hint=hint)
    if "beta" in spans and name != FBETA:
        message = "`beta` is of `max: fbeta` alone"
        findings.error(
            spans["beta"], "wrong-value", message, hint="remove it, or make `fbeta` large"
        )
    elif name == FBETA and goal.beta <= 0:
        message = f"`beta` must be above 0, got {goal.beta:g}"
        hint = "2 counts the recall twice as much as the precision"
        findings.error(spans.get("beta", goal.span), "wrong-value", message, hint=hint)
    elif name == FBETA and "beta" not in spans:
        message = "`max: fbeta` has no `beta`"
        hint = "say how much more the recall counts than the precision: `{max: fbeta, beta: 2}`"
        findings.error(spans["max"], "wrong-value", message, hint=hint)
