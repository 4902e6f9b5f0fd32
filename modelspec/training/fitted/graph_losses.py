"""The model that is fitted where a spec has losses of the graph: the saved one, with these losses.

The saved model has what its outputs depend on, all of it of Keras. What only losses depend on is
in a second model around the same layers, which is never saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.building import collect_outputs, make_input, pick_result, repeat_calls
from modelspec.data.feed import structure_of
from modelspec.framework import add_loss
from modelspec.graph import Graph
from modelspec.spec.training import GraphLoss


def with_graph_losses(model: Any, graph: Graph, losses: Mapping[str, GraphLoss]) -> Any:
    """A model with the outputs of another, whose calls add losses of the graph; not compiled.

    Args:
        model: the saved model, built from `graph.for_outputs()`.
        graph: with what the losses depend on.
        losses: by name.

    Raises:
        KerasError: Keras refuses something.
    """
    import keras

    inputs = _inputs(model, graph)
    structure = structure_of(graph)
    tensors = repeat_calls(graph, graph.calls, model, inputs)
    terms = {
        name: pick_result(tensors, ref, losses[name].of.span) for name, ref in graph.losses.items()
    }
    given = structure.inputs(inputs)
    with_terms = keras.Model(given, (collect_outputs(graph, tensors), terms))
    fitted = keras.Model(given, collect_outputs(graph, tensors), name=model.name)
    # Keras finds the seeds, and what a layer cannot compile, of what only the losses depend on
    fitted.graph_with_losses = with_terms
    fitted.means_of_losses = [keras.metrics.Mean(name=name) for name in terms]
    fitted.call = _call_with_losses(fitted, losses)
    return fitted


def _inputs(model: Any, graph: Graph) -> dict[str, Any]:
    """A symbolic tensor for each input: that of the saved model, or a new one."""
    saved = graph.for_outputs()
    if graph.kind == "sequential":
        name = graph.inputs[0].name if graph.inputs else ""
        return {name: model.inputs[0]}
    structure = structure_of(saved)
    flat = _flat_inputs(model, structure.input_names, structure.input_kind)
    new = {entry.name: entry for entry in graph.inputs if entry.name not in flat}
    made = {**flat, **{name: make_input(entry) for name, entry in new.items()}}
    return {entry.name: made[entry.name] for entry in graph.inputs}


def _flat_inputs(model: Any, names: tuple[str, ...], kind: str) -> dict[str, Any]:
    """The inputs by name; Keras flattens a dict by its sorted keys."""
    order = sorted(names) if kind == "dict" else names
    return dict(zip(order, model.inputs, strict=True))


def _call_with_losses(fitted: Any, losses: Mapping[str, GraphLoss]) -> Any:
    """The call of the fitted model: the outputs, after the losses are added and recorded."""
    import keras
    from keras import ops

    graph = fitted.graph_with_losses
    means = {mean.name: mean for mean in fitted.means_of_losses}

    def call(inputs: Any, training: Any = None, mask: Any = None) -> Any:
        outputs, terms = graph(inputs, training=training, mask=mask)
        count = ops.shape(keras.tree.flatten(inputs)[0])[0]
        for name, term in terms.items():
            value = ops.mean(ops.cast(term, "float32"))
            means[name].update_state(value, sample_weight=count)
            add_loss(fitted, value * losses[name].weight)
        return outputs

    return call
