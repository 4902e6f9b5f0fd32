"""What the elements of a `tf.data.Dataset` are called, and whether they are single examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import join_words

PARTS = ("input", "target", "weight")
"""The columns of an element that is a tuple, as Keras takes them; of a mapping in it, its keys."""

BARE = "return a tf.data.Dataset, such as tf.data.Dataset.from_generator(...) makes"


def named(element: Any) -> dict[str, Any]:
    """Column name to the tensor of an element, or to what is known of it beforehand."""
    if isinstance(element, tuple) and len(element) == 1:
        (element,) = element
    if isinstance(element, Mapping):
        return dict(element)
    if not isinstance(element, tuple):
        return {PARTS[0]: element}
    found: dict[str, Any] = {}
    for name, part in zip(PARTS, element, strict=False):
        found |= part if isinstance(part, Mapping) else {name: part}
    return found


def problem_of(dataset: Any) -> tuple[str, str] | None:
    """Why something is no finite dataset of examples, and how to mend it; None for a sound one."""
    import tensorflow as tf

    if not isinstance(dataset, tf.data.Dataset):
        return f"returns {_kind(dataset)}, not a tf.data.Dataset", BARE
    element = dataset.element_spec
    if isinstance(element, tuple) and len(element) > len(PARTS):
        count = len(element)
        message = f"gives tuples of {count}; they may have {join_words(f'`{p}`' for p in PARTS)}"
        return message, "give a mapping from column names to tensors"
    found = named(element)
    names = [part for part in element if isinstance(part, Mapping)] if _is_tuple(element) else []
    if sum(map(len, names)) > len({key for part in names for key in part}):
        return "gives a column twice: its inputs and its targets share a name", "rename one of them"
    for name, spec in found.items():
        if not isinstance(spec, tf.TensorSpec):
            message = f"gives `{name}` as {_kind(spec)}; a column is a tensor"
            return message, "give a mapping from column names to tensors"
        if not _is_known(spec.dtype):
            return f"gives `{name}` as {spec.dtype.name}; a column holds numbers or text", ""
    if all(_is_open(spec) for spec in found.values()):
        hint = "leave out `.batch(...)`: modelspec makes the batches"
        return "gives batches, as it seems: the first axis of every tensor has no size", hint
    if dataset.cardinality() == tf.data.INFINITE_CARDINALITY:
        hint = "leave out `.repeat()`: modelspec goes through the examples again in each epoch"
        return "gives examples without an end", hint
    return None


def _is_tuple(element: Any) -> bool:
    return isinstance(element, tuple)


def _is_known(dtype: Any) -> bool:
    return bool(dtype.is_floating or dtype.is_integer or dtype.is_bool or dtype.name == "string")


def _is_open(spec: Any) -> bool:
    return bool(spec.shape.rank) and spec.shape[0] is None


def _kind(value: Any) -> str:
    return type(value).__name__
