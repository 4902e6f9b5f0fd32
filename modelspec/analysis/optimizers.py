"""Optimizers against the dtypes of the weights that they train."""

from __future__ import annotations

from modelspec.diagnostics import Findings
from modelspec.layers.rule import FIRST_STEP, Weight
from modelspec.spec import Spec

from .arguments import keras_class
from .facts import Analysis

MATRIX = 2


def check_optimizer(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Report an optimizer that cannot compute in the dtypes of the trained weights.

    Args:
        spec: without `training` there is nothing to check.
        analysis: of its model; unknown weights are not checked.
        findings: takes the errors.
    """
    if spec.training is None or analysis.weights is None:
        return
    optimizer = spec.training.optimizer
    trained = [weight for weight in analysis.weights if weight.trainable]
    dtypes = dict.fromkeys(weight.dtype for weight in trained)
    if optimizer.args.get("global_clipnorm") and len(dtypes) > 1:
        message = (
            f"`global_clipnorm` sums gradients in {_listed(dtypes)}, which do not go together: "
            f"{FIRST_STEP}"
        )
        hint = "write `clipnorm`, which clips each weight alone, or give all layers one `dtype`"
        span = optimizer.arg_spans["global_clipnorm"]
        findings.error(span, "optimizer-dtypes", message, hint=hint)
    if keras_class(optimizer) == "Muon" and any(map(_is_wide_matrix, trained)):
        message = (
            f"Muon computes in float32, and a matrix that it trains is in float64: {FIRST_STEP}"
        )
        hint = "give the layers with float64 another `dtype`, or use another optimizer"
        findings.error(optimizer.span, "optimizer-dtypes", message, hint=hint)


def _is_wide_matrix(weight: Weight) -> bool:
    """Whether Muon itself trains it; it leaves embeddings and vectors to AdamW."""
    return (
        weight.dtype == "float64" and len(weight.shape) == MATRIX and "embedding" not in weight.name
    )


def _listed(dtypes: dict[str, None]) -> str:
    return " and ".join(dtypes)
