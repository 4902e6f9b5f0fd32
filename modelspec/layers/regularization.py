"""Regularization: Dropout and its kin. In inference they let their input through as it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from modelspec.layers.rule import (
    FIRST_BATCH,
    FIRST_STEP,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    axes_named,
    is_whole,
    marked,
    need_floats,
    need_numbers,
    need_rank,
)

LOSS_DTYPE = "float32"
NARROW = frozenset(("bool", "int8", "int16", "uint8", "uint16"))
"""Dtypes whose sum TensorFlow makes in a wider one."""


def noise(call: LayerCall, amount: str, takes_booleans: bool = False) -> RuleResult:
    """Dropout, GaussianNoise and kin: any shape -> the same shape and dtype.

    Args:
        call: of the layer.
        amount: the argument that says how much noise. With none, even text passes.
        takes_booleans: whether it can multiply them with floating noise.
    """
    x = call.x
    if call.args[amount] and not (takes_booleans and x.dtype == "bool"):
        need_floats(x, FIRST_STEP)
        _need_fitting_noise(call.args.get("noise_shape"), x.shape)
    return RuleResult(Tensor(x.shape, x.dtype))


def _need_fitting_noise(noise: Sequence[int | None] | None, shape: Shape) -> None:
    """Refuse a `noise_shape` that does not stretch to the shape, whatever the batch.

    Keras takes the sizes for null from the front, and stretches the noise from the back: a null
    for the batch in a shorter list comes to stand at another axis.
    """
    if noise is None:
        return
    fits = len(noise) <= len(shape)
    if fits:
        sizes = marked(shape)
        filled = [sizes[axis] if size is None else size for axis, size in enumerate(noise)]
        pairs = zip(reversed(filled), reversed(sizes), strict=False)
        fits = all(ours in (1, None, size) or size is None for ours, size in pairs)
    if not fits and len(noise) == len(shape) and shape[0] == 1 != noise[0]:
        raise Mismatch(
            f"has noise for {noise[0]} examples, and makes {noise[0]} of the one in a batch",
            "noise_shape",
            "write null for the batch axis",
        )
    if not fits:
        raise Mismatch(
            f"has noise of shape {list(noise)}, which does not stretch to {shape}: {FIRST_STEP}",
            "noise_shape",
            "write null for an axis with noise for each element, and 1 for one that shares it",
        )


def spatial_dropout(call: LayerCall, n: int) -> RuleResult:
    """SpatialDropoutND: (batch, *spatial, channels) -> the same; whole channels are dropped."""
    need_rank(call.x, axes_named(n, call.args["data_format"] if n > 1 else None))
    return noise(call, "rate")


def activity_regularization(call: LayerCall) -> RuleResult:
    """ActivityRegularization: any shape -> the same shape and dtype."""
    need_numbers(call.x)
    if call.policy.compute != LOSS_DTYPE and not is_whole(call.x.dtype):
        raise Mismatch(
            f"adds a penalty in {call.policy.compute} to the loss, which is in {LOSS_DTYPE}: "
            f"{FIRST_STEP}",
            hint="give it `dtype: float32`",
        )
    if call.x.dtype in NARROW and (call.args["l1"] or call.args["l2"]):
        raise Mismatch(
            f"cannot weigh a sum of {call.x.dtype}: {FIRST_BATCH}",
            hint="put `Rescaling: {scale: 1}` before it, which makes floating numbers",
        )
    return RuleResult(Tensor(call.x.shape, call.x.dtype))


def stochastic_depth(call: LayerCall) -> RuleResult:
    """StochasticDepth (of ConvNeXt): any shape -> the same shape and dtype."""
    need_numbers(call.x)
    return RuleResult(call.x)


RULES: dict[str, Rule] = {
    "ActivityRegularization": activity_regularization,
    "AlphaDropout": partial(noise, amount="rate"),
    "Dropout": partial(noise, amount="rate"),
    "GaussianDropout": partial(noise, amount="rate", takes_booleans=True),
    "GaussianNoise": partial(noise, amount="stddev"),
    "SpatialDropout1D": partial(spatial_dropout, n=1),
    "SpatialDropout2D": partial(spatial_dropout, n=2),
    "SpatialDropout3D": partial(spatial_dropout, n=3),
    "StochasticDepth": stochastic_depth,
}
