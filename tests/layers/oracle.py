"""Asks Keras: it builds the layer, calls it on `keras.Input` tensors, and runs it on numbers.

Keras's symbolic pass states some shapes and dtypes that the run does not give, and builds what
fails on the first batch. The run wins (`real_run.py`).
"""

from __future__ import annotations

import importlib
import inspect
import warnings
from collections.abc import Mapping
from typing import Any

from question import NOWHERE, Answer, Question, Refusal, as_object
from real_run import as_run, example, structure

from modelspec.building.calls import call_op
from modelspec.building.objects import construct, make_object, make_value
from modelspec.framework import clean_message, start_keras
from modelspec.layers.rule.rule import Structure, Tensor
from modelspec.spec.model.model import LayerSpec

INTERNAL = {
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
    "LayerScale": "keras.src.applications.convnext",
    "StochasticDepth": "keras.src.applications.convnext",
}
"""Layers of Keras's applications, which no public module has."""


def ask_keras(question: Question, *, graph: bool = False) -> Answer | Refusal:
    """What Keras answers: the structure of the outputs and all weights, or its refusal.

    Weights stand in the order of `layer.weights`, which leaves out seeds. With `graph` the call is
    run in a graph.
    """
    start_keras()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _op(question, graph) if question.is_op else _layer(question, graph)
        except Exception as error:  # whatever it is, it is Keras's word against the call
            return Refusal(f"{type(error).__name__}: {clean_message(error)}")


def _layer(question: Question, graph: bool) -> Answer:
    layer = _make(question)
    inputs = [_symbolic(value) for value in question.inputs]
    named = {key: _symbolic(value) for key, value in question.named.items()}
    result = layer(*inputs, **named, **question.call)
    weights = tuple(
        (w.name, tuple(w.shape), str(w.dtype), bool(w.trainable)) for w in layer.weights
    )
    output, ran = as_run(question, (inputs, named), result, structure(result), graph=graph)
    return Answer(output, weights, ran)


def runs_in_keras(question: Question) -> bool:
    """Whether Keras can not only build the layer but compute on data of those shapes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if question.is_op:
                _call_op(question, {k: _example(v) for k, v in question.named.items()})
            else:
                _run(_make(question), question)
        except Exception:
            return False
    return True


def _make(question: Question) -> Any:
    args = dict(question.args)
    if question.policy != "float32":
        args["dtype"] = question.policy
    item = as_object(question.layer, args)
    if question.layer not in INTERNAL:
        return make_object(item)
    found = getattr(importlib.import_module(INTERNAL[question.layer]), question.layer)
    return construct(found, make_value(dict(item.args)), item)


def _run(layer: Any, question: Question) -> Any:
    values = [_example(value) for value in question.inputs]
    named = {key: _example(value) for key, value in question.named.items()}
    options = dict(question.call)
    if "training" in inspect.signature(layer.call).parameters:
        options = {"training": True, **options}
    return layer(*values, **named, **options)


def _op(question: Question, graph: bool) -> Answer:
    named = {key: _symbolic(value) for key, value in question.named.items()}
    result = _call_op(question, named)
    output, ran = as_run(question, named, result, structure(result), graph=graph)
    return Answer(output, (), ran)


def _call_op(question: Question, named: Mapping[str, Any]) -> Any:
    item = as_object(question.layer, question.args)
    return call_op(LayerSpec("op", item, NOWHERE), named, NOWHERE)


def _symbolic(value: Structure) -> Any:
    import keras

    if isinstance(value, Tensor):
        return keras.Input(batch_shape=value.shape, dtype=value.dtype)
    if isinstance(value, Mapping):
        return {key: _symbolic(item) for key, item in value.items()}
    return [_symbolic(item) for item in value]


def _example(value: Structure) -> Any:
    if isinstance(value, Tensor):
        return example(value)
    if isinstance(value, Mapping):
        return {key: _example(item) for key, item in value.items()}
    return [_example(item) for item in value]
