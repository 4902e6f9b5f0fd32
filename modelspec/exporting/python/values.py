"""Values of a spec as Python expressions: plain data, Keras objects, functions of `keras.ops`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from modelspec.analysis.losses import OWN_LOSSES
from modelspec.building import name_inner_layers
from modelspec.diagnostics import Findings, SpecError
from modelspec.layers.applications import BESIDE, OWN_NAME_ONLY
from modelspec.schema import ClassSchema, class_schema, definition, is_identifier
from modelspec.spec.model import KerasObject, LayerSpec, parse_index

from .module import Module
from .syntax import Group, Node, flat, text_literal

NAMESPACES = {
    "layer": "layers",
    "optimizer": "keras.optimizers",
    "optimizer_map": "keras.optimizers",
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
"""Where the file finds the classes of each kind."""

AS_TEXT = frozenset(NAMESPACES) - {"layer", "optimizer_map", "schedule", "callback"}
"""Kinds for which Keras accepts a name."""

APPLICATIONS = "applications."

WriteModel = Callable[[KerasObject, str], Node]
"""Writes a function for a nested model of a name, and returns the expression that builds it."""


class Values:
    """Writes values for one model."""

    def __init__(self, module: Module, write_model: WriteModel) -> None:
        self.module = module
        self.write_model = write_model

    def node(self, value: Any, names: Mapping[int, str] = MappingProxyType({})) -> Node:
        """Any value. `names` has the names of the layers in it, by the `id` of the layer."""
        if isinstance(value, KerasObject):
            return self.keras_object(value, names.get(id(value)))
        if isinstance(value, Mapping):
            return mapping((key, self.node(item, names)) for key, item in value.items())
        if isinstance(value, list):
            return sequence(self.node(item, names) for item in value)
        if isinstance(value, tuple):
            items = tuple(("", self.node(item, names)) for item in value)
            return Group("(", items, ")") if len(items) > 1 else tuple_text(value)
        return literal(value)

    def keras_object(self, item: KerasObject, name: str | None = None) -> Node:
        """A Keras object in an argument: its name if Keras accepts that, else a call.

        Args:
            item: the object.
            name: the Keras name of a layer or a model.
        """
        if item.model is not None:
            assert name is not None
            return self.write_model(item, name)
        if ">" in item.class_name:
            calls = self.module.extensions
            if not item.args and calls and calls.is_function(item.class_name):
                return self.module.register(item.class_name)
            return self.construct(item, name)
        if item.kind == "activation":
            return self._activation(item)
        if item.as_text and item.kind in AS_TEXT and is_identifier(item.kind, item.class_name):
            return text_literal(item.class_name)
        return self.construct(item, name)

    def _activation(self, item: KerasObject) -> Node:
        """As in `modelspec.building`: with arguments it is the layer that computes the same, since
        Keras cannot save a function with bound arguments."""
        known = class_schema("activation", item.class_name)
        layer = known.as_layer if known is not None else None
        if class_schema("layer", item.class_name) is not None:
            layer = item.class_name
        elif not item.args or layer is None:
            return text_literal(item.class_name)
        return self.construct(KerasObject("layer", layer, item.args, item.span))

    def construct(self, item: KerasObject, name: str | None = None) -> Group:
        """A call of the object's class. `name` is the Keras name of a layer."""
        if item.class_name.startswith(APPLICATIONS) and name is not None:
            return self._application(item, name)
        return self._call(item, name)

    def _application(self, item: KerasObject, name: str) -> Group:
        """An architecture of Keras: its own function, and around it what that does not take."""
        beside = {key: item.args[key] for key in BESIDE if key in item.args}
        if not beside and not item.class_name.startswith(OWN_NAME_ONLY):
            return self._call(item, name)
        own = {key: value for key, value in item.args.items() if key not in (*BESIDE, "name")}
        called = name if not item.class_name.startswith(OWN_NAME_ONLY) else None
        made = self._call(replace(item, args=own), called)
        self.module.use("adapt")
        options = tuple((f"{key}=", self.node(value)) for key, value in beside.items())
        return Group("adapt(", (("lambda: ", made), ("", text_literal(name)), *options), ")")

    def _call(self, item: KerasObject, name: str | None) -> Group:
        """A call of a class or function. `name` is the Keras name of a layer."""
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
        if item.class_name.startswith(APPLICATIONS):
            return f"keras.{item.class_name}"
        name = known.name if known is not None else item.class_name
        internal = None if known is None else definition(known.file, known.name).get("x-module")
        if internal is not None:
            return self.module.import_internal(internal, name)
        if item.kind == "loss" and name in OWN_LOSSES:
            self.module.use("ops")
            return self.module.use(name)
        namespace = NAMESPACES[item.kind]
        if namespace == "layers":
            self.module.use("layers")
        return f"{namespace}.{name}"


