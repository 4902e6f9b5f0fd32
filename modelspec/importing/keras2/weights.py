"""Weights that Keras 1 and 2 laid out otherwise, or that fed another activation, converted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.framework import all_layers
from modelspec.layers import classes_with

from .layers import HARD_SIGMOID_RATIO

_CONVOLUTIONS = frozenset(
    ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D", "Conv3DTranspose")
)


def convert_arrays(layer: Any, values: Sequence[Any], backend: str) -> list[Any]:
    """The arrays of one layer, converted where the layer that wrote them was another.

    CuDNN layers kept transposed kernels and two biases; locally connected layers kept all places
    in one axis; convolutions on Theano were mirrored.
    """
    name = type(layer).__name__
    if name in ("LSTM", "GRU") and len(values) == 3:
        return _from_cudnn(values, 4 if name == "LSTM" else 3)
    if backend == "theano" and name in _CONVOLUTIONS:
        return [_mirrored(value) if value.ndim > 2 else value for value in values]
    targets = [*layer.trainable_weights, *layer.non_trainable_weights]
    return [
        value.reshape(target.shape) if _same_places(target.shape, value) else value
        for target, value in zip(targets, values, strict=True)
    ]


def _same_places(shape: Sequence[int], value: Any) -> bool:
    """Whether an array has a kernel's numbers in the same order, with its places in one axis."""
    places, rest = tuple(shape[:-2]), tuple(shape[-2:])
    if len(shape) != 4 or value.ndim != 3:
        return False
    return (places[0] * places[1], *rest) == tuple(value.shape)


def _mirrored(kernel: Any) -> Any:
    spatial = kernel.ndim - 2
    return kernel[tuple(slice(None, None, -1) for _ in range(spatial))]


def _from_cudnn(values: Sequence[Any], gates: int) -> list[Any]:
    """Weights of CuDNNLSTM or CuDNNGRU for LSTM or GRU; those of the latter as they are."""
    import numpy as np

    kernel, recurrent, bias = values
    units = recurrent.shape[0]
    if bias.shape != (2 * gates * units,):
        return list(values)
    parts = np.split(kernel, gates, axis=1)
    kernel = np.concatenate([p.T.reshape(p.shape, order="F") for p in parts], axis=1)
    recurrent = np.concatenate([p.T for p in np.split(recurrent, gates, axis=1)], axis=1)
    both = bias.reshape(2, -1)
    return [kernel, recurrent, both.sum(axis=0) if gates == 4 else both]


def rescale_hard_sigmoid(model: Any, span: Span, findings: Findings) -> None:
    """Scale the weights before each `hard_sigmoid`, whose slope was 0.2 in Keras 2 and is 1/6 now.

    Where the activation is not applied to what the weights give alone, that cannot be done.
    """
    import keras

    steep = keras.activations.hard_sigmoid
    for layer in all_layers(model):
        gates = _GATES.get(type(layer).__name__)
        own = getattr(layer, "activation", None) is steep
        recurrent = getattr(layer, "recurrent_activation", None) is steep
        if gates is not None and (own or recurrent):
            wanted = {g for g, of_state in enumerate(gates) if (own if of_state else recurrent)}
            _scale_gates(layer, len(gates), wanted)
        if own and type(layer).__name__ in _STATE_TWICE:
            message = f'"{layer.name}" applies `hard_sigmoid` to its state, past all weights'
            findings.warning(span, "hard-sigmoid", message)
        elif own and type(layer).__name__ in _KERNELS:
            for name in (_KERNELS[type(layer).__name__], "bias"):
                variable = getattr(layer, name, None)
                if variable is not None:
                    variable.assign(variable * HARD_SIGMOID_RATIO)


_LSTM = (False, False, True, False)
_GATES: dict[str, tuple[bool, ...]] = {
    "LSTMCell": _LSTM,
    "ConvLSTMCell": _LSTM,
    "GRUCell": (False, False, True),
    "SimpleRNNCell": (True,),
}
"""Cell to its gates in the order of its kernel: whether each goes through `activation`."""

_STATE_TWICE = frozenset(("LSTMCell", "ConvLSTMCell"))
"""Cells that apply `activation` to their state, too."""

_KERNELS = {
    name: "pointwise_kernel" if name.startswith("Separable") else "kernel"
    for name in classes_with("is_linear")
}
"""Layer to the attribute of the kernel that its activation follows."""


def _scale_gates(cell: Any, gates: int, wanted: set[int]) -> None:
    import numpy as np

    split: Callable[[Any], list[Any]] = lambda value: np.split(value, gates, axis=-1)  # noqa: E731
    for name in ("kernel", "recurrent_kernel", "bias"):
        variable = getattr(cell, name, None)
        if variable is None:
            continue
        parts = split(np.asarray(variable))
        scaled = [
            part * HARD_SIGMOID_RATIO if gate in wanted else part for gate, part in enumerate(parts)
        ]
        variable.assign(np.concatenate(scaled, axis=-1).astype(parts[0].dtype))
