"""Optimizers: their arguments, and the dtypes of the weights that they train."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Findings, Related, join_words
from modelspec.layers.rule import FIRST_STEP, Weight
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject, objects_in
from modelspec.spec.phases import DecayExclusions
from modelspec.spec.training import TrainingSpec

from .arguments import complete, keras_class
from .facts import Analysis, LayerFacts

if TYPE_CHECKING:
    from modelspec.spec.phases import RateSchedule

MATRIX = 2
SCALED = "mixed_float16"
"""The precision for which Keras puts any optimizer into a `LossScaleOptimizer`."""
CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")


def check_optimizer(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Report an optimizer that Keras refuses, or that cannot compute in the weights' dtypes.

    Args:
        spec: without `training` there is nothing to check.
        analysis: of its model; unknown weights are not checked.
        findings: takes the errors.
    """
    if spec.training is None:
        return
    optimizer = spec.training.optimizer
    for each in spec.training.optimizers:
        _check_arguments(each, findings)
    if spec.training.schedule is not None:
        _check_schedule(spec.training, spec.training.schedule, findings)
    if spec.training.exclude_from_weight_decay is not None:
        _check_exclusions(optimizer, spec.training.exclude_from_weight_decay, findings)
    if spec.training.precision != SCALED:
        _check_scaled_slices(optimizer, analysis, findings)
    if analysis.weights is None:
        return
    trained = [weight for weight in analysis.weights if weight.trainable]
    dtypes = dict.fromkeys(weight.dtype for weight in trained)
    if optimizer.args.get("global_clipnorm") and len(dtypes) > 1:
        listed = join_words(dtypes, "and")
        message = (
            f"`global_clipnorm` sums gradients in {listed}, which do not go together: {FIRST_STEP}"
        )
        hint = "write `clipnorm`, which clips each weight alone, or give all layers one `dtype`"
        span = optimizer.arg_spans["global_clipnorm"]
        findings.error(span, "optimizer-dtypes", message, hint=hint)
    if keras_class(optimizer) != "Muon":
        return
    args = complete(optimizer)
    if args["nesterov"] and not args["exclude_layers"] and any(map(_has_open_gradient, trained)):
        message = (
            "Muon compares the sizes of each gradient, which a graph does not know for a Dense of"
            f" one feature over several axes. {FIRST_STEP}"
        )
        hint = "flatten what it reads, write `Muon: {nesterov: false}`, or use another optimizer"
        findings.error(optimizer.span, "wrong-value", message, hint=hint)
    if any(map(_is_wide_matrix, trained)):
        message = (
            f"Muon computes in float32, and a matrix that it trains is in float64: {FIRST_STEP}"
        )
        hint = "give the layers with float64 another `dtype`, or use another optimizer"
        findings.error(optimizer.span, "optimizer-dtypes", message, hint=hint)


def _check_scaled_slices(optimizer: KerasObject, analysis: Analysis, findings: Findings) -> None:
    """Report a `loss_scale_factor` over an Embedding, whose gradient is rows of its table.
    Keras divides gradients by the factor, and such rows know no division; `LossScaleOptimizer`
    multiplies."""
    if not optimizer.args.get("loss_scale_factor"):
        return
    for facts in analysis.innermost_layers():
        if _has_sliced_gradient(facts):
            message = (
                "`loss_scale_factor` divides gradients, and the rows that an Embedding's has cannot"
                f" be divided: {FIRST_STEP}"
            )
            hint = (
                "use `LossScaleOptimizer: {inner_optimizer: …}`, or give the Embedding an "
                "`embeddings_regularizer`, which makes its gradient whole"
            )
            related = (Related(facts.layer.span, "the Embedding is here"),)
            span = optimizer.arg_spans.get("loss_scale_factor", optimizer.span)
            findings.error(span, "wrong-value", message, hint=hint, related=related)
            return


def _has_sliced_gradient(facts: LayerFacts) -> bool:
    """Whether it is an Embedding that learns, without a penalty, whose gradient is whole."""
    item = facts.layer.object
    if keras_class(item) != "Embedding" or item.args.get("embeddings_regularizer") is not None:
        return False
    return any(weight.trainable for weight in facts.weights or ())


def _check_schedule(training: TrainingSpec, schedule: RateSchedule, findings: Findings) -> None:
    """Report rates that are none, and two places that say the rate."""
    optimizer = training.optimizer
    if "learning_rate" in optimizer.args:
        message = "the learning rate is given twice: here and by `schedule`"
        related = (Related(schedule.span, "`schedule` is here"),)
        hint = "remove one of the two"
        span = optimizer.arg_spans.get("learning_rate", optimizer.span)
        findings.error(span, "wrong-value", message, hint=hint, related=related)
    for callback in training.callbacks:
        if keras_class(callback) == "ReduceLROnPlateau":
            message = "`schedule` sets the learning rate in each step, whatever this callback does"
            findings.error(callback.span, "wrong-value", message, hint="keep one of the two")
    from modelspec.spec.phases import check_rates

    check_rates(schedule, training.epochs, findings)


def _check_exclusions(
    optimizer: KerasObject, exclusions: DecayExclusions, findings: Findings
) -> None:
    """Report exclusions from a decay that there is not."""
    known = keras_class(optimizer)
    if known and not complete(optimizer).get("weight_decay"):
        message = f"`{optimizer.class_name}` decays no weights, so there is nothing to exclude"
        hint = "give the optimizer a `weight_decay`, such as `AdamW: {weight_decay: 0.004}`"
        findings.error(exclusions.spans[0], "wrong-value", message, hint=hint)


def _is_wide_matrix(weight: Weight) -> bool:
    """Whether Muon itself trains it; it leaves embeddings and vectors to AdamW."""
    return (
        weight.dtype == "float64" and len(weight.shape) == MATRIX and "embedding" not in weight.name
    )


def _has_open_gradient(weight: Weight) -> bool:
    """Whether the first size of its update is unknown; of a wider matrix the momentum tells it."""
    return weight.folds_axes and weight.shape[0] == 1


def _check_arguments(optimizer: KerasObject, findings: Findings) -> None:
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
    if not boundaries:
        span = schedule.arg_spans.get("boundaries", schedule.span)
        message = "`boundaries` must have a step at which the rate changes, got none"
        hint = "write a rate that never changes as a number, such as `learning_rate: 0.1`"
        findings.error(span, "wrong-value", message, hint=hint)
    elif len(values) != len(boundaries) + 1:
        message = (
            f"`values` must have one number more than `boundaries`, which has {len(boundaries)};"
            f" got {len(values)}"
        )
        span = schedule.arg_spans.get("values", schedule.span)
        findings.error(span, "wrong-value", message, hint=f"give {len(boundaries) + 1} values")
