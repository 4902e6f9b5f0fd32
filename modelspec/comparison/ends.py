"""What a model takes and returns: one tensor, a list or a mapping, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelspec.graph import Graph

from .changes import Value
from .matching import Matching
from .nodes import OUTPUT


def changed_ends(matching: Matching, old: Graph, new: Graph) -> dict[str, Value]:
    """`inputs`, `input_structure` and `outputs`, where what calls the model has to change.

    What follows from an input or output more or less, or from another name of one, is none.
    """
    found = {}
    before, now = ([entry.name for entry in graph.inputs] for graph in (old, new))
    kinds = old.input_structure, new.input_structure
    if kinds[0] != kinds[1] and not _follows(kinds, before, now):
        found["input_structure"] = Value(*kinds)
    if "dict" not in kinds and _has_other_order(matching, before, now):
        found["inputs"] = Value(before, now)
    before, now = (list(graph.output_refs()) for graph in (old, new))
    kinds = _structure(old.outputs), _structure(new.outputs)
    names = [[f"{OUTPUT} {name}" for name in each] for each in (before, now)]
    is_other = kinds[0] != kinds[1] and not _follows(kinds, before, now)
    if is_other or ("dict" not in kinds and _has_other_order(matching, *names)):
        found["outputs"] = Value(_outputs(old), _outputs(new))
    return found


def _structure(outputs: Any) -> str:
    if isinstance(outputs, Mapping):
        return "dict"
    return "list" if isinstance(outputs, tuple) else "single"


def _follows(kinds: tuple[str, str], old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether a structure is another because there are several now, or no longer."""
    return "dict" not in kinds and len(old) != len(new)


def _has_other_order(matching: Matching, old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether those that are in both models are in another order."""
    stay = [matching.to_new[name] for name in old if name in matching.to_new]
    return stay != [name for name in new if name in matching.to_old]


def _outputs(graph: Graph) -> Any:
    """As the spec writes them."""
    refs = graph.output_refs()
    if _structure(graph.outputs) == "dict":
        return {name: ref.label for name, ref in refs.items()}
    labels = [ref.label for ref in refs.values()]
    return labels if isinstance(graph.outputs, tuple) else labels[0]
