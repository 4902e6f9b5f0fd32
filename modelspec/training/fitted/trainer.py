"""The `trainer` of a spec: a model of an extension's class around the layers of the saved model."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras

from modelspec.building import KerasError, make_object
from modelspec.framework import functional_of
from modelspec.spec.model import KerasObject

PASSED_ON = "def __init__(self, …, **kwargs): super().__init__(**kwargs)"


def make_trainer(trainer: KerasObject, model: Any) -> Any:
    """A functional model of the class of an extension, which shares all weights with another.

    Args:
        trainer: the class and its arguments.
        model: the saved model, whose inputs, outputs and name the class is given too.

    Raises:
        KerasError: the class refuses them, or is no subclass of `keras.Model`.
    """
    functional = functional_of(model)
    graph = {"inputs": functional.input, "outputs": functional.output, "name": model.name}
    made = make_object(dataclasses.replace(trainer, args={**trainer.args, **graph}))
    name = trainer.class_name
    if not isinstance(made, keras.Model):
        raise KerasError(f"`{name}` is not a subclass of keras.Model", trainer.span)
    if getattr(made, "outputs", None) is None:
        message = f"`{name}` does not pass `inputs` and `outputs` on to keras.Model: {PASSED_ON}"
        raise KerasError(message, trainer.span)
    return made
