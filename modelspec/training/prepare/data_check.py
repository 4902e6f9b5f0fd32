"""The findings that training would have for its data, without training; needs no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from modelspec.data import load_without_inputs
from modelspec.diagnostics import Findings
from modelspec.graph import Graph
from modelspec.spec import Spec

from .outputs import match_outputs
from .targets import check_targets, weigh_examples


def check_training_data(
    spec: Spec,
    graph: Graph,
    folder: Path,
    shapes: Mapping[str, tuple[int | None, ...]],
    findings: Findings,
) -> None:
    """Read all data of a spec and check it against the model and its losses.

    Args:
        spec: with `data`.
        graph: of its model.
        folder: what paths are relative to.
        shapes: output name to the output's shape without the batch axis; empty where the shape
            of one output is unknown.
        findings: takes what is wrong.

    Raises:
        CannotRunError: the disk is full.
    """
    training = spec.training
    assert spec.data is not None
    data = load_without_inputs(
        spec.data, folder, graph, 0 if training is None else training.seed, findings
    )
    if data is None or training is None or not shapes:
        return
    outputs = match_outputs(training, shapes, findings)
    if outputs is None:
        return
    before = findings.error_count
    labels = data.learned.labels
    for output in outputs:
        for examples in (data.train, data.validation, data.test):
            if examples is not None and findings.error_count == before:
                check_targets(output, examples, labels.get(output.name), graph, findings)
    if findings.error_count == before:
        weigh_examples(outputs, data.train, labels, findings)
