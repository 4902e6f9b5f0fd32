"""Edges to calls: edges into one layer gather, each edge with `as` is a call of its own."""

from __future__ import annotations

from typing import Any

from modelspec.diagnostics import Findings, Related
from modelspec.spec.model import Edge, FunctionalSpec, LayerSpec

from .bind import Arguments, bind
from .graph import Call, flatten_with_gaps
from .resolve import Resolver


def collect_calls(
    model: FunctionalSpec, resolver: Resolver, findings: Findings
) -> tuple[Call, ...]:
    """All calls of a functional model, in the order in which their first edges stand."""
    gathered: dict[str, list[Edge]] = {}
    for edge in model.edges:
        if resolver.target(edge):  # all targets first: what is wrong there is said once
            gathered.setdefault(edge.names[0] if edge.names else edge.layer, []).append(edge)
    calls = []
    for name, edges in gathered.items():
        layer = resolver.layers[edges[0].layer]
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
            hint = "give each call a name of its own with `as`"
            findings.error(edge.span, "argument-given-twice", message, hint=hint, related=related)
        into[key] = value
