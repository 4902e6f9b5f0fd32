"""Values of a spec as Python expressions: plain data, and Keras objects with their arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from modelspec.building import name_inner_layers
from modelspec.schema import ClassSchema, class_schema, definition
from modelspec.spec.model import KerasObject

from .layout import Group, Node
from .module import Module
from .names import text_literal

NAMESPACES = {
    "layer": "layers",
    "optimizer": "keras.optimizers",
    "schedule": "keras.optimizers.schedules",
    "loss": "keras.losses",
    "metric": "keras.metrics",
    "callback": "keras.callbacks",
    "initializer": "keras.initializers",
    "regularizer": "keras.regularizers",
    "constraint": "keras.constraints",
    "activation": "keras.activations",
    "dtype_policy": "keras.dtype_policies",
}
"""Where the file finds each kind."""

AS_TEXT = frozenset(NAMESPACES) - {"layer", "schedule", "callback"}
"""Kinds of which Keras takes a name as it is."""

Nest = Callable[[KerasObject, str], Node]
"""What writes a nested model, under a name, and gives the expression that builds it."""


class Values:
    """Writes values for one model."""

    def __init__(self, module: Module, nest: Nest) -> None:
        self.module = module
        self.nest = nest

    def node(self, value: Any, names: Mapping[int, str] = MappingProxyType({})) -> Node:
        """Any value. `names` has the names of the layers in it, by the `id` of the layer."""
        if isinstance(value, KerasObject):
            return self.made(value, names.get(id(value)))
        if isinstance(value, Mapping):
            return mapping((key, self.node(item, names)) for key, item in value.items())
        if isinstance(value, list):
            return sequence(self.node(item, names) for item in value)
        if isinstance(value, tuple):
            items = tuple(("", self.node(item, names)) for item in value)
            return Group("(", items, ")") if len(items) > 1 else tuple_text(value)
        return plain(value)

    def made(self, item: KerasObject, name: str | None = None) -> Node:
        """A Keras object in an argument: its name where Keras takes that, else its making.

        Args:
            item: the object.
            name: the Keras name of a layer or a model.
        """
        if item.model is not None:
            assert name is not None
            return self.nest(item, name)
        if ">" in item.class_name:
            calls = self.module.extensions
            if not item.args and calls and calls.is_function(item.class_name):
                return self.module.register(item.class_name)
            return self.construct(item, name)
        if item.kind == "activation":
            return self._activation(item)
        if item.as_text and item.kind in AS_TEXT and not _is_constant(item):
            return text_literal(item.class_name)
        return self.construct(item, name)

    def _activation(self, item: KerasObject) -> Node:
        """As when building: with arguments it is the layer that computes the same, for Keras
        saves no function that is bound to arguments."""
        known = class_schema("activation", item.class_name)
        layer = known.as_layer if known is not None else None
        if class_schema("layer", item.class_name) is not None:
            layer = item.class_name
        elif not item.args or layer is None:
            return text_literal(item.class_name)
        return self.construct(KerasObject("layer", layer, item.args, item.span))

    def construct(self, item: KerasObject, name: str | None = None) -> Group:
        """A call of the object's class. `name` is the Keras name of a layer."""
        known = class_schema(item.kind, item.class_name)
        names = name_inner_layers(item.args)
        arguments = {
            key: self.node(_as_python(value, key, known), names) for key, value in item.args.items()
        }
        if name is not None:
            arguments.pop("name", None)
            arguments["name"] = text_literal(name)
        items = tuple((f"{key}=", value) for key, value in arguments.items())
        return Group(f"{self._path(item, known)}(", items, ")")

    def _path(self, item: KerasObject, known: ClassSchema | None) -> str:
        if ">" in item.class_name:
            return self.module.register(item.class_name)
        if item.class_name.startswith("applications."):
            return f"keras.{item.class_name}"
        name = known.name if known is not None else item.class_name
        internal = None if known is None else definition(known.file, known.name).get("x-module")
        if internal is not None:
            return self.module.import_internal(internal, name)
        namespace = NAMESPACES[item.kind]
        if namespace == "layers":
            self.module.use("layers")
        return f"{namespace}.{name}"


def _is_constant(item: KerasObject) -> bool:
    """Keras makes `Constant` of its bare name without the default value that its class has."""
    known = class_schema(item.kind, item.class_name)
    return item.kind == "initializer" and known is not None and known.name == "Constant"


def _as_python(value: Any, key: str, known: ClassSchema | None) -> Any:
    """Numbers and lists as the Python types that some arguments insist on."""
    wanted = None if known is None else known.python_type_of(key)
    if wanted == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return tuple(value) if wanted == "tuple" and isinstance(value, list) else value


def plain(value: Any) -> str:
    """A number, a text, true, false or null."""
    if isinstance(value, str):
        return text_literal(str(value))
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value).replace("e+", "e")


def sequence(items: Iterable[Node]) -> Group:
    """A list."""
    return Group("[", tuple(("", item) for item in items), "]")


def mapping(items: Iterable[tuple[str, Node]]) -> Group:
    """A dict with text as keys."""
    return Group("{", tuple((f"{text_literal(key)}: ", item) for key, item in items), "}")


def tuple_text(values: Iterable[Any]) -> str:
    """A tuple of plain values, in one line."""
    items = [plain(value) for value in values]
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
