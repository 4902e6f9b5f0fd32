"""The memory of a model: its weights, and what training and inference add.

Training needs, beside the weights, a gradient and the optimizer's slots for each trained weight,
and what the backward pass of each call needs until it has run. Inference keeps the outputs that
are still to be read. What the framework itself allocates is not counted.
"""

from __future__ import annotations

from dataclasses import asdict

from modelspec.analysis.arguments import complete
from modelspec.analysis.facts import Analysis, CallFacts, bytes_of, tensor_bytes
from modelspec.layers.rule import total
from modelspec.schema import class_schema
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject
from modelspec.value_classes import value_class

from .peak import training_step_memory

SLOTS = {
    "SGD": 0,
    "Adam": 2,
    "AdamW": 2,
    "Adamax": 2,
    "Nadam": 2,
    "Lamb": 2,
    "Adadelta": 2,
    "Ftrl": 2,
    "ScheduleFreeAdamW": 2,
    "Muon": 2,
    "RMSprop": 1,
    "Adagrad": 1,
    "Lion": 1,
}
"""Slots (numbers for each trained parameter) of an optimizer, before its options."""


@value_class
class Memory:
    """Bytes; None where a size is unknown.

    Attributes:
        batch_size: the examples in a batch.
        weights: of all variables.
        gradients: of the trained weights.
        optimizer: the optimizer's slots.
        activations: of all tensors that the backward pass needs, for a whole batch.
        training: the peak. The backward pass frees activations while it computes gradients, so
            this is less than the sum where both are large, and more where a single call needs
            much temporary memory.
        inference: the peak: the weights, and the outputs that are in memory at once.
    """

    batch_size: int
    weights: int | None
    gradients: int | None
    optimizer: int | None
    activations: int | None
    training: int | None
    inference: int | None

    def to_dict(self) -> dict[str, int | None]:
        """The figures by name, in bytes."""
        return asdict(self)


DEFAULT_BATCH_SIZE = 32
"""The batch size where neither the caller nor `data` gives one."""


def memory_of_spec(spec: Spec, analysis: Analysis, batch_size: int | None = None) -> Memory:
    """The memory of a spec's model under its own optimizer.

    Args:
        spec: the spec.
        analysis: of its model.
        batch_size: by default the spec's `data.batch_size`, or 32.
    """
    default = spec.data.batch_size if spec.data is not None else DEFAULT_BATCH_SIZE
    optimizer = spec.training.optimizer if spec.training is not None else None
    return memory_of(analysis, batch_size or default, optimizer)


def memory_of(analysis: Analysis, batch_size: int, optimizer: KerasObject | None) -> Memory:
    """The memory of a model.

    Args:
        analysis: of the model.
        batch_size: the examples in a batch.
        optimizer: of the training; None counts Adam's slots.
    """
    weights = analysis.weights
    weight_bytes = None if weights is None else bytes_of(weights)
    trained = [] if weights is None else [w for w in weights if w.trainable]
    gradients = None if weights is None else bytes_of(trained)
    slots = slots_of(optimizer)
    slot_bytes = None if slots is None or gradients is None else int(slots * gradients)
    outputs = _inference_peak(analysis, batch_size)
    step = training_step_memory(analysis, batch_size)
    return Memory(
        batch_size,
        weight_bytes,
        gradients,
        slot_bytes,
        None if step is None else step.activations,
        total(weight_bytes, slot_bytes, None if step is None else step.peak),
        total(weight_bytes, outputs),
    )


def slots_of(optimizer: KerasObject | None) -> float | None:
    """The slots of an optimizer for each trained parameter; None for an unknown optimizer."""
    if optimizer is None:
        return 2
    known = class_schema("optimizer", optimizer.class_name)
    name = known.name if known is not None else optimizer.class_name
    if name not in SLOTS:
        return None
    args = complete(optimizer)
    return SLOTS[name] + sum(
        (
            bool(args.get("momentum")) and name in ("SGD", "RMSprop"),
            bool(args.get("amsgrad")),
            bool(args.get("centered")),
            bool(args.get("use_ema")),
            bool(args.get("gradient_accumulation_steps")),
        )
    )


def _calls(analysis: Analysis) -> list[CallFacts]:
    by_name = {c.call.name: c for layer in analysis.layers.values() for c in layer.calls}
    return [by_name[call.name] for call in analysis.graph.calls]


def _inference_peak(analysis: Analysis, batch_size: int) -> int | None:
    """The most bytes of inputs and outputs in memory at once, when the calls run in order."""
    calls = _calls(analysis)
    last_read: dict[str, int] = {}
    for index, call in enumerate(calls):
        for ref in call.call.reads():
            last_read[ref.source] = index
    ending: list[list[str]] = [[] for _ in calls]
    for name, index in last_read.items():
        ending[index].append(name)
    alive: dict[str, int] = {}
    for name, value in analysis.inputs.items():
        size = tensor_bytes(value, batch_size)
        if size is None:
            return None
        alive[name] = size
    peak = sum(alive.values())
    for index, call in enumerate(calls):
        size = tensor_bytes(call.output, batch_size)
        inner = 0 if call.nested is None else _inference_peak(call.nested, batch_size)
        if size is None or inner is None:
            return None
        alive[call.call.name] = size
        peak = max(peak, sum(alive.values()) + inner)
        for name in ending[index]:
            alive.pop(name, None)
    return peak
