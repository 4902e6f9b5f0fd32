"""The function that builds a calibrated model: the layers of the spec, and temperatures behind."""

from __future__ import annotations

from collections.abc import Mapping

from modelspec.building import (
    LEAST,
    LEAST_OF_TWO,
    temperature_names,
)
from modelspec.graph import Graph, OutputTemperature, TensorRef

from .module import Module
from .syntax import Identifiers, text_literal

FIRST = "build_before_temperatures"
"""The function that builds the layers of the spec."""


def calibrated_function(graph: Graph, dtype: str, module: Module) -> str:
    """`build_model()`, around the function called `FIRST`.

    Args:
        graph: with temperatures, and without losses.
        dtype: of the layers behind the outputs.
        module: collects what the statements need of the file.
    """
    module.use("layers")
    head = [
        "def build_model():",
        '    """The whole model: its logits divided by temperatures that a training fitted."""',
        f"    model = {FIRST}()",
    ]
    if graph.kind == "sequential" and not _takes_logs(graph):
        made = [
            f"    model.add({layer})"
            for name, temperature in graph.temperatures.items()
            for layer in _layers(name, temperature, dtype, graph)
        ]
        return "\n".join([*head, *made, "    return model"])
    names = Identifiers(module.classes)
    variables = {name: names.variable(name) for name in graph.output_names}
    keras_order = graph.output_names
    if isinstance(graph.outputs, Mapping):
        keras_order = tuple(sorted(keras_order))
    left = ", ".join(variables[name] for name in keras_order)
    which = "" if len(keras_order) > 1 else "[0]"
    lines = [*head, f"    {left} = model.outputs{which}"]
    for name, temperature in graph.temperatures.items():
        variable = variables[name]
        if temperature.of_probabilities:
            lines += _logs(variable, temperature, dtype, module)
        for layer in _layers(name, temperature, dtype, graph):
            lines.append(f"    {variable} = {layer}({variable})")
    return "\n".join([*lines, f"    outputs = {_outputs(graph, variables)}", *_returned(graph)])


def _takes_logs(graph: Graph) -> bool:
    return any(one.of_probabilities for one in graph.temperatures.values())


def _layers(name: str, temperature: OutputTemperature, dtype: str, graph: Graph) -> list[str]:
    taken = {*graph.layers, *(entry.name for entry in graph.inputs)}
    first, second = temperature_names(name, taken)
    end = f'name={{}}, dtype="{dtype}")'
    made = [f"layers.Rescaling({1 / temperature.value!r}, {end.format(text_literal(first))}"]
    if temperature.activation is not None:
        activation = text_literal(temperature.activation)
        made.append(f"layers.Activation({activation}, {end.format(text_literal(second))}")
    return made


def _logs(variable: str, temperature: OutputTemperature, dtype: str, module: Module) -> list[str]:
    """Statements that take the logits of probabilities."""
    module.use("ops")
    cast = f'    {variable} = ops.cast({variable}, "{dtype}")'
    if temperature.activation == "softmax":
        return [cast, f"    {variable} = ops.log(ops.maximum({variable}, {LEAST!r}))"]
    clipped = f"    {variable} = ops.clip({variable}, {LEAST_OF_TWO!r}, 1 - {LEAST_OF_TWO!r})"
    return [
        cast,
        clipped,
        f"    {variable} = ops.log({variable}) - ops.log(1.0 - {variable})",
    ]


def _outputs(graph: Graph, variables: Mapping[str, str]) -> str:
    if isinstance(graph.outputs, TensorRef):
        return variables[graph.output_names[0]]
    if isinstance(graph.outputs, Mapping):
        pairs = ", ".join(f"{text_literal(name)}: {one}" for name, one in variables.items())
        return f"{{{pairs}}}"
    return f"[{', '.join(variables.values())}]"


def _returned(graph: Graph) -> list[str]:
    inputs = "model.inputs"
    if graph.input_structure == "single":
        inputs = "model.inputs[0]"
    elif graph.input_structure == "dict":
        inputs = "{tensor.name: tensor for tensor in model.inputs}"
    return [f"    return keras.Model({inputs}, outputs, name=model.name)"]
