"""Which ops take a sparse tensor, as lookups make with `sparse: true`, and what they make of it.

Keras builds the others, and their kernels fail with the first batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from modelspec.layers.rule import (
    FIRST_BATCH,
    Mismatch,
    RuleResult,
    Structure,
    Tensor,
    flat_tensors,
    is_floating,
)

_KEPT = """abs absolute arcsin arcsinh arctan arctanh array bincount cast ceil conj conjugate
    convert_to_tensor copy deg2rad erf expand_dims expm1 fabs floor imag log1p multiply negative
    rad2deg real reshape round sign signbit sin sinh sqrt square squeeze stop_gradient tan tanh
    transpose"""
KEPT = frozenset(_KEPT.split())
"""What is not stored is 0, and stays so."""

_FILLED = """arccos arccosh cos cosh exp exp2 full_like isfinite isreal log log10 log2 matmul ndim
    reciprocal shape size take"""
FILLED = frozenset(_FILLED.split())
"""The result is a tensor of all elements."""

OF_ALL = frozenset(("add", "concatenate", "maximum", "minimum", "subtract"))
"""The result is sparse where all operands are."""

OF_FIRST = frozenset(("divide", "true_divide"))
"""The result is sparse where the first operand alone is."""

OF_WHOLE_NUMBERS = frozenset(("isneginf", "isposinf", "nan_to_num", "trunc"))
"""Those that leave whole numbers as they are, and look at others."""

WITH_TENSORS = frozenset(("add", "divide", "multiply", "subtract", "true_divide"))
"""No list goes with a sparse tensor; and in a sum no whole number."""

SUMS = frozenset(("add", "subtract"))


def has_sparse(named: Mapping[str, Structure]) -> bool:
    """Whether one of the tensors is sparse; of few specs one is."""
    return any(tensor.sparse for value in named.values() for tensor in flat_tensors(value))


def need_taken(op: str, named: Mapping[str, Structure], args: Mapping[str, Any]) -> None:
    """Refuse sparse tensors where an op computes on all elements.

    Raises:
        Mismatch: it does.
    """
    given = {name: list(flat_tensors(value)) for name, value in named.items()}
    sparse = [tensor for tensors in given.values() for tensor in tensors if tensor.sparse]
    hint = "leave `sparse` out where the codes are made, or put Dense or Embedding before it"
    floating = any(is_floating(tensor.dtype) for tensor in sparse)
    taken = op in KEPT | FILLED | OF_ALL | OF_FIRST or (op in OF_WHOLE_NUMBERS and not floating)
    if op == "take" and any(tensor.sparse for tensor in given.get("x", ())):
        taken = False
    if not taken:
        raise Mismatch(f"takes no sparse tensor: {FIRST_BATCH}", hint=hint)
    other = next((value for key in ("x1", "x2") if (value := args.get(key)) is not None), None)
    number = isinstance(other, float) and floating if op in SUMS else not isinstance(other, list)
    if op in WITH_TENSORS and other is not None and not number:
        message = f"takes no constant {other} beside a sparse tensor: {FIRST_BATCH}"
        raise Mismatch(message, hint=hint)


def with_sparseness(op: str, named: Mapping[str, Structure], found: RuleResult) -> RuleResult:
    """The result, which is sparse where the op makes it so of its tensors."""
    given = {name: list(flat_tensors(value)) for name, value in named.items()}
    flags = [tensor.sparse for tensors in given.values() for tensor in tensors]
    if not isinstance(found.output, Tensor):
        return found
    first = any(tensor.sparse for tensor in given.get("x1", ()))
    sparse = (
        op in KEPT | OF_WHOLE_NUMBERS - {"isneginf", "isposinf"}
        or (op in OF_ALL and all(flags))
        or (op in OF_FIRST and first and sum(flags) == 1)
    )
    return replace(found, output=replace(found.output, sparse=sparse))
