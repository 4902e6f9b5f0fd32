"""Functions of two operands, element by element: add, divide, maximum, power, equal and kin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from modelspec.layers.rule import (
    FIRST_BATCH,
    FLOATX,
    WEAK_FLOAT,
    WEAK_INT,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    depends_on_batch,
    per_example,
    result_type,
)

from .kernels import ANY, BOOL, NUMBERS, REAL, WHOLE, Dtypes, need_dtype, need_promoted
from .operands import dtype_of, need_numbers, operand, promoted, shape_of, tensor
from .shapes import stretched

DtypeRule = Callable[[LayerCall], str]
MATRIX = 2


def _promoted(call: LayerCall) -> str:
    return promoted(call, "x1", "x2")


def _divided(call: LayerCall) -> str:
    return promoted(call, "x1", "x2", with_=WEAK_FLOAT)


def _countable(call: LayerCall) -> str:
    found = _strong(call)
    return "int32" if found == "bool" else found


def _strong(call: LayerCall) -> str:
    return result_type(*_strong_pair(call))


def _strong_divided(call: LayerCall) -> str:
    return result_type(*_strong_pair(call), WEAK_FLOAT)


def _strong_pair(call: LayerCall) -> tuple[str, ...]:
    """These functions make tensors of Python's numbers first: Keras states a weak dtype."""
    full = {WEAK_INT: "int32", WEAK_FLOAT: FLOATX}
    dtypes = (dtype_of(operand(call, name), name) for name in ("x1", "x2"))
    return tuple(full.get(dtype, dtype) for dtype in dtypes)


def _two_tensors(call: LayerCall) -> str:
    found = result_type(tensor(call, "x1").dtype, tensor(call, "x2").dtype)
    if found == "int64":
        return "float64"
    return FLOATX if "int" in found else found


def _true_or_false(call: LayerCall) -> str:
    return "bool"


def elementwise(dtype_rule: DtypeRule, numbers: bool = True, taken: Dtypes = ANY) -> Rule:
    """The rule of a function that broadcasts its two operands; constants are scalars.

    Args:
        dtype_rule: the dtype of the result.
        numbers: whether it refuses text.
        taken: the dtypes that its kernels take, of those that the operands are promoted to.
    """

    def rule(call: LayerCall) -> RuleResult:
        x1, x2 = operand(call, "x1"), operand(call, "x2")
        if numbers:
            need_numbers(x1, x2)
        shape = stretched(shape_of(x1), shape_of(x2))
        if taken is not ANY:
            need_promoted(_promoted(call), taken)
        return RuleResult(Tensor(shape, dtype_rule(call)), flops=per_example(shape))

    return rule


def added(call: LayerCall) -> RuleResult:
    """`add`: as the others, but for a second operand with one axis of more than 1, as long as axis
    1 of the first or the last: that counts as a bias of these channels, whatever its own axes."""
    x1, x2 = operand(call, "x1"), operand(call, "x2")
    if not isinstance(x1, Tensor) or not _is_bias(shape_of(x2), x1.shape):
        return _plainly_added(call)
    batch = None if depends_on_batch(x1.shape[0]) else x1.shape[0]
    stated = stretched((batch, *x1.shape[1:]), shape_of(x2))
    dtype = need_promoted(_promoted(call), NUMBERS - BOOL)
    found = RuleResult(Tensor(x1.shape, dtype).built_as(stated), flops=per_example(x1.shape))
    if x1.shape[-1] in shape_of(x2):
        return found
    limit = (
        "adds `x2` to each channel of axis 1, which runs on a GPU, and on a CPU only where no bias "
        "was added right before it: TensorFlow makes one sum of both"
    )
    hint = "write the constant as `x1`, and let the tensor flow into `x2`"
    return replace(found, device_limit=limit, device_hint=hint)


def _is_bias(shape: Shape, added_to: Shape) -> bool:
    long = [size for size in shape if size is None or size > 1]
    if len(added_to) < MATRIX or len(long) != 1:
        return False
    return long[0] is not None and long[0] in (added_to[1], added_to[-1])


