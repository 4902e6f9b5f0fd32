# ruff: noqa: N806
"""Models as people publish them, unlike one another: each a function of the keras package."""

from __future__ import annotations

from typing import Any


def vision_transformer(keras: Any) -> Any:
    """Patches, positions from a constant, and attention with a residual."""
    L, ops = keras.layers, keras.ops
    i = keras.Input((16, 16, 3))
    x = L.Reshape((16, 8))(L.Conv2D(8, 4, 4)(i))
    x = x + L.Embedding(16, 8)(ops.arange(16))
    a = L.LayerNormalization(epsilon=1e-6)(x)
    x = L.Add()([x, L.MultiHeadAttention(2, 4, dropout=0.1)(a, a)])
    b = L.Dense(8, activation=keras.activations.gelu)(L.LayerNormalization()(x))
    return keras.Model(i, L.Dense(3)(L.GlobalAveragePooling1D()(L.Add()([b, x]))))


def triplets(keras: Any) -> Any:
    """One encoder called on three inputs, and arithmetic between its results."""
    L, ops = keras.layers, keras.ops
    encoder = keras.Sequential([keras.Input((8,)), L.Dense(4, "relu"), L.Dense(4)], name="encoder")
    a, b, c = (keras.Input((8,), name=name) for name in "abc")
    x, y, z = encoder(a), encoder(b), encoder(c)
    near, far = ops.sum(ops.square(x - y), -1), ops.sum(ops.square(x - z), axis=-1)
    return keras.Model([a, b, c], [near, far, ops.maximum(near - far + 0.5, 0.0)])


def translator(keras: Any) -> Any:
    """States from one recurrent layer to another, over any number of steps."""
    L = keras.layers
    source, target = keras.Input((None, 5)), keras.Input((None, 7))
    o, h, c = L.LSTM(6, return_state=True, return_sequences=True)(source)
    y, _, _ = L.LSTM(6, return_sequences=True, return_state=True)(target, initial_state=[h, c])
    y = L.Concatenate()([y, L.AdditiveAttention()([y, o])])
    return keras.Model([source, target], L.Dense(7, activation="softmax")(y))


def wavenet(keras: Any) -> Any:
    """Gated causal convolutions with skips that are added up at the end."""
    L = keras.layers
    i = keras.Input((16, 1))
    x, skips = L.Conv1D(4, 2, padding="causal")(i), []
    for rate in (1, 2, 4):
        f = L.Conv1D(4, 2, padding="causal", dilation_rate=rate, activation="tanh")(x)
        g = L.Conv1D(4, 2, padding="causal", dilation_rate=rate, activation="sigmoid")(x)
        s = L.Conv1D(4, 1)(L.Multiply()([f, g]))
        skips.append(s)
        x = L.Add()([s, x])
    return keras.Model(i, L.Conv1D(2, 1)(L.Activation("relu")(L.Add()(skips))))


def radiance(keras: Any) -> Any:
    """Op after op on an input, and slices of a result with an ellipsis."""
    L, ops = keras.layers, keras.ops
    i = keras.Input((5, 6))
    waves = [f(2.0**k * i) for k in range(2) for f in (ops.sin, ops.cos)]
    e = ops.concatenate([i, *waves], axis=-1)
    x = L.Dense(4)(ops.concatenate([L.Dense(8, activation="relu")(e), e], axis=-1))
    return keras.Model(i, [ops.sigmoid(x[..., :-1]), ops.relu(x[..., -1])])


def operators(keras: Any) -> Any:
    """Python's operators, indexing, and ops that give several results."""
    ops = keras.ops
    x, y = keras.Input((6, 4)), keras.Input((6, 4))
    z = x * 2 + y
    one, two = ops.split(ops.stack([x, y], axis=1), 2, axis=1)
    w = ops.where(x > 0, x, -y)
    u = 1 - abs(-((w / (ops.norm(w, axis=-1, keepdims=True) + 1e-6)) ** 2))
    r = ops.squeeze(one, 1) @ ops.transpose(y, [0, 2, 1])
    e = ops.einsum("bij,bkj->bik", x, y)
    more = [ops.logical_and(x > 0, y < 1), ops.matmul(two, two[:, :, :4]), e]
    return keras.Model([x, y], [z[:, 0], z[:, 1:4:2, -2:], u, r, *more])


def both_ways(keras: Any) -> Any:
    """Bidirectional layers with states that are kept, and with a backward layer of their own."""
    L = keras.layers
    forth = L.LSTM(4, stateful=True, return_sequences=True, recurrent_dropout=0.1)
    back = L.SimpleRNN(3, go_backwards=True)
    layers = [L.Bidirectional(forth, merge_mode="sum"),
              L.Bidirectional(L.GRU(3), backward_layer=back), L.Dense(1)]  # fmt: skip
    return keras.Sequential([keras.Input(batch_shape=(2, 4, 3)), *layers])


def precisions(keras: Any) -> Any:
    """A dtype policy for each layer, with constraints and a seeded initializer."""
    L = keras.layers
    i = keras.Input((8,))
    x = L.Dense(8, dtype="mixed_bfloat16")(i)
    x = L.Activation("linear", dtype="float32")(L.Dense(8, dtype=keras.DTypePolicy("float16"))(x))
    start = keras.initializers.VarianceScaling(2.0, "fan_out", "uniform", seed=3)
    norm = keras.constraints.MaxNorm(2.0, axis=0)
    last = L.Dense(2, kernel_constraint=norm, bias_constraint="non_neg", kernel_initializer=start)
    return keras.Model(i, last(x))


MODELS = (
    vision_transformer, triplets, translator, wavenet, radiance, operators, both_ways, precisions,
)  # fmt: skip
