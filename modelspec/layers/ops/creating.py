"""Functions that make tensors of another dtype, or new ones: cast, zeros_like, full, linspace."""

from __future__ import annotations

import math
import struct
from functools import partial
from typing import NoReturn

from modelspec.diagnostics import join_words
from modelspec.layers.rule import (
    FIRST_BATCH,
    WEAK_FLOAT,
    GradientLimit,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    find_axis,
    product,
    result_type,
    standard,
)

from .kernels import BOOL, COMPLEX, FLOATS, NUMBERS, UNSIGNED, Dtypes
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
    shape = known_shape(call)
    if call.named:
        need_stretches_to(tensor(call, "fill_value").shape, shape)
        return RuleResult(Tensor(shape, standard(setting(call, "dtype"))))
    value = operand(call, "fill_value")
    if isinstance(value, Tensor):
        need_stretches_to(value.shape, shape, "fill_value")
    elif not isinstance(value, (int, float)):
        raise Mismatch("needs a number, or a list of numbers", "fill_value")
    if isinstance(value, bool) and call.args.get("dtype") != "bool":
        raise Mismatch("needs a number", "fill_value", "write 1 or 0, or `dtype: bool`")
    return _constant(call, shape)


MAX_ELEMENTS = 1_000_000
"""Of a constant: a saved model has each number as text."""

PLAIN = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "float16", "float32", "float64",
)  # fmt: skip
"""Dtypes of constants that Keras makes, and keeps through a saved model."""

COUNTED = ("int32", "int64", "float32")
"""Those of `arange`, whose numbers are the same in all of them."""

SPACED = ("float16", "float32", "float64")
"""Those of `linspace` and kin."""


def _constant(
    call: LayerCall, shape: Shape, default: str | None = None, dtypes: tuple[str, ...] = PLAIN
) -> RuleResult:
    """A tensor made from constants alone.

    Args:
        call: the call.
        shape: of the tensor.
        default: its dtype where the call gives none; null is float32.
        dtypes: those that Keras can make it of.

    Raises:
        Mismatch: a model cannot hold it.
    """
    wanted = call.args.get("dtype")
    dtype = standard(wanted if wanted is not None or default is None else default)
    if dtype not in dtypes or wanted == "int":
        hint = f"use {join_words(dtypes, 'or')}; ops.cast makes others of it"
        raise Mismatch(f"cannot make a constant of {wanted or dtype}", "dtype", hint)
    count = product(*shape)
    if count is not None and count > MAX_ELEMENTS:
        hint = "a Weight with `trainable: false` and an initializer is kept as a weight"
        message = f"makes a constant of {count:,} numbers, which a saved model has as text; "
        raise Mismatch(message + f"it may have {MAX_ELEMENTS:,}", hint=hint)
    return RuleResult(Tensor(shape, dtype))


def filled(call: LayerCall) -> RuleResult:
    """`zeros`, `ones`: one number in a given shape."""
    return _constant(call, known_shape(call))


def square(call: LayerCall) -> RuleResult:
    """`eye`, `tri`, `identity`: ones on the diagonal, or up to it."""
    rows = setting(call, "n" if "n" in call.args else "N")
    columns = call.args.get("M")
    return _constant(call, (rows, rows if columns is None else columns))


