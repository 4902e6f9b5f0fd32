"""The one piece that asks Keras: it builds the layer and calls it on `keras.Input` tensors.

Text is refused by Keras only when data arrives, so a layer that takes it here is also run on two
examples of it.
"""

from __future__ import annotations

import importlib
import inspect
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from question import NOWHERE, Answer, Question, Refusal, as_object, flat

from modelspec.building.calls import call_op
from modelspec.building.objects import construct, make_object, make_value
from modelspec.framework import clean_message, start_keras
from modelspec.layers.rule.rule import Shape, Structure, Tensor
from modelspec.layers.rule.shapes import TEXT
from modelspec.spec.model.model import LayerSpec

UNKNOWN_IN_A_RUN = 2
READS_TEXT = frozenset(
    ("HashedCrossing", "Hashing", "IntegerLookup", "StringLookup", "TextVectorization")
)
"""Layers that are made for text, and often cannot run before they have learned a vocabulary."""

INTERNAL = {
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
    "LayerScale": "keras.src.applications.convnext",
    "StochasticDepth": "keras.src.applications.convnext",
}
"""Layers of Keras's applications, which no public module has."""


def ask_keras(question: Question) -> Answer | Refusal:
    """What Keras answers: the structure of the outputs and all weights, or its refusal.

    Weights stand in the order of `layer.weights`, which leaves out seeds.
    """
    start_keras()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _op(question) if question.is_op else _layer(question)
        except Exception as error:  # whatever it is, it is Keras's word against the call
            return Refusal(f"{type(error).__name__}: {clean_message(error)}")


def _layer(question: Question) -> Answer:
    layer = _make(question)
    inputs = [_symbolic(value) for value in question.inputs]
    named = {key: _symbolic(value) for key, value in question.named.items()}
    result = layer(*inputs, **named, **question.call)
    weights = tuple(
        (w.name, tuple(w.shape), str(w.dtype), bool(w.trainable)) for w in layer.weights
    )
    output = _structure(result)
    has_text = any(x.dtype == TEXT for x in flat((question.inputs, question.named)))
    if has_text and question.layer not in READS_TEXT:
        output = _as_text(output, _run(layer, question))
    return Answer(output, weights)


def runs_in_keras(question: Question) -> bool:
    """Whether Keras can not only build the layer but compute on data of those shapes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if question.is_op:
                _call_op(question, _example)
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


def _as_text(symbolic: Structure, real: Any) -> Structure:
    """Keras states its own dtype for what it has not looked at; text is text all the same."""
    if isinstance(symbolic, Mapping):
        return {key: _as_text(item, real[key]) for key, item in symbolic.items()}
    if isinstance(symbolic, tuple):
        return tuple(_as_text(item, part) for item, part in zip(symbolic, real, strict=True))
    return Tensor(symbolic.shape, TEXT) if real.dtype == TEXT else symbolic


def _op(question: Question) -> Answer:
    return Answer(_structure(_call_op(question, _symbolic)), ())


def _call_op(question: Question, make: Callable[[Structure], Any]) -> Any:
    item = as_object(question.layer, question.args)
    named = {key: make(value) for key, value in question.named.items()}
    return call_op(LayerSpec("op", item, NOWHERE), named, NOWHERE)


def _symbolic(value: Structure) -> Any:
    import keras

    if isinstance(value, Tensor):
        return keras.Input(batch_shape=value.shape, dtype=value.dtype)
    if isinstance(value, Mapping):
        return {key: _symbolic(item) for key, item in value.items()}
    return [_symbolic(item) for item in value]


def _example(value: Structure) -> Any:
    import tensorflow as tf

    if isinstance(value, Tensor):
        shape = tuple(UNKNOWN_IN_A_RUN if size is None else size for size in value.shape)
        if value.dtype == TEXT:
            return tf.fill(shape, "1")
        return tf.zeros(shape, value.dtype)
    if isinstance(value, Mapping):
        return {key: _example(item) for key, item in value.items()}
    return [_example(item) for item in value]


def _structure(value: Any) -> Structure:
    if isinstance(value, Mapping):
        return {key: _structure(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(_structure(item) for item in value)
    shape: Shape = tuple(value.shape)
    return Tensor(shape, str(getattr(value.dtype, "name", value.dtype)))
