"""The memory of a training step, by hand; benchmarks/memory_vs_peak.py measures it."""

from __future__ import annotations

from typing import Any

from modelspec.analysis.memory.memory import memory_of_spec
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings

BATCH = 10
SLAB = BATCH * 8 * 4
"""Bytes of eight float32 numbers for each example."""


def memory(layers: str, training: str = "") -> Any:
    text = f"modelspec: 1\nmodel:\n  sequential:\n    input: {{shape: [8]}}\n    layers: {layers}\n"
    findings = Findings()
    opened = compile_text(text + training, "spec.yaml", None, findings)
    assert opened is not None, findings.sorted()
    return memory_of_spec(opened.spec, opened.analysis, BATCH)


def test_a_dense_layer_keeps_what_it_reads() -> None:
    """Its own output is not needed again, so two layers keep the batch and what is between."""
    assert memory("[Dense: {units: 8}, Dense: {units: 8}]").activations == 2 * SLAB


def test_an_activation_keeps_what_it_gives_once() -> None:
    """The next layer keeps the same tensor, which does not count twice."""
    stack = "[Dense: {units: 8, activation: relu}, Dense: {units: 8}]"
    assert memory(stack).activations == 2 * SLAB


def test_gelu_keeps_three_tensors_of_its_own() -> None:
    stack = "[Dense: {units: 8, activation: gelu}, Dense: {units: 8}]"
    assert memory(stack).activations == 5 * SLAB


def test_a_reshape_holds_no_bytes() -> None:
    stack = "[Dense: {units: 8}, Reshape: {target_shape: [8, 1]}, Flatten, Dense: {units: 8}]"
    assert memory(stack).activations == 2 * SLAB


def test_frozen_layers_in_front_keep_nothing() -> None:
    """Nothing in front of the first trained weight has a gradient."""
    frozen = "[Dense: {units: 8, activation: relu, trainable: false}, Dense: {units: 8}]"
    assert memory(frozen).activations == 2 * SLAB  # the batch, and what the second layer reads
    deeper = frozen.replace("[", "[Dense: {units: 8, activation: relu, trainable: false}, ", 1)
    assert memory(deeper).activations == 2 * SLAB


def test_the_peak_is_in_the_update_where_weights_outweigh_activations() -> None:
    found = memory("[Dense: {units: 512}, Dense: {units: 512}, Dense: {units: 1}]")
    largest = 512 * 512 * 4
    # all of the weights, their gradients, two slots of Adam, the batch, and one tensor on the way
    held = found.weights + found.gradients + found.optimizer
    assert found.training == held + SLAB + largest
