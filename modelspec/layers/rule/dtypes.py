"""The dtype that an operation returns: promotion of dtypes and of Python's own numbers.

A layer casts floating numbers to its compute dtype before it works on them, and no others: whole
numbers that it only moves, compares or adds stay whole. Keras's symbolic pass states the compute
dtype for them, and a run does not give it.

Promotion goes up a lattice, as in JAX and Keras: the result is the lowest dtype that stands above
all operands. A Python number is weak: it stands low in the lattice, so that `int8 + 1` stays int8.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from .rule import Mismatch

WEAK_INT = "int"
WEAK_FLOAT = "float"
FLOATX = "float32"
INT = "int64"
"""What Keras on TensorFlow takes for Python's int where a dtype is asked for."""

ABOVE: dict[str, tuple[str, ...]] = {
    "bool": ("int",),
    "uint8": ("int16", "uint16"),
    "uint16": ("int32", "uint32"),
    "uint32": ("int64", "uint64"),
    "uint64": ("float",),
    "int": ("uint8", "int8", "complex64"),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex64": ("complex128",),
    "complex128": (),
}
"""Each dtype and those right above it. `int` and `float` are Python's numbers."""

_NARROWED = {"uint64": "uint32", "complex128": "complex64"}
"""Dtypes that Keras never returns, and what it returns instead."""

_STRONG = {WEAK_INT: INT, WEAK_FLOAT: FLOATX}
_RESOLVED = {WEAK_INT: "int32", WEAK_FLOAT: FLOATX}


def standard(dtype: str | None) -> str:
    """A dtype as a spec writes it, under its full name; None is float32."""
    if dtype is None:
        return FLOATX
    return INT if dtype == "int" else dtype


def result_type(*dtypes: str) -> str:
    """The dtype of an operation on operands of these dtypes.

    Raises:
        Mismatch: no dtype stands above all of them, as with text and numbers.
    """
    if any(dtype.startswith("float8") for dtype in dtypes):
        raise Mismatch(
            f"does not convert {_listed(dtypes)} by itself", hint="cast the tensor before it"
        )
    strong = {_STRONG.get(dtype, dtype) for dtype in dtypes}
    weak = all(dtype in _STRONG for dtype in dtypes)
    if len(strong) == 1 and (not weak or len(dtypes) == 1):
        (found,) = strong
    else:
        found = _lowest_above(frozenset(strong if weak else dtypes), dtypes)
    if weak:
        found = WEAK_INT if "int" in found else WEAK_FLOAT
    found = _RESOLVED.get(found, found)
    return _NARROWED.get(found, found)


def floating(dtype: str) -> str:
    """The dtype of most functions on real numbers (sin, log, sqrt)."""
    return FLOATX if dtype == "int64" else result_type(dtype, WEAK_FLOAT)


def widened(dtype: str) -> str:
    """The dtype of sums and products: small whole numbers need room."""
    if dtype in ("bool", "int8", "int16"):
        return "int32"
    return "uint32" if dtype in ("uint8", "uint16") else dtype


def is_whole(dtype: str) -> bool:
    """Whether it holds whole numbers or true and false."""
    return "int" in dtype or dtype == "bool"


def is_floating(dtype: str) -> bool:
    """Whether it holds real numbers."""
    return "float" in dtype


def _lowest_above(nodes: frozenset[str], asked: Iterable[str]) -> str:
    if not nodes <= set(ABOVE):
        hint = "text becomes numbers by StringLookup, TextVectorization or Hashing"
        raise Mismatch(f"cannot put {_listed(asked)} together", hint=hint)
    common = frozenset.intersection(*(_all_above(dtype) for dtype in nodes))
    lowest = [dtype for dtype in common if common <= _all_above(dtype)]
    if len(lowest) != 1:
        raise Mismatch(
            f"finds no dtype for {_listed(asked)}", hint="cast the tensors to one dtype first"
        )
    return lowest[0]


@cache
def _all_above(dtype: str) -> frozenset[str]:
    higher = (_all_above(above) for above in ABOVE[dtype])
    return frozenset((dtype,)).union(*higher)


def _listed(dtypes: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(dtypes))
