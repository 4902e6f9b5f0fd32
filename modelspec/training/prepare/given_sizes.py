"""The sizes that real data has, against the layers of a model whose inputs leave some open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelspec.analysis import Analysis, analyze
from modelspec.analysis.data import GivenShape
from modelspec.compile import policy_of_spec
from modelspec.data.examples import Examples
from modelspec.diagnostics import Findings, Span
from modelspec.graph import Graph
from modelspec.spec import Spec

if TYPE_CHECKING:
    from modelspec.data import Data


def analyze_with_data(spec: Spec, graph: Graph, data: Data, findings: Findings) -> Analysis | None:
    """The analysis of a model at the sizes of the examples; None where no input leaves one open.

    Args:
        spec: the spec.
        graph: of its model.
        data: its splits.
        findings: takes sizes that the layers do not take, and last batches smaller than a state.
    """
    _check_last_batches(spec, graph, data, findings)
    if not _leaves_sizes_open(graph):
        return None
    from modelspec.analysis.sizes import analyze_given

    places = {entry.name: columns for entry, columns in data.plan.inputs}
    policy = policy_of_spec(spec)
    analysis = analyze(graph, Findings(), policy)
    found, before = analysis, findings.error_count
    for split in ("train", "validation", "test"):
        examples, span = getattr(data, split), _place(spec, split)
        if examples is None or (split != "train" and span == _place(spec, "train")):
            continue
        given = {}
        for name, values in examples.inputs.items():
            columns = places.get(name) if split == "train" else None
            place = span if columns is None else columns.span
            given[name] = GivenShape(tuple(values.shape[1:]), place)
        at_sizes = analyze_given(analysis, policy, given, findings)
        found = at_sizes if split == "train" else found
        if findings.error_count > before:
            break
    return found


def _check_last_batches(spec: Spec, graph: Graph, data: Data, findings: Findings) -> None:
    if spec.data is None or not any(entry.batch_size for entry in graph.inputs):
        return
    from modelspec.analysis.sizes import check_last_batch

    policy = policy_of_spec(spec)
    for split in ("train", "validation", "test"):
        examples = getattr(data, split)
        if examples is not None:
            check_last_batch(spec.data, graph, split, len(examples), policy, findings)


def check_shares(spec: Spec, data: Data, workers: int | None, findings: Findings) -> None:
    """Check that every batch of every split has an example for each worker.

    Args:
        spec: the spec.
        data: its splits.
        workers: how many divide a batch; None where that is not known.
        findings: takes an error for each split whose last batch has too few.
    """
    if workers is None or workers < 2:
        return
    from modelspec.analysis.distribute import check_last_batches

    splits = {split: getattr(data, split) for split in ("train", "validation", "test")}
    counts = {split: len(found) for split, found in splits.items() if found is not None}
    check_last_batches(replace(spec, workers=workers), counts, findings)


def check_new_sizes(
    spec: Spec, graph: Graph, examples: Examples, place: Span, findings: Findings
) -> None:
    """Report new data of sizes that the layers of a trained model do not take.

    Args:
        spec: what was trained.
        graph: of its model.
        examples: of the new data.
        place: of its file.
        findings: takes an error with the sizes.
    """
    if not _leaves_sizes_open(graph):
        return
    from modelspec.analysis.sizes import analyze_given

    policy = policy_of_spec(spec)
    given = {
        name: GivenShape(tuple(values.shape[1:]), place) for name, values in examples.inputs.items()
    }
    analyze_given(analyze(graph, Findings(), policy), policy, given, findings)


def _leaves_sizes_open(graph: Graph) -> bool:
    return any(entry.shape is not None and None in entry.shape for entry in graph.inputs)


def _place(spec: Spec, split: str) -> Span:
    """Where a split names its source; that of the training split for a fraction of it."""
    assert spec.data is not None
    part = getattr(spec.data, split)
    source = part if split == "train" else getattr(part, "source", None)
    return spec.data.train.span if source is None else source.span
