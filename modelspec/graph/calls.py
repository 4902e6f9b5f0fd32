"""Edges to calls: edges into one layer are joined, each edge with `as` is a separate call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modelspec.diagnostics import Findings, Related, Span, did_you_mean, join_words, suggest
from modelspec.schema import ClassSchema, class_schema
from modelspec.spec.model import Edge, FunctionalSpec, LayerSpec, SequentialSpec

from .graph import Call, flatten_with_gaps
from .resolve import Resolver
from .sourceless import refuse_edge


def collect_calls(
    model: FunctionalSpec, resolver: Resolver, findings: Findings
) -> tuple[Call, ...]:
    """All calls of a functional model, in the order in which their first edges stand."""
    gathered: dict[str, list[Edge]] = {}
    for edge in model.edges:
        if resolver.target(edge):  # all targets first, so that an error there is reported once
            gathered.setdefault(edge.names[0] if edge.names else edge.layer, []).append(edge)
    calls = []
    for name, edges in gathered.items():
        layer = resolver.layers[edges[0].layer]
        if layer.name in resolver.sourceless:
            refuse_edge(layer, edges, findings)
            continue
        call = _call(name, layer, edges, resolver, findings)
        if call is not None:
            calls.append(call)
    return tuple(calls)


def _call(
    name: str, layer: LayerSpec, edges: list[Edge], resolver: Resolver, findings: Findings
) -> Call | None:
    arguments = Arguments(edges[0].span, tuple(edge.span for edge in edges))
    before = len(findings)
    for edge in edges:
        for ref in edge.positional:
            arguments.positional.append(resolver.structure(ref))
        _merge(arguments.named, {k: resolver.structure(v) for k, v in edge.named.items()},
               edge, edges, findings)  # fmt: skip
        _merge(arguments.plain, dict(edge.call), edge, edges, findings)
        arguments.plain_spans.update(edge.call_spans)
    read = (tuple(arguments.positional), arguments.named)
    if len(findings) != before or None in flatten_with_gaps(read):
        return None
    return bind(name, layer, arguments, findings)


def _merge(
    into: dict[str, Any], new: dict[str, Any], edge: Edge, edges: list[Edge], findings: Findings
) -> None:
    for key, value in new.items():
        if key in into:
            message = f'two edges give `{key}` to one call of "{edge.layer}"'
            related = (Related(edges[0].span, "the first"),)
            hint = "name each call with `as`"
            findings.error(edge.span, "argument-given-twice", message, hint=hint, related=related)
        into[key] = value


@dataclass(slots=True)
class Arguments:
    """The arguments that the edges of one call give: tensors and plain values."""

    span: Span
    spans: tuple[Span, ...]
    positional: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)
    plain: dict[str, Any] = field(default_factory=dict)
    plain_spans: dict[str, Span] = field(default_factory=dict)


def bind(name: str, layer: LayerSpec, given: Arguments, findings: Findings) -> Call | None:
    """The call, each tensor bound to a parameter; None with a finding where one does not fit."""
    model = layer.object.model
    known = class_schema("layer", layer.object.class_name)
    before = len(findings)
    positional, named = tuple(given.positional), dict(given.named)
    if model is not None:
        _known_options(layer.object.class_name, (), given, findings)
    if isinstance(model, SequentialSpec):
        positional = _one_tensor(layer, given, findings)
    elif isinstance(model, FunctionalSpec):
        positional, named = _nested_inputs(layer, model, given, findings), {}
    elif known is not None and "parameters" in known.call:
        _no_options(known, given, findings)
        positional, named = (), _op_parameters(layer, known, given, findings)
    elif known is not None and known.file.startswith(("layers/", "applications")):
        positional = _layer_parameters(layer, known, given, findings)
    if len(findings) != before:
        return None
    return Call(name, layer.name, positional, named, given.plain, given.span)


def _one_tensor(layer: LayerSpec, given: Arguments, findings: Findings) -> tuple[Any, ...]:
    if len(given.positional) > 1:
        _too_many(layer, 1, given, findings)
    for key in given.named:
        message = f'"{layer.name}" is a Sequential model and takes one tensor, not one for `{key}`'
        findings.error(given.span, "unknown-tensor", message, hint=f'write "x -> {layer.name}"')
    return tuple(given.positional)


def _nested_inputs(
    layer: LayerSpec, model: FunctionalSpec, given: Arguments, findings: Findings
) -> tuple[Any, ...]:
    names = [entry.name for entry in model.inputs]
    bound = dict(zip(names, given.positional, strict=False))
    unknown = [key for key in given.named if key not in names]
    if len(given.positional) > len(names):
        _too_many(layer, len(names), given, findings)
        return ()
    for key, ref in given.named.items():
        if key not in names:
            message = f'the model "{layer.name}" has no input `{key}`{did_you_mean(key, names)}'
            hint = f"it takes {join_words(names)}"
            findings.error(given.span, "unknown-tensor", message, hint=hint)
        bound[key] = ref
    if unknown:  # the tensor that is missing is most likely the one of the wrong name
        return ()
    missing = [entry for entry in model.inputs if entry.name not in bound]
    if missing:
        wanted = f"{len(names)} tensors ({join_words(names)})"
        message = f'"{layer.name}" needs {wanted}, got {len(bound)}'
        related = tuple(Related(entry.span, f'nothing for "{entry.name}"') for entry in missing)
        findings.error(given.span, "missing-tensor", message, related=related)
        return ()
    if model.input_structure == "dict":
        return ({entry: bound[entry] for entry in names},)
    tensors = tuple(bound[entry] for entry in names)
    return tensors if model.input_structure == "single" else (tensors,)


def _op_parameters(
    layer: LayerSpec, known: ClassSchema, given: Arguments, findings: Findings
) -> dict[str, Any]:
    free = [p for p in known.tensors if p not in layer.object.args and p not in given.named]
    named = dict(given.named)
    for key in given.named:
        if key in layer.object.args:
            message = f"`{key}` of {known.name} is a constant already, and an edge gives it too"
            related = (Related(layer.object.arg_spans[key], "the constant"),)
            findings.error(given.span, "argument-given-twice", message, related=related)
        _known_tensor(layer, key, known.tensors, given, findings)
    if known.takes_list and free[:1] == list(known.tensors[:1]):
        if given.positional:
            named[free[0]] = _as_list(given.positional)
        return named
    if known.call.get("variadic"):
        named[""] = tuple(given.positional)
        return named
    if len(given.positional) > len(free):
        _too_many(layer, len(free), given, findings)
        return named
    named.update(zip(free, given.positional, strict=False))
    return named


def _layer_parameters(
    layer: LayerSpec, known: ClassSchema, given: Arguments, findings: Findings
) -> tuple[Any, ...]:
    tensors = list(known.call.get("tensors", ("inputs",)))
    for key in given.named:
        _known_tensor(layer, key, tensors, given, findings)
    _refuse_tensors(layer, known, tensors, given, findings)
    _known_options(known.name, known.call.get("arguments", {}), given, findings, beside=tensors)
    if not given.positional:
        return ()
    if known.takes_list:
        return (_as_list(given.positional),)
    free = [p for p in known.tensors if p not in given.named]
    if len(given.positional) > len(free):
        _too_many(layer, len(free), given, findings)
    return tuple(given.positional)


ALWAYS_TAKEN = "training"
"""Keras takes it for the call of any layer and model, also where nothing depends on it."""


def _refuse_tensors(
    layer: LayerSpec, known: ClassSchema, tensors: list[str], given: Arguments, findings: Findings
) -> None:
    """Report tensors, such as a mask or a state, that stand among the plain values of a call."""
    for key, value in given.plain.items():
        if key in tensors:
            message = f"`{key}` of {known.name} is a tensor, and `call` takes plain values"
            before = [*known.tensors[: len(given.positional)], *given.named]
            names = [*(f"{name}: …" for name in before if name != key), f"{key}: {_shown(value)}"]
            hint = f"write it in `from`: {{from: {{{', '.join(names)}}}, to: {layer.name}}}"
            span = given.plain_spans.get(key, given.span)
            findings.error(span, "unknown-call-argument", message, hint=hint)


def _shown(value: Any) -> str:
    """The tensors of an argument as YAML, where a name with an index needs quotes."""
    names = value if isinstance(value, list) else [value]
    if not all(isinstance(name, str) for name in names):
        return "…"
    quoted = [f'"{name}"' if "[" in name else name for name in names]
    return f"[{', '.join(quoted)}]" if isinstance(value, list) else quoted[0]


def _known_options(
    name: str, options: Any, given: Arguments, findings: Findings, *, beside: Any = ()
) -> None:
    for key in given.plain:
        if key != ALWAYS_TAKEN and key not in options and key not in beside:
            taken = dict.fromkeys((*options, ALWAYS_TAKEN))
            hint = f"it takes {join_words(taken)}"
            close = suggest(key, taken)
            message = f"the call of {name} has no argument `{key}`{close.text}"
            span = given.plain_spans.get(key, given.span)
            findings.error(span, "unknown-call-argument", message, hint=hint, replace=close.replace)


def _no_options(known: ClassSchema, given: Arguments, findings: Findings) -> None:
    for key in given.plain:
        message = f"ops.{known.name} is a function, and takes no `{key}` beside its arguments"
        hint = f"write its constants where the layer is: {{ops.{known.name}: {{...}}}}"
        span = given.plain_spans.get(key, given.span)
        findings.error(span, "unknown-call-argument", message, hint=hint)


def _as_list(positional: list[Any]) -> tuple[Any, ...]:
    """`[a, b]` as it is; `a, b` as one list."""
    if len(positional) == 1 and isinstance(positional[0], (tuple, Mapping)):
        inner = positional[0]
        return inner if isinstance(inner, tuple) else tuple(inner.values())
    return tuple(positional)


def _known_tensor(
    layer: LayerSpec, key: str, known: Any, given: Arguments, findings: Findings
) -> None:
    if key not in known:
        class_name = layer.object.class_name
        message = f"the call of {class_name} takes no tensor `{key}`{did_you_mean(key, known)}"
        findings.error(given.span, "unknown-tensor", message, hint=f"it takes {join_words(known)}")


def _too_many(layer: LayerSpec, most: int, given: Arguments, findings: Findings) -> None:
    count = len(given.positional)
    takes = "one tensor" if most == 1 else f"{most} tensors at most" if most else "no tensor"
    message = f'"{layer.name}" ({layer.object.class_name}) takes {takes}, got {count}'
    others = given.spans[:-1] if len(given.spans) > 1 else ()
    related = tuple(Related(span, "another edge into it") for span in others)
    hint = (
        'to call it once for each, name the results: "a -> L as x", "b -> L as y"; '
        "to join tensors, use Concatenate or Add"
    ).replace("L", layer.name)
    if most == 0:
        hint = "its parameters are all written: leave out the one that the tensor is for"
    span = given.spans[-1]
    findings.error(span, "too-many-tensors", message, hint=hint, related=related)
