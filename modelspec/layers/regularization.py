"""Regularization: Dropout and its kin. In inference they let their input through as it is."""

from __future__ import annotations

from functools import partial

from modelspec.layers.rule import (
    TEXT,
    LayerCall,
    Rule,
    RuleResult,
    Tensor,
    axes_named,
    need_numbers,
    need_rank,
)


def noise(call: LayerCall, amount: str) -> RuleResult:
    """Dropout, GaussianNoise and kin: any shape -> the same shape.

    Args:
        call: of the layer.
        amount: the argument that says how much noise. With none, even text passes.
    """
    x = call.x
    if call.args[amount]:
        need_numbers(x)
    return RuleResult(Tensor(x.shape, TEXT if x.dtype == TEXT else call.policy.compute))


def spatial_dropout(call: LayerCall, n: int) -> RuleResult:
    """SpatialDropoutND: (batch, *spatial, channels) -> the same; whole channels are dropped."""
    need_rank(call.x, axes_named(n, call.args["data_format"] if n > 1 else None))
    return noise(call, "rate")


def activity_regularization(call: LayerCall) -> RuleResult:
    """ActivityRegularization: any shape -> the same shape."""
    need_numbers(call.x)
    return RuleResult(Tensor(call.x.shape, call.policy.compute))


def stochastic_depth(call: LayerCall) -> RuleResult:
    """StochasticDepth (of ConvNeXt): any shape -> the same shape and dtype."""
    need_numbers(call.x)
    return RuleResult(call.x)


RULES: dict[str, Rule] = {
    "ActivityRegularization": activity_regularization,
    "AlphaDropout": partial(noise, amount="rate"),
    "Dropout": partial(noise, amount="rate"),
    "GaussianDropout": partial(noise, amount="rate"),
    "GaussianNoise": partial(noise, amount="stddev"),
    "SpatialDropout1D": partial(spatial_dropout, n=1),
    "SpatialDropout2D": partial(spatial_dropout, n=2),
    "SpatialDropout3D": partial(spatial_dropout, n=3),
    "StochasticDepth": stochastic_depth,
}
