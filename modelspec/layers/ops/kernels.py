"""Which dtypes the kernels of an op take.

Keras infers shapes and dtypes without running anything, and casts no operand of an op: what no
kernel takes is found by the first batch. An op and parameter without a row takes any dtype, or its
rule looks at the dtype itself: that of a constant beside it, or the one that both are promoted to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.layers.rule import (
    FIRST_BATCH,
    Mismatch,
    Structure,
    Tensor,
    as_tensor,
    flat_tensors,
    is_whole,
    need_few_axes,
)

from .operands import need_numbers

Dtypes = frozenset[str]

BOOL = frozenset({"bool"})
SIGNED = frozenset({"int8", "int16", "int32", "int64"})
UNSIGNED = frozenset({"uint8", "uint16", "uint32", "uint64"})
WHOLE = SIGNED | UNSIGNED
WIDE = frozenset({"float32", "float64"})
FLOATS = WIDE | {"float16", "bfloat16"}
COMPLEX = frozenset({"complex64", "complex128"})
REAL = WHOLE | FLOATS
NUMBERS = BOOL | REAL | COMPLEX
INDICES = frozenset({"int32", "int64"})
ANY = NUMBERS | {"string"}
"""All that a tensor can hold but the small floats of 8 bits, which TensorFlow only stores."""

ROWS: tuple[tuple[Dtypes, str], ...] = (
    (ANY, """array_split broadcast_to count_nonzero depth_to_space empty_like equal:x1 equal:x2
        flip fliplr flipud full_like hsplit image.pad_images:images isclose:x1 isclose:x2
        moveaxis not_equal:x1 not_equal:x2 pad repeat roll scatter:values space_to_depth
        sparse_categorical_crossentropy:target split take tile transpose zeros_like"""),
    (NUMBERS, """abs absolute allclose:x1 allclose:x2 argpartition cumprod cumsum diag diagflat
        diagonal diff exp expm1 full:fill_value full_like:fill_value imag
        image.rgb_to_grayscale:images layer_normalization meshgrid: multi_hot:inputs
        nanprod nonzero one_hot ones_like prod rms_normalization select:condlist
        select:choicelist square std take_along_axis:indices trace tril triu vander
        where:condition"""),
    (NUMBERS - BOOL, """batch_normalization conj conjugate fold psnr:x1 psnr:x2 real
        segment_prod:data segment_sum:data unfold view_as_real"""),
    (BOOL | REAL, """amax amin argmax argmin argsort ceil clip ctc_loss:output fabs floor
         max median min nanargmax nanargmin
        nancumprod nancumsum nanmax nanmin nanstd nanvar norm percentile quantile sort trunc"""),
    (BOOL | REAL | {"string"}, "isfinite isinf isnan nan_to_num"),
    (REAL, """adaptive_max_pool:inputs image.map_coordinates:coordinates leaky_relu max_pool:inputs
        normalize ptp relu relu6 round searchsorted:sorted_sequence searchsorted:values
        segment_max:data segment_min:data soft_shrink threshold top_k unique
        unravel_index:indices"""),
    (REAL - {"uint64"}, "sign"),
    (NUMBERS - BOOL - UNSIGNED, "negative"),
    (FLOATS | SIGNED | COMPLEX, "hard_shrink"),
    (FLOATS | SIGNED, "geomspace:start geomspace:stop"),
    (WHOLE, "bitwise_invert bitwise_not"),
    (NUMBERS - {"uint64"}, "deg2rad rad2deg"),
    (BOOL | WHOLE | {"float32"}, "exp2"),
    (BOOL | REAL - {"uint64"}, "digitize"),
    (NUMBERS - {"bfloat16"}, "i0"),
    (WHOLE, "lcm:x1 lcm:x2 ldexp:x2"),
    (COMPLEX, "view_as_complex"),
    (FLOATS | {"int32"}, "conv:inputs conv:kernel image.extract_patches:images"),
    (FLOATS | {"int32", "int64"}, """dot_product_attention:query dot_product_attention:key
        dot_product_attention:value"""),
    (FLOATS | COMPLEX | {"int32", "int64"}, "moments"),
    (FLOATS | COMPLEX, "glu reciprocal rsqrt sigmoid silu squareplus tanh_shrink"),
    (FLOATS | {"int32", "int64", "uint8"}, "image.affine_transform:images"),
    (FLOATS, """adaptive_average_pool:inputs average_pool:inputs binary_crossentropy:target
        binary_crossentropy:output categorical_crossentropy:target categorical_crossentropy:output
        celu depthwise_conv:inputs depthwise_conv:kernel elu erf erfc erfinv gelu hard_sigmoid
        hard_silu hard_tanh image.elastic_transform:images image.extract_patches_3d:volumes
        image.gaussian_blur:images image.scale_and_translate:images image.sobel_edges:images
        log_sigmoid log_softmax logsumexp selu
        separable_conv:inputs separable_conv:depthwise_kernel separable_conv:pointwise_kernel
        softmax softplus softsign sparse_categorical_crossentropy:output sparse_plus
        sparse_sigmoid"""),
    (FLOATS - {"float16"}, "sparsemax"),
    (WIDE | COMPLEX, """cholesky_inverse det eig eigh logdet lstsq:a lstsq:b lu_factor slogdet
        solve:a solve:b solve_triangular:a solve_triangular:b svd"""),
    (WIDE | COMPLEX | {"float16"}, "inv qr"),
    (WIDE, "cholesky fft fft2 ifft2 irfft istft matrix_rank pinv polar:abs_ rfft stft"),
    (BOOL | WHOLE | WIDE, "polar:angle"),
    (INDICES, """in_top_k:targets scatter:indices scatter_update:indices segment_max:segment_ids
        segment_min:segment_ids segment_prod:segment_ids segment_sum:segment_ids
        slice:start_indices slice_update:start_indices"""),
    (INDICES | {"int8", "uint8"}, "ctc_loss:target_length"),
    (INDICES | {"int16"}, "take:indices"),
    (frozenset({"float32"}), "in_top_k:predictions"),
)  # fmt: skip
"""What kernels take, and the ops: `op:parameter`, the parameter being `x` if none is named."""

ALIKE: Mapping[str, tuple[str, ...]] = {
    "batch_normalization": ("mean", "variance", "offset", "scale"),
    "binary_crossentropy": ("target", "output"),
    "categorical_crossentropy": ("target", "output"),
    "cdist": ("x", "y"),
    "conv": ("inputs", "kernel"),
    "depthwise_conv": ("inputs", "kernel"),
    "lstsq": ("a", "b"),
    "psnr": ("x1", "x2"),
    "searchsorted": ("sorted_sequence", "values"),
    "separable_conv": ("inputs", "depthwise_kernel", "pointwise_kernel"),
    "slice_update": ("inputs", "updates"),
    "solve": ("a", "b"),
    "solve_triangular": ("a", "b"),
}
"""Parameters whose tensors have one dtype; other ops promote theirs."""


def _taken() -> dict[str, dict[str, Dtypes]]:
    found: dict[str, dict[str, Dtypes]] = {}
    for dtypes, places in ROWS:
        for place in places.split():
            op, named, parameter = place.partition(":")
            key = parameter if named else "x"
            known = found.setdefault(op, {})
            known[key] = known.get(key, dtypes) & dtypes
    return found


TAKEN = _taken()
"""The rows by op and parameter."""


_PICKS_FLOATS = """argmax argmin fmax fmin hard_shrink logsumexp nan_to_num nanargmax nanargmin
    nancumprod nancumsum nanmax nanmean nanmin nanprod soft_shrink sparse_plus sparse_sigmoid
    sparsemax trunc"""
PICKS_FLOATS = frozenset(_PICKS_FLOATS.split())
_PICKS = """diff flip fliplr flipud heaviside lcm logaddexp logaddexp2 nanstd nansum nanvar nonzero
    select sinc threshold trace trapezoid where"""
PICKS = frozenset(_PICKS.split())
"""Ops that put tensors, and those that put floating ones, through a kernel that picks elements of
at most 8 axes."""


def check_axes(op: str, named: Mapping[str, Structure]) -> None:
    """Refuse tensors of more axes than what the op is made of takes.

    Raises:
        Mismatch: they stretch to too many.
    """
    if op in PICKS or op in PICKS_FLOATS:
        found = [tensor for value in named.values() for tensor in flat_tensors(value)]
        if op in PICKS or any(tensor.dtype in FLOATS for tensor in found):
            need_few_axes(max((tensor.rank for tensor in found), default=0))


def check_dtypes(op: str, named: Mapping[str, Structure], args: Mapping[str, Any]) -> None:
    """Refuse tensors and constants of dtypes that no kernel of the op takes.

    Args:
        op: its name in `keras.ops`.
        named: its tensors, by parameter.
        args: its constants, by parameter.

    Raises:
        Mismatch: the kernels do not take one, or not two of different dtypes.
    """
    for parameter, dtypes in TAKEN.get(op, {}).items():
        for tensor in flat_tensors(named.get(parameter, ())):
            need_dtype(tensor, dtypes)
        if parameter not in named:
            _check_constant(args.get(parameter), parameter, dtypes)
    alike = {name: named[name] for name in ALIKE.get(op, ()) if isinstance(named.get(name), Tensor)}
    if len({tensor.dtype for tensor in alike.values()}) > 1:
        listed = ", ".join(f"`{name}` {tensor.dtype}" for name, tensor in alike.items())
        hint = "put `ops.cast: {dtype: float32}` before each of another dtype"
        raise Mismatch(f"needs tensors of one dtype, got {listed}: {FIRST_BATCH}", hint=hint)


def _check_constant(value: Any, parameter: str, taken: Dtypes) -> None:
    """Refuse a constant of another dtype: an empty list is one of floats."""
    listed = as_tensor(value if isinstance(value, list) else [value], parameter)
    if not isinstance(listed, Tensor) or listed.dtype in taken:
        return
    hint = "leave the op out: there is nothing to pick" if value == [] else ""
    if taken <= WHOLE:
        hint = hint or f"write whole numbers for `{parameter}`"
        got = "none" if value == [] else str(value)
        raise Mismatch(f"needs whole numbers, got {got}: {FIRST_BATCH}", parameter, hint)
    raise Mismatch(f"{_wanted(listed.dtype, taken)}: {FIRST_BATCH}", parameter, hint)


def need_dtype(x: Tensor, taken: Dtypes) -> None:
    """Refuse a tensor of a dtype that is not among those that the kernels take.

    Raises:
        Mismatch: with the dtype to cast to, if there is one.
    """
    if x.dtype in taken:
        return
    need_numbers(x)
    if x.dtype in COMPLEX:
        hint = "`ops.real`, `ops.imag` and `ops.abs` give real numbers"
        raise Mismatch(f"needs real numbers, got {x.dtype}: {FIRST_BATCH}", hint=hint)
    hint = f"put `ops.cast: {{dtype: {_nearest(x.dtype, taken)}}}` before it"
    raise Mismatch(f"{_wanted(x.dtype, taken)}: {FIRST_BATCH}", hint=hint)


def _nearest(dtype: str, taken: Dtypes) -> str:
    """The dtype to cast to: whole numbers stay whole where these are taken."""
    whole = is_whole(dtype) or "float32" not in taken
    return "int32" if whole and "int32" in taken else "float32"


def _wanted(dtype: str, taken: Dtypes) -> str:
    if not taken & FLOATS and not is_whole(dtype):
        return f"needs whole numbers, got {dtype}"
    if is_whole(dtype) and not taken & WHOLE:
        return f"needs floating numbers, got {dtype}"
    return f"needs numbers, got {dtype}" if dtype == "bool" else f"has no kernel for {dtype}"


def need_promoted(dtype: str, taken: Dtypes) -> str:
    """The dtype that operands are promoted to, if kernels take it.

    Raises:
        Mismatch: they do not.
    """
    need_dtype(Tensor((), dtype), taken)
    return dtype
