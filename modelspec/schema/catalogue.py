"""What Keras offers, as its schemas state it: classes, their arguments, and their calls."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from .files import Schema, definition, load_file, target

KERAS = "keras.json"
TENSOR_FREE = "mask"
WHEN = "when"
"""The key beside a layer that says whether it is there."""
WHEN_SCHEMA: Schema = {
    "title": "true, false or an expression",
    "description": "Whether the layer is there. Where it is not, edges lead around it.",
    "type": ["boolean", "string"],
    "pattern": r"\$\{",
}
"""What it is. The schemas do not have it, as a layer loses it before they check it."""

CLASS_ONLY = {
    "initializer": frozenset(("Constant", "constant")),
    "loss": frozenset(("CategoricalGeneralizedCrossEntropy", "Quantile")),
    "optimizer": frozenset(("Lamb",)),
    "regularizer": frozenset(("l1_l2",)),
}
"""Names of classes that `keras.losses.get` and its like do not make an object from, by kind: Keras
has not registered them or, as `Quantile`, has no such class; or it makes `Constant` without the
default value of its class. As text in a spec they stand for the class without arguments, like all
other names."""
"""Call parameters that end so are taken by name only: a second edge is rarely meant as a mask."""


class ClassSchema(NamedTuple):
    """One class (or function) of Keras.

    Attributes:
        kind: "layer", "optimizer", "initializer" ...
        name: Keras's own name, with aliases resolved.
        file: the schema file that it stands in.
        properties: argument name to its schema, in Keras's order.
        required: the arguments that have no default.
        call: for layers and ops, what a call takes (`x-call`).
        as_layer: for an activation, the layer that computes the same (`x-layer`).
        description: what it is, in a sentence or more; "" where the schema lacks it.
    """

    kind: str
    name: str
    file: str
    properties: dict[str, Schema]
    required: tuple[str, ...]
    call: dict[str, Any]
    as_layer: str | None = None
    description: str = ""

    @property
    def tensors(self) -> tuple[str, ...]:
        """Parameters of the call that take tensors by position, in order."""
        if "parameters" in self.call:
            return tuple(self.call["parameters"])
        names = self.call.get("tensors", ("inputs",))
        return tuple(n for i, n in enumerate(names) if i == 0 or not n.endswith(TENSOR_FREE))

    @property
    def operands(self) -> tuple[str, ...]:
        """Those of an op's parameters that are tensors by nature. An edge may give the others too,
        which are written as a rule: an axis, a flag."""
        return tuple(
            name
            for name in self.tensors
            if self.properties.get(name, _OPERAND).get("$ref") in _OPERAND_TYPES
        )

    @property
    def takes_list(self) -> bool:
        """Whether the call's first parameter is a list of tensors."""
        return bool(self.call.get("list", False))

    def takes_array(self, argument: str) -> bool:
        """Whether a list of numbers in an argument stands for a tensor, and means an array. Keras
        takes `indices` as the plain list, and saves no array of what it keeps with the op."""
        of_type = self.properties.get(argument, {}).get("$ref") in _OPERAND_TYPES
        kept = argument in _KEPT or f"{self.name}.{argument}" in _KEPT
        return of_type and not kept and not self.takes_list

    def kind_of(self, argument: str) -> str | None:
        """The kind of Keras object that an argument takes, or None for plain data."""
        schema = self.properties.get(argument)
        return None if schema is None else kind_of_reference(schema, self.file)

    def takes_path(self, argument: str) -> bool:
        """Whether a text in an argument is the path of a file or a folder."""
        return bool(self._type_of(argument).get("x-path"))

    def maps_names(self, argument: str) -> bool:
        """Whether an argument maps names, such as paths of weights, to Keras objects."""
        return bool(self._type_of(argument).get("x-mapping"))

    def python_type_of(self, argument: str) -> str | None:
        """ "float", "floats" or "tuple" where Keras takes nothing else of what a text can say."""
        found: str | None = self._type_of(argument).get("x-python")
        return found

    def _type_of(self, argument: str) -> Schema:
        """The named type that an argument refers to; empty where it states its own."""
        schema = self.properties.get(argument)
        if schema is None or "$ref" not in schema:
            return {}
        return definition(*target(schema["$ref"], self.file))

    def as_python(self, argument: str, value: Any) -> Any:
        """A number or a list as the Python type that an argument insists on."""
        wanted = self.python_type_of(argument)
        if wanted == "float" and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if not isinstance(value, list):
            return value
        if wanted == "floats":
            return [float(item) for item in value]
        return tuple(value) if wanted == "tuple" else value


