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
    is_floating,
    is_whole,
    per_example,
    result_type,
    shape_of_list,
)

from .operands import need_numbers, setting, tensor
from .shapes import need_stretches_to

DtypeRule = Callable[[str], str]


def _same(dtype: str) -> str:
    return dtype


def _true_or_false(_: str) -> str:
    return "bool"


def _exponential(dtype: str) -> str:
    return FLOATX if is_whole(dtype) else dtype


def _exponential_real(dtype: str) -> str:
    if "complex" in dtype:
        raise Mismatch("does not take complex numbers", hint="use `ops.abs`")
    return _exponential(dtype)


def _root(dtype: str) -> str:
    if dtype == "int64":
        return "float64"
    return FLOATX if is_whole(dtype) or "complex" in dtype else dtype


def _angle(dtype: str) -> str:
    if dtype in ("int64", "float64"):
        return "float64"
    return FLOATX if is_whole(dtype) else dtype


def _countable(dtype: str) -> str:
    return "int32" if dtype == "bool" else dtype


def _promoted(dtype: str) -> str:
    return result_type(dtype, WEAK_FLOAT)


def _real_part(dtype: str) -> str:
    return {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)


def _leaky(dtype: str) -> str:
    """Keras states the dtype of the tensor: the slope makes floats of whole numbers."""
    return FLOATX if is_whole(dtype) else dtype


def elementwise(dtype_rule: DtypeRule, text: bool = False) -> Rule:
    """The rule of a function that keeps the shape; with `text`, it takes text too.

    Other dtypes that it does not take are in `kernels.py`.
    """

    def rule(call: LayerCall) -> RuleResult:
        x = tensor(call, "x")
        if not text:
            need_numbers(x)
        output = Tensor(x.shape, dtype_rule(x.dtype))
        return RuleResult(output, flops=per_example(x.shape))

    return rule


def bounded(dtype_rule: DtypeRule, *bounds: str) -> Rule:
    """The rule of a function that compares with constants: `clip`, `threshold` and kin.

    Constants are not promoted: those for whole numbers must be whole.
    """

    def rule(call: LayerCall) -> RuleResult:
        x = tensor(call, "x")
        for name in bounds:
            value = setting(call, name)
            if is_whole(x.dtype) and isinstance(value, float):
                hint = "write a whole number, or put `ops.cast: {dtype: float32}` before it"
                message = f"needs a whole number for a tensor of {x.dtype}, got {value}"
                raise Mismatch(f"{message}: {FIRST_BATCH}", name, hint)
            if isinstance(value, list):
                need_stretches_to(shape_of_list(value, name), x.shape, name)
        return elementwise(dtype_rule)(call)

    return rule


def kept(call: LayerCall) -> RuleResult:
    """`copy`, `stop_gradient`: the tensor as it is, of any dtype; nothing is computed."""
    x = tensor(call, "variable" if "variable" in call.named else "x")
    return RuleResult(x)


def tested(call: LayerCall) -> RuleResult:
    """`isnan` and kin: true or false. Of what is no float Keras knows the result without looking,
    and makes it in the shape of the tensor, which it must know."""
    x = tensor(call, "x")
    if not is_floating(x.dtype) and None in x.shape:
        hint = "put `ops.cast: {dtype: float32}` before it"
        raise Mismatch(
            f"takes {x.dtype} of known sizes only, got {x.shape}: {FIRST_BATCH}", hint=hint
        )
    return elementwise(_true_or_false, text=True)(call)


SAME = (
    "celu", "conj", "conjugate", "elu", "erf", "erfinv", "gelu", "hard_sigmoid", "hard_silu",
    "hard_tanh", "log_sigmoid", "negative", "reciprocal", "relu", "relu6", "round", "rsqrt",
    "selu", "sigmoid", "sign", "silu", "softplus", "softsign", "sparse_plus", "sparse_sigmoid",
    "squareplus", "tanh_shrink", "trunc", "bitwise_invert", "bitwise_not",
)  # fmt: skip
"""Functions whose result has the dtype of the tensor."""

FLOATING = (
    "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "ceil", "cos", "cosh",
    "floor", "log", "log10", "log1p", "log2", "sin", "sinc", "sinh", "sqrt", "tan", "tanh",
)  # fmt: skip
"""Functions that make floats of whole numbers."""

REAL_PARTS = ("abs", "absolute", "imag", "real")
"""Functions that make real numbers of complex ones."""

TESTS = ("isfinite", "isinf", "isnan")
"""Functions that say true or false of each number."""

MORE_TESTS = ("isneginf", "isposinf", "isreal")
"""Functions that say true or false, of text too."""

OPS: dict[str, Rule] = {
    **{name: elementwise(_same) for name in SAME},
    **{name: elementwise(_real_part) for name in REAL_PARTS},
    **{name: elementwise(floating) for name in FLOATING},
    **dict.fromkeys(TESTS, tested),
    **{name: elementwise(_true_or_false, text=True) for name in MORE_TESTS},
    "angle": elementwise(lambda dtype: floating(_real_part(dtype))),
    "cbrt": elementwise(_root),
    "clip": bounded(_countable, "x_min", "x_max"),
    "copy": kept,
    "deg2rad": elementwise(_angle),
    "erfc": elementwise(_promoted),
    "exp": elementwise(_exponential),
    "exp2": elementwise(_exponential),
    "expm1": elementwise(_exponential),
    "fabs": elementwise(_exponential_real),
    "hard_shrink": bounded(_same, "threshold"),
    "i0": elementwise(_angle),
    "leaky_relu": elementwise(_leaky),
    "logical_not": elementwise(_true_or_false),
    "nan_to_num": elementwise(_same, text=True),
    "rad2deg": elementwise(_angle),
    "signbit": elementwise(_true_or_false),
    "soft_shrink": bounded(_same, "threshold"),
    "square": elementwise(_countable),
    "stop_gradient": kept,
    "threshold": bounded(_same, "threshold", "default_value"),
}
"""Rules of these ops."""
