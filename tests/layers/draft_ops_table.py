"""For each op the way to draw a call of it."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

import draft_ops_fitting as fitting
import draw
from draft_ops import generic, names, tensor
from draft_ops_fitting import Draft
from question import Question

from modelspec.layers.rule.rule import Tensor


def _asked(args: dict[str, Any], **named: Any) -> Question:
    return Question("", args, (), named)


def batch_normalization(rng: Random) -> Question:
    x = tensor(rng, rng.choice((1, 2, 3, 4)))
    axis = draw.axis(rng, x.rank)
    size = x.shape[axis] if -x.rank <= axis < x.rank else 3
    wanted = ["mean", "variance", *(k for k in ("offset", "scale") if draw.flag(rng))]
    named = {k: fitting.spoilt(rng, Tensor((size,)), 0.06) for k in wanted}
    return _asked({"axis": axis if draw.chance(rng, 0.95) else [axis]}, x=x, **named)


def crossentropy(classes: bool) -> Draft:
    def make(rng: Random) -> Question:
        output = tensor(rng, rng.choice((0, 1, 2, 3)))
        shape = output.shape
        if classes:
            shape = rng.choice((shape[:-1], shape[:-1], (*shape[:-1], 1)))
        args = draw.some(rng, from_logits=(True, False))
        if draw.chance(rng, 0.2):
            args["axis"] = draw.axis(rng, output.rank)
        target = fitting.spoilt(rng, Tensor(shape, "int32" if classes else output.dtype))
        return _asked(args, target=target, output=output)

    return make


def binary_crossentropy(rng: Random) -> Question:
    found = crossentropy(False)(rng)
    return _asked({}, **found.named)


def ctc_loss(rng: Random) -> Question:
    batch = rng.choice((None, 2))
    named = {"target": Tensor((batch, 4), "int32"), "output": Tensor((batch, 9, 5)),
             "target_length": Tensor((batch,), "int32"),
             "output_length": Tensor((batch,), "int32")}  # fmt: skip
    return _asked({}, **{k: fitting.spoilt(rng, x, 0.08) for k, x in named.items()})


def ctc_decode(rng: Random) -> Question:
    batch = rng.choice((None, 2))
    args = draw.some(rng, strategy=("greedy", "beam_search"), top_paths=(1, 2))
    x = fitting.spoilt(rng, Tensor((batch, 9, 5)), 0.1)
    return _asked(args, inputs=x, sequence_lengths=Tensor((batch,), "int32"))


def attention(rng: Random) -> Question:
    batch, heads, width = rng.choice((None, 2)), 2, rng.choice((3, 4))
    x = Tensor((batch, 5, heads, width), rng.choice(("float32", "float32", "float16")))
    other = Tensor((batch, 6, heads, width), x.dtype)
    args = draw.some(rng, is_causal=(True, False), scale=(None, 0.5))
    if draw.chance(rng, 0.1):
        args["attn_logits_soft_cap"] = 2.0
    return _asked(args, query=fitting.spoilt(rng, x, 0.08), key=other, value=other)


def fold(rng: Random) -> Question:
    x = Tensor((None, rng.choice((8, 12, 9, None)), 9))
    args = {"output_size": rng.choice((4, [4, 5])), "kernel_size": rng.choice((2, [2, 2], [3, 1]))}
    return _asked(args, x=fitting.spoilt(rng, x))


def unfold(rng: Random) -> Question:
    x = Tensor((None, rng.choice((3, 3, None)), rng.choice((6, 6, None)), 7))
    args = {"kernel_size": rng.choice((2, [2, 3], 7, 9)), **draw.some(rng, stride=(2, [1, 2]),
            dilation=(2,), padding=(1, [0, 1]))}  # fmt: skip
    return _asked(args, x=fitting.spoilt(rng, x, 0.1))


def blocks(rng: Random) -> Question:
    sizes = tuple(rng.choice((4, 8, 8, 6, None)) for _ in range(3))
    args: dict[str, Any] = {"block_size": rng.choice((2, 2, 2, 4, 1))}
    args |= draw.some(rng, data_format=("channels_last", "channels_first"))
    return _asked(args, x=fitting.spoilt(rng, Tensor((None, *sizes)), 0.1))


def patches(key: str, n: int) -> Draft:
    def make(rng: Random) -> Question:
        last = draw.chance(rng, 0.7)
        spatial = tuple(rng.choice((6, 7, 8, None)) for _ in range(n))
        channels = rng.choice((1, 3, 3, None))
        rest = (*spatial, channels) if last else (channels, *spatial)
        x = Tensor((None, *rest) if draw.chance(rng, 0.8) else rest)
        args: dict[str, Any] = {"size": draw.window(rng, n, 4)}
        args |= {} if last else {"data_format": "channels_first"}
        args |= draw.some(rng, padding=("valid", "same"), dilation_rate=(1, 2))
        if draw.flag(rng):
            args["strides"] = draw.window(rng, n, 3)
        return _asked(args, **{key: fitting.spoilt(rng, x, 0.1)})

    return make


def points(rng: Random) -> Question:
    corners = Tensor((4, 2) if draw.flag(rng) else (None, 4, 2))
    image = fitting.images()(rng).named["images"]
    start, end = (fitting.spoilt(rng, corners, 0.12) for _ in range(2))
    return _asked({}, images=image, start_points=start, end_points=end)


def affine(rng: Random) -> Question:
    image = fitting.images()(rng).named["images"]
    by = fitting.spoilt(rng, rng.choice((Tensor((8,)), Tensor((None, 8)))), 0.1)
    return _asked({}, images=image, transform=by)


def coordinates(rng: Random) -> Question:
    x = tensor(rng, rng.choice((1, 2, 3)))
    places = Tensor((draw.rank(rng, x.rank), *draw.shape(rng, rng.choice((0, 1, 2)))))
    return _asked({"order": rng.choice((0, 1))}, inputs=x, coordinates=places)


def scaled(rng: Random) -> Question:
    args = {"output_shape": [None, 8, 8, 3], "spatial_dims": [1, 2], "method": "linear"}
    image = fitting.images()(rng).named["images"]
    return _asked(args, images=image, scale=Tensor((2,)), translation=Tensor((2,)))


def bordered(what: str) -> Draft:
    def make(rng: Random) -> Question:
        image = fitting.images()(rng).named["images"]
        values = (None, 1, 1, 0, 2)
        sides = (f"top_{what}", f"bottom_{what}", f"left_{what}", f"right_{what}")
        args: dict[str, Any] = {side: rng.choice(values) for side in sides}
        args["target_height"] = rng.choice((None, None, 4, 12))
        args["target_width"] = rng.choice((None, None, 3, 10))
        for pair, target in ((sides[:2], "target_height"), (sides[2:], "target_width")):
            if draw.chance(rng, 0.8):
                args[rng.choice((*pair, target))] = None
                filled = {pair[0]: 1, pair[1]: 1, target: rng.choice((4, 8, 12))}
                gone = rng.choice((*pair, target, target))
                args |= {k: None if k == gone else v for k, v in filled.items()}
        return _asked(args, images=image)

    return make


def matrix(**choices: Any) -> Draft:
    def make(rng: Random) -> Question:
        shape = (rng.choice((2, 3, None)), rng.choice((2, 3, 4, None)))
        x = Tensor((*draw.shape(rng, rng.choice((0, 1))), *shape))
        return _asked(draw.some(rng, **choices), x=fitting.spoilt(rng, x, 0.1))

    return make


def lstsq(rng: Random) -> Question:
    b = rng.choice((Tensor((4,)), Tensor((4, 2)), Tensor((3, 2)), Tensor((4, 2, 2))))
    return _asked({}, a=fitting.spoilt(rng, Tensor((4, 3)), 0.15), b=b)


def sorted_row(rng: Random) -> Question:
    row = Tensor((rng.choice((None, 5)),) if draw.chance(rng, 0.8) else (2, 3))
    args = draw.some(rng, side=("left", "right"))
    return _asked(args, sorted_sequence=row, values=tensor(rng, 2))


def select(rng: Random) -> Question:
    x = tensor(rng, 2)
    condition = Tensor(x.shape, "bool")
    named = {"condlist": (condition, condition), "choicelist": (x, x)}
    if draw.chance(rng, 0.2):
        named["choicelist"] = (x,)
    return Question("", {}, (), named)


def meshgrid(rng: Random) -> Question:
    xs = tuple(tensor(rng, rng.choice((0, 1, 1, 2))) for _ in range(rng.choice((1, 2, 3))))
    return Question("", draw.some(rng, indexing=("xy", "ij")), (), {"": xs})


def vander(rng: Random) -> Question:
    return _asked(draw.some(rng, N=(None, 3), increasing=(True, False)),
                  x=tensor(rng, draw.rank(rng, 1, 0.2)))  # fmt: skip


def append(rng: Random) -> Question:
    x = tensor(rng, rng.choice((1, 2, 3)))
    axis = rng.choice((None, draw.axis(rng, x.rank)))
    return _asked({"axis": axis}, x1=x, x2=fitting.spoilt(rng, x, 0.3))


def average(rng: Random) -> Question:
    x = tensor(rng, rng.choice((0, 1, 2, 3)))
    axis = rng.choice((None, draw.axis(rng, x.rank)))
    shape = x.shape[axis : axis + 1 or None] if axis is not None and x.rank else x.shape
    if draw.flag(rng):
        return _asked({"axis": axis}, x=x)
    return _asked({"axis": axis}, x=x, weights=fitting.spoilt(rng, Tensor(shape), 0.15))


_STFT = {"sequence_length": (4, 8), "sequence_stride": (1, 2, 3), "fft_length": (8, 9)}

OWN: dict[str, Draft] = {
    "adaptive_average_pool": fitting.window("output_size"),
    "adaptive_max_pool": fitting.window("output_size"),
    "append": append,
    "array_split": fitting.splitting(None),
    "average": average,
    "average_pool": fitting.window("pool_size", "strides"),
    "batch_normalization": batch_normalization,
    "binary_crossentropy": binary_crossentropy,
    "broadcast_to": fitting.broadcast_to,
    "categorical_crossentropy": crossentropy(False),
    "cdist": fitting.cdist,
    "cholesky": fitting.squares(upper=(True, False)),
    "cholesky_inverse": fitting.squares(upper=(True, False)),
    "concatenate": fitting.joining("xs", True),
    "conv": fitting.window("strides", "dilation_rate", kernels=1),
    "conv_transpose": fitting.window("strides", "output_padding", kernels=1, swap=True),
    "correlate": fitting.vectors,
    "cross": fitting.cross,
    "ctc_decode": ctc_decode,
    "ctc_loss": ctc_loss,
    "depth_to_space": blocks,
    "depthwise_conv": fitting.window("strides", "dilation_rate", kernels=1),
    "det": fitting.squares(),
    "dot": fitting.matmul,
    "dot_product_attention": attention,
    "dsplit": fitting.splitting(2),
    "dstack": fitting.joining("xs", False),
    "eig": fitting.squares(),
    "eigh": fitting.squares(),
    "einsum": fitting.einsum,
    "fft": fitting.parts(1),
    "fft2": fitting.parts(2),
    "fold": fold,
    "get_item": fitting.get_item,
    "hsplit": fitting.splitting(1),
    "hstack": fitting.joining("xs", False),
    "ifft2": fitting.parts(2),
    "image.affine_transform": affine,
    "image.crop_images": bordered("cropping"),
    "image.elastic_transform": fitting.images(),
    "image.extract_patches": patches("images", 2),
    "image.extract_patches_3d": patches("volumes", 3),
    "image.gaussian_blur": fitting.images(),
    "image.hsv_to_rgb": fitting.images(),
    "image.map_coordinates": coordinates,
    "image.pad_images": bordered("padding"),
    "image.perspective_transform": points,
    "image.resize": fitting.images(
        size=([4, 5], [4, 5], [4, 5], 4), pad_to_aspect_ratio=(False, True),
        crop_to_aspect_ratio=(False, False, True),
    ),
    "image.rgb_to_grayscale": fitting.images(),
    "image.rgb_to_hsv": fitting.images(),
    "image.scale_and_translate": scaled,
    "image.sobel_edges": fitting.images(),
    "image.ssim": fitting.images("image1", "image2"),
    "inner": fitting.same_last("x1", "x2"),
    "inv": fitting.squares(),
    "irfft": fitting.parts(1, fft_length=(None, 4, 8)),
    "istft": fitting.parts(2, length=(None, 7), center=(True, False), **_STFT),
    "logdet": fitting.squares(),
    "lstsq": lstsq,
    "lu_factor": matrix(),
    "matmul": fitting.matmul,
    "matrix_rank": matrix(),
    "max_pool": fitting.window("pool_size", "strides"),
    "meshgrid": meshgrid,
    "moveaxis": fitting.moveaxis,
    "pad": fitting.pad,
    "pinv": matrix(),
    "qr": matrix(mode=("reduced", "complete")),
    "rearrange": fitting.rearrange,
    "repeat": fitting.repeat,
    "reshape": fitting.reshape,
    "searchsorted": sorted_row,
    "segment_max": fitting.segment,
    "segment_min": fitting.segment,
    "segment_prod": fitting.segment,
    "segment_sum": fitting.segment,
    "select": select,
    "separable_conv": fitting.window("strides", "dilation_rate", kernels=2),
    "slice": fitting.slice_,
    "slogdet": fitting.squares(),
    "solve": fitting.solve,
    "solve_triangular": fitting.solve,
    "space_to_depth": blocks,
    "sparse_categorical_crossentropy": crossentropy(True),
    "split": fitting.splitting(None),
    "squeeze": fitting.squeeze,
    "stack": fitting.joining("x", True, alike=True),
    "svd": matrix(full_matrices=(True, False), compute_uv=(True, False)),
    "take": fitting.take,
    "take_along_axis": fitting.take_along_axis,
    "tensordot": fitting.tensordot,
    "transpose": fitting.transpose,
    "unfold": unfold,
    "vander": vander,
    "vsplit": fitting.splitting(0),
    "vstack": fitting.joining("xs", False),
}  # fmt: skip
"""Ops that need more than their schema says."""

DRAFTS: dict[str, Draft] = {
    name: OWN.get(name.removeprefix("ops."), partial(generic, name=name)) for name in names()
}
