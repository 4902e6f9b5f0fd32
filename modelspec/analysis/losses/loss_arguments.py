"""Arguments of losses and optimizers that Keras refuses, some of them in the first batch only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.analysis.arguments import complete, keras_class
from modelspec.diagnostics import Findings, Related, join_words
from modelspec.layers.policies import policy_of
from modelspec.layers.rule import Policy
from modelspec.spec.model import KerasObject, objects_in

from .kinds import BINARY_LOSSES, ONE_HOT_LOSSES
from .outputs import TrainedOutput

AXIS_LOSSES = (BINARY_LOSSES | ONE_HOT_LOSSES | {"CosineSimilarity"}) - {"CategoricalHinge"}
"""Losses with an axis of the output, any there is."""

CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")

Problem = tuple[str, str, str]
"""An argument, what is wrong with it, and a hint."""


def check_loss_arguments(output: TrainedOutput, findings: Findings) -> None:
    """Report the arguments of a loss with which its first batch fails.

    Args:
        output: the output with its loss.
        findings: takes an error for each argument.
    """
    loss, tensor = output.loss, output.tensor
    if tensor is None or not output.loss_class:
        return
    for check in (_axis, _alpha, _dtype):
        found = check(output, complete(loss), tensor.rank)
        if found is None:
            continue
        name, message, hint = found
        related = (Related(output.span, f"the output `{output.name}` is here"),)
        at = loss.arg_spans.get(name, loss.span)
        text = f"`{loss.class_name}` {message}"
        findings.error(at, "output-shape", text, hint=hint, related=related)


def _axis(output: TrainedOutput, args: Mapping[str, Any], rank: int) -> Problem | None:
    kind, axis = output.loss_class, args.get("axis")
    if kind == "SparseCategoricalCrossentropy":
        if axis in (-1, rank - 1):
            return None
        return "axis", f"takes `axis: -1` only, got {axis}", "leave `axis` out"
    if kind not in AXIS_LOSSES and kind not in ("Dice", "Tversky"):
        return None
    axes = axis if isinstance(axis, (list, tuple)) else (axis,)
    wrong = [one for one in axes if isinstance(one, int) and not -rank <= one < rank]
    if not wrong:
        return None
    message = f"has `axis: {wrong[0]}`, and the output has the axes 0 to {rank - 1}, the batch"
    return "axis", f"{message} included", "leave `axis` out, or write one of these"


def _alpha(output: TrainedOutput, args: Mapping[str, Any], _: int) -> Problem | None:
    """A weight for each class."""
    alpha, units = args.get("alpha"), output.units
    if output.loss_class != "CategoricalFocalCrossentropy" or not isinstance(alpha, (list, tuple)):
        return None
    if units in (None, 1) or len(alpha) in (1, units):
        return None
    message = f"has {len(alpha)} weights in `alpha`, and the output has {units} units"
    return "alpha", message, f"give {units} weights, or one number for all classes"


def _dtype(_: TrainedOutput, args: Mapping[str, Any], __: int) -> Problem | None:
    policy = policy_of(args.get("dtype"), Policy())
    if policy is None or "float" in policy.compute:
        return None
    message = f"computes in {policy.compute}, through which no gradient flows"
    return "dtype", message, "leave `dtype` out, or write float32"


def check_optimizer(optimizer: KerasObject, findings: Findings) -> None:
    """Report what Keras refuses to make: two ways of clipping, a schedule with a value too few."""
    for item in objects_in(optimizer):
        if keras_class(item) == "PiecewiseConstantDecay":
            _check_steps(item, findings)
        given = [name for name in CLIPPING if item.args.get(name) is not None]
        if item.kind == "optimizer" and len(given) > 1:
            shown = join_words(f"`{name}`" for name in given)
            message = f"`{item.class_name}` takes one way of clipping, got {shown}"
            span = item.arg_spans.get(given[1], item.span)
            findings.error(span, "wrong-value", message, hint=f"keep `{given[0]}` alone")


def _check_steps(schedule: KerasObject, findings: Findings) -> None:
    """A rate for each stretch between the boundaries, and one after the last."""
    boundaries, values = schedule.args.get("boundaries"), schedule.args.get("values")
    if not isinstance(boundaries, list) or not isinstance(values, list):
        return
    if len(values) == len(boundaries) + 1:
        return
    message = (
        f"`values` must have one number more than `boundaries`, which has {len(boundaries)};"
        f" got {len(values)}"
    )
    span = schedule.arg_spans.get("values", schedule.span)
    findings.error(span, "wrong-value", message, hint=f"give {len(boundaries) + 1} values")
