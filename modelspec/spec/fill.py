"""A spec with everything written out: every default, and every class under Keras's own name.

The result is a spec again, it builds the same model, and filling it once more changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from modelspec.document import emit
from modelspec.schema import ROOT, ClassSchema, Schema, class_schema, definition, follow
from modelspec.spec.data import with_implied_marks
from modelspec.spec.expansion import stays_expression
from modelspec.spec.expressions import escaped
from modelspec.spec.model import NESTED, ModelNames
from modelspec.spec.training import is_object

from .extends import move_paths
from .spec import Spec

AS_TEXT = frozenset(("activation", "loss", "metric", "dtype_policy"))
"""Kinds whose bare names stay: of `mse` Keras makes a function, of a mapping an object."""

_SAVED_AS_CALLED = {
    "ELU": ("activity_regularizer", "autocast"),
    "Identity": ("activity_regularizer", "autocast"),
}
"""Layers that save the arguments of their base class just where they were given, as they are:
writing the default of one would change what they save, and no object can be saved."""

SEARCH = "tune"
"""The section that is left out: its paths lead to params and blocks, which are gone."""

_BY_OUTPUT = frozenset(("loss", "metric"))


def expanded_text(spec: Spec, folder: Path | None = None) -> str:
    """The YAML text of a spec with blocks, params, repeats and all defaults written out.

    Args:
        spec: the spec.
        folder: where the text will stand, if that is not the folder of the spec: relative paths
            are changed to lead from there.
    """
    document = fill_defaults(spec.document, spec.name)
    if folder is not None:
        move_paths(document, spec.path.parent if spec.path is not None else Path(), folder)
    return emit(document)


def fill_defaults(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A document that has been expanded, with all defaults.

    Args:
        document: what the schema has passed, without blocks, params, repeats and expressions.
        name: the model's name.
    """
    out: dict[str, Any] = {"modelspec": 1, "name": name}
    for key, schema in definition(ROOT, "")["properties"].items():
        if key == SEARCH:
            continue
        if key == "model" and key in document:
            kind, body = next(iter(document[key].items()))
            out[key] = {kind: _model(body)}
        elif key in document and key not in out:
            section = with_implied_marks(document[key]) if key == "data" else document[key]
            out[key] = _fill(section, schema, ROOT)
    if "training" in out:
        _leave_out(out["training"])
    plain: dict[str, Any] = _plain(out)
    if "training" in out:
        plain["training"] = _plain(out["training"], keep=stays_expression)
    return plain


def _leave_out(training: dict[str, Any]) -> None:
    """Leave out defaults of what another key says: epochs by phases, a rate by a schedule."""
    phases = training.get("phases", [])
    if phases:
        training.pop("epochs", None)
    for part in (training, *phases):
        if "schedule" in part or "schedule" in training:
            for arguments in part.get("optimizer", {}).values():
                arguments.pop("learning_rate", None)


