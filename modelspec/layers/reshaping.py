"""Reshaping: Flatten, Reshape, Permute, RepeatVector, Cropping, UpSampling, ZeroPadding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from modelspec.layers.rule import (
    CHANNELS_FIRST,
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    join,
    need_min_rank,
    need_no_booleans,
    need_no_empty_axis,
    need_rank,
    per_axis,
    per_example,
    product,
    resizing_limit,
    split,
    volume,
)

TAPS = {"nearest": 0, "area": 0, "bilinear": 4, "bicubic": 16, "lanczos3": 36, "lanczos5": 100}
"""How many elements a way of interpolation looks at for one of its output."""


def _moved(call: LayerCall, shape: Shape) -> Tensor:
    """The result of a layer that only moves elements, which keep their dtype."""
    return Tensor(shape, call.x.dtype)


def flatten(call: LayerCall) -> RuleResult:
    """Flatten: (batch, ...) -> (batch, elements of one example), in the dtype of the input."""
    need_min_rank(call.x, 1, "batch")
    shape = (call.x.shape[0], per_example(call.x.shape))
    return RuleResult(Tensor(shape, call.x.dtype))


def reshape(call: LayerCall) -> RuleResult:
    """Reshape: (batch, ...) -> (batch, *target_shape), -1 being what is left over."""
    x, target = call.x, tuple(call.args["target_shape"])
    need_min_rank(x, 1, "batch")
    if target.count(-1) > 1:
        raise Mismatch(f"takes at most one -1, got {list(target)}", "target_shape")
    size = per_example(x.shape)
    if size is None:
        _need_divisible(target, x.shape)
        shape = tuple(None if item == -1 else item for item in target)
    else:
        shape = _filled(target, size, x.shape)
    return RuleResult(Tensor((x.shape[0], *shape), x.dtype))


def _need_divisible(target: tuple[int, ...], shape: Shape) -> None:
    """Refuse what no sizes in the place of open ones make of the known ones."""
    wanted = volume(target)
    known = volume(size for size in shape[1:] if size is not None)
    if -1 not in target and known and wanted is not None and wanted % known:
        raise Mismatch(
            f"an example of {shape[1:]} has a multiple of {known} elements, which do not make "
            f"{list(target)}: {FIRST_BATCH}",
            "target_shape",
            f"choose sizes whose product is a multiple of {known}, or -1 for one of them",
        )


def _filled(target: tuple[int, ...], size: int, shape: Shape) -> Shape:
    known = volume(item for item in target if item != -1) or 0
    fits = known == size if -1 not in target else known > 0 and size % known == 0
    if not fits:
        raise Mismatch(
            f"an example of {shape[1:]} has {size} elements, which do not make {list(target)}",
            "target_shape",
            f"choose sizes whose product is {size}, or -1 for one of them",
        )
    return tuple(size // known if item == -1 else item for item in target)


def permute(call: LayerCall) -> RuleResult:
    """Permute: (batch, ...) -> the same sizes in the order of `dims`, which count from 1."""
    x, dims = call.x, call.args["dims"]
    if sorted(dims) != list(range(1, len(dims) + 1)):
        raise Mismatch(f"needs each of 1 to {len(dims)} once, got {list(dims)}", "dims")
    if x.rank != len(dims) + 1:
        raise Mismatch(
            f"needs {len(dims)} axes after the batch, as many as `dims`, got {x.shape}", "dims"
        )
    return RuleResult(Tensor((x.shape[0], *(x.shape[axis] for axis in dims)), x.dtype))


def repeat_vector(call: LayerCall) -> RuleResult:
    """RepeatVector: (batch, features) -> (batch, n, features)."""
    need_rank(call.x, "batch, features")
    batch, features = call.x.shape
    return RuleResult(_moved(call, (batch, call.args["n"], features)))


def _amounts(value: int | Sequence[int | Sequence[int]], n: int) -> tuple[tuple[int, int], ...]:
    """How much before and after on each spatial axis: 1 -> ((1, 1), (1, 1)) for two axes.

    On one axis [1, 2] is before and after; on more axes it is one number for each, both ways.
    """
    if isinstance(value, int):
        return ((value, value),) * n
    if n == 1:
        before, after = (_both_ways(item)[0] for item in value)
        return ((before, after),)
    return tuple(_both_ways(item) for item in value)


def _both_ways(amount: int | Sequence[int]) -> tuple[int, int]:
    return (amount, amount) if isinstance(amount, int) else (amount[0], amount[1])


def cropping(call: LayerCall, n: int) -> RuleResult:
    """CroppingND: (batch, *spatial, channels) -> (batch, *smaller, channels)."""
    data_format = call.args["data_format"] if n > 1 else None
    spatial, channels = split(call.x, n, data_format)
    out: list[int | None] = []
    for size, (before, after) in zip(spatial, _amounts(call.args["cropping"], n), strict=True):
        if size is not None and size <= before + after:
            raise Mismatch(
                f"takes {before} and {after} off an axis of {size}: nothing is left", "cropping"
            )
        out.append(None if size is None else size - before - after)
    return RuleResult(_moved(call, join(call.x.shape[0], tuple(out), channels, data_format)))


def zero_padding(call: LayerCall, n: int) -> RuleResult:
    """ZeroPaddingND: (batch, *spatial, channels) -> (batch, *larger, channels)."""
    data_format = call.args["data_format"]
    spatial, channels = split(call.x, n, data_format)
    amounts = _amounts(call.args["padding"], n)
    out = tuple(
        None if size is None else size + before + after
        for size, (before, after) in zip(spatial, amounts, strict=True)
    )
    output = _moved(call, join(call.x.shape[0], out, channels, data_format))
    at_last = n == 2 and data_format == CHANNELS_FIRST and amounts[-1] != (0, 0)
    return RuleResult(replace(output, padded_channels=at_last))


def up_sampling(call: LayerCall, n: int) -> RuleResult:
    """UpSamplingND: (batch, *spatial, channels) -> (batch, *(spatial * size), channels)."""
    data_format = call.args["data_format"] if n > 1 else None
    spatial, channels = split(call.x, n, data_format)
    sizes = per_axis(call.args["size"], n, "size")
    out = tuple(product(size, factor) for size, factor in zip(spatial, sizes, strict=True))
    taps = TAPS[call.args["interpolation"]] if n == 2 else 0
    if taps:
        need_no_booleans(call.x)
        need_no_empty_axis(call.x)
    output = _moved(call, join(call.x.shape[0], out, channels, data_format))
    return RuleResult(
        output,
        flops=product(2 * taps, per_example(output.shape)) if taps else 0,
        gradient_limit=resizing_limit(call.args["interpolation"], output.dtype) if n == 2 else None,
    )


RULES: dict[str, Rule] = {
    "Cropping1D": partial(cropping, n=1),
    "Cropping2D": partial(cropping, n=2),
    "Cropping3D": partial(cropping, n=3),
    "Flatten": flatten,
    "Permute": permute,
    "RepeatVector": repeat_vector,
    "Reshape": reshape,
    "UpSampling1D": partial(up_sampling, n=1),
    "UpSampling2D": partial(up_sampling, n=2),
    "UpSampling3D": partial(up_sampling, n=3),
    "ZeroPadding1D": partial(zero_padding, n=1),
    "ZeroPadding2D": partial(zero_padding, n=2),
    "ZeroPadding3D": partial(zero_padding, n=3),
}