def bitwise(call: LayerCall) -> RuleResult:
    """`bitwise_and` and kin: two tensors of whole numbers."""
    x, y = tensor(call, "x"), tensor(call, "y")
    return _bits(x, y, result_type(x.dtype, y.dtype))


def shift(call: LayerCall) -> RuleResult:
    """`left_shift` and kin: by a tensor or by one whole number."""
    x, y = tensor(call, "x"), operand(call, "y")
    if isinstance(y, int):
        need_dtype(x, WHOLE)
        return RuleResult(x, flops=per_example(x.shape))
    by = tensor(call, "y")
    return _bits(x, by, result_type(x.dtype, by.dtype))


def _bits(x: Tensor, y: Tensor, dtype: str) -> RuleResult:
    need_promoted(dtype, WHOLE)
    # Keras states the shape of the first
    output = Tensor(stretched(x.shape, y.shape), dtype).built_as(x.shape)
    return RuleResult(output, flops=per_example(output.shape))


def ldexp(call: LayerCall) -> RuleResult:
    """One operand times 2 to the power of the other, a whole number."""
    power = call.args.get("x2")
    if isinstance(power, float):
        message = f"needs a whole number as the power of 2, got {power}"
        raise Mismatch(f"{message}: {FIRST_BATCH}", "x2")
    return elementwise(_strong_divided)(call)


def divisors(call: LayerCall) -> RuleResult:
    """`gcd`, `lcm`: Keras stretches both to a shape that it must know while it makes a graph."""
    found = elementwise(_strong, taken=WHOLE)(call)
    if None in found.output.shape:
        message = f"needs known sizes, that of the batch too, got {found.output.shape}"
        hint = "compute it while the data are prepared, before the model"
        raise Mismatch(f"{message}: {FIRST_BATCH}", hint=hint)
    return found


def allclose(call: LayerCall) -> RuleResult:
    """One true or false for two whole tensors."""
    x1, x2 = operand(call, "x1"), operand(call, "x2")
    return RuleResult(Tensor((), "bool"), flops=per_example(shape_of(x1) or shape_of(x2)))


_plainly_added = elementwise(_promoted, numbers=False, taken=ANY - BOOL)

PROMOTED = ("multiply", "power", "subtract")
PROMOTED_REAL = ("floor_divide", "fmax", "fmin", "maximum", "minimum")
DIVIDED = ("divide", "divide_no_nan", "true_divide")
DIVIDED_REAL = ("logaddexp", "logaddexp2")
ORDERED = ("greater", "greater_equal", "less", "less_equal")
ORDERED_ANY = ("equal", "isclose", "not_equal")
LOGICAL = ("logical_and", "logical_or", "logical_xor")
BITWISE = ("bitwise_and", "bitwise_or", "bitwise_xor")
SHIFTS = ("bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift")

OPS: dict[str, Rule] = {
    **{name: elementwise(_promoted, taken=NUMBERS - BOOL) for name in PROMOTED},
    **{name: elementwise(_promoted, taken=REAL) for name in PROMOTED_REAL},
    **{name: elementwise(_divided) for name in DIVIDED},
    **{name: elementwise(_strong_divided, taken=BOOL | REAL) for name in DIVIDED_REAL},
    **{name: elementwise(_true_or_false, taken=REAL) for name in ORDERED},
    **{name: elementwise(_true_or_false) for name in LOGICAL},
    **{name: elementwise(_true_or_false, numbers=False) for name in ORDERED_ANY},
    **dict.fromkeys(BITWISE, bitwise),
    **dict.fromkeys(SHIFTS, shift),
    "add": added,
    "allclose": allclose,
    "arctan2": elementwise(_strong_divided, taken=BOOL | REAL),
    "fmod": elementwise(_countable, taken=BOOL | REAL),
    "gcd": divisors,
    "heaviside": elementwise(_two_tensors, taken=REAL),
    "hypot": elementwise(_two_tensors, taken=NUMBERS - BOOL),
    "lcm": divisors,
    "ldexp": ldexp,
    "mod": elementwise(_countable, taken=BOOL | REAL),
    "nextafter": elementwise(_strong_divided),
}
"""Rules of these ops."""
