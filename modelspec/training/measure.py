"""What a compiled model reaches on a split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from modelspec.data import Examples, Structure, batches

from .history import scalars


class Compiled(NamedTuple):
    """A compiled model, how it takes its data, and what it logs, in order."""

    model: Any
    structure: Structure
    logs: Sequence[str]


def evaluation_batches(compiled: Compiled, examples: Examples, batch_size: int) -> Any:
    """A split in its own order, with its sample weights but without class weights, as in Keras."""
    weights = None
    if examples.weights is not None:
        names = compiled.structure.output_names
        weights = compiled.structure.targets(dict.fromkeys(names, examples.weights))
    return batches(examples, compiled.structure, batch_size, weights=weights)


def measure(
    compiled: Compiled, examples: Examples | None, batch_size: int, prefix: str
) -> dict[str, float]:
    """Loss and metrics by name with `prefix` before each; empty where there is no split."""
    if examples is None:
        return {}
    found = compiled.model.evaluate(
        evaluation_batches(compiled, examples, batch_size), verbose=0, return_dict=True
    )
    order = {name: index for index, name in enumerate(compiled.logs)}
    names = sorted(found, key=lambda name: order.get(name, len(order)))
    return scalars({f"{prefix}{name}": found[name] for name in names})
