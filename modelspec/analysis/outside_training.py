"""Whether a model that is right in training is right outside of it, where some sizes differ.

RandomCrop crops in training only. Validation, `predict` and an exported model work on whole
images, and a layer that counts them (Flatten before Dense, Reshape) fails there.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.diagnostics import Findings, Related, Severity, Span
from modelspec.graph import Graph
from modelspec.layers import classes_with
from modelspec.layers.rule import Policy
from modelspec.spec.model import KerasObject, objects_in

from .arguments import keras_class
from .facts import Analysis
from .shapes import analyze

CODE = "fails-outside-training"


def check_outside_training(
    graph: Graph, analysis: Analysis, policy: Policy | None, findings: Findings
) -> None:
    """Report a layer that takes what it gets in training, and not what it gets outside.

    Args:
        graph: the model's graph.
        analysis: of the graph in training, without errors.
        policy: the dtype policy of the analysis.
        findings: takes an error at the layer that crops.
    """
    crop = next(_cropping(graph), None)
    if crop is None:
        return
    name, span = crop
    outside = Findings()
    seen = analyze(graph, outside, policy, training=False)
    said = f'"{name}" crops in training only: outside of it, in validation and `predict`'
    hint = "put a CenterCrop of the same size right after it; in training that changes nothing"
    for finding in outside.sorted():
        if finding.severity is Severity.ERROR:
            related = (Related(finding.span, "it fails here"),)
            message = f"{said}, {finding.message}"
            findings.error(span, CODE, message, hint=hint, related=related)
            return
    for inner, at, kernel in _other_weights(analysis, seen):
        message = f'{said}, "{inner}" gets another size than its {kernel} was built for'
        findings.error(span, CODE, message, hint=hint, related=(Related(at, "it fails here"),))
        return


def _cropping(graph: Graph) -> Iterator[tuple[str, Span]]:
    """The name and location of each layer of such a class, nested models included."""
    for name, layer in graph.layers.items():
        if layer.object.model is not None:
            yield from _cropping(graph.nested_graph(layer.object))
        elif any(map(_crops, objects_in(layer.object))):  # a Pipeline may have one
            yield name, layer.span


def _crops(item: KerasObject) -> bool:
    return keras_class(item) in classes_with("crops_in_training")


def _other_weights(training: Analysis, outside: Analysis) -> Iterator[tuple[str, Span, str]]:
    """The layers whose weights have other shapes outside of training, and the weight."""
    for name, facts in training.layers.items():
        there = outside.layers.get(name)
        if there is None or facts.weights is None or there.weights is None:
            continue
        for mine, theirs in zip(facts.weights, there.weights, strict=False):
            if mine.shape != theirs.shape:
                yield name, facts.layer.span, mine.name.rpartition("/")[2]