def arange(call: LayerCall) -> RuleResult:
    """Numbers from `start`, by default 0, up to `stop`; with one of them, up to that one."""
    start, stop, step = (call.args.get(name) for name in ("start", "stop", "step"))
    if stop is None:
        start, stop = 0, operand(call, "start")
    start, step = 0 if start is None else start, 1 if step is None else step
    for name, value in (("start", start), ("stop", stop), ("step", step)):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Mismatch("needs a number", name)
    if not step:
        raise Mismatch("needs steps that lead somewhere", "step")
    if (stop - start) / step < 0:
        raise Mismatch(f"leads from {start} by {step} away from {stop}", "step")
    if all(isinstance(value, int) for value in (start, stop, step)):
        return _constant(call, (-((start - stop) // step),), "int32", COUNTED)
    # TensorFlow divides numbers of 32 bits: a count near a whole number may be the next one
    exact = (stop - start) / step
    if abs(exact - round(exact)) < ROUNDING * max(1, exact) and _rounded(start, stop, step):
        hint = "write whole numbers and divide them, or use ops.linspace"
        raise Mismatch("may give one number more or less, as its steps are rounded", "step", hint)
    return _constant(call, (math.ceil(exact),), "float32", ("float32",))


ROUNDING = 1e-5


def _rounded(*values: float) -> bool:
    """Whether numbers of 32 bits are others than these."""
    return any(struct.unpack("f", struct.pack("f", value))[0] != value for value in values)


def window(call: LayerCall) -> RuleResult:
    """`hanning`, `kaiser` and kin: a window of so many numbers."""
    size = operand(call, "x")
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise Mismatch("needs a whole number of at least 1", "x")
    if "beta" in call.args and not isinstance(operand(call, "beta"), (int, float)):
        raise Mismatch("needs a number", "beta")
    return _constant(call, (size,))


def listed(call: LayerCall) -> RuleResult:
    """`array`, `convert_to_tensor`: a tensor as it is, or a list of numbers as one."""
    if call.named:
        return of_dtype(call)
    x = tensor(call, "x")
    if call.args.get("sparse"):
        raise Mismatch("makes no sparse constant", "sparse")
    return _constant(call, x.shape, x.dtype)


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


def spaced(call: LayerCall, taken: Dtypes) -> RuleResult:
    """`linspace`, `logspace`, `geomspace`: numbers from one operand to another.

    Args:
        call: of the op.
        taken: the dtypes in which it is computed where `dtype` names one.
    """
    start, stop = operand(call, "start"), operand(call, "stop")
    shape = stretched(shape_of(start), shape_of(stop))
    axis = find_axis(setting(call, "axis"), (*shape, None))
    wanted = setting(call, "dtype")
    if wanted is None:
        dtype = result_type(dtype_of(start, "start"), dtype_of(stop, "stop"), WEAK_FLOAT)
    else:
        dtype = standard(wanted)
        if dtype not in taken:
            hint = "leave `dtype` out, and put `ops.cast` behind it"
            raise Mismatch(f"does not compute in {dtype}: {FIRST_BATCH}", "dtype", hint)
    sizes = (*shape[:axis], setting(call, "num"), *shape[axis:])
    if call.named:
        return RuleResult(Tensor(sizes, dtype))
    return _constant(call, sizes, dtype, SPACED)


def geomspace(call: LayerCall) -> RuleResult:
    """Numbers of which each is the one before it by a factor."""
    for name in ("start", "stop") if not call.named else ():
        value = operand(call, name)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not value > 0:
            raise Mismatch("needs a number above 0", name)
    if shape_of(call.named.get("start")) and setting(call, "axis") != 0:
        message = (
            f"multiplies by the sign of `start`, which fits along `axis: 0` alone: {FIRST_BATCH}"
        )
        hint = "write `axis: 0`, and move the axis with `ops.moveaxis`"
        raise Mismatch(message, "axis", hint)
    return spaced(call, FLOATS | COMPLEX)


def linspace(call: LayerCall) -> RuleResult:
    """Evenly spaced numbers. Keras cannot return the step of a tensor."""
    if setting(call, "retstep"):
        raise Mismatch("cannot give the step as a tensor", "retstep", "leave it out")
    return spaced(call, NUMBERS - BOOL)


def refuse_tensor() -> NoReturn:
    """The error for a tensor that flows into one of `OF_NUMBERS`: Keras computes these itself."""
    raise Mismatch(
        "is computed from constants only, and no tensor may flow into it",
        hint="write all of its numbers, and let no edge lead into it",
    )


OPS: dict[str, Rule] = {
    "arange": arange,
    "array": listed,
    "bartlett": window,
    "blackman": window,
    "cast": of_dtype,
    "convert_to_tensor": listed,
    "empty_like": of_dtype,
    "eye": square,
    "full": full,
    "full_like": full_like,
    "geomspace": geomspace,
    "hamming": window,
    "hanning": window,
    "identity": square,
    "kaiser": window,
    "linspace": linspace,
    "logspace": partial(spaced, taken=NUMBERS - BOOL - UNSIGNED),
    "ones": filled,
    "ones_like": of_dtype,
    "saturate_cast": of_dtype,
    "tri": square,
    "view": view,
    "zeros": filled,
    "zeros_like": of_dtype,
}
"""Rules of these ops."""

OF_NUMBERS = frozenset(
    name for name, rule in OPS.items() if rule in (arange, filled, square, window)
)
"""Those into which no tensor may flow."""
