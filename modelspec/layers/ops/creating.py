"""Functions that make tensors of another dtype, or new ones: cast, zeros_like, full, linspace."""

from __future__ import annotations

from modelspec.layers.rule import (
    WEAK_FLOAT,
    GradientLimit,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Tensor,
    find_axis,
    result_type,
    standard,
)

from .kernels import COMPLEX, FLOATS
from .operands import dtype_of, known_shape, operand, setting, shape_of, tensor
from .shapes import need_stretches_to, stretched

BYTES = {
    "bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "float16": 2, "bfloat16": 2,
    "int32": 4, "uint32": 4, "float32": 4, "int64": 8, "uint64": 8, "float64": 8, "complex64": 8,
    "complex128": 16, "float8_e4m3fn": 1, "float8_e5m2": 1,
}  # fmt: skip
"""How many bytes a number takes."""


def of_dtype(call: LayerCall) -> RuleResult:
    """`zeros_like`, `cast` and kin: the shape stays; `dtype` null keeps the dtype too."""
    x = tensor(call, "x")
    wanted = setting(call, "dtype")
    return RuleResult(Tensor(x.shape, x.dtype if wanted is None else standard(wanted)))


def full_like(call: LayerCall) -> RuleResult:
    """One value in the shape of a tensor."""
    need_stretches_to(shape_of(operand(call, "fill_value")), tensor(call, "x").shape, None)
    return of_dtype(call)


def full(call: LayerCall) -> RuleResult:
    """One value in a given shape, batch axis included."""
    value = tensor(call, "fill_value")
    shape = known_shape(call)
    need_stretches_to(value.shape, shape)
    return RuleResult(Tensor(shape, standard(setting(call, "dtype"))))


def view(call: LayerCall) -> RuleResult:
    """The same bytes as numbers of another dtype."""
    x = tensor(call, "x")
    wanted = setting(call, "dtype")
    dtype = x.dtype if wanted is None else standard(wanted)
    if "string" in (x.dtype, dtype):
        raise Mismatch("cannot look at text as bytes")
    old, new = BYTES[x.dtype], BYTES[dtype]
    limit = None
    if {x.dtype, dtype} <= FLOATS | COMPLEX:
        limit = GradientLimit("has no gradient", "use `ops.cast`, or train on what comes before it")
    if old == new:
        return RuleResult(Tensor(x.shape, dtype), gradient_limit=limit)
    if not x.rank:
        raise Mismatch(f"cannot look at one {x.dtype} as {dtype}", "dtype")
    last = x.shape[-1]
    if last is not None and last * old % new:
        raise Mismatch(f"cannot look at {last} {x.dtype} as {dtype}: the bytes do not fit", "dtype")
    size = None if last is None else last * old // new
    return RuleResult(Tensor((*x.shape[:-1], size), dtype), gradient_limit=limit)


def spaced(call: LayerCall) -> RuleResult:
    """`linspace`, `logspace`, `geomspace`: numbers from one operand to another."""
    start, stop = operand(call, "start"), operand(call, "stop")
    shape = stretched(shape_of(start), shape_of(stop))
    axis = find_axis(setting(call, "axis"), (*shape, None))
    wanted = setting(call, "dtype")
    if wanted is None:
        dtype = result_type(dtype_of(start, "start"), dtype_of(stop, "stop"), WEAK_FLOAT)
    else:
        dtype = standard(wanted)
    return RuleResult(Tensor((*shape[:axis], setting(call, "num"), *shape[axis:]), dtype))


def linspace(call: LayerCall) -> RuleResult:
    """Evenly spaced numbers. Keras cannot return the step of a tensor."""
    if setting(call, "retstep"):
        raise Mismatch("cannot give the step as a tensor", "retstep", "leave it out")
    return spaced(call)


def of_numbers_only(call: LayerCall) -> RuleResult:
    """`hanning`, `arange` and kin: Keras computes them from numbers, never from a tensor."""
    raise Mismatch(
        "is computed from constants only, and no tensor may flow into it",
        hint="write the numbers where they are needed",
    )


OPS: dict[str, Rule] = {
    "arange": of_numbers_only,
    "array": of_dtype,
    "bartlett": of_numbers_only,
    "blackman": of_numbers_only,
    "cast": of_dtype,
    "convert_to_tensor": of_dtype,
    "empty_like": of_dtype,
    "full": full,
    "full_like": full_like,
    "geomspace": spaced,
    "hamming": of_numbers_only,
    "hanning": of_numbers_only,
    "kaiser": of_numbers_only,
    "linspace": linspace,
    "logspace": spaced,
    "ones_like": of_dtype,
    "saturate_cast": of_dtype,
    "view": view,
    "zeros_like": of_dtype,
}
"""Rules of these ops."""
