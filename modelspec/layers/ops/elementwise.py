"""Functions of one tensor, element by element: abs, exp, sin, sign, relu, isnan and kin."""

from __future__ import annotations

from collections.abc import Callable

from modelspec.layers.rule import (
    FIRST_BATCH,
    FLOATX,
    WEAK_FLOAT,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Tensor,
    floating,
    is_whole,
    per_example,
    result_type,
)

from .operands import need_floats, need_no_booleans, need_numbers, setting, tensor

DtypeRule = Callable[[str], str]


def _same(dtype: str) -> str:
    return dtype


def _true_or_false(_: str) -> str:
    return "bool"


def _float32(_: str) -> str:
    return FLOATX


def _exponential(dtype: str) -> str:
    return FLOATX if is_whole(dtype) else dtype


def _exponential_real(dtype: str) -> str:
    if "complex" in dtype:
        raise Mismatch("does not take complex numbers", hint="use `ops.abs`")
    return _exponential(dtype)


def _root(dtype: str) -> str:
    if dtype == "int64":
        return "float64"
    return FLOATX if is_whole(dtype) and dtype != "uint64" else dtype


def _angle(dtype: str) -> str:
    if dtype in ("int64", "float64"):
        return "float64"
    return dtype if dtype in ("bfloat16", "float16") else FLOATX


def _countable(dtype: str) -> str:
    return "int32" if dtype == "bool" else dtype


def _promoted(dtype: str) -> str:
    return result_type(dtype, WEAK_FLOAT)


Need = Callable[..., None]


def elementwise(dtype_rule: DtypeRule, need: Need | None = need_numbers) -> Rule:
    """The rule of a function that keeps the shape; `need` refuses what it does not take."""

    def rule(call: LayerCall) -> RuleResult:
        x = tensor(call, "x")
        if need is not None:
            need(x)
        output = Tensor(x.shape, dtype_rule(x.dtype))
        return RuleResult(output, flops=per_example(x.shape))

    return rule


def _need_signed(x: Tensor) -> None:
    need_no_booleans(x)
    if x.dtype.startswith("uint"):
        hint = "put `ops.cast: {dtype: int32}` before it"
        raise Mismatch(f"has no kernel for {x.dtype}: {FIRST_BATCH}", hint=hint)


def _need_bits(x: Tensor) -> None:
    need_no_booleans(x)
    if not is_whole(x.dtype):
        hint = "put `ops.cast: {dtype: int32}` before it"
        raise Mismatch(f"needs whole numbers, got {x.dtype}: {FIRST_BATCH}", hint=hint)


def clip(call: LayerCall) -> RuleResult:
    """`clip`: elements cut to constants `x_min` and `x_max`."""
    for name in ("x_min", "x_max"):
        setting(call, name)
    return elementwise(_countable)(call)


def kept(call: LayerCall) -> RuleResult:
    """`copy`, `stop_gradient`: the tensor as it is, of any dtype; nothing is computed."""
    x = tensor(call, "variable" if "variable" in call.named else "x")
    return RuleResult(x)


SAME = ("abs", "absolute", "trunc")
"""Functions of any numbers whose result has the dtype of the tensor."""

SAME_OF_NUMBERS = (
    "conj", "conjugate", "leaky_relu", "real", "relu", "relu6", "round", "sign", "threshold",
)  # fmt: skip
"""As SAME, but not of booleans."""

SAME_OF_FLOATS = (
    "celu", "elu", "erf", "erfinv", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu",
    "hard_tanh", "log_sigmoid", "rsqrt", "selu", "sigmoid", "silu", "soft_shrink", "softplus",
    "softsign", "sparse_plus", "sparse_sigmoid", "squareplus", "tanh_shrink",
)  # fmt: skip
"""As SAME, but of floating numbers only."""

FLOATING = (
    "angle", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "ceil", "cos", "cosh",
    "floor", "log", "log10", "log1p", "log2", "sin", "sinc", "sinh", "sqrt", "tan", "tanh",
)  # fmt: skip
"""Functions that make floats of whole numbers."""

TESTS = ("isfinite", "isinf", "isnan", "isneginf", "isposinf", "isreal")
"""Functions that answer true or false, of text too."""

OPS: dict[str, Rule] = {
    **{name: elementwise(_same) for name in SAME},
    **{name: elementwise(_same, need_no_booleans) for name in SAME_OF_NUMBERS},
    **{name: elementwise(_same, need_floats) for name in SAME_OF_FLOATS},
    **{name: elementwise(floating) for name in FLOATING},
    **{name: elementwise(_true_or_false, need=None) for name in TESTS},
    "bitwise_invert": elementwise(_same, _need_bits),
    "bitwise_not": elementwise(_same, _need_bits),
    "cbrt": elementwise(_root),
    "clip": clip,
    "copy": kept,
    "deg2rad": elementwise(_angle),
    "erfc": elementwise(_promoted, need_floats),
    "exp": elementwise(_exponential),
    "exp2": elementwise(_exponential),
    "expm1": elementwise(_exponential),
    "fabs": elementwise(_exponential_real),
    "i0": elementwise(_angle),
    "imag": elementwise(_same, need=None),
    "logical_not": elementwise(_true_or_false),
    "nan_to_num": elementwise(_same, need=None),
    "negative": elementwise(_same, _need_signed),
    "rad2deg": elementwise(_angle),
    "reciprocal": elementwise(_float32, need_floats),
    "signbit": elementwise(_true_or_false),
    "square": elementwise(_countable),
    "stop_gradient": kept,
}
"""Rules of these ops."""
