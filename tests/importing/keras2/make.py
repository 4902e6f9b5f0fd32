"""Makes `models.zip`: models of Keras 2 with weights, inputs, and the outputs that Keras 2 gives.

Run where Keras 2 is: with `tf_keras` beside any TensorFlow, or with TensorFlow 2.4 to 2.15 alone.
The tests read the archive and need neither.

    python make.py models.zip
"""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

try:
    import tf_keras as K  # noqa: N812
except ImportError:
    K = tf.keras

L = K.layers


def mlp() -> Any:
    return K.Sequential(
        [
            L.Dense(8, activation="relu", input_shape=(12,)), L.BatchNormalization(),
            L.Dropout(0.3),
            L.Dense(4, activation="selu"), L.Dense(3, activation="softmax"),
        ]
    )  # fmt: skip


def mlp_hard() -> Any:
    return K.Sequential(
        [
            L.Dense(8, activation="hard_sigmoid", input_shape=(12,)), L.Activation("hard_sigmoid"),
            L.Dense(3, activation="softmax"),
        ]
    )  # fmt: skip


def cnn() -> Any:
    x = i = L.Input((16, 16, 3))
    for layer in (
        L.Conv2D(4, 3, padding="same", use_bias=False), L.BatchNormalization(),
        L.Activation("swish"), L.SeparableConv2D(6, 3, strides=2),
        L.DepthwiseConv2D(3, depth_multiplier=2), L.LeakyReLU(0.1), L.PReLU(shared_axes=[1, 2]),
        L.Conv2DTranspose(4, 2, strides=2), L.ThresholdedReLU(0.1), L.MaxPooling2D(),
        L.UpSampling2D(2, interpolation="bilinear"), L.SpatialDropout2D(0.1),
        L.GlobalAveragePooling2D(), L.Dense(3),
    ):  # fmt: skip
        x = layer(x)
    return K.Model(i, x)


def cnn_1d_3d() -> Any:
    x = i = L.Input((20, 3))
    for layer in (
        L.Conv1D(4, 3, padding="causal", dilation_rate=2), L.LayerNormalization(),
        L.SeparableConv1D(4, 2), L.Conv1DTranspose(3, 3, strides=2), L.MaxPooling1D(),
        L.GlobalMaxPooling1D(),
    ):  # fmt: skip
        x = layer(x)
    y = j = L.Input((6, 6, 6, 1))
    for layer in (L.Conv3D(2, 2), L.Conv3DTranspose(2, 2), L.AveragePooling3D(), L.Flatten()):
        y = layer(y)
    return K.Model([i, j], L.Concatenate()([x, y]))


def recurrent() -> Any:
    x = i = L.Input((6, 4))
    for layer in (
        L.LSTM(5, return_sequences=True), L.GRU(4, return_sequences=True),
        L.GRU(4, return_sequences=True, reset_after=False),
        L.SimpleRNN(3, return_sequences=True, go_backwards=True),
        L.Bidirectional(L.LSTM(3, return_sequences=True)),
        L.Bidirectional(L.GRU(2, return_sequences=True), merge_mode="sum"),
        L.TimeDistributed(L.Dense(3, activation="tanh")), L.RNN([L.LSTMCell(3), L.GRUCell(2)]),
    ):  # fmt: skip
        x = layer(x)
    return K.Model(i, x)


def recurrent_hard() -> Any:
    hard = {"recurrent_activation": "hard_sigmoid"}
    x = i = L.Input((6, 4))
    for layer in (
        L.LSTM(5, return_sequences=True, **hard), L.GRU(4, return_sequences=True, **hard),
        L.Bidirectional(L.LSTM(3, return_sequences=True, **hard)),
        L.RNN(L.LSTMCell(3, **hard), return_sequences=True),
        L.GRU(2, reset_after=False, activation="hard_sigmoid", **hard),
    ):  # fmt: skip
        x = layer(x)
    return K.Model(i, x)


