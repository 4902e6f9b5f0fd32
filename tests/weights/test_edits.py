"""Random edits of random models: each tensor is that of its name in the file, or the fresh one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.weights_by_name.config_edits import edit
from benchmarks.weights_by_name.judging import Count
from benchmarks.weights_by_name.models import draw_model, fill
from benchmarks.weights_by_name.whole_models import count_edits
from modelspec.compile import compile_text
from modelspec.diagnostics import Findings

pytestmark = pytest.mark.tensorflow


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "models"), [(0, 2), (1, 2)])
def test_no_edit_puts_a_tensor_where_it_does_not_belong(seed: int, models: int) -> None:
    source = random.Random(seed)
    total = Count()
    for _ in range(models):
        total.add(count_edits(draw_model(source), source, 4))
    assert (total.ours, total.missed, total.edits) == (0, 0, 4 * models)
    assert total.loaded > 10 * models


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 5))
def test_no_edit_of_many_does(seed: int) -> None:
    source = random.Random(seed)
    count = count_edits(draw_model(source), source, 15)
    assert (count.ours, count.missed) == (0, 0)


def test_validate_says_what_a_training_does(tmp_path: Path) -> None:
    """The analysis of the edited model gives the report that the built one does."""
    import keras

    from modelspec import from_keras
    from modelspec.weights import check_initial_weights, load_initial_weights
    from modelspec.weights.model_tree import layers_of_keras
    from modelspec.weights.trees import leaves

    source = random.Random(5)
    compared = 0
    for _ in range(3):
        model = draw_model(source)
        fill(model, source)
        model.save(tmp_path / "m.keras")
        places = [
            (layer.path, layer.class_name)
            for layer in leaves(layers_of_keras(model))
            if layer.tensors
        ]
        edited = edit(model.get_config(), places, source)
        try:
            other = keras.Model.from_config(edited.config)
        except Exception:  # the edit makes no model
            continue
        training = "training:\n  optimizer: adam\n  loss: mse\n  initial_weights: m.keras\n"
        text = from_keras(other).rstrip("\n") + "\n" + training
        compiled = compile_text(text, "s.yaml", tmp_path / "s.yaml", Findings())
        assert compiled is not None
        found, loaded = Findings(), Findings()
        said = check_initial_weights(compiled.spec, compiled.analysis, found, is_required=True)
        done = load_initial_weights(compiled.spec, compiled.graph, other, {}, loaded)
        errors = [
            sorted(str(one) for one in all_ if one.severity == "error") for all_ in (found, loaded)
        ]
        assert errors[0] == errors[1]
        if done is not None:
            assert said is not None
            assert {one.layer.path: (one.fate, one.why, one.tensors) for one in said.layers} == {
                one.layer.path: (one.fate, one.why, one.tensors) for one in done.layers
            }
        compared += 1
    assert compared
