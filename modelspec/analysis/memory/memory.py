"""How many bytes a model takes: its weights, and what training and inference add.

Training keeps, beside the weights, a gradient and the optimizer's slots for each trained weight,
and what the backward pass of each call needs until it has run. Inference keeps what is still to
be read. What the framework itself takes is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from modelspec.analysis.arguments import complete
from modelspec.analysis.facts import Analysis, CallFacts, add
from modelspec.schema import class_schema
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject

from .backward import training_peak
from .sizes import bytes_of, tensor_bytes

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
"""How many numbers an optimizer keeps for each trained one, before its options."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes; None where a size is not known.

    Attributes:
        weights: of all variables.
        gradients: of the trained ones.
        optimizer: the optimizer's slots.
        activations: of all tensors that the backward pass needs, for `batch_size` examples.
        training: the most at once. The backward pass lets go of activations while it makes
            gradients, so this is less than the sum where both are large, and more where a single
            call takes much on its way.
        inference: the weights, and the outputs that are alive at the widest moment.
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
        return {name: getattr(self, name) for name in self.__slots__}


DEFAULT_BATCH_SIZE = 32
"""The examples in flight where neither the caller nor `data` says how many."""


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
        batch_size: how many examples are in flight.
        optimizer: of the training; None counts Adam's slots.
    """
    weights = analysis.weights
    held = None if weights is None else bytes_of(weights)
    trained = [] if weights is None else [w for w in weights if w.trainable]
    gradients = None if weights is None else bytes_of(trained)
    slots = slots_of(optimizer)
    kept = None if slots is None or gradients is None else int(slots * gradients)
    alive = _widest(analysis, batch_size)
    step = training_peak(analysis, batch_size)
    return Memory(
        batch_size,
        held,
        gradients,
        kept,
        None if step is None else step.activations,
        add((held, kept, None if step is None else step.most)),
        add((held, alive)),
    )


def slots_of(optimizer: KerasObject | None) -> float | None:
    """How many numbers an optimizer keeps for each trained number; None where it is not known."""
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


def _widest(analysis: Analysis, batch_size: int) -> int | None:
    """The most bytes that are alive at once while the calls are made in order."""
    calls = _calls(analysis)
    last_read: dict[str, int] = {}
    for index, call in enumerate(calls):
        for ref in call.call.reads():
            last_read[ref.source] = index
    alive: dict[str, int] = {}
    for name, value in analysis.inputs.items():
        size = tensor_bytes(value, batch_size)
        if size is None:
            return None
        alive[name] = size
    widest = sum(alive.values())
    for index, call in enumerate(calls):
        size = tensor_bytes(call.output, batch_size)
        inner = 0 if call.nested is None else _widest(call.nested, batch_size)
        if size is None or inner is None:
            return None
        alive[call.call.name] = size
        widest = max(widest, sum(alive.values()) + inner)
        for name in [n for n, at in last_read.items() if at == index]:
            alive.pop(name, None)
    return widest
