"""Functions of two operands, element by element: add, divide, maximum, power, equal and kin."""

from __future__ import annotations

from collections.abc import Callable

from modelspec.layers.rule import (
    FLOATX,
    INT,
    WEAK_FLOAT,
    WEAK_INT,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Tensor,
    per_example,
    result_type,
)

from .operands import dtype_of, need_numbers, operand, promoted, shape_of, tensor
from .shapes import stretched

DtypeRule = Callable[[LayerCall], str]


def _promoted(call: LayerCall) -> str:
    return promoted(call, "x1", "x2")


def _divided(call: LayerCall) -> str:
    return promoted(call, "x1", "x2", with_=WEAK_FLOAT)


def _countable(call: LayerCall) -> str:
    found = promoted(call, "x1", "x2")
    return "int32" if found == "bool" else found


def _strong(call: LayerCall) -> str:
    return result_type(*_strong_pair(call))


def _strong_divided(call: LayerCall) -> str:
    return result_type(*_strong_pair(call), WEAK_FLOAT)


def _strong_pair(call: LayerCall) -> tuple[str, ...]:
    """These functions take a Python number for a full int64 or float32."""
    full = {WEAK_INT: INT, WEAK_FLOAT: FLOATX}
    dtypes = (dtype_of(operand(call, name), name) for name in ("x1", "x2"))
    return tuple(full.get(dtype, dtype) for dtype in dtypes)


def _angle(call: LayerCall) -> str:
    values = (operand(call, "x1"), operand(call, "x2"))
    dtypes = (value.dtype if isinstance(value, Tensor) else FLOATX for value in values)
    return result_type(*dtypes, WEAK_FLOAT)


def _two_tensors(call: LayerCall) -> str:
    found = result_type(tensor(call, "x1").dtype, tensor(call, "x2").dtype)
    if found == "int64":
        return "float64"
    return FLOATX if "int" in found else found


def _true_or_false(call: LayerCall) -> str:
    return "bool"


def elementwise(dtype_rule: DtypeRule, numbers: bool = True) -> Rule:
    """The rule of a function that broadcasts its two operands; constants are scalars."""

    def rule(call: LayerCall) -> RuleResult:
        x1, x2 = operand(call, "x1"), operand(call, "x2")
        if numbers:
            need_numbers(x1, x2)
        shape = stretched(shape_of(x1), shape_of(x2))
        return RuleResult(Tensor(shape, dtype_rule(call)), flops=per_example(shape))

    return rule


def bitwise(call: LayerCall) -> RuleResult:
    """`bitwise_and` and kin: two tensors of whole numbers; the shape is the first one's."""
    x, y = tensor(call, "x"), tensor(call, "y")
    return _bits(x, y, result_type(x.dtype, y.dtype))


def shift(call: LayerCall) -> RuleResult:
    """`left_shift` and kin: by a tensor or by one whole number."""
    x, y = tensor(call, "x"), operand(call, "y")
    if isinstance(y, int):
        return RuleResult(x, flops=per_example(x.shape))
    by = tensor(call, "y")
    return _bits(x, by, result_type(x.dtype, by.dtype))


def _bits(x: Tensor, y: Tensor, dtype: str) -> RuleResult:
    if "float" in dtype or "complex" in dtype:
        raise Mismatch(f"needs whole numbers, got {dtype}", hint="cast the tensors first")
    stretched(x.shape, y.shape)
    return RuleResult(Tensor(x.shape, dtype), flops=per_example(x.shape))


def allclose(call: LayerCall) -> RuleResult:
    """One true or false for two whole tensors."""
    x1, x2 = operand(call, "x1"), operand(call, "x2")
    return RuleResult(Tensor((), "bool"), flops=per_example(shape_of(x1) or shape_of(x2)))


PROMOTED = (
    "floor_divide", "fmax", "fmin", "maximum", "minimum", "multiply", "power", "subtract",
)  # fmt: skip
DIVIDED = ("divide", "divide_no_nan", "logaddexp", "logaddexp2", "true_divide")
ORDERED = ("greater", "greater_equal", "less", "less_equal")
ORDERED_ANY = ("equal", "isclose", "not_equal")
LOGICAL = ("logical_and", "logical_or", "logical_xor")
BITWISE = ("bitwise_and", "bitwise_or", "bitwise_xor")
SHIFTS = ("bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift")

OPS: dict[str, Rule] = {
    **{name: elementwise(_promoted) for name in PROMOTED},
    **{name: elementwise(_divided) for name in DIVIDED},
    **{name: elementwise(_true_or_false) for name in (*ORDERED, *LOGICAL)},
    **{name: elementwise(_true_or_false, numbers=False) for name in ORDERED_ANY},
    **dict.fromkeys(BITWISE, bitwise),
    **dict.fromkeys(SHIFTS, shift),
    "add": elementwise(_promoted, numbers=False),
    "allclose": allclose,
    "arctan2": elementwise(_angle),
    "fmod": elementwise(_countable),
    "gcd": elementwise(_strong),
    "heaviside": elementwise(_two_tensors),
    "hypot": elementwise(_two_tensors),
    "lcm": elementwise(_strong),
    "ldexp": elementwise(_strong_divided),
    "mod": elementwise(_countable),
    "nextafter": elementwise(_strong_divided),
}
"""Rules of these ops."""
