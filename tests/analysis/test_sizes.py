"""Sizes that no tensor can have end in findings or numbers, at once and without a traceback."""

from __future__ import annotations

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
