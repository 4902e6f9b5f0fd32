"""Arguments of losses that Keras refuses, some of them in the first batch only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.analysis.arguments import complete
from modelspec.diagnostics import Findings, Related
from modelspec.layers.policies import policy_of
from modelspec.layers.rule import Policy

from .kinds import BINARY_LOSSES, ONE_HOT_LOSSES, OVERLAP_LOSSES
from .outputs import TrainedOutput
from .target_values import count_of_units, quantiles_of

AXIS_LOSSES = (BINARY_LOSSES | ONE_HOT_LOSSES | {"CosineSimilarity"}) - {"CategoricalHinge"}
"""Losses with an axis of the output, any there is."""

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
    for check in (_axis, _alpha, _quantiles, _dtype):
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
    if kind not in AXIS_LOSSES and kind not in OVERLAP_LOSSES:
        return None
    if rank == 0 and axis == -1:  # a number is normalized as it is
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


def _quantiles(output: TrainedOutput, args: Mapping[str, Any], rank: int) -> Problem | None:
    """A unit for each, in rising order, as the columns of their predictions are."""
    given = quantiles_of(output.loss)
    if given is None or not all(isinstance(one, (int, float)) for one in given):
        return None
    rising = sorted(set(given))
    if list(given) != rising:
        message = "takes `quantiles` in rising order, each of them once"
        return "quantiles", message, f"write `quantiles: {rising}`"
    units, count = output.units, len(given)
    if units == count or (units is None and rank > 1):
        return None
    has = count_of_units(units) if units is not None else "one number for each example"
    message = f"has {count} quantiles, and the output has {has}"
    hint = f"give the last layer {count_of_units(count)}, one for each quantile"
    if units == 1:
        hint += ", or write one quantile as a number, such as `quantiles: 0.5`"
    elif not output.table:
        hint += (
            f"; of ROWS rows end in a Dense of ROWS * {count} units and"
            f" `Reshape: {{target_shape: [ROWS, {count}]}}`"
        )
    return "quantiles", message, hint


def _dtype(_: TrainedOutput, args: Mapping[str, Any], __: int) -> Problem | None:
    policy = policy_of(args.get("dtype"), Policy())
    if policy is None or "float" in policy.compute:
        return None
    message = f"computes in {policy.compute}, through which no gradient flows"
    return "dtype", message, "leave `dtype` out, or write float32"
