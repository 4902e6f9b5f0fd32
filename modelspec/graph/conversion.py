"""The model of a spec in the other form: `sequential` as `functional`, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modelspec.diagnostics import Findings, Related, Span
from modelspec.schema import ROOT, definition
from modelspec.spec import SEARCH, Spec
from modelspec.spec.expressions import escaped
from modelspec.spec.model import LayerSpec, ModelNames, SequentialSpec, snake_case

from .chain import chain_of
from .graph import Graph, TensorRef

FORMS = ("sequential", "functional")
LINE = 90
"""Characters of an edge."""

_USERS = ("data", "training", "expect")
"""The sections that refer to an output by its name."""


def convert(spec: Spec, graph: Graph, to: str, findings: Findings) -> dict[str, Any] | None:
    """A whole spec as plain data, with its model in the form `to`.

    Args:
        spec: the spec; everything but the model and `tune` stays as it is.
        graph: its graph.
        to: "sequential" or "functional".
        findings: takes the reason where the model cannot be written in that form.

    Returns:
        The document, which is a new one; None with a finding.
    """
    kind, section = next(iter(spec.document["model"].items()))
    body: dict[str, Any] | None = section
    if kind != to:
        make = _functional if to == "functional" else _sequential
        body = make(spec, graph, section, findings)
    if body is None:
        return None
    document: dict[str, Any] = {"modelspec": 1, "name": spec.name}
    for key, value in spec.document.items():
        if key == SEARCH:  # its paths lead to params, or through the other form
            continue
        document[key] = {to: body} if key == "model" else value
    plain: dict[str, Any] = _plain(document)
    return plain


def _functional(
    spec: Spec, graph: Graph, section: Mapping[str, Any], findings: Findings
) -> dict[str, Any] | None:
    model = spec.model
    assert isinstance(model, SequentialSpec) and model.input is not None
    pattern = re.compile(definition(ROOT, "node_name")["pattern"])
    names = [(model.input.name, model.input.span), *((x.name, x.span) for x in model.layers)]
    for name, span in names:
        if not pattern.search(name):
            title = definition(ROOT, "node_name")["title"]
            message = f'the name "{name}" cannot be used in an edge, which takes {title}'
            findings.error(span, "bad-name", message)
    if findings.has_errors:
        return None
    layers = {
        layer.name: _without_name(raw)
        for layer, raw in zip(model.layers, section["layers"], strict=True)
    }
    return {
        "inputs": {model.input.name: _entry(section["input"])},
        "layers": layers,
        "edges": list(_chain([name for name, _ in names])),
        "outputs": model.layers[-1].name,
    }


def _sequential(
    spec: Spec, graph: Graph, section: Mapping[str, Any], findings: Findings
) -> dict[str, Any] | None:
    layers = chain_of(graph, findings)
    if layers is None or not _output_keeps_its_name(spec, graph, layers[-1], findings):
        return None
    entry = graph.inputs[0]
    given = _entry(section["inputs"][entry.name])
    if entry.name != "input_layer":
        given["name"] = entry.name
    named = _to_be_named(entry.name, layers)
    raw = section["layers"]
    return {
        "input": given,
        "layers": [
            _with_name(raw[layer.name], layer.name)
            if layer.name in named
            else _without_name(raw[layer.name])
            for layer in layers
        ],
    }


def _output_keeps_its_name(spec: Spec, graph: Graph, last: LayerSpec, findings: Findings) -> bool:
    """Whether no section refers to the output by a name that only `as` can give."""
    assert isinstance(graph.outputs, TensorRef)
    name = graph.output_names[0]
    for key in _USERS:
        place = _use(spec.document.get(key), name)
        if name != last.name and place is not None:
            message = f'the output "{name}" would be called "{last.name}", as its layer is'
            hint = f'write "-> {last.name}" without `as {name}`, and "{last.name}" for "{name}"'
            related = (Related(place, f'"{name}" is used here'),)
            span = graph.output_spans[0]
            findings.error(span, "output-renamed", message, hint=hint, related=related)
            return False
    return True


def _use(section: Any, name: str) -> Span | None:
    """The location of a name among the keys of a section."""
    if not isinstance(section, Mapping):
        return None
    if name in section:
        spans: Mapping[str, Span] = getattr(section, "key_spans", {})
        return spans.get(name)
    found = (_use(value, name) for value in section.values())
    return next((span for span in found if span is not None), None)


def _entry(entry: Any) -> dict[str, Any]:
    return {key: value for key, value in (entry or {}).items() if key != "name"}


def _without_name(raw: Any) -> Any:
    """A layer as written, without its name; only its class where no arguments are left."""
    if isinstance(raw, str):
        return raw
    class_name, args = next(iter(raw.items()))
    left = {key: value for key, value in (args or {}).items() if key != "name"}
    return {class_name: left} if left else class_name


def _with_name(raw: Any, name: str) -> dict[str, Any]:
    bare = _without_name(raw)
    if isinstance(bare, str):
        return {bare: {"name": name}}
    class_name, args = next(iter(bare.items()))
    if "layers" in args:  # a model: its name comes before its layers, for the reader
        return {class_name: {"name": name, **args}}
    return {class_name: {**args, "name": name}}


def _to_be_named(entry: str, layers: list[LayerSpec]) -> set[str]:
    """The layers whose names must be written, because their default names are others."""
    named = {x.name for x in layers if not _may_be_default(x)}
    while True:
        names = ModelNames()
        names.add(entry)
        for layer in layers:
            if layer.name in named:
                names.add(layer.name)
        free = (layer for layer in layers if layer.name not in named)
        wrong = next((x for x in free if names.default_name(x.object.class_name) != x.name), None)
        if wrong is None:
            return named
        named.add(wrong.name)


def _may_be_default(layer: LayerSpec) -> bool:
    stem = snake_case(layer.object.class_name)
    return re.fullmatch(rf"{re.escape(stem)}(_[1-9]\d*)?", layer.name) is not None


def _chain(names: list[str]) -> Iterator[str]:
    """The edges of a chain: one text, or several where it is long."""
    line = names[0]
    before = line
    for name in names[1:]:
        longer = f"{line} -> {name}"
        if len(longer) > LINE and " -> " in line:
            yield line
            longer = f"{before} -> {name}"
        line, before = longer, name
    yield line


def _plain(value: Any) -> Any:
    """Plain containers, with texts escaped so that none is read as an expression."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return escaped(value) if isinstance(value, str) else value
