"""Random calls of layers that look at windows or work along spatial axes."""

from __future__ import annotations

from random import Random
from typing import Any

import draw
from draw import Draft, asked
from question import Question

from modelspec.layers.rule.rule import Tensor

FORMATS = (None, "channels_last", "channels_first")
ACTIVATIONS = (None, "relu", "softmax", "linear", {"LeakyReLU": {"negative_slope": 0.1}})


def spatial(rng: Random, n: int) -> Tensor:
    return draw.tensor(rng, draw.rank(rng, n + 2))


def convolution(n: int, has: str) -> Draft:
    """A convolution; `has` says what it has: filters, groups, lora, multiplier, output padding,
    causal padding."""

    def make(rng: Random) -> Question:
        args: dict[str, Any] = {"kernel_size": draw.window(rng, n)}
        if "f" in has:
            args["filters"] = rng.choice((1, 2, 4, 6))
        if "g" in has and draw.chance(rng, 0.3):
            args["groups"] = rng.choice((1, 2, 3))
        if "l" in has and draw.chance(rng, 0.15):
            args["lora_rank"] = rng.choice((1, 2))
            args |= draw.some(rng, kernel_constraint=(None, None, "max_norm"))
        if "m" in has:
            args |= draw.some(rng, depth_multiplier=(1, 2, 3))
        if "o" in has and draw.chance(rng, 0.3):
            args["output_padding"] = rng.choice((0, 1, [rng.randint(0, 2) for _ in range(n)]))
        args |= steps(rng, n)
        paddings = ("valid", "same", "causal") if "c" in has else ("valid", "same")
        args |= draw.some(rng, padding=paddings, data_format=FORMATS)
        args |= draw.some(rng, use_bias=(True, False), activation=ACTIVATIONS)
        return asked(args, spatial(rng, n))

    return make


def steps(rng: Random, n: int) -> dict[str, Any]:
    args = {}
    if draw.flag(rng):
        args["strides"] = draw.window(rng, n, 3)
    if draw.chance(rng, 0.3):
        args["dilation_rate"] = draw.window(rng, n, 3)
    return args


def pooling(n: int, needs_size: bool) -> Draft:
    def make(rng: Random) -> Question:
        args = draw.some(rng, padding=("valid", "same"), data_format=FORMATS)
        if needs_size or draw.flag(rng):
            args["pool_size"] = draw.window(rng, n)
        if draw.flag(rng):
            args["strides"] = rng.choice((None, draw.window(rng, n)))
        return asked(args, spatial(rng, n))

    return make


def global_pooling(n: int) -> Draft:
    def make(rng: Random) -> Question:
        args = draw.some(rng, keepdims=(True, False), data_format=FORMATS)
        return asked(args, spatial(rng, n))

    return make


def adaptive_pooling(n: int) -> Draft:
    def make(rng: Random) -> Question:
        args = {"output_size": draw.window(rng, n), **draw.some(rng, data_format=FORMATS)}
        return asked(args, spatial(rng, n))

    return make


def amounts(rng: Random, n: int) -> Any:
    if n == 1:
        return rng.choice((rng.randint(0, 3), [rng.randint(0, 3), rng.randint(0, 3)]))
    pairs = [[rng.randint(0, 3), rng.randint(0, 3)] for _ in range(n)]
    return rng.choice((rng.randint(0, 3), [rng.randint(0, 2) for _ in range(n)], pairs))


def cropping(n: int) -> Draft:
    def make(rng: Random) -> Question:
        args = {"cropping": amounts(rng, n)} if draw.flag(rng) else {}
        args |= draw.some(rng, data_format=FORMATS) if n > 1 else {}
        return asked(args, spatial(rng, n))

    return make


def zero_padding(n: int) -> Draft:
    def make(rng: Random) -> Question:
        args = {"padding": amounts(rng, n)} if draw.flag(rng) else {}
        return asked(args | draw.some(rng, data_format=FORMATS), spatial(rng, n))

    return make


def up_sampling(n: int) -> Draft:
    def make(rng: Random) -> Question:
        args: dict[str, Any] = {}
        if draw.flag(rng):
            args["size"] = rng.randint(1, 3) if n == 1 else draw.window(rng, n, 3)
        if n > 1:
            args |= draw.some(rng, data_format=FORMATS)
        if n == 2:
            args |= draw.some(rng, interpolation=("nearest", "bilinear", "bicubic"))
        return asked(args, spatial(rng, n))

    return make


def spatial_dropout(n: int) -> Draft:
    def make(rng: Random) -> Question:
        args = {"rate": rng.choice((0.0, 0.5))}
        args |= draw.some(rng, data_format=FORMATS) if n > 1 else {}
        return asked(args, spatial(rng, n))

    return make


DRAFTS: dict[str, Draft] = {
    **{f"Conv{n}D": convolution(n, "fglc" if n == 1 else "fgl") for n in (1, 2, 3)},
    **{f"Conv{n}DTranspose": convolution(n, "fo") for n in (1, 2, 3)},
    **{f"DepthwiseConv{n}D": convolution(n, "m") for n in (1, 2)},
    **{f"SeparableConv{n}D": convolution(n, "fm") for n in (1, 2)},
    **{f"MaxPooling{n}D": pooling(n, needs_size=False) for n in (1, 2, 3)},
    **{f"AveragePooling{n}D": pooling(n, needs_size=True) for n in (1, 2, 3)},
    **{
        f"Global{kind}Pooling{n}D": global_pooling(n)
        for kind in ("Max", "Average")
        for n in (1, 2, 3)
    },
    **{
        f"Adaptive{kind}Pooling{n}D": adaptive_pooling(n)
        for kind in ("Max", "Average")
        for n in (1, 2, 3)
    },
    **{f"Cropping{n}D": cropping(n) for n in (1, 2, 3)},
    **{f"ZeroPadding{n}D": zero_padding(n) for n in (1, 2, 3)},
    **{f"UpSampling{n}D": up_sampling(n) for n in (1, 2, 3)},
    **{f"SpatialDropout{n}D": spatial_dropout(n) for n in (1, 2, 3)},
}
