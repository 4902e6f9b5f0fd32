"""Whole models: the analysis against the real build, layer by layer."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.analysis.facts import tensors_of
from modelspec.api.building import build_opened, open_spec

pytestmark = pytest.mark.tensorflow

HERE = Path(__file__).parent.parent
EXTENDED = HERE.parent / "specs" / "autoencoder.yaml"
"""Holds a class of an extension. Its shapes are whatever its code makes them, and no code of an
extension runs in an analysis: what depends on it is unknown until the model is built."""
SPECS = [
    *sorted((HERE / "specs_ok").iterdir()),
    *sorted(path for path in (HERE.parent / "specs").glob("*.yaml") if path != EXTENDED),
]


@pytest.mark.parametrize("path", [*SPECS, EXTENDED], ids=lambda p: p.name)
def test_the_analysis_says_what_keras_builds(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from modelspec.building.comparison import find_differences

    monkeypatch.setenv("MODELSPEC_ALLOW_EXTENSIONS", "1")
    opened = open_spec(path)
    assert find_differences(opened.analysis, build_opened(opened)) == []


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.name)
def test_nothing_of_these_models_is_unknown(path: Path) -> None:
    analysis = open_spec(path).analysis
    assert analysis.weights is not None
    outputs = [call.output for facts in analysis.layers.values() for call in facts.calls]
    assert None not in list(tensors_of(tuple(outputs)))


def test_only_what_depends_on_an_extension_is_unknown() -> None:
    analysis = open_spec(EXTENDED).analysis
    unknown = {
        name
        for name, facts in analysis.layers.items()
        if None in list(tensors_of(tuple(call.output for call in facts.calls)))
    }
    assert unknown == {"sample", "decoder"}
