"""An architecture of `keras.applications` as a layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from modelspec.framework import fresh_names
from modelspec.layers.applications import BESIDE, OWN_NAME_ONLY, wanted_names
from modelspec.spec.model import KerasObject

from .objects import KerasError, construct, find_class


def make_application(item: KerasObject, args: Mapping[str, Any]) -> Any:
    """The Keras model of an application.

    The layers inside are named as in a new process, whatever was built before: weights, `freeze`
    and `outputs` find them by name.

    Args:
        item: the application.
        args: its arguments, made.

    Raises:
        KerasError: Keras refuses it, or it has no layer of a name in `outputs`.
    """
    given = {key: value for key, value in args.items() if key not in BESIDE}
    name = given.get("name")
    if item.class_name.startswith(OWN_NAME_ONLY):
        given.pop("name", None)
    with fresh_names(), _policy(args.get("dtype")):
        model = construct(find_class(item), given, item)
    outputs = args.get("outputs")
    if outputs is not None:
        model = _with_outputs(model, outputs, item)
    if name is not None:
        model.name = name
    if args.get("trainable") is False:
        model.trainable = False
    return model


@contextmanager
def _policy(dtype: Any) -> Iterator[None]:
    """Layers made inside compute and store in a dtype, as its policy says; None is as it was."""
    import keras

    if dtype is None:
        yield
        return
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _with_outputs(model: Any, outputs: Any, item: KerasObject) -> Any:
    import keras

    results = {operation.name: operation.output for operation in model.operations}
    for name in wanted_names(outputs):
        if name not in results:
            message = f'{item.class_name} has no layer "{name}" inside'
            raise KerasError(message, item.arg_spans.get("outputs", item.span))
    if isinstance(outputs, str):
        found: Any = results[outputs]
    elif isinstance(outputs, Mapping):
        found = {key: results[name] for key, name in outputs.items()}
    else:
        found = [results[name] for name in outputs]
    return keras.Model(model.inputs[0], found, name=model.name)
