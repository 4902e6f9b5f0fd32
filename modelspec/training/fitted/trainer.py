"""The `trainer` of a spec: a model of an extension's class around the layers of the saved model."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras

from modelspec.building import KerasError, find_class, make_object
from modelspec.framework import clean_message, functional_of
from modelspec.spec.model import KerasObject

from .code_place import place_in_module

PASS_ON = "write `def __init__(self, …, **kwargs): super().__init__(**kwargs)`"


def make_trainer(trainer: KerasObject, model: Any) -> Any:
    """A functional model of the class of an extension, which shares all weights with another.

    Args:
        trainer: the class and its arguments.
        model: the saved model, whose inputs, outputs and name the class is given too.

    Raises:
        KerasError: the class refuses them, or is no functional model with them.
    """
    functional, name = functional_of(model), trainer.class_name
    given = {"inputs": functional.input, "outputs": functional.output, "name": model.name}
    try:
        made = make_object(dataclasses.replace(trainer, args={**trainer.args, **given}))
    except KerasError as error:
        raise _explained(error, trainer) from error
    if not isinstance(made, keras.Model):
        raise KerasError(f"`{name}` is not a subclass of keras.Model", trainer.span)
    if getattr(made, "outputs", None) is None:
        message = f"`{name}` does not pass `inputs` and `outputs` on to keras.Model: {PASS_ON}"
        raise KerasError(message, trainer.span)
    return made


def _explained(error: KerasError, trainer: KerasObject) -> KerasError:
    """The error of a class whose code fails, with the line of the extension."""
    cause = error.__cause__
    if cause is None:
        return error
    place = place_in_module(cause, find_class(trainer))
    message = f"`{trainer.class_name}` cannot be made: {clean_message(cause)}"
    if place is not None:
        message += f" (at {place})"
    elif isinstance(cause, TypeError):
        message += f". It is given `inputs`, `outputs` and `name`: {PASS_ON}"
    return KerasError(message, error.span)
