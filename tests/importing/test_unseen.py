"""Models as people publish them: to a spec and back, with equal config, weights and outputs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from modelspec.api.building import build_opened
from modelspec.api.validation import validate_text
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings
from modelspec.importing.model_files import from_keras

from .unseen import MODELS

pytestmark = pytest.mark.tensorflow


def config_of(model: Any) -> Any:
    """A config as JSON has it. A constant is a tensor or an array of the same numbers there."""
    text = json.dumps(model.get_config())
    return json.loads(text.replace('"__tensor__"', '"__numpy__"'))


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_to_a_spec_and_back(make: Callable[[Any], Any]) -> None:
    import keras
    import numpy as np

    keras.backend.clear_session()
    model = make(keras)
    text = from_keras(model)
    assert validate_text(text, "model.yaml") == []
    opened = compile_text(text, "model.yaml", None, Findings())
    assert opened is not None
    built = build_opened(opened)
    ours, theirs = (config_of(m) for m in (built, model))
    assert ours == theirs
    assert built.count_params() == model.count_params()
    built.set_weights(model.get_weights())
    random = np.random.default_rng(0)
    shapes = [[2 if size is None else size for size in tensor.shape] for tensor in model.inputs]
    arrays = [random.normal(size=shape).astype("float32") for shape in shapes]
    given = arrays if len(arrays) > 1 else arrays[0]
    given_ours, given_theirs = (
        keras.tree.flatten(m(given, training=False)) for m in (built, model)
    )
    assert len(given_ours) == len(given_theirs)
    for one, other in zip(given_ours, given_theirs, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
