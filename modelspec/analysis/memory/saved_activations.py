"""What each call keeps in memory until its backward pass has run.

This follows the gradients that TensorFlow registers for its ops: a matrix product and a convolution
need their inputs, `relu` needs its output, an addition needs nothing. A tensor that several calls
need is kept once, and one that no call needs is freed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, NamedTuple

from modelspec.analysis.facts import width_of
from modelspec.layers import SavedForBackward, traits_of
from modelspec.layers.rule import Tensor
from modelspec.spec.model import KerasObject


class SavedTensors(NamedTuple):
    """What one call saves for its backward pass.

    Attributes:
        inputs: whether it saves its inputs.
        output: whether it saves its output.
        extra: bytes of other tensors that it saves.
        temporary: bytes that its backward pass allocates beside the gradients of its inputs and
            its output.
    """

    inputs: bool
    output: bool
    extra: int = 0
    temporary: int = 0


class CallTensors(NamedTuple):
    """The tensors of one call.

    Attributes:
        input_bytes: of all inputs, for the whole batch.
        output_bytes: of all outputs, for the whole batch.
        inputs: the tensors that it is called on.
        output: the first tensor that it returns.
    """

    input_bytes: int
    output_bytes: int
    inputs: tuple[Tensor, ...]
    output: Tensor

    @property
    def output_elements(self) -> int:
        """Elements of the output for one example; an unknown size counts as 1."""
        return prod(size or 1 for size in self.output.shape[1:])


ACTIVATIONS = {
    "gelu": 3, "silu": 1, "swish": 1, "hard_silu": 2, "hard_swish": 2, "softplus": 1,
    "softsign": 1, "leaky_relu": 1, "mish": 3, "log_softmax": 0,
}  # fmt: skip
"""Tensors of the size of the output that an activation saves instead of its output. All others
save their output."""


def find_saved_tensors(name: str, args: Mapping[str, Any], tensors: CallTensors) -> SavedTensors:
    """What a call saves.

    Args:
        name: the class of the layer, or `ops.NAME`.
        args: its complete arguments.
        tensors: of the call.
    """
    rule = _RULES.get(traits_of(name).saved)
    if rule is None:  # unknown: the most that is likely
        return SavedTensors(inputs=True, output=True)
    return rule(args, tensors, name)


def _convolution(args: Mapping[str, Any], tensors: CallTensors, _: str) -> SavedTensors:
    found = _inputs_and_activation(args, tensors, "")
    copies = tensors.input_bytes + tensors.output_bytes
    return found._replace(temporary=max(found.temporary, copies))


def _inputs_and_activation(args: Mapping[str, Any], tensors: CallTensors, _: str) -> SavedTensors:
    given = args.get("activation")
    name = given.class_name if isinstance(given, KerasObject) else given
    if name in (None, "linear"):
        return SavedTensors(inputs=True, output=False)
    extra = ACTIVATIONS.get(name, 0) * tensors.output_bytes
    temporary = tensors.output_bytes * (2 if extra else 1)
    return SavedTensors(
        inputs=True, output=name not in ACTIVATIONS, extra=extra, temporary=temporary
    )


def _activation(args: Mapping[str, Any], tensors: CallTensors, _: str) -> SavedTensors:
    return _inputs_and_activation(args, tensors, "")._replace(inputs=False)


def _batch_norm(_: Mapping[str, Any], tensors: CallTensors, __: str) -> SavedTensors:
    return SavedTensors(inputs=True, output=False, temporary=2 * tensors.output_bytes)


def _norm(_: Mapping[str, Any], tensors: CallTensors, __: str) -> SavedTensors:
    size = tensors.output_bytes
    return SavedTensors(inputs=True, output=False, extra=size, temporary=2 * size)


def _dropout(_: Mapping[str, Any], tensors: CallTensors, __: str) -> SavedTensors:
    mask = tensors.output_bytes // width_of(tensors.output)
    return SavedTensors(inputs=False, output=False, extra=mask)


def _recurrent(args: Mapping[str, Any], tensors: CallTensors, name: str) -> SavedTensors:
    """The states of each step, and a copy of the inputs with the steps in front."""
    inner = args.get("layer") if name == "Bidirectional" else None
    own = inner.args if isinstance(inner, KerasObject) else args
    kind = inner.class_name if isinstance(inner, KerasObject) else name
    steps = tensors.inputs[0].shape[1] if tensors.inputs else None
    elements = tensors.output_elements
    state = elements // (steps or 1) if own.get("return_sequences") else elements
    batch_bytes = tensors.output_bytes // max(1, elements)
    per_step = (traits_of(kind).saved_per_step or 2) * state * batch_bytes
    copies = tensors.input_bytes * (2 if inner is not None else 1)
    extra = copies + per_step * (steps or 1)
    return SavedTensors(inputs=False, output=False, extra=extra, temporary=tensors.input_bytes)


def _attention(args: Mapping[str, Any], tensors: CallTensors, _: str) -> SavedTensors:
    """The projections of query, key, value and output, and the scores."""
    query, value = tensors.inputs[0], tensors.inputs[min(1, len(tensors.inputs) - 1)]
    heads = args.get("num_heads") or args.get("num_query_heads") or 1
    width = args.get("key_dim") or args.get("head_dim") or 1
    queries, values = (prod(size or 1 for size in t.shape[1:-1]) for t in (query, value))
    batch_bytes = tensors.output_bytes // max(1, tensors.output_elements)
    projected = 2 * (queries + values) * heads * width * batch_bytes
    scores = queries * values * heads * batch_bytes
    dropped = scores + scores // width_of(query) if args.get("dropout") else 0
    extra = projected + scores + dropped
    return SavedTensors(inputs=True, output=False, extra=extra, temporary=2 * scores)


_RULES: dict[
    SavedForBackward | None, Callable[[Mapping[str, Any], CallTensors, str], SavedTensors]
] = {
    SavedForBackward.NOTHING: lambda _, __, ___: SavedTensors(inputs=False, output=False),
    SavedForBackward.INPUTS: _inputs_and_activation,
    SavedForBackward.CONVOLUTION: _convolution,
    SavedForBackward.OUTPUT: lambda _, __, ___: SavedTensors(inputs=False, output=True),
    SavedForBackward.ACTIVATION: _activation,
    SavedForBackward.BATCH_NORM: _batch_norm,
    SavedForBackward.NORM: _norm,
    SavedForBackward.DROPOUT_MASK: _dropout,
    SavedForBackward.STATES: _recurrent,
    SavedForBackward.ATTENTION: _attention,
}
