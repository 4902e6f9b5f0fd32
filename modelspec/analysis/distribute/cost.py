"""What a step costs when workers divide its batch: memory, bytes that are exchanged, seconds.

Every worker has all weights and the whole state of the optimizer; of the batch it has its share.
In a step the workers bring together what the model predicts, with the targets, so that each of them
computes the loss of the whole batch; then they sum the gradients, and what layers such as
BatchNormalization learn beside them. All of that are sums by a ring: of `B` bytes each worker sends
`2 (R - 1) / R * B` to its neighbour, and receives as many.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.facts import Analysis, LayerFacts, bytes_of, tensors_of
from modelspec.analysis.frozen_weights import with_frozen_weights
from modelspec.analysis.losses import CLASS_NUMBER_LOSSES, trained_outputs
from modelspec.analysis.memory import Memory, largest_needs, needs_of_phases, trained_analysis
from modelspec.layers.rule import Tensor, is_floating, total
from modelspec.spec import Spec

from .shares import largest_share, share_sizes

FLOAT, WHOLE = 4, 8
"""Bytes of a number on its way: floats travel as float32, whole numbers as int64."""

TABLES = ("embeddings", "lora_embeddings_a")
"""The weights of an Embedding of which a batch takes rows; with `lora_rank` the first is frozen."""


class Exchange(NamedTuple):
    """The bytes that are summed over the workers in a step; None where a size is unknown.

    Attributes:
        gradients: of the trained weights, in float32; of an Embedding what the rows of the batch
            take of it.
        predictions: of a whole batch, with their targets.
        statistics: that layers learn beside the gradients.
    """

    gradients: int | None
    predictions: int | None
    statistics: int | None


class WorkerNeeds(NamedTuple):
    """One of several workers.

    Attributes:
        workers: how many there are.
        shares: the examples of each, of a whole batch.
        memory: of the worker with the largest share, at the step that needs most.
        exchange: what is summed over all of them in a step.
        sent: the bytes that it sends in a step, and receives; None where they are unknown.
    """

    workers: int
    shares: tuple[int, ...]
    memory: Memory
    exchange: Exchange
    sent: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data: of the shares, the smallest and the largest."""
        return {
            "count": self.workers,
            "smallest_share": min(self.shares),
            "largest_share": max(self.shares),
            "memory": self.memory.to_dict(),
            "summed_bytes": self.exchange._asdict(),
            "sent_bytes": self.sent,
        }


def needs_of_worker(
    spec: Spec, analysis: Analysis, workers: int, batch_size: int | None = None
) -> WorkerNeeds:
    """The needs of each of some workers, which divide the batch of a spec.

    Args:
        spec: the spec.
        analysis: of its model.
        workers: how many, at most one for each example of a batch.
        batch_size: of all workers together; by default the spec's `data.batch_size`, or 32.
    """
    size = largest_needs(spec, analysis, batch_size).batch_size
    share = largest_share(size, workers)
    memory = largest_needs(spec, analysis, share)
    exchange = exchange_of(spec, analysis, size)
    summed = total(*exchange)
    sent = None if summed is None else ring_bytes(summed, workers)
    return WorkerNeeds(workers, share_sizes(size, workers), memory, exchange, sent)


def exchange_of(spec: Spec, analysis: Analysis, batch_size: int) -> Exchange:
    """What workers sum in each step of a training; of several phases, that which sums most.

    Args:
        spec: the spec.
        analysis: of its model.
        batch_size: of all workers together.
    """
    phases = needs_of_phases(spec, analysis, batch_size)
    found = [
        _gradients(one.memory, with_frozen_weights(analysis, one.training.freeze), batch_size)
        for one in phases
    ] or [_gradients(largest_needs(spec, analysis, batch_size), analysis, batch_size)]
    known = [one for one in found if one is not None]
    gradients = max(known) if len(known) == len(found) else None
    trained = trained_analysis(spec, analysis)
    example = _example_bytes(spec, analysis)
    predictions = None if example is None else example * batch_size
    statistics = sum(map(_learned_bytes, trained.innermost_layers()))
    return Exchange(gradients, predictions, statistics)


def _gradients(memory: Memory, trained: Analysis, batch_size: int) -> int | None:
    if memory.gradients is None:
        return None
    return memory.gradients + sum(
        _by_slices(facts, batch_size) for facts in trained.innermost_layers()
    )


