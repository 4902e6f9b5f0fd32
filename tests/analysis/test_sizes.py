"""Sizes that no tensor can have end in findings or numbers, at once and without a traceback."""

from __future__ import annotations

import tracemalloc

import pytest

from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings

HUGE = 10**30
LAYERS = [
    ("string", f"StringLookup: {{num_oov_indices: {HUGE}, vocabulary: [a]}}"),
    ("int64", f"IntegerLookup: {{num_oov_indices: {HUGE}, vocabulary: [1]}}"),
    ("string", f"Hashing: {{num_bins: {HUGE}}}"),
    ("float32", f"Conv1D: {{filters: 3, kernel_size: {HUGE}, padding: same}}"),
    ("float32", f"Conv1D: {{filters: {HUGE}, kernel_size: 3}}"),
    ("float32", f"ZeroPadding1D: {{padding: {HUGE}}}"),
    ("float32", f"UpSampling1D: {{size: {HUGE}}}"),
    ("float32", f"LSTM: {{units: {HUGE}}}"),
    ("float32", f"MaxPooling1D: {{pool_size: {HUGE}, padding: same}}"),
    ("int32", f"Embedding: {{input_dim: {HUGE}, output_dim: {HUGE}}}"),
    ("int32", f"CategoryEncoding: {{num_tokens: {HUGE}}}"),
]


@pytest.mark.parametrize(("dtype", "layer"), LAYERS, ids=lambda value: str(value)[:24])
def test_huge_sizes(dtype: str, layer: str) -> None:
    text = (
        "modelspec: 1\nmodel:\n  sequential:\n"
        f"    input: {{shape: [8, 4], dtype: {dtype}}}\n    layers:\n      - {layer}\n"
    )
    findings = Findings()
    opened = compile_text(text, "spec.yaml", None, findings)
    assert opened is not None or findings.has_errors


@pytest.mark.parametrize(
    "layer",
    [
        "IntegerLookup: {vocabulary: [1, 2], num_oov_indices: 50000000}",
        "ops.split: {indices_or_sections: 50000000, axis: 1}",
        "ops.array_split: {indices_or_sections: 50000000, axis: 1}",
        "ops.unstack: {axis: 1}",
        "ops.tensordot: {x2: [[1.0]], axes: 50000000}",
    ],
)
def test_a_number_in_the_spec_makes_no_list_as_long(layer: str) -> None:
    text = (
        "modelspec: 1\nmodel:\n  functional:\n    inputs: {x: {shape: [50000000]}}\n"
        f"    layers: {{many: {{{layer}}}}}\n    edges: [x -> many]\n    outputs: many\n"
    )
    compile_text(text, "spec.yaml", None, Findings())  # imports what it needs
    tracemalloc.start()
    try:
        compile_text(text, "spec.yaml", None, Findings())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10 * 2**20