_KEPT = frozenset(("indices", "x_min", "x_max", "trapezoid.x", "bincount.weights"))
"""Arguments of ops, and those of one op, that Keras takes as the plain list."""
_OPERAND_TYPES = tuple(f"types.json#/$defs/tensor_constant{end}" for end in ("", "_or_null"))
_OPERAND: Schema = {"$ref": _OPERAND_TYPES[0]}
"""What an argument is that the schema does not let a spec write: a list of tensors."""


def refusals(name: str) -> Iterator[tuple[str, str]]:
    """The kind of each public thing of Keras that has this name and that a spec cannot say, such
    as `layers`, with the reason and what to write instead."""
    reasons: dict[str, str] = load_file(KERAS).get("x-refused", {})
    for full, reason in reasons.items():
        space, _, last = full.partition(".")
        if name in (last, full):
            yield space, reason


@cache
def class_schema(kind: str, name: str) -> ClassSchema | None:
    """The class that a spec calls `name` where a `kind` stands, or None."""
    entry = _table(kind).get(name)
    if entry is None or "$ref" not in entry:
        return None
    file, found = target(entry["$ref"], KERAS)
    if not file.startswith(("layers/", "modelspec")) and "/" in file:
        return None
    schema = definition(file, found)
    return ClassSchema(
        kind,
        schema.get("title", found) if file != "modelspec.schema.json" else name,
        file,
        schema.get("properties", {}),
        tuple(schema.get("required", ())),
        schema.get("x-call", {}),
        schema.get("x-layer"),
        schema.get("description", ""),
    )


def kind_of_reference(schema: Schema, file: str) -> str | None:
    """The kind of Keras object behind `{"$ref": …}` in a file, through lists and unions of it."""
    reference = schema.get("$ref")
    if reference is None:
        return None
    return _kind(*target(reference, file))


@cache
def _kind(file: str, name: str) -> str | None:
    found = definition(file, name)
    kind = found.get("x-object")
    if kind is not None:
        return str(kind)
    for part in (found, found.get("items", {})):
        if isinstance(part, dict) and "$ref" in part:
            return _kind(*target(part["$ref"], file))
    return None


def names_of_kind(kind: str) -> Iterator[str]:
    """All names, aliases too, that may stand as the key of a mapping where a `kind` stands."""
    yield from _table(kind)


def refused(kind: str, name: str) -> str | None:
    """Why a public name of Keras cannot stand in a spec, and what to write instead."""
    reasons: dict[str, str] = load_file(KERAS).get("x-refused", {})
    if "." in name and name in reasons:
        return reasons[name]
    plural = {"loss": "losses", "dtype_policy": "dtype_policies"}.get(kind, f"{kind}s")
    return reasons.get(f"{plural}.{name}")


def is_identifier(kind: str, name: str) -> bool:
    """Whether Keras itself takes a name as text where a `kind` stands."""
    return name not in CLASS_ONLY.get(kind, ())


@cache
def _table(kind: str) -> dict[str, Schema]:
    found = load_file(KERAS)["$defs"].get(kind, {})
    return dict(_properties(found))


def _properties(schema: Schema) -> Iterator[tuple[str, Schema]]:
    yield from schema.get("properties", {}).items()
    for branch in ("then", "else"):
        if isinstance(schema.get(branch), dict):
            yield from _properties(schema[branch])
