"""A checked document to the typed spec. It reads what the schema let through and nothing else."""

from __future__ import annotations

from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, value_span
from modelspec.schema import UnknownShape, class_schema
from modelspec.spec.object_paths import SpecPath

from .edges import EdgesAround, StackAround, parse_edge, parse_outputs
from .model import (
    WEIGHT,
    FunctionalSpec,
    InputSpec,
    KerasObject,
    LayerSpec,
    ModelSpec,
    SequentialSpec,
)
from .naming import ModelNames

NESTED = ("Sequential", "Functional")


def parse_object(
    value: Any, kind: str, span: Span, findings: Findings, *, in_graph: bool = False
) -> KerasObject:
    """A Keras object from its name, or from a mapping of its name to its arguments.

    Args:
        value: a string or a one-key mapping, already checked against the schema.
        kind: "layer", "optimizer", "loss" ...
        span: where the value stands.
        findings: takes a missing argument: a bare name cannot be checked by the schema.
        in_graph: whether it is a layer of a `functional`.
    """
    if not isinstance(value, dict):
        known = class_schema(kind, value)
        if known is not None:
            _require(known.required, value, (), span, findings)
        return KerasObject(kind, str(value), {}, span, as_text=True)
    name, args = next(iter(value.items()))
    name_span = value.key_spans[name] if isinstance(value, LocatedDict) else span
    if kind == "layer" and name in NESTED:
        return _nested(name, args, name_span, findings)
    if kind == "layer" and name == WEIGHT and not in_graph:
        _refuse_weight(name_span, findings)
    known = class_schema(kind, name)
    if args is None and known is not None:
        _require(known.required, name, (), name_span, findings)
    parsed: dict[str, Any] = {}
    spans: dict[str, Span] = {}
    for key, item in (args or {}).items():
        spans[key] = value_span(args, key, name_span)
        below = known.kind_of(key) if known is not None else None
        if isinstance(item, str) and known is not None and known.takes_path(key):
            parsed[key] = SpecPath.of(item)
        elif isinstance(item, dict) and known is not None and known.maps_names(key):
            parsed[key] = {
                path: parse_value(one, below, value_span(item, path, spans[key]), findings)
                for path, one in item.items()
            }
        else:
            parsed[key] = parse_value(item, below, spans[key], findings)
    return KerasObject(kind, name, parsed, name_span, spans)


def parse_value(value: Any, kind: str | None, span: Span, findings: Findings) -> Any:
    """An argument's value: Keras objects of `kind` where it takes them, else plain data."""
    if isinstance(value, list):
        return [
            parse_value(item, kind, value_span(value, index, span), findings)
            for index, item in enumerate(value)
        ]
    if kind is not None and isinstance(value, (str, dict)):
        return parse_object(value, kind, span, findings)
    if isinstance(value, dict):
        return {key: parse_value(item, None, span, findings) for key, item in value.items()}
    return value


def _refuse_weight(span: Span, findings: Findings) -> None:
    """A learned tensor has no place in a stack, nor inside another layer."""
    message = "a Weight is a learned tensor, which takes no tensor: it cannot stand here"
    hint = (
        'write it among the `layers` of a `functional`, with an edge such as "x, position -> add"'
    )
    findings.error(span, "misplaced-weight", message, hint=hint)


def _require(
    required: tuple[str, ...], name: str, given: tuple[str, ...], span: Span, findings: Findings
) -> None:
    for argument in required:
        if argument not in given:
            hint = f"write {name}: {{{argument}: …}}"
            findings.error(span, "missing-key", f"`{name}` needs `{argument}`", hint=hint)


def _nested(name: str, args: LocatedDict, span: Span, findings: Findings) -> KerasObject:
    model = _SECTIONS[name.lower()](args, findings)
    own = {key: args[key] for key in ("name", "trainable") if key in args}
    spans = {key: args.value_spans[key] for key in own}
    return KerasObject("layer", name, own, span, spans, model=model)