def conv_lstm() -> Any:
    i = L.Input((3, 6, 6, 2))
    return K.Model(i, L.ConvLSTM2D(2, 3, padding="same")(i))


def masked() -> Any:
    i, j = L.Input((6,), dtype="int32"), L.Input((5, 3))
    e = L.Embedding(12, 4, mask_zero=True)(i)
    x = L.Bidirectional(L.GRU(3))(L.LSTM(4, return_sequences=True)(e))
    z = L.LSTM(3)(L.Masking(0.0)(j))
    return K.Model([i, j], L.Concatenate()([x, L.GlobalAveragePooling1D()(e), z]))


def states() -> Any:
    s, t = L.Input((5, 3), name="s"), L.Input((4, 3), name="t")
    _, h, c = L.LSTM(4, return_state=True)(s)
    y, h2, _ = L.LSTM(4, return_sequences=True, return_state=True)(t, initial_state=[h, c])
    both = L.Bidirectional(L.LSTM(4))(y, initial_state=[h, c, h, c])
    return K.Model([s, t], [L.Dense(2)(y), h2, both])


def nested() -> Any:
    """Models in models, called several times, so that calls are counted above 0."""
    a = L.Input((4,))
    inner = K.Model(a, L.BatchNormalization()(L.Dense(4)(a)), name="inner")
    b = L.Input((4,))
    middle = K.Model(b, [inner(inner(b)), L.Dense(2)(b)], name="middle")
    stack = K.Sequential(
        [L.InputLayer((4,)), L.Dense(3), L.BatchNormalization(), L.Dense(4)], name="stack"
    )
    stack.layers[0].trainable = False
    c = L.Input((4,))
    first, second = middle(c)
    third, fourth = middle(stack(c))
    return K.Model(c, [L.Concatenate()([stack(first), second, fourth]), third])


def frozen() -> Any:
    """Keras 2 wrote what is trained before what is not: here that mixes up the layers."""
    a = L.Input((8, 8, 3))
    x = L.BatchNormalization(name="norm1")(L.Conv2D(4, 3, name="conv1")(a))
    x = L.BatchNormalization(name="norm2")(L.Conv2D(4, 3, name="conv2")(x))
    base = K.Model(a, x, name="base")
    base.get_layer("conv1").trainable = False
    base.get_layer("norm2").trainable = False
    i = L.Input((8, 8, 3))
    return K.Model(i, L.Dense(2)(L.Flatten()(base(i, training=False))))


def siamese() -> Any:
    encoder = K.Sequential([L.Dense(5, activation="relu", input_shape=(6,)), L.Dense(3)])
    left, right = L.Input((6,)), L.Input((6,))
    return K.Model([left, right], L.Dot(1, normalize=True)([encoder(left), encoder(right)]))


def attention() -> Any:
    q, v = L.Input((5, 8)), L.Input((6, 8))
    a, b = L.Attention(use_scale=True)([q, v]), L.AdditiveAttention()([q, v])
    c = L.MultiHeadAttention(2, 4)(q, v)
    d, scores = L.MultiHeadAttention(2, 4, value_dim=3)(q, v, v, return_attention_scores=True)
    return K.Model([q, v], [L.LayerNormalization()(L.Add()([a, b, c, d])), scores])


def locally_connected() -> Any:
    i = L.Input((8, 8, 2))
    x = L.Reshape((9, 3))(L.LocallyConnected2D(3, 3, strides=2, activation="tanh")(i))
    return K.Model(i, L.Flatten()(L.LocallyConnected1D(4, 2)(x)))


def normalization() -> Any:
    layer = L.Normalization(axis=-1)
    layer.adapt(np.random.default_rng(1).normal(2, 3, size=(50, 4)).astype("float32"))
    return K.Sequential([L.InputLayer((4,)), layer, L.Rescaling(0.5, offset=0.1), L.Dense(2)])


