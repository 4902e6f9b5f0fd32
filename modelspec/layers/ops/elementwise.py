"""Functions of one tensor, element by element: abs, exp, sin, sign, relu, isnan and kin."""

from __future__ import annotations

from collections.abc import Callable

from modelspec.layers.rule import LayerCall, Mismatch, Rule, RuleResult, Tensor, per_example

from .dtypes import FLOATX, WEAK_FLOAT, floating, is_whole, result_type
from .operands import need_numbers, setting, tensor

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


def elementwise(dtype_rule: DtypeRule, numbers: bool = True) -> Rule:
    """The rule of a function that keeps the shape; `numbers` says that it refuses text."""

    def rule(call: LayerCall) -> RuleResult:
        x = tensor(call, "x")
        if numbers:
            need_numbers(x)
        output = Tensor(x.shape, dtype_rule(x.dtype))
        return RuleResult(output, flops=per_example(x.shape))

    return rule


def clip(call: LayerCall) -> RuleResult:
    """`clip`: elements cut to constants `x_min` and `x_max`."""
    for name in ("x_min", "x_max"):
        setting(call, name)
    return elementwise(_countable)(call)


def kept(call: LayerCall) -> RuleResult:
    """`copy`, `stop_gradient`: the tensor as it is, of any dtype; nothing is computed."""
    x = tensor(call, "variable" if "variable" in call.named else "x")
    return RuleResult(x)


SAME = (
    "abs", "absolute", "bitwise_invert", "bitwise_not", "celu", "conj", "conjugate", "elu", "erf",
    "erfinv", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh",
    "leaky_relu", "log_sigmoid", "negative", "real", "relu", "relu6", "round",
    "rsqrt", "selu", "sigmoid", "sign", "silu", "soft_shrink", "softplus", "softsign",
    "sparse_plus", "sparse_sigmoid", "squareplus", "tanh_shrink", "threshold", "trunc",
)  # fmt: skip
"""Functions whose result has the dtype of the tensor."""

FLOATING = (
    "angle", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "ceil", "cos", "cosh",
    "floor", "log", "log10", "log1p", "log2", "sin", "sinc", "sinh", "sqrt", "tan", "tanh",
)  # fmt: skip
"""Functions that make floats of whole numbers."""

TESTS = ("isfinite", "isinf", "isnan", "isneginf", "isposinf", "isreal")
"""Functions that answer true or false, of text too."""

OPS: dict[str, Rule] = {
    **{name: elementwise(_same) for name in SAME},
    **{name: elementwise(floating) for name in FLOATING},
    **{name: elementwise(_true_or_false, numbers=False) for name in TESTS},
    "cbrt": elementwise(_root),
    "clip": clip,
    "copy": kept,
    "deg2rad": elementwise(_angle),
    "erfc": elementwise(_promoted),
    "exp": elementwise(_exponential),
    "exp2": elementwise(_exponential),
    "expm1": elementwise(_exponential),
    "fabs": elementwise(_exponential_real),
    "i0": elementwise(_angle),
    "imag": elementwise(_same, numbers=False),
    "logical_not": elementwise(_true_or_false),
    "nan_to_num": elementwise(_same, numbers=False),
    "rad2deg": elementwise(_angle),
    "reciprocal": elementwise(_float32),
    "signbit": elementwise(_true_or_false),
    "square": elementwise(_countable),
    "stop_gradient": kept,
}
"""Rules of these ops."""
