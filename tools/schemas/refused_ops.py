"""Functions of `keras.ops` that cannot be a node of a graph in a spec, and why."""

from __future__ import annotations

_FUNCTION = "it takes a Python function; register a layer of your own that calls it"
_UNSET = "its numbers are whatever the memory holds; `ops.zeros` and `ops.full` say which"
_STATIC = "it gives a Python value, no tensor, and so has no place in a graph"

REFUSED_OPS: dict[str, str] = {
    "associative_scan": _FUNCTION,
    "cond": _FUNCTION,
    "custom_gradient": _FUNCTION,
    "fori_loop": _FUNCTION,
    "jvp": _FUNCTION,
    "map": _FUNCTION,
    "scan": _FUNCTION,
    "switch": _FUNCTION,
    "vectorize": _FUNCTION,
    "vectorized_map": _FUNCTION,
    "while_loop": _FUNCTION,
    "empty": _UNSET,
    "convert_to_numpy": _STATIC,
    "dtype": _STATIC,
    "is_tensor": _STATIC,
    "shape": _STATIC,
}