def _fill(value: Any, schema: Schema, file: str) -> Any:
    """A value with the defaults that its schema states, at any depth."""
    schema, file = follow(schema, file)
    if "x-object" in schema:
        return _objects(value, str(schema["x-object"]), "x-mapping" in schema)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [_fill(item, items, file) for item in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, below in schema.get("properties", {}).items():
        if key in value:
            out[key] = _fill(value[key], below, file)
        elif "default" in (default := {**follow(below, file)[0], **below}):
            out[key] = default["default"]
    others = schema.get("additionalProperties")
    for key in value:
        if key not in out:
            below = others if isinstance(others, dict) else {}
            out[key] = _fill(value[key], below, file)
    return out


def _objects(value: Any, kind: str, by_name: bool = False) -> Any:
    """Keras objects of a kind: one, a list of them, or a mapping from names to them."""
    if isinstance(value, list):
        return [_objects(item, kind) for item in value]
    if isinstance(value, dict) and (by_name or (kind in _BY_OUTPUT and not is_object(value))):
        return {key: _objects(item, kind) for key, item in value.items()}
    return _object(value, kind) if isinstance(value, (str, dict)) else value


def _object(value: Any, kind: str, name: str | None = None, *, named: bool = False) -> Any:
    """One Keras object with all of its arguments.

    Args:
        value: its name, or a mapping of its name to its arguments.
        kind: "layer", "optimizer" ...
        name: for a layer of a stack, its name in the model.
        named: for a layer of a graph: the key that it stands under is its name.
    """
    if isinstance(value, str) and kind in AS_TEXT:
        return value
    written, args = (value, {}) if isinstance(value, str) else next(iter(value.items()))
    args = args or {}
    if kind == "activation" and not args:
        return written
    if kind == "layer" and written in NESTED:
        own = {key: args[key] for key in ("name", "trainable") if key in args}
        if name is not None:
            own["name"] = name
        return {written: {**own, **_model(args, nested=True)}}
    known = class_schema(kind, written)
    if known is None:
        return {written: dict(args) if name is None else {**args, "name": name}}
    out = _arguments(known, args)
    if name is not None and "name" in known.properties:
        out["name"] = name
    if named:
        out.pop("name", None)
    return {_own_name(written, known): out}


def complete_arguments(layer: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a layer with their defaults, equal however a spec writes them.

    Args:
        layer: its class.
        arguments: those that are given, as plain data.
    """
    known = class_schema("layer", layer)
    if known is None or layer in NESTED:
        return dict(arguments)
    defaults = _short_defaults(layer)
    out = {
        key: _short_argument(arguments[key], known, key) if key in arguments else defaults[key]
        for key in known.properties
        if key in arguments or key in defaults
    }
    return {**out, **{key: value for key, value in arguments.items() if key not in out}}


@cache
def _short_defaults(layer: str) -> Mapping[str, Any]:
    """The defaults of a layer that `complete_arguments` gives."""
    known = class_schema("layer", layer)
    assert known is not None
    defaults = _defaults("layer", layer)
    return {key: _in_short(value, known.kind_of(key)) for key, value in defaults.items()}


def _short_argument(value: Any, known: ClassSchema, key: str) -> Any:
    return _in_short(_argument(value, known, key), known.kind_of(key))


def _in_short(value: Any, kind: str | None) -> Any:
    """`GlorotUniform` for the mapping with all arguments of that class, where each of them is its
    default."""
    if kind is None or not isinstance(value, (list, dict)):
        return value
    if isinstance(value, list):
        return [_in_short(item, kind) for item in value]
    if not is_object(value):
        return {key: _in_short(item, kind) for key, item in value.items()}
    (name, arguments), *_ = value.items()
    known = class_schema(kind, name)
    if known is None:
        return value
    defaults = _defaults(kind, name)
    kept = {
        key: _in_short(item, known.kind_of(key))
        for key, item in arguments.items()
        if key not in defaults or defaults[key] != item
    }
    return {name: kept} if kept else name


@cache
def _defaults(kind: str, name: str) -> Mapping[str, Any]:
    known = class_schema(kind, name)
    assert known is not None
    return _arguments(known, {})


def _arguments(known: ClassSchema, args: Mapping[str, Any]) -> dict[str, Any]:
    out = {}
    tensors = known.call.get("parameters", ())
    saved_as_called = _SAVED_AS_CALLED.get(known.name, ())
    left_out = (*tensors, *saved_as_called)
    for key, schema in known.properties.items():
        if key in args:
            stays = key in saved_as_called and isinstance(args[key], str)
            out[key] = args[key] if stays else _argument(args[key], known, key)
        elif "default" in schema and key not in left_out:
            out[key] = _argument(schema["default"], known, key)
    return {**out, **{key: value for key, value in args.items() if key not in out}}


def _argument(value: Any, known: ClassSchema, key: str) -> Any:
    kind = known.kind_of(key)
    if kind is None:
        return value
    return _objects(value, kind, known.maps_names(key))


def _own_name(written: str, known: ClassSchema) -> str:
    """Keras's own name of a class or function, with its namespace as a spec writes it."""
    space, dot, _ = written.partition(".")
    return f"{space}.{known.name}" if dot and space in ("ops", "applications") else known.name


def _model(body: Mapping[str, Any], *, nested: bool = False) -> dict[str, Any]:
    """A `sequential` or a `functional`, without its own `name` and `trainable`."""
    if isinstance(body["layers"], list):
        return _stack(body)
    out: dict[str, Any] = {"inputs": {}}
    for name, entry in body["inputs"].items():
        knows_shape = not nested or (entry or {}).get("shape") is not None
        out["inputs"][name] = _entry(entry, "input") if knows_shape else dict(entry or {})
    out["layers"] = {
        name: _object(layer, "layer", named=True) for name, layer in body["layers"].items()
    }
    out["edges"], out["outputs"] = body["edges"], body["outputs"]
    if "input_structure" in body or len(body["inputs"]) > 1:
        out["input_structure"] = body.get("input_structure", "list")
    return out


def _entry(entry: Any, kind: str) -> Any:
    return _fill(entry, definition(ROOT, kind), ROOT)


def _stack(body: Mapping[str, Any]) -> dict[str, Any]:
    """A `sequential`, in which each layer gets the name that it has in the model."""
    out: dict[str, Any] = {}
    names = ModelNames()
    if "input" in body:
        name = body["input"].get("name", "input_layer")
        out["input"] = {"name": name, **_entry(body["input"], "sequential_input")}
        names.add(name)
    written = [_written_name(layer) for layer in body["layers"]]
    for own in written:
        if own is not None:
            names.add(own)
    out["layers"] = [
        _object(layer, "layer", names.default_name(_class(layer)) if own is None else own)
        for layer, own in zip(body["layers"], written, strict=True)
    ]
    return out


def _class(layer: Any) -> str:
    return layer if isinstance(layer, str) else str(next(iter(layer)))


def _written_name(layer: Any) -> str | None:
    args = None if isinstance(layer, str) else next(iter(layer.values()))
    name = args.get("name") if isinstance(args, dict) else None
    return name if isinstance(name, str) else None


def _plain(value: Any, keep: Callable[[Any], bool] = lambda _: False) -> Any:
    """Plain containers, with texts escaped so that none is read as an expression, but those that
    are to stay expressions."""
    if isinstance(value, dict):
        return {key: _plain(item, keep) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, keep) for item in value]
    return escaped(value) if isinstance(value, str) and not keep(value) else value