def parse_model(section: LocatedDict, findings: Findings) -> ModelSpec:
    """The `model` section: a `sequential` or a `functional`."""
    name, body = next(iter(section.items()))
    parsed: ModelSpec = _SECTIONS[name](body, findings)
    return parsed


def parse_sequential(section: LocatedDict, findings: Findings) -> SequentialSpec:
    """A `sequential`. Layers without a `name` get the one that Keras gives in a new process."""
    names = ModelNames()
    given = section.get("input")
    entry = None
    if given is not None:
        name_span = given.value_spans.get("name", section.key_spans["input"])
        entry = _input(str(given.get("name", "input_layer")), given, name_span)
        names.declare(entry.name, entry.span, findings)
    layers, pending = [], []
    for index, item in enumerate(section["layers"]):
        span = section["layers"].item_spans[index]
        layer = parse_object(item, "layer", span, findings)
        written = layer.args.get("name")
        if isinstance(written, str):
            name_span = layer.arg_spans["name"]
            names.declare(written, name_span, findings)
            layers.append(LayerSpec(written, layer, layer.span))
        else:
            pending.append(len(layers))
            layers.append(LayerSpec("", layer, layer.span))
    for index in pending:
        layer = layers[index].object
        layers[index] = LayerSpec(names.default_name(layer.class_name), layer, layer.span)
    written = section["layers"]
    left_out = frozenset(written.left_out) if isinstance(written, StackAround) else frozenset[str]()
    return SequentialSpec(entry, tuple(layers), section.span, left_out)


def parse_functional(section: LocatedDict, findings: Findings) -> FunctionalSpec:
    """A `functional`, with the locations of all of its names."""
    names = ModelNames()
    inputs = []
    for name, entry in section["inputs"].items():
        span = section["inputs"].key_spans[name]
        names.declare(name, span, findings)
        inputs.append(_input(name, entry or {}, span))
    layers = []
    for name, entry in section["layers"].items():
        span = section["layers"].key_spans[name]
        names.declare(name, span, findings)
        value = section["layers"].value_spans[name]
        layer = parse_object(entry, "layer", value, findings, in_graph=True)
        _refuse_other_name(layer, name, findings)
        layers.append(LayerSpec(name, layer, span))
    before = findings.error_count
    edges, written = [], section["edges"]
    for index, item in enumerate(written):
        edges += parse_edge(item, written.item_spans[index], findings)
    outputs = parse_outputs(section, findings)
    complete = findings.error_count == before
    for edge in edges:
        for name, span in zip(edge.names, edge.name_spans, strict=True):
            names.declare(name, span, findings)
    return FunctionalSpec(
        tuple(inputs),
        tuple(layers),
        tuple(edges),
        outputs,
        section.key_spans["outputs"],
        str(section.get("input_structure", "single" if len(inputs) == 1 else "list")),
        section.span,
        complete,
        written.left_out if isinstance(written, EdgesAround) else frozenset(),
    )


def _refuse_other_name(layer: KerasObject, name: str, findings: Findings) -> None:
    written = layer.args.get("name")
    if written is not None and written != name:
        message = f'the layer "{name}" has a different `name`, {written!r}, but its key is its name'
        span = layer.arg_spans["name"]
        findings.error(span, "two-names", message, hint="remove `name`, or rename the key")


def _input(name: str, entry: dict[str, Any], span: Span) -> InputSpec:
    shape = entry.get("shape")
    return InputSpec(
        name,
        None if shape is None or isinstance(shape, UnknownShape) else tuple(shape),
        span,
        entry.get("dtype"),
        entry.get("batch_size"),
        bool(entry.get("sparse", False)),
        bool(entry.get("ragged", False)),
    )


_SECTIONS: dict[str, Any] = {"sequential": parse_sequential, "functional": parse_functional}
