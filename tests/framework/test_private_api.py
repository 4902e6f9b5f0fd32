"""Keras's private API still does what `modelspec.framework.private_api` says of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from modelspec import framework
from modelspec.framework import private_api

pytestmark = pytest.mark.tensorflow
PACKAGE = Path(framework.__file__).parents[1]


@pytest.fixture
def model() -> Any:
    import keras

    x = keras.Input((4,), name="x")
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="deep")], name="inner")
    made = keras.Model(x, keras.layers.ReLU(name="last")(inner(x)), name="outer")
    made.compile("adam", "mse")
    return made


def test_the_installed_keras_is_one_that_was_tried() -> None:
    import keras

    assert keras.__version__.startswith(tuple(f"{v}." for v in private_api.TRIED_WITH))


@pytest.mark.parametrize("name", private_api.APPLICATION_LAYERS)
def test_layers_of_applications_are_where_they_were(name: str) -> None:
    assert private_api.application_layer(name).__name__ == name


def test_names_are_those_of_a_new_process_and_counting_goes_on_after_it() -> None:
    import keras

    keras.backend.clear_session()
    assert keras.layers.Dense(1).name == "dense"
    with private_api.fresh_names():
        assert [keras.layers.Dense(1).name for _ in range(2)] == ["dense", "dense_1"]
    assert keras.layers.Dense(1).name == "dense_1"


def test_a_sequential_model_has_its_graph_inside(model: Any) -> None:
    assert framework.functional_of(model) is model
    assert framework.functional_of(model.get_layer("inner")).operations[-1].name == "deep"


def test_layers_are_found_at_any_depth(model: Any) -> None:
    names = {layer.name for layer in framework.all_layers(model)}
    assert {"outer", "inner", "deep", "last"} <= names
    inside = {layer.name for layer in framework.all_layers(model, include_self=False)}
    assert inside == names - {"outer"}
    assert framework.all_layers(object()) == []


def test_nodes_come_sources_first(model: Any) -> None:
    names = [node.operation.name for node in framework.nodes_in_order(model)]
    assert names == ["x", "inner", "last"]
    assert len(framework.call_nodes(model.get_layer("last"))) == 1


def test_the_operation_behind_a_tensor_is_renamed() -> None:
    import keras

    tensor = keras.ops.add(keras.Input((2,)), 1)
    framework.name_operation(tensor, "plus_one")
    assert any(node.operation.name == "plus_one" for node in [tensor._keras_history])
    framework.name_operation(3, "a number has no operation")


def test_a_graph_is_run_operation_by_operation(model: Any) -> None:
    import numpy as np

    called = []

    def wrap(operation: Any) -> Any:
        called.append(operation.name)
        return operation

    framework.run_graph(model, np.zeros((2, 4), "float32"), wrap)
    assert called == ["inner", "last"]


def test_variables_of_training_are_made_without_a_step(model: Any) -> None:
    import numpy as np

    before = model.get_weights()
    batch = np.ones((2, 4), "float32"), np.ones((2, 3), "float32")
    framework.make_training_variables(model, batch)
    assert model.optimizer.built
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))


def test_a_callback_shows_which_hooks_it_has() -> None:
    import keras

    class Watcher(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            pass

    assert framework.overrides_hook(Watcher(), "on_train_batch_end")
    assert not framework.overrides_hook(Watcher(), "on_train_batch_begin")


def test_tensorboard_shows_whether_it_traces(tmp_path: Path) -> None:
    import keras

    pytest.importorskip("tensorboard")
    for profile, traced in ((0, False), ((2, 3), True)):
        callback = keras.callbacks.TensorBoard(str(tmp_path), profile_batch=profile)
        assert framework.traces_batches(callback) is traced


def test_a_lookup_shows_whether_it_was_given_its_vocabulary() -> None:
    import keras

    assert framework.has_vocabulary_argument(keras.layers.StringLookup(vocabulary=["a"]))
    assert not framework.has_vocabulary_argument(keras.layers.StringLookup())


def test_a_layer_has_variables_of_its_own(model: Any) -> None:
    deep = model.get_layer("inner").get_layer("deep")
    assert [v.name for v in framework.own_variables(deep)] == ["kernel", "bias"]
    assert framework.own_variables(model) == []


def test_what_a_layer_saves_has_the_paths_of_a_file(tmp_path: Path) -> None:
    import h5py
    import keras

    layer = keras.layers.RNN([keras.layers.GRUCell(2), keras.layers.GRUCell(3)], name="r")
    model = keras.Sequential([keras.Input((4, 2)), layer, keras.layers.Dropout(0.5)])
    model.save_weights(tmp_path / "m.weights.h5")
    with h5py.File(tmp_path / "m.weights.h5") as file:
        groups = {f"layers/rnn/{path}" for _, path in framework.saved_objects(layer, set()) if path}
        assert "layers/rnn/cell/cells/gru_cell_1" in groups
        assert all(path in file for path in groups)


def test_the_state_of_the_global_seed_is_a_variable() -> None:
    import keras

    keras.utils.set_random_seed(7)
    state = framework.random_seed_variable()
    before = state.numpy()
    keras.random.normal((1,))
    assert state.shape == (2,)
    assert (before != state.numpy()).any()


def test_layers_compute_with_and_draw_from_the_backend() -> None:
    import keras
    import numpy as np

    class Halves:
        """Draws a half each time."""

        _backend = "tensorflow"

        def __init__(self) -> None:
            self.random = self

        def uniform(self, shape: Any, **_: Any) -> Any:
            return keras.ops.full(shape, 0.5)

        def __getattr__(self, name: str) -> Any:
            return getattr(framework.tensorflow_backend(), name)

    layer = keras.layers.RandomFlip("horizontal")
    layer.backend = Halves()
    images = np.arange(6.0, dtype="float32").reshape(1, 2, 3, 1)
    flips = layer.get_random_transformation(images)
    assert np.array_equal(layer.transform_images(images, flips), images[:, :, ::-1])


def test_no_other_module_reads_private_attributes() -> None:
    names = set(re.findall(r"\._[a-z]\w+|\"_[a-z]\w+\"", Path(private_api.__file__).read_text()))
    private = {name.strip('."') for name in names} - {"_name"}
    used = re.compile(rf"(\.|\")({'|'.join(private)})\b|(from|import) keras\.src")
    allowed = {"private_api.py", "module.py"}  # the latter writes it into exported Python
    for path in PACKAGE.rglob("*.py"):
        if path.name not in allowed:
            assert not used.search(path.read_text(encoding="utf-8")), path


def test_a_masked_output_carries_its_mask() -> None:
    import keras
    import numpy as np

    masked = keras.Sequential([keras.Input((3, 1)), keras.layers.Masking(), keras.layers.Dense(1)])
    values = np.array([[[1.0], [2.0], [0.0]]], np.float32)
    assert private_api.mask_of(masked(values)).numpy().tolist() == [[True, True, False]]
    assert private_api.mask_of(keras.layers.Dense(1)(values)) is None


def test_the_metrics_of_each_output_come_with_what_they_compare() -> None:
    import keras
    import numpy as np

    entry = keras.Input((2,))
    model = keras.Model(entry, {n: keras.layers.Dense(1, name=n)(entry) for n in ("b", "a")})
    model.compile(loss="mse", metrics={"b": ["mae"]}, weighted_metrics={"a": ["mse"]})
    targets = {name: np.full((4, 1), value, np.float32) for name, value in (("b", 1), ("a", 2))}
    found = private_api.metrics_by_output(model, targets, targets, {"b": 3, "a": 4})
    assert [(e.weights, len(e.metrics), len(e.weighted_metrics)) for e in found] == [
        (4, 0, 1),
        (3, 1, 0),
    ]
    assert [float(e.target[0, 0]) for e in found] == [2, 1]
    assert [e.weights for e in private_api.metrics_by_output(model, targets, targets, None)] == [
        None,
        None,
    ]


def test_a_mask_is_put_where_losses_read_it() -> None:
    import keras
    import numpy as np

    values = keras.ops.convert_to_tensor([[1.0], [3.0]])
    private_api.set_mask(values, keras.ops.convert_to_tensor([True, False]))
    assert private_api.mask_of(values).numpy().tolist() == [True, False]
    assert float(keras.losses.MeanSquaredError()(np.zeros((2, 1)), values)) == 1.0


def test_losses_among_replicas_are_those_of_the_rows_that_they_are_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import numpy as np
    import tensorflow as tf
    from keras import losses

    class TwoReplicas:
        num_replicas_in_sync = 2

    monkeypatch.setattr(tf.distribute, "get_strategy", TwoReplicas)
    one, zero = np.ones((2, 1), np.float32), np.zeros((2, 1), np.float32)
    loss = losses.MeanSquaredError()
    with private_api.undivided_losses():
        assert float(loss(zero, one)) == 1.0
    assert float(loss(zero, one)) == 0.5


def test_a_loss_is_tracked_by_the_rows_of_its_batch(model: Any) -> None:
    for loss, rows in ((1.0, 3), (5.0, 1)):
        private_api.track_loss(model, loss, rows)
    assert float(model.get_metrics_result()["loss"]) == 2.0
