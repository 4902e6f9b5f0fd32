"""Sequential and functional models, which may contain models in turn.

One file, because the functions call each other: a layer may be a model, and a model has layers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from modelspec.graph import Call, Graph, TensorRef
from modelspec.spec.model import InputSpec, KerasObject, LayerSpec

from .calls import call_layer, call_op, make_input, pack_tensors, pick_result
from .default_names import name_inner_layers, name_mask_nodes
from .objects import KerasError, construct, find_class, make_object, make_value
from .temperatures import at_temperatures, temperature_layers


def build_graph_model(graph: Graph, name: str | None) -> Any:
    """The model of one graph; raises KerasError."""
    if graph.kind == "sequential":
        return _sequential(graph, name)
    return build_functional(graph, name)


def make_layer(item: KerasObject, graph: Graph, name: str | None) -> Any:
    """A Keras layer with all that its arguments hold.

    Args:
        item: the layer.
        graph: the graph of the layer, which has the graphs of nested models.
        name: the Keras name.
    """
    if item.model is not None:
        return make_nested_model(item, graph.nested_graph(item), name)
    names = name_inner_layers(item.args)
    args = {key: _argument(value, graph, names) for key, value in item.args.items()}
    if name is not None:
        args["name"] = name
    if item.class_name.startswith("applications."):
        from .applications import make_application

        return make_application(item, args)
    return construct(find_class(item), args, item)


def _argument(value: Any, graph: Graph, names: Mapping[int, str]) -> Any:
    if isinstance(value, KerasObject):
        if value.kind == "layer":
            return make_layer(value, graph, names[id(value)])
        return make_object(value)
    if isinstance(value, list):
        return [_argument(item, graph, names) for item in value]
    if isinstance(value, Mapping):
        return {key: _argument(item, graph, names) for key, item in value.items()}
    return make_value(value)


def make_nested_model(item: KerasObject, graph: Graph, name: str | None, args: Any = None) -> Any:
    """A nested model. `args` are the tensors of its first call, where its inputs need a shape."""
    if args is None and graph.needs_shapes():
        message = f"a nested {item.class_name} in an argument needs a `shape` for each input"
        raise KerasError(message, item.span)
    if graph.kind == "functional":
        model = build_functional(graph, name, args)
    else:
        model = _sequential(graph, name, args)
    if "trainable" in item.args:
        model.trainable = item.args["trainable"]
    return model


def _sequential(graph: Graph, name: str | None, args: Any = None) -> Any:
    import keras

    first = [make_input(entry) for entry in graph.inputs]
    layers = _make_layers(graph, first[0] if first else args)
    if any(one.of_probabilities for one in graph.temperatures.values()):
        model = keras.Sequential([*first, *layers])
        return keras.Model(model.inputs, at_temperatures(graph, model.outputs[0]), name=name)
    taken = {layer.name for layer in layers}
    for output, temperature in graph.temperatures.items():
        layers += temperature_layers(output, temperature, layers[-1].compute_dtype, taken)
    try:
        return keras.Sequential([*first, *layers], name=name)
    except Exception as error:
        locate_error(graph, first[0] if first else None)
        raise KerasError.caused_by(
            error, "Keras rejects the Sequential model", graph.span
        ) from error


def _make_layers(graph: Graph, tensor: Any) -> list[Any]:
    """The layers of a Sequential model. Nested models without a shape get it by calling
    all layers before them."""
    inner = {layer.name: graph.nested_or_none(layer.object) for layer in graph.layers.values()}
    waiting = [name for name, g in inner.items() if g is not None and g.needs_shapes()]
    made = []
    for layer in graph.layers.values():
        nested = inner[layer.name]
        if layer.name in waiting and nested is not None:
            made.append(make_nested_model(layer.object, nested, layer.name, tensor))
        else:
            made.append(make_layer(layer.object, graph, layer.name))
        if waiting and layer.name != waiting[-1]:
            tensor = call_layer(made[-1], layer, (tensor,), {}, layer.span)
        elif waiting:
            waiting = []
    return made


def locate_error(graph: Graph, tensor: Any) -> None:
    """Call new copies of the layers of a Sequential model one by one; raises at the first error."""
    if tensor is None:
        return
    for layer in graph.layers.values():
        inner = graph.nested_or_none(layer.object)
        if inner is not None and inner.needs_shapes():
            made = make_nested_model(layer.object, inner, layer.name, tensor)
        else:
            made = make_layer(layer.object, graph, layer.name)
        try:
            tensor = call_layer(made, layer, (tensor,), {}, layer.span)
        except KerasError:
            if inner is not None and inner.kind == "sequential":
                locate_error(inner, tensor)
            raise
        if (
            isinstance(tensor, (list, tuple, Mapping))
            and layer is not list(graph.layers.values())[-1]
        ):
            count = len(tensor)
            message = (
                f'"{layer.name}" ({layer.object.class_name}) returns {count} tensors, but the next '
                "layer of a Sequential model takes one: write a `functional` model and pick one"
            )
            raise KerasError(message, layer.span)


def build_functional(graph: Graph, name: str | None, args: Any = None) -> Any:
    """The `keras.Model` of a functional graph.

    Args:
        graph: the graph.
        name: the model's Keras name.
        args: for a nested model, the tensors of its first call (the structure that the model
            takes): inputs without a shape take theirs.

    Raises:
        KerasError: Keras does not take a layer, a call or the model.
    """
    import keras

    inputs = _inputs(graph, args)
    tensors: dict[str, Any] = dict(inputs)
    layers: dict[str, Any] = {}
    for call in graph.calls:
        tensors[call.name] = _call(call, graph, layers, tensors)
    outputs = collect_outputs(graph, tensors)
    structure: Any = list(inputs.values())
    if graph.input_structure == "single":
        structure = structure[0]
    elif graph.input_structure == "dict":
        structure = inputs
    try:
        model = keras.Model(structure, outputs, name=name)
    except Exception as error:
        raise KerasError.caused_by(error, "Keras rejects the model", graph.span) from error
    name_mask_nodes(model, [*inputs, *graph.layers, *(call.name for call in graph.calls)])
    return model


def repeat_calls(
    graph: Graph, calls: Sequence[Call], model: Any, tensors: Mapping[str, Any]
) -> dict[str, Any]:
    """Call layers of a model once more, on other tensors.

    Args:
        graph: what the model was built from.
        calls: some of its calls, in their order.
        model: the model; a layer that it lacks is made.
        tensors: inputs, and results of other calls, by name.

    Returns:
        These, and the results of the calls.
    """
    names = {call.layer for call in calls}
    items = {name: graph.layers[name].object for name in names}
    has = {layer.name for layer in model.layers}
    layers = {
        name: model.get_layer(name)
        for name, item in items.items()
        if not item.class_name.startswith("ops.") and name in has
    }
    made = dict(tensors)
    for call in calls:
        made[call.name] = _call(call, graph, layers, made)
    return made


def _inputs(graph: Graph, args: Any) -> dict[str, Any]:
    given = _by_input(graph, args)
    made = {}
    for entry in graph.inputs:
        complete = entry
        if entry.shape is None:
            tensor = given.get(entry.name)
            if tensor is None:
                message = f'the input "{entry.name}" needs a `shape`'
                raise KerasError(message, entry.span)
            complete = _with_shape(entry, tensor)
        made[entry.name] = make_input(complete)
    return made


def _by_input(graph: Graph, args: Any) -> Mapping[str, Any]:
    if args is None:
        return {}
    if isinstance(args, Mapping):
        return args
    values = args if isinstance(args, (list, tuple)) else [args]
    return {entry.name: value for entry, value in zip(graph.inputs, values, strict=False)}


def _with_shape(entry: InputSpec, tensor: Any) -> InputSpec:
    return dataclasses.replace(
        entry, shape=tuple(tensor.shape[1:]), dtype=entry.dtype or str(tensor.dtype)
    )


def _call(call: Call, graph: Graph, layers: dict[str, Any], tensors: Mapping[str, Any]) -> Any:
    spec = graph.layers[call.layer]
    args = tuple(_tensors(item, tensors, call) for item in call.positional)
    named = {key: _tensors(item, tensors, call) for key, item in call.named.items()}
    if spec.object.class_name.startswith("ops."):
        # an op has a node for each call, and Keras wants another name for each node
        name = call.name if call.layer in layers else spec.name
        layers.setdefault(call.layer, None)
        return call_op(spec, named, call.span, name)
    if call.layer not in layers:
        layers[call.layer] = _make(spec, graph, args)
    options = {**named, **make_value(call.arguments)}
    if ">" in spec.object.class_name:
        args = pack_tensors(layers[call.layer], args)
    try:
        return call_layer(layers[call.layer], spec, args, options, call.span)
    except KerasError:
        _locate_inside(spec, graph, args)
        raise


def _make(spec: LayerSpec, graph: Graph, args: tuple[Any, ...]) -> Any:
    if spec.object.model is None:
        return make_layer(spec.object, graph, spec.name)
    first = args[0] if args else None
    return make_nested_model(spec.object, graph.nested_graph(spec.object), spec.name, first)


def _locate_inside(spec: LayerSpec, graph: Graph, args: tuple[Any, ...]) -> None:
    """Where a nested Sequential model fails on the tensor of this call, raise at its layer."""
    inner = graph.nested_or_none(spec.object)
    if inner is not None and inner.kind == "sequential" and args:
        locate_error(inner, args[0])


def _tensors(value: Any, tensors: Mapping[str, Any], call: Call) -> Any:
    if isinstance(value, TensorRef):
        return pick_result(tensors, value, call.span)
    if isinstance(value, Mapping):
        return {key: _tensors(item, tensors, call) for key, item in value.items()}
    return [_tensors(item, tensors, call) for item in value]


def collect_outputs(graph: Graph, tensors: Mapping[str, Any]) -> Any:
    """The outputs of a graph, in their structure, from the results of its calls; of a trained model
    behind its temperatures."""
    return at_temperatures(graph, _written_outputs(graph, tensors))


def _written_outputs(graph: Graph, tensors: Mapping[str, Any]) -> Any:
    written = graph.outputs
    if isinstance(written, TensorRef):
        return pick_result(tensors, written, graph.output_spans[0])
    if isinstance(written, Mapping):
        spans = dict(zip(written, graph.output_spans, strict=True))
        return {key: pick_result(tensors, ref, spans[key]) for key, ref in written.items()}
    return [
        pick_result(tensors, ref, at) for ref, at in zip(written, graph.output_spans, strict=True)
    ]
