"""Expectations that only the built model decides: its extensions' shapes and weights are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from modelspec.analysis import Analysis, LayerFacts, check_expectations, tensors_of
from modelspec.diagnostics import Finding, Findings
from modelspec.framework import functional_of
from modelspec.layers.rule import Tensor, Weight
from modelspec.spec import Spec


def decide_expectations(spec: Spec, analysis: Analysis, model: Any, findings: Findings) -> None:
    """Decide with the built model what `check_expectations` could not.

    FLOPs and memory of an extension's class stay undecided: Keras does not know them either.

    Args:
        spec: of the model.
        analysis: what is not known there is taken from the model.
        model: the `keras.Sequential` or `keras.Model` of its graph.
        findings: has what `check_expectations` found; what is decided takes its place.
    """
    before, after = Findings(), Findings()
    check_expectations(spec, analysis, before)
    check_expectations(spec, _completed(analysis, functional_of(model)), after)
    findings.replace(before, [_of_built_model(finding) for finding in after])


def _of_built_model(finding: Finding) -> Finding:
    """What is undecided still does not wait for the model."""
    if finding.code != "expectation-undecided":
        return finding
    hint = "the built model does not tell it either: Keras counts weights, and runs an extension's "
    return finding._replace(hint=f"{hint}class unseen; expect `params` or `outputs`")


def _completed(analysis: Analysis, functional: Any) -> Analysis:
    """The analysis with the outputs and weights that are unknown in it, as Keras built them."""
    operations = {operation.name: operation for operation in functional.operations}
    layers = {
        name: _with_weights(facts, operations.get(name)) for name, facts in analysis.layers.items()
    }
    outputs = dict(analysis.outputs)
    for name, built in _outputs_by_name(analysis, functional.output).items():
        if None in tensors_of(outputs.get(name)):
            outputs[name] = built
    return replace(analysis, layers=layers, outputs=outputs)


def _with_weights(facts: LayerFacts, made: Any) -> LayerFacts:
    if facts.weights is not None or made is None:
        return facts
    trained = {id(weight) for weight in getattr(made, "trainable_weights", ())}
    weights = tuple(
        Weight(weight.name, tuple(weight.shape), weight.dtype, trainable=id(weight) in trained)
        for weight in getattr(made, "weights", ())
    )
    return replace(facts, weights=weights)


def _outputs_by_name(analysis: Analysis, output: Any) -> dict[str, Any]:
    """Output name to what Keras built: a Tensor, or a structure of them."""
    import keras

    names, outputs = analysis.graph.output_names, output
    if not isinstance(output, Mapping):
        each = output if isinstance(output, list | tuple) and len(names) > 1 else [output]
        outputs = dict(zip(names, each, strict=True))
    return {
        name: keras.tree.map_structure(
            lambda tensor: Tensor(tuple(tensor.shape), str(tensor.dtype)), outputs[name]
        )
        for name in names
    }
