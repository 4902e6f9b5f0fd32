"""Weights of examples for losses that have a value for each step: Keras does not multiply them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelspec.analysis.losses import SINGLE_VALUE_LOSSES

from .outputs import Output


def spread_weights(model: Any, outputs: Sequence[Output], names: Sequence[str]) -> None:
    """Let the loss of a compiled model give the weight of an example to each of its steps.

    Args:
        model: compiled.
        outputs: what each output is trained for.
        names: all outputs, in the order in which Keras flattens them.
    """
    have_steps = {output.name for output in outputs if _has_steps(output)}
    if not have_steps:
        return
    compute = model.compute_loss

    def compute_loss(
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        if sample_weight is not None:
            from keras import tree

            flat = zip(names, tree.flatten(sample_weight), tree.flatten(y_pred), strict=True)
            spread = [_spread(w, p) if name in have_steps else w for name, w, p in flat]
            sample_weight = tree.pack_sequence_as(sample_weight, spread)
        return compute(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=training)

    model.compute_loss = compute_loss


def _has_steps(output: Output) -> bool:
    """Whether the loss has a value for each place but the last axis of the output."""
    is_known = output.loss_class and output.loss_class not in SINGLE_VALUE_LOSSES
    return bool(is_known) and len(output.shape) > 1 and output.loss.args.get("axis", -1) == -1


def _spread(weights: Any, prediction: Any) -> Any:
    """Weights [n] as [n, steps...]; those that have steps already are as they were."""
    from keras import ops

    if len(weights.shape) != 1:
        return weights
    rank = len(prediction.shape)
    wide = ops.reshape(weights, (-1, *[1] * (rank - 2)))
    return ops.broadcast_to(wide, ops.shape(prediction)[:-1])
