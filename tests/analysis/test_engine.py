"""Whole models: the analysis against the real build, layer by layer."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.analysis.facts import tensors_of
from modelspec.pipeline import build_opened, open_spec

pytestmark = pytest.mark.tensorflow

HERE = Path(__file__).parent.parent
EXTENDED = "autoencoder.yaml"  # holds a class of an extension, of which nothing is known
SPECS = [
    *sorted((HERE / "specs_ok").iterdir()),
    *sorted(p for p in (HERE.parent / "specs").glob("*.yaml") if p.name != EXTENDED),
]


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.name)
def test_the_analysis_says_what_keras_builds(path: Path) -> None:
    from modelspec.building.agreement import differences

    opened = open_spec(path)
    assert differences(opened.analysis, build_opened(opened)) == []


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.name)
def test_nothing_of_these_models_is_unknown(path: Path) -> None:
    analysis = open_spec(path).analysis
    assert analysis.weights is not None
    outputs = [call.output for facts in analysis.layers.values() for call in facts.calls]
    assert None not in list(tensors_of(tuple(outputs)))
