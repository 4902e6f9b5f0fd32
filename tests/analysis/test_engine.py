"""Whole models: the analysis against the real build, layer by layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.analysis.facts import Analysis, tensors_of
from modelspec.pipeline import build_opened, open_spec

pytestmark = pytest.mark.tensorflow

HERE = Path(__file__).parent.parent
EXTENDED = "autoencoder.yaml"  # holds a class of an extension, of which nothing is known
SPECS = [
    *sorted((HERE / "specs_ok").iterdir()),
    *sorted(p for p in (HERE.parent / "specs").glob("*.yaml") if p.name != EXTENDED),
]


def disagreements(analysis: Analysis, model: Any) -> list[str]:
    """Where the analysis of a model and the model differ."""
    import keras

    functional = getattr(model, "_functional", None) or model
    operations = {operation.name: operation for operation in functional.operations}
    found = []
    for name, facts in analysis.layers.items():
        made = operations[name]
        calls = [node for node in made._inbound_nodes if node.output_tensors]
        real = [
            ((None, *t.shape[1:]) if t.shape else (), str(t.dtype))
            for t in keras.tree.flatten(calls[0].output_tensors)
        ]
        said = [
            None if t is None else ((None, *t.shape[1:]) if t.shape else (), t.dtype)
            for t in tensors_of(facts.calls[0].output)
        ]
        if sorted(map(str, real)) != sorted(map(str, said)):
            found.append(f"{name} ({facts.layer.object.class_name}): {said}, Keras {real}")
        params = made.count_params() if hasattr(made, "count_params") else 0
        if facts.params != params:
            found.append(f"{name}: {facts.params} params, Keras {params}")
    return found


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.name)
def test_the_analysis_says_what_keras_builds(path: Path) -> None:
    opened = open_spec(path)
    model = build_opened(opened)
    assert disagreements(opened.analysis, model) == []
    weights = opened.analysis.weights
    assert weights is not None
    trained = sum(v.shape.num_elements() for v in map(_value, model.trainable_weights))
    from modelspec.analysis.facts import count

    assert count(w for w in weights if w.trainable) == trained
    assert count(weights) == model.count_params()


def _value(variable: Any) -> Any:
    return variable.value
