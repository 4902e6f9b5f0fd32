"""Configs of Keras 2 in the words of Keras 3: each old form, and what it becomes."""

from __future__ import annotations

from typing import Any

import pytest

from modelspec.diagnostics.findings import Findings

from . import import_config


def stack(*layers: dict[str, Any], shape: list[int | None] | None = None) -> dict[str, Any]:
    """A Sequential as Keras 2.0 and 2.1 wrote it: a bare list, the shape on the first layer."""
    first, *rest = layers
    config = {**first["config"], "batch_input_shape": [None, *(shape or [6, 4])]}
    return {"class_name": "Sequential", "config": [{**first, "config": config}, *rest]}


def layer(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": {"name": class_name.lower(), **config}}


def said(config: Any, **options: Any) -> tuple[Any, Findings]:
    findings = Findings()
    return import_config(config, "model.json", findings, **options), findings


def only(*layers: dict[str, Any], **options: Any) -> Any:
    data, findings = said(stack(*layers, **options))
    assert data is not None, findings.sorted()
    return [strip(item) for item in data["model"]["sequential"]["layers"]]


def strip(item: Any) -> Any:
    """A layer without its name."""
    if not isinstance(item, dict):
        return item
    name, args = next(iter(item.items()))
    rest = {key: value for key, value in args.items() if key != "name"}
    return {name: rest} if rest else name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (layer("LeakyReLU", alpha=0.30000001192092896), "LeakyReLU"),
        (layer("LeakyReLU", alpha=0.10000000149011612), {"LeakyReLU": {"negative_slope": 0.1}}),
        (layer("ThresholdedReLU", theta=0.699999988079071), {"ReLU": {"threshold": 0.7}}),
        (layer("CuDNNLSTM", units=3, return_sequences=True),
         {"LSTM": {"units": 3, "return_sequences": True}}),
        (layer("CuDNNGRU", units=3), {"GRU": {"units": 3}}),
        (layer("GRU", units=3), {"GRU": {"units": 3, "reset_after": False}}),
        (layer("GRU", units=3, reset_after=True, implementation=1, time_major=False),
         {"GRU": {"units": 3}}),
        (layer("BatchNormalizationV1", axis=[2], fused=None),
         {"BatchNormalization": {"axis": 2}}),
        (layer("SyncBatchNormalization"), {"BatchNormalization": {"synchronized": True}}),
        (layer("Dense", units=2, activation="linear", kernel_initializer={
            "class_name": "VarianceScaling",
            "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None}}),
         {"Dense": {"units": 2}}),
        (layer("Dense", units=2, kernel_initializer={
            "class_name": "VarianceScaling",
            "config": {"scale": 2, "mode": "fan_in", "distribution": "normal",
                       "dtype": "float32"}}),
         {"Dense": {"units": 2, "kernel_initializer": "HeNormal"}}),
        (layer("Dense", units=2, kernel_regularizer={
            "class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.0005000000237487257}}),
         {"Dense": {"units": 2, "kernel_regularizer": {"L2": {"l2": 0.0005}}}}),
        (layer("Dense", units=2, kernel_regularizer={
            "class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.0}}), {"Dense": {"units": 2}}),
        (layer("SpatialDropout1D", rate=0.2, noise_shape=None, trainable=True),
         {"SpatialDropout1D": {"rate": 0.2}}),
        (layer("Dense", units=2, dtype={"class_name": "Policy", "config": {
            "name": "mixed_float16", "loss_scale": None}}),
         {"Dense": {"units": 2, "dtype": "mixed_float16"}}),
        (layer("Bidirectional", layer=layer("LSTM", units=2, name="lstm_7"), weights=None),
         {"Bidirectional": {"layer": {"LSTM": {"units": 2}}}}),
        (layer("Discretization", bins=[0.0, 1.0]),
         {"Discretization": {"bin_boundaries": [0.0, 1.0]}}),
        (layer("Activation", activation="hard_sigmoid"),
         {"Sequential": {"layers": [{"Rescaling": {"scale": 1.2}},
                                    {"Activation": {"activation": "hard_sigmoid"}}]}}),
        (layer("Conv1D", filters=2, kernel_size=[3], strides=[1], data_format="channels_last",
               padding="same", dilation_rate=[1], groups=1, trainable=False),
         {"Conv1D": {"filters": 2, "kernel_size": 3, "padding": "same", "trainable": False}}),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_old_layers_in_new_words(old: dict[str, Any], new: Any) -> None:
    assert only(old) == [new]


def test_locally_connected_layers_get_their_sizes() -> None:
    old = layer("LocallyConnected1D", filters=2, kernel_size=[3], strides=[1], padding="valid")
    found = only(old, layer("LocallyConnected1D", filters=5, kernel_size=[2], name="second"))
    dense = [item["Functional"]["layers"]["dense"]["EinsumDense"] for item in found]
    assert [args["output_shape"] for args in dense] == [[4, 2], [3, 5]]


def test_a_locally_connected_layer_of_unknown_size_is_refused() -> None:
    old = layer("LocallyConnected1D", filters=2, kernel_size=[3])
    data, findings = said(stack(old, shape=[None, 4]))
    assert data is None
    assert [finding.code for finding in findings] == ["no-shape"]


@pytest.mark.parametrize("name", ["Merge", "Highway", "RandomHeight", "DenseFeatures"])
def test_removed_layers_are_refused_with_what_to_write(name: str) -> None:
    data, findings = said(stack(layer("Dense", units=1), layer(name)))
    assert data is None
    (found,) = findings
    assert found.code == "removed-class"
    assert found.hint


def test_an_argument_that_is_gone_is_refused_if_it_says_something() -> None:
    data, findings = said(stack(layer("LSTM", units=2, time_major=True)))
    assert data is None
    assert "`time_major`" in findings.sorted()[0].message


def test_keras_1_is_refused_with_its_layer() -> None:
    old = layer("Convolution2D", nb_filter=3, nb_row=2, nb_col=2)
    data, findings = said(stack(old))
    assert data is None
    (found,) = findings
    assert found.code == "old-keras"
    assert 'layer "convolution2d" (Convolution2D) has `nb_filter`' in found.message


def functional(*layers: dict[str, Any], inputs: list[Any], outputs: list[Any]) -> dict[str, Any]:
    config = {"name": "m", "layers": list(layers), "input_layers": inputs, "output_layers": outputs}
    return {"class_name": "Model", "config": config, "keras_version": "2.2.4"}


def node(raw: dict[str, Any], *calls: Any) -> dict[str, Any]:
    return {**raw, "name": raw["config"]["name"], "inbound_nodes": list(calls)}


def entry(name: str, *shape: int | None) -> dict[str, Any]:
    return node(layer("InputLayer", name=name, batch_input_shape=[None, *shape], dtype="float32"))


def graph(config: dict[str, Any]) -> dict[str, Any]:
    data, findings = said(config)
    assert data is not None, findings.sorted()
    body: dict[str, Any] = data["model"]["functional"]
    return body


def test_names_that_a_spec_cannot_have_are_changed_with_a_note() -> None:
    names = ["a/b", "a_b", "c, d", "e -> f", "g[0]"]
    layers = [entry("in put", 3)]
    for before, name in zip(["in put", *names], names, strict=False):
        layers.append(node(layer("Dense", units=3, name=name), [[before, 0, 0, {}]]))
    data, findings = said(functional(*layers, inputs=[["in put", 0, 0]], outputs=[["g[0]", 0, 0]]))
    assert data is not None
    body = data["model"]["functional"]
    assert list(body["layers"]) == ["a_b_1", "a_b", "c_d", "e_f", "g_0_"]
    assert body["edges"] == ["in_put -> a_b_1 -> a_b -> c_d -> e_f -> g_0_"]
    assert [finding.code for finding in findings] == ["renamed"]


def test_calls_of_a_nested_model_are_counted_from_one() -> None:
    inner = {
        "class_name": "Model",
        "config": {
            "name": "inner",
            "layers": [entry("x", 3), node(layer("Dense", units=3), [["x", 0, 0, {}]])],
            "input_layers": [["x", 0, 0]],
            "output_layers": [["dense", 0, 0]],
        },
    }
    shared = node(inner, [["a", 0, 0, {}]], [["b", 0, 0, {}]])
    add = node(layer("Add"), [["inner", 1, 0, {}], ["inner", 2, 0, {}]])
    body = graph(
        functional(entry("a", 3), entry("b", 3), shared, add,
                   inputs=[["a", 0, 0], ["b", 0, 0]], outputs=[["add", 0, 0]])
    )  # fmt: skip
    assert body["edges"] == [
        "a -> inner as inner_1",
        "b -> inner as inner_2",
        "inner_1, inner_2 -> add",
    ]


def test_states_in_the_list_of_inputs_go_to_their_argument() -> None:
    body = graph(
        functional(
            entry("x", 5, 2), entry("h", 3), entry("c", 3),
            node(layer("LSTM", units=3), [["x", 0, 0, {}], ["h", 0, 0, {}], ["c", 0, 0, {}]]),
            inputs=[["x", 0, 0], ["h", 0, 0], ["c", 0, 0]], outputs=[["lstm", 0, 0]],
        )
    )  # fmt: skip
    assert body["edges"] == ["x -> lstm", {"from": {"initial_state": ["h", "c"]}, "to": "lstm"}]


def test_tensors_among_the_named_arguments() -> None:
    attention = layer("MultiHeadAttention", name="mha", num_heads=2, key_dim=3, value_dim=3)
    call = [["q", 0, 0, {"value": ["v", 0, 0], "training": False, "mask": None}]]
    body = graph(
        functional(entry("q", 5, 4), entry("v", 6, 4), node(attention, call),
                   inputs=[["q", 0, 0], ["v", 0, 0]], outputs=[["mha", 0, 0]])
    )  # fmt: skip
    assert body["layers"]["mha"] == {"MultiHeadAttention": {"num_heads": 2, "key_dim": 3}}
    assert body["edges"] == [
        "q -> mha",
        {"from": {"value": "v"}, "to": "mha", "call": {"training": False}},
    ]


@pytest.mark.parametrize(
    ("function", "call", "op"),
    [
        ("math.multiply", ["x", 0, 0, {"y": 2.0, "name": None}], {"ops.multiply": {"x2": 2.0}}),
        ("math.multiply", ["_CONSTANT_VALUE", -1, 2.0, {"y": ["x", 0, 0]}],
         {"ops.multiply": {"x1": 2.0}}),
        ("__operators__.add", ["x", 0, 0, {"y": 1.5}], {"ops.add": {"x2": 1.5}}),
        ("math.reduce_mean", ["x", 0, 0, {"axis": 1}], {"ops.mean": {"axis": 1}}),
        ("reshape", ["x", 0, 0, {"shape": [-1, 12]}], {"ops.reshape": {"newshape": [-1, 12]}}),
        ("compat.v1.transpose", ["x", 0, 0, {"perm": [0, 2, 1]}],
         {"ops.transpose": {"axes": [0, 2, 1]}}),
        ("nn.relu", ["x", 0, 0, {"name": None}], "ops.relu"),
        ("math.multiply", ["x", 0, 0, {"y": [[[1.0, 2.0, 3.0]]]}],
         {"ops.multiply": {"x2": [[[1.0, 2.0, 3.0]]]}}),
        ("nn.gelu", ["x", 0, 0, {}], {"ops.gelu": {"approximate": False}}),
    ],
)  # fmt: skip
def test_tensorflow_functions(function: str, call: Any, op: Any) -> None:
    raw = layer("TFOpLambda", name="f", function=function)
    body = graph(
        functional(entry("x", 4, 3), node(raw, call), inputs=[["x", 0, 0]], outputs=[["f", 0, 0]])
    )
    assert body["layers"] == {"f": op}
    assert body["edges"] == ["x -> f"]


def test_slices() -> None:
    part = {"start": None, "stop": None, "step": None}
    spec = [part, {"start": 1, "stop": None, "step": 2}, -1]
    raw = layer("SlicingOpLambda", name="f", function="__operators__.getitem")
    body = graph(
        functional(entry("x", 4, 3), node(raw, ["x", 0, 0, {"slice_spec": spec}]),
                   inputs=[["x", 0, 0]], outputs=[["f", 0, 0]])
    )  # fmt: skip
    assert body["layers"] == {"f": {"ops.get_item": {"key": ":, 1::2, -1"}}}


@pytest.mark.parametrize(
    ("op", "attributes", "constants", "said_as"),
    [
        ("Mul", {}, {"1": 2.0}, {"ops.multiply": {"x2": 2.0}}),
        ("Sub", {}, {"0": 1.0}, {"ops.subtract": {"x1": 1.0}}),
        ("Mean", {"keep_dims": {"b": True}}, {"1": [1, 2]},
         {"ops.mean": {"axis": [1, 2], "keepdims": True}}),
        ("StridedSlice",
         {"begin_mask": {"i": "1"}, "end_mask": {"i": "1"}, "shrink_axis_mask": {"i": "2"}},
         {"1": [0, 1], "2": [0, 2], "3": [1, 1]}, {"ops.get_item": {"key": ":, 1"}}),
        ("Squeeze", {"squeeze_dims": {"list": {"i": ["1"]}}}, {}, {"ops.squeeze": {"axis": 1}}),
        ("LeakyRelu", {"alpha": {"f": 0.1}}, {}, {"ops.leaky_relu": {"negative_slope": 0.1}}),
        ("LeakyRelu", {}, {}, "ops.leaky_relu"),
        ("Cast", {"DstT": {"type": "DT_HALF"}}, {}, {"ops.cast": {"dtype": "float16"}}),
    ],
)  # fmt: skip
def test_nodes_of_tensorflow_graphs(op: str, attributes: Any, constants: Any, said_as: Any) -> None:
    definition = {"name": "n", "op": op, "input": ["x"], "attr": attributes}
    raw = layer("TensorFlowOpLayer", name="f", node_def=definition, constants=constants)
    body = graph(
        functional(entry("x", 4, 3), node(raw, [["x", 0, 0, {}]]),
                   inputs=[["x", 0, 0]], outputs=[["f", 0, 0]])
    )  # fmt: skip
    assert body["layers"] == {"f": said_as}


@pytest.mark.parametrize(
    ("op", "name"), [("DepthToSpace", "depth_to_space"), ("SpaceToDepth", "space_to_depth")]
)
@pytest.mark.parametrize(
    ("written", "more"),
    [
        ({}, {}),
        ({"data_format": {"s": "TkhXQw=="}}, {}),  # base64 of NHWC, as protobuf writes bytes
        ({"data_format": {"s": "NHWC"}}, {}),
        ({"data_format": {"s": "TkNIVw=="}}, {"data_format": "channels_first"}),
    ],
)
def test_nodes_that_move_channels_have_their_settings_in_attributes(
    op: str, name: str, written: Any, more: Any
) -> None:
    attributes = {"block_size": {"i": "2"}, "T": {"type": "DT_FLOAT"}, **written}
    definition = {"name": "n", "op": op, "input": ["x"], "attr": attributes}
    raw = layer("TensorFlowOpLayer", name="f", node_def=definition, constants={})
    body = graph(
        functional(entry("x", 4, 4, 4), node(raw, [["x", 0, 0, {}]]),
                   inputs=[["x", 0, 0]], outputs=[["f", 0, 0]])
    )  # fmt: skip
    assert body["layers"] == {"f": {f"ops.{name}": {"block_size": 2, **more}}}


@pytest.mark.parametrize(
    ("op", "attributes", "message"),
    [
        ("Mul", {}, "its node lacks an input"),
        ("Betainc", {}, "keras.ops has no equivalent of the node Betainc"),
        ("DepthToSpace", {}, "its node lacks the attribute `block_size`"),
        ("DepthToSpace",
         {"block_size": {"i": "2"}, "data_format": {"s": "TkNIV19WRUNUX0M="}}, "the data format"),
        ("Cast", {"DstT": {"type": "DT_STRING"}}, "it casts to DT_STRING"),
    ],
)  # fmt: skip
def test_nodes_that_a_spec_cannot_express_say_why(op: str, attributes: Any, message: str) -> None:
    definition = {"name": "n", "op": op, "input": ["x"], "attr": attributes}
    raw = layer("TensorFlowOpLayer", name="f", node_def=definition, constants={})
    data, (finding,) = said(
        functional(entry("x", 4, 4, 4), node(raw, [["x", 0, 0, {}]]),
                   inputs=[["x", 0, 0]], outputs=[["f", 0, 0]])
    )  # fmt: skip
    assert data is None
    assert message in finding.message


@pytest.mark.parametrize(("given", "more"), [(0, {}), (1, {"mask_zero": True}), (0.0, {})])
def test_a_number_for_a_boolean(given: float, more: Any) -> None:
    raw = layer("Embedding", name="f", input_dim=5, output_dim=2, mask_zero=given)
    body = graph(
        functional(entry("x", 4), node(raw, ["x", 0, 0, {}]),
                   inputs=[["x", 0, 0]], outputs=[["f", 0, 0]])
    )  # fmt: skip
    (args,) = body["layers"]["f"].values()
    assert args == {"input_dim": 5, "output_dim": 2, **more}
    assert all(isinstance(args[key], bool) for key in more)


@pytest.mark.parametrize("function", ["shape", "py_function", "random.normal"])
def test_functions_that_keras_has_not_are_refused(function: str) -> None:
    raw = layer("TFOpLambda", name="f", function=function)
    data, findings = said(
        functional(entry("x", 4), node(raw, ["x", 0, 0, {}]),
                   inputs=[["x", 0, 0]], outputs=[["f", 0, 0]])
    )  # fmt: skip
    assert data is None
    (found,) = findings
    assert found.code == "unknown-op"
    assert 'layer "f" (TFOpLambda)' in found.message
    assert f"tf.{function}" in found.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"class_name": "Adam", "config": {"lr": 0.0010000000474974513, "decay": 0.0}}, "Adam"),
        ({"class_name": "Adam", "config": {"lr": 0.01, "decay": 0.001}},
         {"Adam": {"learning_rate": {"InverseTimeDecay": {
             "initial_learning_rate": 0.01, "decay_steps": 1, "decay_rate": 0.001}}}}),
        ({"class_name": "Custom>RMSprop", "config": {"learning_rate": 0.1, "rho": 0.9,
                                                     "weight_decay": None, "ema_momentum": 0.99}},
         {"RMSprop": {"learning_rate": 0.1}}),
        ({"class_name": "LossScaleOptimizer", "config": {
            "inner_optimizer": {"class_name": "SGD", "config": {"lr": 0.5}}}},
         {"SGD": {"learning_rate": 0.5}}),
    ],
)  # fmt: skip
def test_optimizers_of_training_config(old: Any, new: Any) -> None:
    compiled = {"optimizer_config": old, "loss": "mse", "metrics": ["accuracy"]}
    data, findings = said(stack(layer("Dense", units=1)), training=compiled)
    assert data is not None
    assert len(findings) == 0
    assert data["training"] == {"optimizer": new, "loss": "mse", "metrics": ["accuracy"]}


def test_custom_losses_and_metrics_are_left_out_with_a_note() -> None:
    own = {"module": "builtins", "class_name": "function", "config": "own_loss",
           "registered_name": "function"}  # fmt: skip
    sgd = {"class_name": "SGD", "config": {}}
    model = stack(layer("Dense", units=1))
    data, findings = said(model, training={"optimizer_config": sgd, "loss": own})
    assert data is not None
    assert "training" not in data
    assert {finding.code for finding in findings} == {"training-left-out"}
    assert "own_loss" in str(findings.sorted())
    compiled = {"optimizer_config": sgd, "loss": "mse", "metrics": ["mae", own]}
    data, findings = said(model, training=compiled)
    assert data is not None
    assert data["training"]["metrics"] == ["mae"]
    assert len(findings) == 1


def test_a_mask_that_keras_3_does_not_hand_on_beside_states_is_said() -> None:
    embedding = layer("Embedding", input_dim=9, output_dim=2, mask_zero=True)
    findings = Findings()
    for states in ([], [["h", 0, 0, {}]]):
        recurrent = node(layer("GRU", units=3), [["embedding", 0, 0, {}], *states])
        outputs = [["gru", 0, 0], ["h", 0, 0]]
        made = functional(
            entry("x", 5), entry("h", 3), node(embedding, [["x", 0, 0, {}]]), recurrent,
            inputs=[["x", 0, 0], ["h", 0, 0]], outputs=outputs,
        )  # fmt: skip
        assert import_config(made, "model.json", findings) is not None
        assert [finding.code for finding in findings] == (["mask-lost"] if states else [])
