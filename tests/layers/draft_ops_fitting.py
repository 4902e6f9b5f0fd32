"""Random calls of ops whose operands or arguments must fit each other."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import draw
from draft_ops import constant, generic, like, number, shape_of, tensor
from question import Question

from modelspec.layers.rule.rule import Shape, Tensor

Draft = Callable[[Random], Question]


def _asked(args: dict[str, Any], **named: Any) -> Question:
    return Question("", args, (), named)


def spoilt(rng: Random, x: Tensor, share: float = 0.2) -> Tensor:
    """The tensor, or one that differs in one size or one axis."""
    if not x.rank or not draw.chance(rng, share):
        return x
    shape = list(x.shape)
    at = rng.randrange(len(shape))
    if draw.flag(rng):
        shape[at] = rng.choice((None, 1, 2, 7))
    else:
        del shape[at]
    return Tensor(tuple(shape), x.dtype)


def _floats(rng: Random, shape: Shape) -> Tensor:
    return Tensor(shape, rng.choice(("float32",) * 6 + ("float16", "int32", "int8", "string")))


def matmul(rng: Random) -> Question:
    axes = rng.choice((1, 2, 2, 3, 3, 4))
    x1 = _floats(rng, shape_of(rng, axes))
    inner = x1.shape[-1] if x1.rank else 3
    columns = rng.choice((1, 4, None))
    front = like(rng, Tensor(x1.shape[:-2])).shape
    x2 = Tensor((*front, inner, columns) if draw.chance(rng, 0.85) else (inner,), x1.dtype)
    if draw.chance(rng, 0.1):
        x2 = Tensor(x2.shape, _floats(rng, ()).dtype)
    args: dict[str, Any] = {}
    if draw.chance(rng, 0.06):
        return _asked({"x2": constant(rng)}, x1=x1)
    return _asked(args, x1=x1, x2=spoilt(rng, x2))


def tensordot(rng: Random) -> Question:
    x1 = _floats(rng, shape_of(rng, rng.choice((1, 2, 3, 4))))
    if draw.flag(rng):
        axes = rng.choice((0, 1, 1, 2, 2, 3))
        x2 = Tensor((*x1.shape[max(0, x1.rank - axes) :], 5), x1.dtype)
        return _asked({"axes": axes}, x1=x1, x2=spoilt(rng, x2))
    ours = rng.sample(range(x1.rank), rng.randint(1, min(2, x1.rank)))
    x2 = Tensor((*(x1.shape[a] for a in ours), 4), x1.dtype)
    both: list[Any] = [ours, list(range(len(ours)))]
    if draw.chance(rng, 0.15):
        both = rng.choice(([1, 1], [[0], [0, 1]], [[5], [0]], [[-1], [-1]]))
    return _asked({"axes": both}, x1=x1, x2=spoilt(rng, x2))


def same_last(*keys: str) -> Draft:
    """Tensors of one last axis."""

    def make(rng: Random) -> Question:
        first = tensor(rng, rng.choice((0, 1, 2, 3)))
        named = {keys[0]: first}
        for key in keys[1:]:
            front = shape_of(rng, rng.choice((0, 1, 2)))
            named[key] = spoilt(rng, Tensor((*front, *first.shape[-1:]), tensor(rng, 1).dtype))
        if draw.chance(rng, 0.1):
            return _asked({keys[1]: number(rng)}, **{keys[0]: first})
        return _asked({}, **named)

    return make


def vectors(rng: Random) -> Question:
    x = tensor(rng, draw.rank(rng, 1))
    return _asked(draw.some(rng, mode=("valid", "same", "full")), x1=x, x2=tensor(rng, 1))


def cross(rng: Random) -> Question:
    front = shape_of(rng, rng.choice((0, 1, 2)))
    x1 = Tensor((*front, rng.choice((2, 3, 3, 3, None, 4))), tensor(rng, 1).dtype)
    x2 = Tensor((*like(rng, Tensor(front)).shape, rng.choice((2, 3, 3))), x1.dtype)
    args = draw.some(rng, axis=(-1, None, 0), axisc=(-1, 0, 2)) if draw.chance(rng, 0.3) else {}
    return _asked(args, x1=x1, x2=x2)


def cdist(rng: Random) -> Question:
    front = shape_of(rng, rng.choice((0, 0, 1)))
    x = Tensor((*front, 4, rng.choice((3, None))))
    y = Tensor((*front, 5, rng.choice((3, 3, None, 2))))
    return _asked({}, x=spoilt(rng, x), y=spoilt(rng, y))


EQUATIONS = (
    "ij,jk->ik", "bij,bjk->bik", "bi,bi->b", "ij->ji", "ij->i", "...ij,...jk->...ik", "bij,jk",
    "ij,jk", "bhqd,bhkd->bhqk", "i,j->ij", "ii->i", "...i->...", "b...i,ij->b...j", "ij,kl->ijkl",
    "ij, jk -> ik", "BI,IJ->BJ", "ij->k", "ij,jk->ik,", "bij->...ij", "ab,bc,cd->ad", "abc->bca",
)  # fmt: skip


def einsum(rng: Random) -> Question:
    text = rng.choice(EQUATIONS)
    sizes = {letter: rng.choice((1, 2, 3, 4, None)) for letter in "abcdhijklqBIJ"}
    more = shape_of(rng, rng.choice((0, 1, 2)))
    operands = []
    for spec in text.partition("->")[0].replace(" ", "").split(","):
        before, dots, after = spec.partition("...")
        middle = more if dots else ()
        shape = (*(sizes[c] for c in before), *middle, *(sizes[c] for c in after))
        operands.append(spoilt(rng, _floats(rng, shape), 0.12))
    if draw.chance(rng, 0.06):
        operands.append(Tensor((2,)))
    return Question("", {"subscripts": text}, (), {"": tuple(operands)})


PATTERNS = (
    ("b h w -> b w h", {}), ("b h w -> b (h w)", {}), ("b (h a) w -> b h a w", {"a": 2}),
    ("b (h a) w -> b h a w", {"a": 2, "h": 2}), ("b h w -> b h", {}), ("b h w -> (b h) w", {}),
    ("b (h a) w -> b h a w", {}), ("b h w -> b w h c", {}), ("b h -> b h", {}),
)  # fmt: skip


def rearrange(rng: Random) -> Question:
    pattern, lengths = rng.choice(PATTERNS)
    x = Tensor((rng.choice((2, 2, 3, None)), rng.choice((4, 4, 6, 3)), rng.choice((3, 3, 3, None))))
    args: dict[str, Any] = {"pattern": pattern}
    if lengths or draw.flag(rng):
        args["axes_lengths"] = lengths
    return _asked(args, tensor=spoilt(rng, x, 0.1))


def reshape(rng: Random) -> Question:
    x = tensor(rng, rng.choice((0, 1, 2, 3)))
    if draw.chance(rng, 0.3):
        x = Tensor(tuple(size or 2 for size in x.shape), x.dtype)
    sizes: list[int | None] = list(x.shape[::-1])
    if draw.flag(rng) and len(sizes) > 1:
        last, before = sizes.pop(), sizes.pop()
        sizes.append(last * before if last and before else -1)
    for i in range(len(sizes)):
        if draw.chance(rng, 0.2):
            sizes[i] = rng.choice((-1, None, 5, 0, 1, -2))
    return _asked({"newshape": sizes}, x=x)


def transpose(rng: Random) -> Question:
    x = tensor(rng, rng.choice((0, 1, 2, 3, 4)))
    axes: list[int] | None = rng.sample(range(x.rank), x.rank)
    if axes and draw.chance(rng, 0.2):
        axes[0] = rng.choice((-1, 0, 7, axes[-1]))
    if axes and draw.chance(rng, 0.1):
        axes = axes[1:]
    return _asked({"axes": axes if draw.chance(rng, 0.85) else None}, x=x)


def squeeze(rng: Random) -> Question:
    shape = tuple(rng.choice((1, 1, 2, None)) for _ in range(rng.choice((1, 2, 3, 4))))
    ones = [i for i, size in enumerate(shape) if size == 1] or [0]
    axis = rng.choice((None, rng.choice(ones), ones[:2], ones, draw.axis(rng, len(shape))))
    return _asked({"axis": axis}, x=Tensor(shape, tensor(rng, 1).dtype))


def moveaxis(rng: Random) -> Question:
    x = tensor(rng, rng.choice((1, 2, 3, 4)))
    count = rng.randint(1, x.rank)
    source: Any = rng.sample(range(x.rank), count)
    target: Any = rng.sample(range(-x.rank, 0), count)
    if draw.chance(rng, 0.15):
        target = rng.choice(([0], [0, 0], [9], target))
    if count == 1 and draw.flag(rng):
        source, target = source[0], target[0]
    return _asked({"source": source, "destination": target}, x=x)


def broadcast_to(rng: Random) -> Question:
    x = tensor(rng, rng.choice((0, 1, 2, 3)))
    shape: list[int | None] = [rng.choice((s, s, 3)) if s == 1 else s for s in x.shape]
    if draw.chance(rng, 0.3):
        shape = [2, *shape]
    if shape and draw.chance(rng, 0.2):
        shape[-1] = rng.choice((None, 1, 5))
    return _asked({"shape": shape}, x=x)


def pad(rng: Random) -> Question:
    x = tensor(rng, rng.choice((0, 1, 2, 3)))
    pairs: Any = [[rng.randint(0, 2), rng.randint(0, 2)] for _ in range(x.rank)]
    widths = (pairs, pairs, pairs, 1, [1, 2], [[1, 1]], [[1], [2]], [[1], [1, 2]], [1])
    args: dict[str, Any] = {"pad_width": rng.choice(widths)}
    args |= draw.some(rng, mode=("constant", "reflect", "symmetric"))
    return _asked(args, x=x)


def repeat(rng: Random) -> Question:
    x = tensor(rng, rng.choice((0, 1, 2, 3)))
    axis = None if draw.chance(rng, 0.3) else draw.axis(rng, x.rank)
    size = x.shape[axis] if axis is not None and -x.rank <= axis < x.rank else 3
    repeats: Any = rng.choice((1, 2, 0, [2], [1, 2, 3], [2] * (size or 2)))
    return _asked({"repeats": repeats, "axis": axis}, x=x)


def slice_(rng: Random) -> Question:
    x = tensor(rng, rng.choice((1, 2, 3)))
    sizes = [rng.choice((-1, 1, 2)) for _ in range(draw.rank(rng, x.rank))]
    starts = [rng.choice((0, 0, 1, 4)) for _ in range(draw.rank(rng, x.rank))]
    if draw.chance(rng, 0.2):
        return _asked({"shape": sizes}, inputs=x, start_indices=Tensor((x.rank,), "int32"))
    return _asked({"shape": sizes, "start_indices": starts}, inputs=x)


def joining(key: str, with_axis: bool, alike: bool = False) -> Draft:
    """Tensors that are equal but for one axis, or in all."""

    def make(rng: Random) -> Question:
        axes = rng.choice((0, 1, 2, 2, 3, 3))
        first = tensor(rng, axes)
        at = draw.axis(rng, axes + alike) if with_axis else 1
        items = [first]
        for _ in range(rng.choice((0, 1, 1, 2))):
            shape = list(first.shape)
            if not alike and -axes <= at < axes:
                shape[at] = rng.choice((1, 2, None))
            items.append(spoilt(rng, Tensor(tuple(shape), like(rng, first).dtype), 0.12))
        return _asked({"axis": at} if with_axis else {}, **{key: tuple(items)})

    return make


def splitting(axis: int | None) -> Draft:
    def make(rng: Random) -> Question:
        x = tensor(rng, rng.choice((0, 1, 2, 3, 4)))
        args: dict[str, Any] = {} if axis is not None else {"axis": draw.axis(rng, x.rank)}
        at = args.get("axis", min(axis or 0, x.rank - 1))
        size = x.shape[at] if -x.rank <= at < x.rank else 4
        cuts = [size or 2, 1, 2, 3, [1], [1, 3], [1, size or 2], [3, 1]]
        args["indices_or_sections"] = rng.choice(cuts)
        return _asked(args, x=x)

    return make


KEYS = (
    ":, 0", "0", ":", "...", "..., -1", "::2, None", ":, 1:3", "None, 0", ":, ::-1", "..., None",
    ":, -1, :", "0, 0, 0, 0", "5", ":, 7", "..., ...", ":, 1 : 4", "1:, 0,", ":, 5:2", "-1",
)  # fmt: skip


def get_item(rng: Random) -> Question:
    return _asked({"key": rng.choice(KEYS)}, x=tensor(rng, rng.choice((0, 1, 2, 2, 3, 3, 4))))


def take(rng: Random) -> Question:
    x = tensor(rng, rng.choice((0, 1, 2, 3)))
    axis = None if draw.chance(rng, 0.2) else draw.axis(rng, x.rank)
    if draw.flag(rng):
        indices = Tensor(shape_of(rng, rng.choice((0, 1, 2))), rng.choice(("int32", "int64")))
        return _asked({"axis": axis}, x=x, indices=indices)
    picked = rng.choice((0, [0, 1], [[0, 1], [1, 0]], [], [[1], [1, 2]]))
    return _asked({"axis": axis, "indices": picked}, x=x)


def take_along_axis(rng: Random) -> Question:
    x = tensor(rng, rng.choice((1, 2, 3)))
    axis = None if draw.chance(rng, 0.2) else draw.axis(rng, x.rank)
    shape = list(x.shape) if axis is not None else [3]
    at = 0 if axis is None or not -x.rank <= axis < x.rank else axis
    shape[at] = rng.choice((1, 2, None))
    return _asked({"axis": axis}, x=x, indices=spoilt(rng, Tensor(tuple(shape), "int32")))


def segment(rng: Random) -> Question:
    data = tensor(rng, rng.choice((1, 2, 3)))
    ids = spoilt(rng, Tensor(data.shape[:1], "int32"))
    args = draw.some(rng, num_segments=(None, 3), sorted=(True, False))
    return _asked(args, data=data, segment_ids=ids)


def window(*settings: str, kernels: int = 0, swap: bool = False) -> Draft:
    """Convolutions and pools: inputs, and kernels for their channels."""

    def make(rng: Random) -> Question:
        n = rng.choice((1, 2, 2, 3))
        last = draw.chance(rng, 0.7)
        spatial = tuple(rng.choice((4, 7, 8, None)) for _ in range(n))
        channels = rng.choice((2, 3, 4, None))
        rest = (*spatial, channels) if last else (channels, *spatial)
        x = spoilt(rng, _floats(rng, (draw.batch(rng), *rest)), 0.08)
        args: dict[str, Any] = {} if last else {"data_format": "channels_first"}
        for name in settings:
            if name in ("pool_size", "output_size") or draw.flag(rng):
                args[name] = draw.window(rng, n, 3)
        if settings[0] != "output_size":
            args |= draw.some(rng, padding=("valid", "same"))
        size = tuple(rng.choice((1, 2, 3, 5)) for _ in range(n))
        ends = (channels or 3, rng.choice((1, 4)))
        named = {"inputs": x}
        if kernels:
            key = "kernel" if kernels == 1 else "depthwise_kernel"
            kernel = Tensor((*size, *(ends[::-1] if swap else ends)))
            named[key] = spoilt(rng, kernel, 0.12)
        if kernels == 2:
            named["pointwise_kernel"] = Tensor((*(1,) * n, ends[0] * ends[1], 5))
        return _asked(args, **named)

    return make


def square(rng: Random, key: str = "x") -> Question:
    n = rng.choice((2, 3, 3, None))
    front = shape_of(rng, rng.choice((0, 1, 1)))
    drafted = generic(rng, "ops.inv")
    x = spoilt(rng, _floats(rng, (*front, n, rng.choice((n, n, n, 4)))), 0.1)
    return _asked(dict(drafted.args), **{key: x})


def squares(**choices: Any) -> Draft:
    def make(rng: Random) -> Question:
        return _asked(draw.some(rng, **choices), x=square(rng).named["x"])

    return make


def solve(rng: Random) -> Question:
    a = square(rng).named["x"]
    b = rng.choice((a.shape, a.shape[:-1], (*a.shape[:-1], 2), (*a.shape, 2)))
    return _asked({}, a=a, b=spoilt(rng, Tensor(b, a.dtype), 0.1))


def parts(least: int, **choices: Any) -> Draft:
    """A real and an imaginary part."""

    def make(rng: Random) -> Question:
        shape = (*shape_of(rng, rng.choice((0, 1))), *(rng.choice((4, 8, 9)),) * least)
        real = spoilt(rng, Tensor(shape, rng.choice(("float32", "float64"))), 0.15)
        pair = (real, spoilt(rng, real, 0.15))
        args = {key: rng.choice(values) for key, values in choices.items()}
        return _asked(args, x=pair if draw.chance(rng, 0.95) else pair[0])

    return make


def images(*keys: str, **choices: Any) -> Draft:
    """Images, alone or in a batch, of mostly 3 channels."""

    def make(rng: Random) -> Question:
        last = draw.chance(rng, 0.7)
        channels, size = rng.choice((3, 3, 3, 1, None, 4)), rng.choice((8, 9, None))
        rest = (size, 6, channels) if last else (channels, size, 6)
        dtype = rng.choice(("float32", "float32", "float32", "uint8", "int32", "string"))
        x = Tensor((None, *rest) if draw.chance(rng, 0.75) else rest, dtype)
        args: dict[str, Any] = {} if last else {"data_format": "channels_first"}
        args |= {key: rng.choice(values) for key, values in choices.items() if values}
        args = {key: value for key, value in args.items() if value != "left out"}
        return _asked(args, **{key: spoilt(rng, x, 0.1) for key in keys or ("images",)})

    return make
