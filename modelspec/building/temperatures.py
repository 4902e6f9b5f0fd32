"""The layers behind an output that was calibrated: its logits divided by a temperature.

They are layers of Keras, so that a model with them loads, converts and predicts as any other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from modelspec.graph import Graph, OutputTemperature, TensorRef

NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
"""What an output such as `lstm[0]` has in its name, and a layer must not."""

LEAST = 1e-30
"""The least probability whose logarithm is taken, of several classes: float32 has smaller ones, but
processors may round these to 0."""

LEAST_OF_TWO = 1e-7
"""The least probability of one of two classes: beside it, float32 just has another one than 1."""


def temperature_layers(
    name: str, temperature: OutputTemperature, dtype: str, taken: Collection[str]
) -> list[Any]:
    """The layers that lead from logits to the output.

    Args:
        name: of the output.
        temperature: what it goes through.
        dtype: of what the layers of the model give; shorter ones than float32 become that.
        taken: the names of other layers.
    """
    import keras

    dtype = dtype if dtype == "float64" else "float32"
    first, second = temperature_names(name, taken)
    made: list[Any] = [keras.layers.Rescaling(1 / temperature.value, name=first, dtype=dtype)]
    if temperature.activation is not None:
        made.append(keras.layers.Activation(temperature.activation, name=second, dtype=dtype))
    return made


def temperature_names(output: str, taken: Collection[str]) -> tuple[str, str]:
    """The names of the layers behind an output: of the temperature, and of the activation."""
    clean = NOT_IN_NAMES.sub("_", output).strip("_.-") or "output"
    return _free(f"{clean}_temperature", taken), _free(f"{clean}_probabilities", taken)


def _free(name: str, taken: Collection[str]) -> str:
    return _free(f"{name}_", taken) if name in taken else name


def at_temperatures(graph: Graph, outputs: Any) -> Any:
    """The outputs of a graph behind the layers of their temperatures.

    Args:
        graph: with the temperatures.
        outputs: tensors in the structure of its outputs.
    """
    if not graph.temperatures:
        return outputs
    if isinstance(graph.outputs, Mapping):
        return {name: _at_temperature(graph, name, tensor) for name, tensor in outputs.items()}
    if isinstance(graph.outputs, TensorRef):
        return _at_temperature(graph, graph.output_names[0], outputs)
    named = zip(graph.output_names, outputs, strict=True)
    return [_at_temperature(graph, name, tensor) for name, tensor in named]


def _at_temperature(graph: Graph, name: str, tensor: Any) -> Any:
    temperature = graph.temperatures.get(name)
    if temperature is None:
        return tensor
    if temperature.of_probabilities:
        tensor = _logits(tensor, temperature.activation)
    taken = {*graph.layers, *(entry.name for entry in graph.inputs)}
    for layer in temperature_layers(name, temperature, str(tensor.dtype), taken):
        tensor = layer(tensor)
    return tensor


def _logits(probabilities: Any, activation: str | None) -> Any:
    """Logits whose softmax or sigmoid some probabilities are."""
    from keras import ops

    if probabilities.dtype != "float64":
        probabilities = ops.cast(probabilities, "float32")
    if activation == "softmax":
        return ops.log(ops.maximum(probabilities, LEAST))
    clipped = ops.clip(probabilities, LEAST_OF_TWO, 1 - LEAST_OF_TWO)
    return ops.subtract(ops.log(clipped), ops.log(ops.subtract(1.0, clipped)))
