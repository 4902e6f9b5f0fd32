"""Random calls of layers that take several tensors: merging and attention."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import draw
from draw import Draft, asked
from question import Question

from modelspec.layers.rule.rule import Shape, Tensor


def merging(*counts: int) -> Draft:
    def make(rng: Random) -> Question:
        return asked({}, alike(rng, rng.choice(counts)))

    return make


def alike(rng: Random, count: int) -> Any:
    """Tensors of one shape, with a size changed, unknown or left out now and then."""
    if draw.chance(rng, 0.05):
        return draw.tensor(rng, 3)
    shape = draw.shape(rng, rng.randint(1, 4), unknown=0.08)
    dtype = draw.dtype(rng)
    return tuple(
        Tensor(varied(rng, shape), draw.dtype(rng) if draw.chance(rng, 0.1) else dtype)
        for _ in range(count)
    )


def varied(rng: Random, shape: Shape) -> Shape:
    sizes = [draw.size(rng) if draw.chance(rng, 0.04) else size for size in shape]
    sizes = [rng.choice((1, None)) if draw.chance(rng, 0.08) else size for size in sizes]
    if draw.chance(rng, 0.06) and len(sizes) > 1:
        del sizes[rng.randrange(1, len(sizes))]
    return tuple(sizes)


def concatenate(rng: Random) -> Question:
    tensors = alike(rng, rng.choice((1, 2, 2, 2, 3)))
    axes = tensors[0].rank if isinstance(tensors, tuple) else 3
    args = {"axis": draw.axis(rng, axes)} if draw.flag(rng) else {}
    if isinstance(tensors, tuple) and draw.flag(rng):
        at = args.get("axis", -1)
        tensors = tuple(with_size(t, at, draw.size(rng)) for t in tensors)
    return asked(args, tensors)


def with_size(tensor: Tensor, axis: int, size: int | None) -> Tensor:
    if not -tensor.rank <= axis < tensor.rank:
        return tensor
    sizes = list(tensor.shape)
    sizes[axis] = size
    return Tensor(tuple(sizes), tensor.dtype)


def dot(rng: Random) -> Question:
    pair = [draw.tensor(rng, draw.rank(rng, rng.choice((2, 3, 4))), 3) for _ in range(2)]
    axes: Any = [draw.axis(rng, tensor.rank, 0.05) for tensor in pair]
    if draw.flag(rng):
        axes = rng.choice((-1, 1, 2, axes[0]))
    if draw.chance(rng, 0.6):
        at = axes if isinstance(axes, list) else [axes, axes]
        pair = [with_size(tensor, a, 3) for tensor, a in zip(pair, at, strict=True)]
    if draw.chance(rng, 0.05):
        pair = pair[:1]
    return asked({"axes": axes, **draw.some(rng, normalize=(True, False))}, tuple(pair))


def custom_scale(rng: Random) -> Question:
    return asked({"scale": 0.5}, alike(rng, rng.choice((1, 2, 2, 2, 3))))


def triple(rng: Random, rank: int) -> tuple[Tensor, ...]:
    """A query, a value and perhaps a key that mostly fit together."""
    dtype = draw.dtype(rng)
    first = draw.shape(rng, rank, 5, 0.06)
    width = draw.size(rng, 5, 0.04) if draw.chance(rng, 0.25) else first[-1]
    value: Shape = (first[0], *draw.shape(rng, rank - 1, 5, 0.06)[1:], width)[:rank]
    key: Shape = (*value[:-1], first[-1] if draw.flag(rng) else draw.size(rng, 5, 0.04))[-rank:]
    shapes = [first, value, key][: rng.choice((1, 2, 2, 2, 3, 3))]
    return tuple(Tensor(s if draw.chance(rng, 0.97) else s[1:], dtype) for s in shapes)


def attention(**choices: Any) -> Draft:
    def make(rng: Random) -> Question:
        args = draw.some(rng, use_scale=(True, False), dropout=(0.0, 0.2), **choices)
        call = draw.some(rng, return_attention_scores=(True, False), use_causal_mask=(True, False))
        tensors = triple(rng, rng.choice((2, 3, 3, 3, 3, 4)))
        return replace(asked(args, tensors), call=call)

    return make


def multi_head_attention(rng: Random) -> Question:
    args: dict[str, Any] = {"num_heads": rng.randint(1, 3), "key_dim": rng.randint(1, 4)}
    args |= draw.some(rng, value_dim=(None, 2, 3), use_bias=(True, False), use_gate=(True, False))
    args |= draw.some(rng, output_shape=(None, 3, [2], [2, 3]), dropout=(0.0, 0.2))
    if draw.chance(rng, 0.2):
        args["attention_axes"] = rng.choice((1, 2, [1], [1, 2], -1, -2, 4, [3]))
    if draw.chance(rng, 0.05):
        args["flash_attention"] = True
    return called(rng, args, rng.choice((2, 3, 3, 3, 3, 4)))


def group_query_attention(rng: Random) -> Question:
    args: dict[str, Any] = {"head_dim": rng.randint(1, 4)}
    args |= {"num_query_heads": rng.choice((1, 2, 4)), "num_key_value_heads": rng.choice((1, 1, 2))}
    args |= draw.some(rng, use_bias=(True, False), use_gate=(True, False), dropout=(0.0, 0.2))
    return called(rng, args, draw.rank(rng, 3))


def called(rng: Random, args: dict[str, Any], rank: int) -> Question:
    """Tensors by position, or by name."""
    tensors = triple(rng, max(rank, 2))
    call = draw.some(rng, return_attention_scores=(True, False), use_causal_mask=(True, False))
    if draw.flag(rng):
        return replace(asked(args, *tensors), call=call)
    named = dict(zip(("query", "value", "key"), tensors, strict=False))
    return replace(asked(args, **named), call=call)


DRAFTS: dict[str, Draft] = {
    "Add": merging(1, 2, 2, 3),
    "AdditiveAttention": attention(),
    "Attention": attention(score_mode=("dot", "concat")),
    "Average": merging(1, 2, 2, 3),
    "Concatenate": concatenate,
    "CustomScaleLayer": custom_scale,
    "Dot": dot,
    "GroupQueryAttention": group_query_attention,
    "Maximum": merging(1, 2, 2, 3),
    "Minimum": merging(2),
    "MultiHeadAttention": multi_head_attention,
    "Multiply": merging(1, 2, 2, 3),
    "Subtract": merging(1, 2, 2, 2, 3),
}
