"""Regularization: Dropout and its kin. In inference they let their input through as it is."""

from __future__ import annotations

from functools import partial

from modelspec.layers.rule import (
    TEXT,
    Facts,
    Given,
    Rule,
    Tensor,
    axes_named,
    need_numbers,
    need_rank,
)


def noise(given: Given, amount: str) -> Facts:
    """Dropout, GaussianNoise and kin: any shape -> the same shape.

    Args:
        given: what the rule is given.
        amount: the argument that says how much noise. With none, even text passes.
    """
    x = given.x
    if given.args[amount]:
        need_numbers(x)
    return Facts(Tensor(x.shape, TEXT if x.dtype == TEXT else given.policy.compute))


def spatial_dropout(given: Given, n: int) -> Facts:
    """SpatialDropoutND: (batch, *spatial, channels) -> the same; whole channels are dropped."""
    need_rank(given.x, axes_named(n, given.args["data_format"] if n > 1 else None))
    return noise(given, "rate")


def activity_regularization(given: Given) -> Facts:
    """ActivityRegularization: any shape -> the same shape."""
    need_numbers(given.x)
    return Facts(Tensor(given.x.shape, given.policy.compute))


def stochastic_depth(given: Given) -> Facts:
    """StochasticDepth (of ConvNeXt): any shape -> the same shape and dtype."""
    need_numbers(given.x)
    return Facts(given.x)


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