def _example_bytes(spec: Spec, analysis: Analysis) -> int | None:
    """Of what is predicted for an example, and its targets; None where a size is unknown."""
    predicted = [_bytes_on_the_way(tensor) for tensor in tensors_of(analysis.outputs)]
    compared = [
        _target_bytes(output.tensor, output.loss_class)
        for output in (trained_outputs(spec, analysis) if spec.training is not None else ())
    ]
    return total(*predicted, *compared)


def _bytes_on_the_way(tensor: Tensor | None) -> int | None:
    if tensor is None or None in tensor.shape[1:]:
        return None
    each = FLOAT if is_floating(tensor.dtype) else WHOLE
    return each * prod(size or 1 for size in tensor.shape[1:])


def _target_bytes(tensor: Tensor | None, loss: str) -> int | None:
    """Of a target: a class number for each position, or as many floats as are predicted."""
    size = _bytes_on_the_way(tensor)
    if tensor is None or size is None or loss not in CLASS_NUMBER_LOSSES:
        return size
    return WHOLE * prod(size or 1 for size in tensor.shape[1:-1])


def _by_slices(facts: LayerFacts, batch_size: int) -> int:
    """How many more bytes the gradient of an Embedding has as it is exchanged, a row and its number
    for each position of the batch, than as a whole; 0 for any other layer."""
    if keras_class(facts.layer.object) != "Embedding":
        return 0
    if facts.layer.object.args.get("embeddings_regularizer") is not None:
        return 0  # that of the regularizer is whole
    tables = [w for w in facts.weights or () if w.trainable and w.name in TABLES]
    if not tables:
        return 0
    (table,) = tables
    positions = 0
    for tensor in (one for call in facts.calls for one in tensors_of(call.output)):
        if tensor is None or None in tensor.shape[1:]:
            return 0
        positions += prod(size or 1 for size in tensor.shape[1:-1])
    slices = batch_size * positions * (FLOAT * table.shape[-1] + WHOLE)
    return slices - FLOAT * prod(table.shape)


def _learned_bytes(facts: LayerFacts) -> int:
    """Of the moving mean and variance of a BatchNormalization that is not frozen."""
    weights = facts.weights or ()
    if keras_class(facts.layer.object) != "BatchNormalization" or not facts.trainable:
        return 0
    return bytes_of([weight for weight in weights if not weight.trainable])


def ring_bytes(summed: int, workers: int) -> int:
    """The bytes that a worker sends to sum some by a ring, and receives.

    Args:
        summed: bytes that each worker has of its own.
        workers: how many there are; one sends nothing.
    """
    return 2 * (workers - 1) * summed // workers


class Link(NamedTuple):
    """What connects workers.

    Attributes:
        name: as people call it.
        bandwidth: bytes a second, in each direction.
        latency: seconds of one message.
    """

    name: str
    bandwidth: float
    latency: float


LINKS = (
    Link("1 Gbit", 1e9 / 8, 50e-6),
    Link("10 Gbit", 10e9 / 8, 30e-6),
    Link("100 Gbit", 100e9 / 8, 5e-6),
    Link("NVLink", 450e9, 2e-6),
)
"""Ethernet at its full rate, and NVLink of the fourth generation in one direction. Latencies are
round numbers of common hardware."""


def step_seconds(compute: float, summed: int, workers: int, link: Link) -> float:
    """The seconds of a step: compute / R + messages x latency + bytes / bandwidth.

    Nothing overlaps with anything: the backward pass ends before the exchange begins.

    Args:
        compute: seconds of a step of one worker, with the whole batch.
        summed: bytes that are summed over the workers.
        workers: how many there are.
        link: between neighbours of the ring.
    """
    messages = 2 * (workers - 1)
    sent = ring_bytes(summed, workers)
    return compute / workers + messages * link.latency + sent / link.bandwidth


def least_compute(summed: int, workers: int, link: Link, efficiency: float = 0.5) -> float:
    """The seconds that a step of one worker must take for several to be worth it.

    Where a step computes for less, the workers reach less than `efficiency` of the speed that as
    many times one worker would have.

    Args:
        summed: bytes that are summed over the workers.
        workers: at least 2.
        link: between neighbours of the ring.
        efficiency: the share of the ideal speed, above 0 and below 1.
    """
    exchange = step_seconds(0.0, summed, workers, link)
    return workers * exchange * efficiency / (1 - efficiency)
