"""What a compiled model reaches on a split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from modelspec.data.examples import Examples
from modelspec.data.feed import Feed, Structure
from modelspec.runs import scalars


class Compiled(NamedTuple):
    """What measures a compiled model, how it takes its data, and what it logs, in order."""

    evaluator: Any
    structure: Structure
    logs: Sequence[str]


def evaluation_feed(compiled: Compiled, examples: Examples, batch_size: int) -> Feed:
    """A split in its own order, with its sample weights but without class weights, as in Keras."""
    weights = None
    if examples.weights is not None:
        names = compiled.structure.output_names
        weights = compiled.structure.targets(dict.fromkeys(names, examples.weights))
    return Feed(examples, compiled.structure, batch_size, weights)


def measure(
    compiled: Compiled, examples: Examples | None, batch_size: int, prefix: str
) -> dict[str, float]:
    """Loss and metrics by name with `prefix` before each; empty where there is no split."""
    if examples is None:
        return {}
    feed = evaluation_feed(compiled, examples, batch_size)
    found = compiled.evaluator.measure(feed)
    order = {name: index for index, name in enumerate(compiled.logs)}
    names = sorted(found, key=lambda name: order.get(name, len(order)))
    return scalars({f"{prefix}{name}": found[name] for name in names})
