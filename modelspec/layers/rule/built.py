"""What Keras states while it builds a model, where a run gives another shape.

A rule is asked a second time, for the stated shapes: Keras makes the weights for these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from .rule import LayerCall, Mismatch, RuleResult, Structure, Tensor
from .windows import state_pooled


def follow_built(
    found: RuleResult,
    call: LayerCall,
    rule: Callable[[LayerCall], RuleResult],
    *,
    has_weights: bool,
    any_rank: bool,
    pools: bool,
) -> RuleResult:
    """The result of a call, whose tensors know what Keras states of them.

    Args:
        found: the result in a run.
        call: the call, with a tensor of which Keras states another shape.
        rule: of the layer.
        has_weights: whether the layer was built by an earlier call, so that it needs no shape now.
        any_rank: whether Keras states a shape for more or fewer axes, too, where
            the layer has its weights: a nested model adds a last axis of 1 in a run only.
        pools: whether the layer is global pooling, of which Keras states (batch, channels).

    Raises:
        Mismatch: Keras cannot build the layer so, or not with the weights that the run needs.
    """
    if not has_weights:
        return _as_built(found, rule(_while_built(call)))
    try:
        stated = rule(_while_built(call))
    except Mismatch as mismatch:
        if pools:
            return replace(found, output=_of_other_axes(found.output, call))
        if any_rank and isinstance(call.inputs[0], Tensor) and len(call.inputs[0].built or ()) == 1:
            return replace(found, output=_of_one_axis(found.output))
        if any_rank or not _has_other_axes(call, found):
            return found
        message = f"{mismatch.message}: Keras fits the last axis of a nested model in a run only"
        hint = "put Reshape before the nested model, so that it gets as many axes as it states"
        raise Mismatch(f"{message}, not while it builds the model", hint=hint) from None
    return replace(found, output=_stating(found.output, stated.output))


def _of_one_axis(real: Structure) -> Structure:
    """What Keras states where it takes the only axis, of the batch, for the last one."""
    return real.built_as(real.shape[-1:]) if isinstance(real, Tensor) else real


def _of_other_axes(real: Structure, call: LayerCall) -> Structure:
    """What Keras states of global pooling where it states fewer axes than the run has."""
    x = call.x
    if not isinstance(real, Tensor) or x.built is None:
        return real
    keepdims, data_format = bool(call.args["keepdims"]), call.args["data_format"]
    return real.built_as(state_pooled(x.built, keepdims, data_format))


def _has_other_axes(call: LayerCall, found: RuleResult) -> bool:
    """Whether Keras states fewer axes of a tensor than it has in a run; or more, which fails where
    the layer has weights."""
    tensors = (*call.inputs, *call.named.values())
    more = [
        len(tensor.built) - tensor.rank
        for tensor in tensors
        if isinstance(tensor, Tensor) and tensor.built is not None
    ]
    return any(count < 0 or (count > 0 and found.weights) for count in more)


def _while_built(call: LayerCall) -> LayerCall:
    """The call as Keras sees it while it builds the model."""

    def stated(value: Structure) -> Structure:
        if isinstance(value, Tensor):
            return value if value.built is None else replace(value, shape=value.built, built=None)
        if isinstance(value, Mapping):
            return {key: stated(item) for key, item in value.items()}
        return tuple(map(stated, value))

    named = {key: stated(value) for key, value in call.named.items()}
    return replace(call, inputs=tuple(map(stated, call.inputs)), named=named)


def _as_built(found: RuleResult, stated: RuleResult) -> RuleResult:
    """The result of a call in a run, with what Keras states of it while it builds the model.

    Raises:
        Mismatch: the weights that Keras makes are of other shapes than the run needs.
    """
    needed, given = (*found.weights, *found.constants), (*stated.weights, *stated.constants)
    for real, made in zip(needed, given, strict=False):
        if real.shape != made.shape:
            raise Mismatch(
                f"Keras builds this with a {made.name} of shape {list(made.shape)}, for another "
                f"shape of its input than the run gives, which needs {list(real.shape)}: the first "
                "batch fails",
                hint="let no layer with weights read it, or choose sizes for which both are equal",
            )
    return replace(found, output=_stating(found.output, stated.output))


def _stating(real: Structure, stated: Structure) -> Structure:
    if isinstance(real, Tensor) and isinstance(stated, Tensor):
        return real.built_as(stated.shape if stated.built is None else stated.built)
    if isinstance(real, tuple) and isinstance(stated, tuple):
        return tuple(_stating(*pair) for pair in zip(real, stated, strict=False))
    return real
