"""The lints have nothing to say of good specs, and nothing wrong of Keras's own models."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path

import lint_cases
import pytest

from modelspec.analysis.lints import LINTS

SPECS = sorted((Path(__file__).parents[3] / "specs").glob("*.yaml"))

RIGHT = {
    "MobileNet": {"functional-is-a-chain": 1},  # it has no branch
    "ResNet50": {"bias-before-batch-norm": 53},  # its weights were trained with these biases
    "VGG16": {"functional-is-a-chain": 1, "huge-flatten-dense": 1},  # 103 of 138 million weights
    "DenseNet121": {},
    "EfficientNetB0": {},
    "MobileNetV2": {},
    "MobileNetV3Small": {},
    "ResNet50V2": {},
    "Xception": {},
}
"""What the lints say of models of `keras.applications`, with the reason why they are right."""

QUICK = ("MobileNet", "MobileNetV2", "ResNet50", "VGG16")
"""A chain, inverted residuals, residuals and large dense layers; the others take longer."""


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_a_good_spec_is_silent(path: Path) -> None:
    said = lint_cases.said_of(path.read_text(encoding="utf-8"), path.name)
    known = ("extension-on-trust", "phase-needs")
    assert [finding for finding in said if finding.code not in known] == []


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in RIGHT]
)
def test_of_an_application_only_what_is_right(name: str) -> None:
    import keras

    from modelspec.importing.model_files import from_keras

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        imported = from_keras(getattr(keras.applications, name)(weights=None))
    keras.backend.clear_session()
    text = imported if isinstance(imported, str) else imported.text
    found = Counter(finding.code for finding in lint_cases.said_of(text) if finding.code in LINTS)
    assert found == RIGHT[name]
