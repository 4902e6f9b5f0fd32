"""Findings at the nodes that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from modelspec.diagnostics import Finding, Severity, Span
from modelspec.graph import Graph
from modelspec.spec.model import LayerSpec, ModelSpec, objects_in

from .reading import all_nodes
from .scene import Scene, SceneNode

Spot = tuple[str, int, int, Span | None]
"""The file, line and column of a span, and where its block is used."""


def mark(
    scene: Scene, model: ModelSpec, graph: Graph | None, findings: Iterable[Finding]
) -> list[Finding]:
    """Hang each error and warning at its layer.

    Args:
        scene: of the whole model.
        model: as parsed, with the places of all layers and arguments.
        graph: with the places of calls; None where there is none.
        findings: all of the spec.

    Returns:
        The errors and warnings, those without a layer too, errors first.
    """
    shown = [each for each in findings if each.severity is not Severity.NOTE]
    shown.sort(key=lambda each: each.severity is not Severity.ERROR)
    by_path: dict[str, list[SceneNode]] = {}
    for node in all_nodes(scene):
        by_path.setdefault(node.path, []).append(node)
    spots = dict(_spots(model, graph, ""))
    lines: dict[tuple[str, int], set[str]] = {}
    for (file, line, _, _), path in spots.items():
        lines.setdefault((file, line), set()).add(path)
    for finding in shown:
        for path in _paths_of(finding, spots, lines):
            for node in by_path.get(path, ()):
                node.findings.append(finding)
    _hand_up(scene)
    return shown


def _paths_of(
    finding: Finding, spots: dict[Spot, str], lines: dict[tuple[str, int], set[str]]
) -> Sequence[str]:
    for span in (finding.span, *(related.span for related in finding.related)):
        exact = spots.get(_spot(span))
        if exact is not None:
            return (exact,)
    span = finding.span
    on_line = lines.get((span.file, span.line), set())
    return tuple(on_line) if len(on_line) == 1 else ()


def _spots(model: ModelSpec, graph: Graph | None, around: str) -> Iterator[tuple[Spot, str]]:
    """Where each layer, each of its arguments and each call stands, and the path of its node."""
    for layer in model.layers:
        path = f"{around}{layer.name}"
        inner = layer.object.model
        if inner is not None:
            nested = None if graph is None else graph.nested_or_none(layer.object)
            yield from _spots(inner, nested, f"{path}/")
        for span in _spans(layer):
            yield _spot(span), path
    for call in () if graph is None else graph.calls:
        yield _spot(call.span), f"{around}{call.name}"


def _spans(layer: LayerSpec) -> Iterator[Span]:
    yield layer.span
    if layer.object.model is not None:
        yield layer.object.span
        yield from layer.object.arg_spans.values()
        return
    for item in objects_in(layer.object):
        yield item.span
        yield from item.arg_spans.values()


def _spot(span: Span) -> Spot:
    return (span.file, span.line, span.column, span.via)


def _hand_up(scene: Scene) -> None:
    """A group has the findings of what is inside, so that a folded one shows them."""
    for node in scene.nodes:
        if node.inside is not None:
            _hand_up(node.inside)
            inner = [found for each in node.inside.nodes for found in each.findings]
            node.findings = list(dict.fromkeys((*node.findings, *inner)))
