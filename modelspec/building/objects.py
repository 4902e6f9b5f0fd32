"""Keras objects out of a spec: a class by its name, with arguments made in turn."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Span
from modelspec.framework import (
    APPLICATION_LAYERS,
    application_layer,
    clean_message,
    is_out_of_memory,
)
from modelspec.schema import class_schema, is_identifier
from modelspec.spec import SpecPath
from modelspec.spec.model import KerasObject

from .extension_modules import extension_class


class KerasError(Exception):
    """Keras rejected an object or a call.

    Attributes:
        message: for a finding.
        span: the object or call in the spec.
    """

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span

    @classmethod
    def caused_by(cls, error: Exception, what: str, span: Span) -> KerasError:
        """The error for an exception that Keras raised.

        Args:
            error: what Keras raised.
            what: what failed, without a full stop: "Keras rejects Dense".
            span: the object or call in the spec.
        """
        reason = clean_message(error)
        if is_out_of_memory(error):
            reason = "there is not enough memory for it"
        return cls(f"{what}: {reason}", span)


NAMESPACES = {
    "layer": "layers",
    "optimizer": "optimizers",
    "optimizer_map": "optimizers",
    "schedule": "optimizers.schedules",
    "loss": "losses",
    "metric": "metrics",
    "callback": "callbacks",
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
    "activation": "activations",
    "dtype_policy": "dtype_policies",
}
"""Where Keras keeps each kind."""

TAKEN_BY_NAME = frozenset(
    ("loss", "metric", "initializer", "regularizer", "constraint", "activation",
     "dtype_policy")
)  # fmt: skip
"""Kinds of which Keras takes a name as it is. Of an optimizer it does in `compile`, and not within
another one."""


def make_object(item: KerasObject) -> Any:
    """The real object. Nested models are made by `model.py`, not here.

    Raises:
        KerasError: Keras does not take the arguments.
    """
    if ">" in item.class_name:
        return _extended(item)
    if item.kind == "activation":
        return _activation(item)
    if item.as_text and item.kind in TAKEN_BY_NAME and is_identifier(item.kind, item.class_name):
        return item.class_name
    found = find_class(item)
    return construct(found, {key: make_value(value) for key, value in item.args.items()}, item)


def _extended(item: KerasObject) -> Any:
    """An object of an extension's class, or a function of one, such as a loss."""
    found = find_class(item)
    if not inspect.isclass(found) and not item.args:
        return found
    return construct(found, {key: make_value(value) for key, value in item.args.items()}, item)


def _activation(item: KerasObject) -> Any:
    """An activation: a name, a layer, or a function with arguments.

    Keras can save a layer and cannot save a function that is bound to arguments, so
    `{leaky_relu: {negative_slope: 0.1}}` becomes the layer that computes the same.
    """
    known = class_schema("activation", item.class_name)
    layer = known.as_layer if known is not None else None
    if class_schema("layer", item.class_name) is not None:
        layer = item.class_name
    elif not item.args:
        return item.class_name
    if layer is None:
        message = f"Keras cannot save `{item.class_name}` with arguments; write it by name alone"
        raise KerasError(message, item.span)
    return make_object(KerasObject("layer", layer, item.args, item.span, item.arg_spans))


def make_value(value: Any) -> Any:
    """An argument's value with all Keras objects in it made."""
    if isinstance(value, KerasObject):
        return make_object(value)
    if isinstance(value, SpecPath):
        return value.resolved
    if isinstance(value, list):
        return [make_value(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _mapped(item) for key, item in value.items()}
    return value


def _mapped(value: Any) -> Any:
    """A value of a map. Keras uses the policies of a map as they are, and takes no name there."""
    import keras

    made = make_value(value)
    if isinstance(value, KerasObject) and value.kind == "dtype_policy" and isinstance(made, str):
        return keras.dtype_policies.get(made)
    return made


def construct(found: Any, args: Mapping[str, Any], item: KerasObject) -> Any:
    """Call a class with arguments; whatever goes wrong is a KerasError at the object's place."""
    try:
        return found(**_as_python(args, item))
    except KerasError:
        raise
    except Exception as error:
        what = f"Keras rejects {item.class_name}"
        raise KerasError.caused_by(error, what, item.span) from error


def _as_python(args: Mapping[str, Any], item: KerasObject) -> dict[str, Any]:
    """Numbers and lists as the Python types that some arguments insist on."""
    known = class_schema(item.kind, item.class_name)
    if known is None:
        return dict(args)
    return {key: known.as_python(key, value) for key, value in args.items()}


def find_class(item: KerasObject) -> Any:
    """The class (or function) of Keras with this name.

    Only names of Keras's own namespaces are looked up, and only after the schema has passed
    them: nothing that a spec names leads anywhere else.
    """
    import keras

    kind, _, name = item.class_name.rpartition(".")
    if ">" in item.class_name:
        found = extension_class(item.class_name)
        if found is None:
            message = f"no extension of the spec has registered `{item.class_name}`"
            raise KerasError(message, item.span)
        return found
    namespace: Any = keras
    for part in (kind or NAMESPACES[item.kind]).split("."):
        namespace = getattr(namespace, part)
    found = getattr(namespace, name, None)
    if found is None and item.kind == "loss":
        from .own_losses import OWN_LOSSES

        found = OWN_LOSSES.get(name)
    if found is None and not kind:
        found = _other_name(item)
    if found is None:
        raise KerasError(f"this Keras has no {item.kind} `{item.class_name}`", item.span)
    return found


def _other_name(item: KerasObject) -> Any:
    """Identifiers such as `mse` that are not attributes, and layers of `keras.applications`."""
    import keras

    if item.kind == "layer" and item.class_name in APPLICATION_LAYERS:
        return application_layer(item.class_name)
    known = class_schema(item.kind, item.class_name)
    if known is not None and known.name != item.class_name:
        return find_class(KerasObject(item.kind, known.name, {}, item.span))
    try:
        return keras.saving.get_registered_object(f"keras>{item.class_name}") or getattr(
            keras, NAMESPACES[item.kind]
        ).get(item.class_name)
    except (ValueError, AttributeError):
        return None