def odd_names() -> Any:
    i = L.Input((4,), name="in")
    x = L.BatchNormalization(name="block/norm")(L.Dense(3, name="block/dense")(i))
    return K.Model(i, L.Dense(2, name="out/put")(x), name="net/one")


def functions() -> Any:
    i = L.Input((4, 6))
    x = 2.0 * i + 1.0 - i / 3.0
    y = tf.reduce_mean(x, axis=1)
    joined = tf.concat([y, tf.nn.relu(x[:, 0] - y)], axis=-1)
    a, b = tf.split(joined, 2, axis=1)
    flat = tf.reshape(tf.transpose(x, [0, 2, 1]), [-1, 24])
    return K.Model(
        i,
        [
            tf.stack([a, b], axis=1), tf.math.l2_normalize(flat, axis=1), tf.expand_dims(y, -1),
            tf.clip_by_value(tf.cast(x > 0.0, "float32") * tf.exp(-tf.abs(x)), 0.1, 0.9),
            tf.matmul(x, tf.transpose(x, [0, 2, 1])), tf.pad(y, [[0, 0], [1, 1]]),
            tf.where(x > 0.0, x, 0.1 * x), tf.gather(x, [1, 0], axis=2), tf.nn.gelu(x),
            tf.image.resize(tf.expand_dims(x, -1), (8, 8)), tf.norm(x, axis=-1), x**2.0,
            x[:, ::2, 1:3], tf.one_hot(tf.argmax(x, axis=1), 4), tf.math.reduce_std(x, axis=[1, 2]),
        ],
    )  # fmt: skip


MODELS: tuple[Callable[[], Any], ...] = (
    mlp, mlp_hard, cnn, cnn_1d_3d, recurrent, recurrent_hard, conv_lstm, masked, states, nested,
    frozen, siamese, attention, locally_connected, normalization, odd_names, functions,
)  # fmt: skip
AS_KERAS = ("nested", "recurrent", "attention", "normalization", "locally_connected")
"""Models that are kept as `.keras` too, in the form that Keras 2.12 to 2.15 gave it."""


def randomize(model: Any, random: np.random.Generator) -> None:
    """Give a model weights that no two layers have alike."""
    values = []
    for weight in model.weights:
        value = weight.numpy()
        if value.dtype.kind == "f" and "normalization/" not in f"{weight.name}/":
            value = random.normal(0, 0.4, size=value.shape).astype(value.dtype)
            if "variance" in weight.name:
                value = np.abs(value) + 0.5
        values.append(value)
    model.set_weights(values)


def example(tensor: Any, random: np.random.Generator) -> Any:
    """A batch of 3 for one input."""
    shape = [3, *tensor.shape[1:]]
    if "int" in tensor.dtype.name:
        return random.integers(0, 8, size=shape).astype("int32")
    value = random.normal(size=shape).astype("float32")
    if len(shape) == 3:
        value[:, 4:] = 0  # for `Masking` to find
    return value


def main(output: str) -> None:
    random = np.random.default_rng(0)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for make in MODELS:
            name = make.__name__
            K.backend.clear_session()
            model = make()
            if name != "normalization":
                randomize(model, random)
            inputs = [example(tensor, random) for tensor in model.inputs]
            given = inputs if len(inputs) > 1 else inputs[0]
            outputs = tf.nest.flatten(model(given, training=False))
            arrays = {f"x{i}": value for i, value in enumerate(inputs)}
            arrays |= {f"y{i}": value.numpy() for i, value in enumerate(outputs)}
            buffer = io.BytesIO()
            np.savez(buffer, **arrays)
            archive.writestr(f"{name}.npz", buffer.getvalue())
            with tempfile.TemporaryDirectory() as folder:
                for ending in ("h5", "keras") if name in AS_KERAS else ("h5",):
                    path = Path(folder, f"{name}.{ending}")
                    model.save(str(path))
                    archive.write(path, path.name)
            print(name, model.count_params())


if __name__ == "__main__":
    main(sys.argv[1])
