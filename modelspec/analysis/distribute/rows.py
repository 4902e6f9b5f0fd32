"""Calls whose result for one row depends on other rows of the batch.

A worker has a share of the rows, and would compute something else with them. Where the batch is in
a tensor is known from its shape in a trial (see `layers.rule.batch`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelspec.analysis.arguments import complete, keras_class
from modelspec.analysis.facts import Analysis, CallFacts, tensors_of
from modelspec.graph import Call, TensorRef
from modelspec.layers import traits_of
from modelspec.layers.rule import TRIAL_BATCH, Tensor, depends_on_batch, trial_shape
from modelspec.spec.model import LayerSpec, parse_index

AXES = ("axis", "axes", "axis1", "axis2")

MOVES_AXES = frozenset(
    (
        *("concatenate", "expand_dims", "moveaxis", "one_hot", "repeat"),
        *("squeeze", "stack", "swapaxes", "transpose"),
    )
)
"""Ops whose `axis` says where an axis goes: each row stays one."""

WITHOUT_AXIS = frozenset(("cumprod", "cumsum", "flip", "roll", "sort", "argsort", "take"))
"""Ops that go over all axes where `axis` is null, and whose result may have as many rows."""

OF_MATRICES = frozenset(
    (
        *("cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv", "lstsq", "lu_factor"),
        *("pinv", "qr", "slogdet", "solve", "solve_triangular", "svd", "tril", "triu"),
    )
)
"""Ops for which the last two axes are a matrix, whose rows are no examples."""


def calls_across_rows(analysis: Analysis) -> Iterator[tuple[LayerSpec, Call]]:
    """The calls that are the first to bring rows together, with those in nested models.

    Args:
        analysis: of a model whose inputs leave the size of the batch open.
    """
    facts_of = {
        facts.call.name: (layer.layer, facts)
        for layer in analysis.layers.values()
        for facts in layer.calls
        if not layer.layer.helper_of  # takes a size, for numbers that do not depend on it
    }
    across: set[str] = set()  # with what is computed from it
    for call in analysis.graph.calls:
        if call.name not in facts_of:
            continue
        layer, facts = facts_of[call.name]
        if any(ref.source in across for ref in call.reads()):
            across.add(call.name)
        elif facts.nested is not None:
            if not layer.object.class_name.startswith("applications."):
                yield from calls_across_rows(facts.nested)
        elif _is_across_rows(layer, facts, analysis):
            across.add(call.name)
            yield layer, call


def _is_across_rows(layer: LayerSpec, facts: CallFacts, analysis: Analysis) -> bool:
    call = facts.call
    given = list(_tensors((call.positional, call.named), analysis.tensors))
    made = list(tensors_of(facts.output))
    rows = [tensor for tensor in given if tensor is not None and _row_axes(tensor)]
    if not rows or None in made or any(map(_is_mixed, rows)):
        return False  # has none, is not known, or was reported
    known = [tensor for tensor in made if tensor is not None]
    if any(map(_is_mixed, known)) or not any(map(_row_axes, known)):
        return True
    x = next(_tensors(call.named.get("x", (call.positional, call.named)), analysis.tensors))
    if x is None or not _row_axes(x):
        return False  # rows may choose from a table
    return _goes_along_rows(layer, x, known)


def _goes_along_rows(layer: LayerSpec, x: Tensor, made: list[Tensor]) -> bool:
    """Whether a call whose result has a row for each of its own goes along the axis of rows."""
    kind, args = keras_class(layer.object), complete(layer.object)
    at = _row_axes(x)[0]
    op = kind.removeprefix("ops.") if kind.startswith("ops.") else ""
    if op == "get_item":
        return not _takes_all_rows(args["key"], x.rank, at)
    if op == "reshape":  # numbers are in the order of the axes
        return any((at == 0) != (_row_axes(tensor)[0] == 0) for tensor in made if _row_axes(tensor))
    if op in OF_MATRICES:
        return at >= x.rank - 2
    if op in MOVES_AXES or traits_of(kind).joins_values:
        return False
    if op in WITHOUT_AXIS and args.get("axis") is None:
        return True
    return at in _axes(args, x.rank)


def _axes(args: Mapping[str, Any], rank: int) -> set[int]:
    given = [args[name] for name in AXES if args.get(name) is not None]
    every = [one for value in given for one in (value if isinstance(value, list) else [value])]
    return {one % rank for one in every if type(one) is int and rank}


def _takes_all_rows(key: Any, rank: int, at: int) -> bool:
    """Whether an index leaves the axis of rows as it is."""
    parts = [part for part in parse_index(key) if part is not None]
    if Ellipsis in parts:
        place = parts.index(Ellipsis)
        parts[place : place + 1] = [slice(None)] * (rank - len(parts) + 1)
    part = parts[at] if at < len(parts) else slice(None)
    if not isinstance(part, slice):
        return False
    return part.start in (None, 0) and part.stop is None and part.step in (None, 1)


def _row_axes(tensor: Tensor) -> list[int]:
    """The axes whose sizes depend on the batch."""
    shape = trial_shape(tensor.shape) if tensor.trial is None else tensor.trial
    return [at for at, size in enumerate(shape) if depends_on_batch(size)]


def _is_mixed(tensor: Tensor) -> bool:
    """Whether a number in a tensor is of several rows: of two axes of them, or of a part."""
    shape = trial_shape(tensor.shape) if tensor.trial is None else tensor.trial
    sizes = [size for size in shape if size is not None and depends_on_batch(size)]
    return len(sizes) > 1 or any(
        size % TRIAL_BATCH != 0 or size >= TRIAL_BATCH**2 for size in sizes
    )


def _tensors(value: Any, tensors: Mapping[str, Any]) -> Iterator[Tensor | None]:
    """What flows into a call; None for each part that is not known."""
    if isinstance(value, TensorRef):
        found = tensors.get(value.source)
        if value.index is not None and found is not None:
            is_there = isinstance(found, Mapping) or isinstance(value.index, int)
            found = found[value.index] if is_there else None
        yield from tensors_of(found)
        return
    for item in value.values() if isinstance(value, Mapping) else value:
        yield from _tensors(item, tensors)