def _as_python(value: Any, key: str, known: ClassSchema | None) -> Any:
    """Numbers and lists as the Python types that some arguments require."""
    return value if known is None else known.as_python(key, value)


def literal(value: Any) -> str:
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
    items = [literal(value) for value in values]
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def op_node(
    spec: LayerSpec,
    tensors: Mapping[str, Node],
    several: list[Node],
    values: Values,
    node_name: str | None,
) -> Node:
    """The call of a node `ops.NAME`, inside one of `named` that gives the node its name.

    Args:
        spec: the node; its arguments are the constants.
        tensors: parameter name to expression.
        several: the tensors of a variadic function.
        values: writes the constants.
        node_name: what Keras calls the node; None for a constant, which is none.
    """
    known = class_schema("layer", spec.object.class_name)
    name = known.name if known is not None else spec.object.class_name.removeprefix("ops.")
    given = {key: value for key, value in spec.object.args.items() if key != "name"}
    if known is not None and "spread" in known.call:
        given.update(given.pop(known.call["spread"], {}))
    options = {key: _constant(key, value, known, values) for key, value in given.items()}
    positional: list[Node] = []
    if name == "get_item":
        result: Node = f"{flat(tensors['x'])}[{_index(spec, given['key'])}]"
    else:
        if name == "einsum":
            positional.append(options.pop("subscripts"))
        positional += several
        options.update(tensors)
        if known is not None and not several:
            positional += _leading(options, tensors, known.tensors)
        items = [("", node) for node in positional]
        items += [(f"{key}=", node) for key, node in options.items()]
        result = Group(f"{values.module.use('ops')}.{name}(", tuple(items), ")")
    if node_name is None:
        return result
    inner = (("", text_literal(node_name)), ("", result))
    return Group(f"{values.module.use('named')}(", inner, ")")


def _constant(key: str, value: Any, known: ClassSchema | None, values: Values) -> Node:
    """A constant; where Keras takes only a tuple, a list becomes one, and in a tensor's place an
    array of float32, int32 or bool, without an import of numpy."""
    if known is None or not isinstance(value, list):
        return values.node(value)
    if known.python_type_of(key) == "tuple":
        return values.node(tuple(value))
    dtype = _array_dtype(value) if known.takes_array(key) else None
    if dtype is None:
        return values.node(value)
    items = (("", values.node(value)), ("dtype=", text_literal(dtype)))
    ops = values.module.use("ops")
    made = Group(f"{ops}.array(", items, ")")
    return Group(f"{ops}.convert_to_numpy(", (("", made),), ")")


def _array_dtype(value: list[Any]) -> str | None:
    """The dtype of a list of numbers as a tensor; None where it holds anything else."""
    kinds = {type(item) for item in _numbers(value)}
    if not kinds or not kinds <= {bool, int, float}:
        return None
    return "float32" if float in kinds else "int32" if int in kinds else "bool"


def _numbers(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    else:
        yield value


def _leading(
    options: dict[str, Node], tensors: Mapping[str, Any], parameters: tuple[str, ...]
) -> list[Node]:
    """Take the parameters up to the last tensor out of the options: they go by position, and so
    does an operand such as `x2`."""
    given: list[Node] = []
    for parameter in parameters:
        operand = parameter[:1] == "x" and parameter[1:].isdecimal()
        last = not operand and not any(key in options for key in tensors)
        if parameter not in options or last:
            break
        given.append(options.pop(parameter))
    return given


def _index(spec: LayerSpec, key: Any) -> str:
    try:
        return index_text(key)
    except ValueError as error:
        findings = Findings()
        span = spec.object.arg_spans.get("key", spec.span)
        findings.error(span, "bad-index", f"`key` of {spec.object.class_name}: {error}")
        raise SpecError(findings.sorted()) from error


def index_text(key: Any) -> str:
    """An index as Python writes it, always a tuple: `:, 0`, `..., -1`, `::2,`."""
    parts = [_part(part) for part in parse_index(key)]
    return ", ".join(parts) + ("," if len(parts) == 1 else "")


def _part(part: Any) -> str:
    if part is Ellipsis:
        return "..."
    if not isinstance(part, slice):
        return str(part)
    start, stop, step = ("" if n is None else str(n) for n in (part.start, part.stop, part.step))
    return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
