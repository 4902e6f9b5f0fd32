"""Which word each row of an Embedding is for, by what its numbers come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from modelspec.analysis import Analysis
from modelspec.analysis.data import match_inputs
from modelspec.diagnostics import Findings
from modelspec.graph import Call, Graph, TensorRef
from modelspec.layers import traits_of
from modelspec.spec import Spec
from modelspec.spec.initial_weights import WeightsOrigin

HINT = (
    "a StringLookup or a TextVectorization in front of the layer says it, or `tokens` of the "
    "input under `data.inputs`"
)


class WordSource(NamedTuple):
    """What makes the numbers of words; one of the two is set.

    Attributes:
        lookup: the path of a layer with a vocabulary.
        tokenizer: a name under `data.tokens`.
    """

    lookup: str = ""
    tokenizer: str = ""


class _Level(NamedTuple):
    graph: Graph
    name: str  # of the model in the graph around it


def find_word_source(
    origin: WeightsOrigin, spec: Spec, analysis: Analysis, findings: Findings
) -> WordSource | None:
    """What makes the numbers that the Embedding of an origin takes; None with a finding.

    Args:
        origin: of a file of vectors, whose part is a layer of the model.
        spec: its `data` has the tokenizers.
        analysis: of its model.
        findings: takes that it cannot be known.
    """
    assert origin.part is not None
    *around, name = origin.part.name.split("/")
    levels = [_Level(analysis.graph, "")]
    for model in around:
        graph = levels[-1].graph
        levels.append(_Level(graph.nested_graph(graph.layers[model].object), model))
    found = {_trace(call, levels) for call in levels[-1].graph.calls if call.layer == name}
    path = origin.part.name
    if len(found) != 1:
        _report(origin, f'"{path}" takes numbers of several sources', findings)
        return None
    made_by = next(iter(found))
    if made_by.startswith(_INPUT):
        return _of_input(made_by.removeprefix(_INPUT), origin, spec, analysis, findings)
    if made_by.startswith(_LAYER):
        return WordSource(lookup=made_by.removeprefix(_LAYER))
    _report(origin, f'which word a row of "{path}" is for is not known: {made_by}', findings)
    return None


_INPUT, _LAYER = "input:", "layer:"


def _report(origin: WeightsOrigin, message: str, findings: Findings) -> None:
    findings.error(origin.span, "bad-weights", message, hint=HINT)


def _trace(call: Call, levels: Sequence[_Level]) -> str:
    """What makes the tensor that a call takes, or why that is not known."""
    ref = next(iter(call.reads()), None)
    while ref is not None:
        graph = levels[-1].graph
        if any(entry.name == ref.source for entry in graph.inputs) or (
            graph.kind == "sequential" and not graph.inputs and call is graph.calls[0]
        ):
            if len(levels) == 1:
                return _INPUT + ref.source
            ref, call = _outside(ref, levels)
            levels = levels[:-1]
            continue
        made = next((one for one in graph.calls if one.name == ref.source), None)
        if made is None:
            break
        item = graph.layers[made.layer].object
        if traits_of(item.class_name).is_lookup:
            return _LAYER + "/".join([*(one.name for one in levels[1:]), made.layer])
        if not traits_of(item.class_name).keeps_values:
            return f'"{made.layer}" ({item.class_name}) makes its numbers'
        call, ref = made, next(iter(made.reads()), None)
    return "what makes its numbers is not known"


def _outside(ref: TensorRef, levels: Sequence[_Level]) -> tuple[TensorRef | None, Call]:
    """What the model around calls the nested model on, for one of its inputs."""
    inner, outer = levels[-1], levels[-2].graph
    call = next(one for one in outer.calls if one.layer == inner.name)
    names = [entry.name for entry in inner.graph.inputs]
    number = names.index(ref.source) if ref.source in names else 0
    given = list(call.reads())
    return (given[number] if number < len(given) else None), call


def _of_input(
    name: str, origin: WeightsOrigin, spec: Spec, analysis: Analysis, findings: Findings
) -> WordSource | None:
    if spec.data is not None:
        for entry, columns in match_inputs(spec.data, analysis.graph, Findings()):
            if entry.name == name and columns is not None and columns.tokens is not None:
                return WordSource(tokenizer=columns.tokens)
    assert origin.part is not None
    message = (
        f'which word a row of "{origin.part.name}" is for is not known: its numbers are those of '
        f"the input `{name}`"
    )
    _report(origin, message, findings)
    return None
