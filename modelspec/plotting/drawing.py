"""The drawing of a spec: its scene, with findings and totals."""

from __future__ import annotations

from modelspec.analysis import Analysis, analyze, count_parameters
from modelspec.analysis.memory import largest_needs, trained_analysis
from modelspec.compile import SpecParts, policy_of_spec
from modelspec.diagnostics import Findings
from modelspec.graph import build_graph
from modelspec.report import flops_text, memory_text, number_text
from modelspec.spec import Spec

from .loose import loose_scene
from .marking import mark
from .reading import read_scene
from .scene import Drawing


def draw(parts: SpecParts) -> Drawing:
    """What a picture of a spec shows, errors and all; nothing is folded yet."""
    spec, graph, analysis = parts.spec, parts.graph, parts.analysis
    if graph is None:  # it may be only that a layer is not used
        graph = build_graph(spec.model, Findings(), complete=False)
    if graph is not None and analysis is None:  # an error elsewhere; it is reported already
        analysis = analyze(graph, Findings(), policy_of_spec(spec))
    if graph is None:
        scene = loose_scene(spec.model)
    else:
        if analysis is not None:
            analysis = trained_analysis(spec, analysis)
        scene = read_scene(graph, analysis)
    shown = mark(scene, spec.model, graph, parts.findings.sorted())
    totals = [] if analysis is None else _totals(spec, analysis)
    return Drawing(spec.name, scene, totals, shown)


def _totals(spec: Spec, analysis: Analysis) -> list[str]:
    weights = analysis.weights
    if weights is None:
        return []
    params = count_parameters(weights)
    trained = count_parameters(weight for weight in weights if weight.trainable)
    needs = largest_needs(spec, analysis)
    return [
        f"{number_text(params)} parameters, "
        f"{'all' if params == trained else f'{number_text(trained)} of them'} trained",
        f"{flops_text(analysis.flops)} FLOPs for one example",
        f"{memory_text(needs.weights)} of weights, {memory_text(needs.training)} to train "
        f"with batches of {needs.batch_size}",
    ]
