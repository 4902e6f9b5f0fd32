# ruff: noqa: N806, E741
"""Models of Keras's own making, which together use every layer, to be said and built again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def mlp(keras: Any) -> Any:
    L = keras.layers
    return keras.Sequential(
        [
            keras.Input((12,), name="features"),
            L.Dense(8, activation="relu", kernel_initializer=keras.initializers.HeNormal(seed=3)),
            L.Dropout(0.3, seed=1),
            L.BatchNormalization(momentum=0.9),
            L.Dense(4, kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2), name="middle"),
            L.ELU(0.5),
            L.Dense(3, activation="softmax", kernel_constraint=keras.constraints.MaxNorm(2)),
        ],
        name="mlp",
    )


def activations(keras: Any) -> Any:
    L = keras.layers
    x = i = keras.Input((4, 6))
    for layer in (
        L.Activation("gelu"), L.ELU(), L.LeakyReLU(0.2), L.PReLU(shared_axes=[1]),
        L.ReLU(max_value=6, negative_slope=0.1, threshold=0.2), L.Softmax(axis=1),
        L.Dense(6, activation="log_softmax"), L.Dense(6, activation=L.LeakyReLU(0.3)),
        L.Activation("hard_sigmoid"), L.Activation("mish"), L.Dense(2, activation="linear"),
    ):  # fmt: skip
        x = layer(x)
    return keras.Model(i, x, name="activations")


def convolutions_1d(keras: Any) -> Any:
    L = keras.layers
    x = i = keras.Input((24, 3))
    for layer in (
        L.Conv1D(4, 3, padding="causal", dilation_rate=2), L.Conv1D(4, 3, groups=2, strides=2),
        L.SeparableConv1D(5, 2, depth_multiplier=2), L.DepthwiseConv1D(3, activation="tanh"),
        L.Conv1DTranspose(4, 3, strides=2, padding="same"), L.ZeroPadding1D((1, 2)),
        L.Cropping1D((0, 1)), L.UpSampling1D(2), L.MaxPooling1D(2),
        L.AveragePooling1D(3, 1, "same"),
        L.AdaptiveAveragePooling1D(4), L.AdaptiveMaxPooling1D(2), L.SpatialDropout1D(0.1),
        L.GlobalAveragePooling1D(),
    ):  # fmt: skip
        x = layer(x)
    return keras.Model(i, x, name="convolutions_1d")


def convolutions_2d(keras: Any) -> Any:
    L = keras.layers
    x = i = keras.Input((32, 32, 3), batch_size=2)
    for layer in (
        L.Conv2D(4, (3, 5), padding="same"), L.SeparableConv2D(4, 3, strides=2),
        L.DepthwiseConv2D(3, depth_multiplier=2), L.Conv2DTranspose(4, 3, output_padding=None),
        L.ZeroPadding2D(((1, 2), (0, 1))), L.ZeroPadding2D((2, 1)), L.Cropping2D(1),
        L.UpSampling2D((2, 1), interpolation="bilinear"), L.MaxPooling2D(3, 2),
        L.AveragePooling2D((2, 1)), L.SpatialDropout2D(0.1), L.AdaptiveAveragePooling2D((4, 3)),
        L.AdaptiveMaxPooling2D(2), L.GlobalMaxPooling2D(keepdims=True), L.Flatten(),
    ):  # fmt: skip
        x = layer(x)
    return keras.Model(i, x, name="convolutions_2d")


def convolutions_3d(keras: Any) -> Any:
    L = keras.layers
    x = i = keras.Input((8, 8, 8, 1))
    for layer in (
        L.Conv3D(2, 3, padding="same"), L.Conv3DTranspose(2, 2, strides=(1, 2, 1)),
        L.ZeroPadding3D(1), L.Cropping3D(((1, 1), (0, 2), (1, 0))), L.UpSampling3D((1, 1, 2)),
        L.MaxPooling3D(2), L.AveragePooling3D(2, padding="same"), L.SpatialDropout3D(0.2),
        L.AdaptiveAveragePooling3D(4), L.AdaptiveMaxPooling3D((2, 4, 2)),
        L.GlobalAveragePooling3D(),
    ):  # fmt: skip
        x = layer(x)
    return keras.Model(i, x, name="convolutions_3d")


def pooled(keras: Any) -> Any:
    L = keras.layers
    one, two, three = keras.Input((8, 2)), keras.Input((8, 8, 2)), keras.Input((4, 4, 4, 2))
    parts = [
        L.GlobalMaxPooling1D()(one), L.GlobalAveragePooling2D()(two), L.GlobalMaxPooling3D()(three)
    ]  # fmt: skip
    return keras.Model([one, two, three], L.Concatenate()(parts), name="pooled")


def merging(keras: Any) -> Any:
    L = keras.layers
    a, b = keras.Input((5,), name="a"), keras.Input((5,), name="b")
    parts = [
        L.Add()([a, b]), L.Average()([a, b]), L.Maximum()([a, b]), L.Minimum()([a, b]),
        L.Multiply()([a, b, a]), L.Subtract()([b, a]), L.Dot(1, normalize=True)([a, b]),
    ]  # fmt: skip
    return keras.Model([a, b], L.Concatenate(axis=1)(parts), name="merging")


def normalizations(keras: Any) -> Any:
    L = keras.layers
    x = i = keras.Input((6, 6, 8))
    for layer in (
        L.BatchNormalization(axis=3, scale=False), L.LayerNormalization(axis=[1, 2]),
        L.LayerNormalization(epsilon=1e-5), L.GroupNormalization(4), L.UnitNormalization(),
        L.RMSNormalization(), L.SpectralNormalization(L.Conv2D(4, 3), power_iterations=2),
        L.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[1.0, 2.0, 3.0, 4.0]),
    ):  # fmt: skip
        x = layer(x)
    return keras.Model(i, x, name="normalizations")


def regularizations(keras: Any) -> Any:
    L = keras.layers
    x = i = keras.Input((6,))
    for layer in (
        L.GaussianNoise(0.1), L.GaussianDropout(0.2), L.AlphaDropout(0.1, noise_shape=(None, 1)),
        L.ActivityRegularization(l1=0.1), L.Identity(),
        L.Dense(3, activity_regularizer="l2", bias_regularizer=keras.regularizers.L1(0.3)),
        L.Dense(4, kernel_regularizer=keras.regularizers.OrthogonalRegularizer(0.1)),
    ):  # fmt: skip
        x = layer(x)
    return keras.Model(i, x, name="regularizations")


def reshaping(keras: Any) -> Any:
    L = keras.layers
    x = i = keras.Input((12,))
    for layer in (
        L.Reshape((3, -1)), L.Permute((2, 1)), L.Flatten(), L.RepeatVector(3),
        L.Reshape((6, 6)), L.Masking(0.5), L.EinsumDense("abc,cd->abd", (None, 5), bias_axes="d"),
    ):  # fmt: skip
        x = layer(x)
    return keras.Model(i, x, name="reshaping")


def initializers(keras: Any) -> Any:
    L, I = keras.layers, keras.initializers
    x = i = keras.Input((4,))
    for initializer in (
        I.Constant(0.5), I.GlorotNormal(), I.HeUniform(), I.Identity(0.5), I.LecunNormal(seed=1),
        I.Orthogonal(2.0), I.RandomNormal(0.0, 0.2), I.RandomUniform(-1.0, 1.0), "ones",
        I.TruncatedNormal(stddev=0.3), I.VarianceScaling(2.0, "fan_out", "uniform"), "zeros",
    ):  # fmt: skip
        x = L.Dense(4, kernel_initializer=initializer, bias_initializer="random_normal")(x)
    return keras.Model(i, x, name="initializers")


def recurrent(keras: Any) -> Any:
    L = keras.layers
    x = i = keras.Input((6, 4))
    for layer in (
        L.LSTM(3, return_sequences=True, dropout=0.1), L.GRU(4, return_sequences=True),
        L.SimpleRNN(3, return_sequences=True, go_backwards=True),
        L.Bidirectional(L.LSTM(2, return_sequences=True), merge_mode="sum"),
        L.Bidirectional(
            L.GRU(2, return_sequences=True, name="there"),
            backward_layer=L.LSTM(2, return_sequences=True, go_backwards=True, name="back"),
        ),
        L.RNN(L.LSTMCell(4), return_sequences=True),
        L.RNN([L.GRUCell(3), L.SimpleRNNCell(2)], return_sequences=True),
        L.TimeDistributed(L.Dense(3, activation="relu")),
        L.GRU(2, reset_after=False, stateful=False, unroll=True),
    ):  # fmt: skip
        x = layer(x)
    return keras.Model(i, x, name="recurrent")


def recurrent_images(keras: Any) -> Any:
    L = keras.layers
    one, two, three = (
        keras.Input((3, 8, 1)),
        keras.Input((3, 6, 6, 1)),
        keras.Input((2, 4, 4, 4, 1)),
    )
    outputs = [
        L.ConvLSTM1D(2, 3)(one), L.ConvLSTM2D(2, 3, padding="same", return_sequences=True)(two),
        L.ConvLSTM3D(1, 2)(three), L.TimeDistributed(L.Conv2D(2, 3))(two),
    ]  # fmt: skip
    return keras.Model([one, two, three], outputs, name="recurrent_images")


def states(keras: Any) -> Any:
    """A sequence to a sequence: states of one layer begin another, by the name of the argument."""
    L = keras.layers
    source, target = keras.Input((5, 3), name="source"), keras.Input((7, 3), name="target")
    _, h, c = L.LSTM(4, return_state=True, name="encoder")(source)
    decoder = L.LSTM(4, return_sequences=True, return_state=True, name="decoder")
    y, h2, _ = decoder(target, initial_state=[h, c])
    both = L.Bidirectional(L.GRU(2, return_state=True))(y)
    return keras.Model([source, target], [L.Dense(2)(y), h2, both[1], both[0]], name="states")


def masks(keras: Any) -> Any:
    L = keras.layers
    tokens, times = keras.Input((6,), dtype="int32"), keras.Input((6, 3))
    e = L.Embedding(20, 4, mask_zero=True)(tokens)
    x = L.LSTM(5, return_sequences=True)(L.Dropout(0.1)(e))
    y = L.GRU(3)(L.Masking(2.0)(times))
    z = L.Bidirectional(L.LSTM(2))(x)
    pooled = L.GlobalAveragePooling1D()(x)
    return keras.Model([tokens, times], L.Concatenate()([y, z, pooled]), name="masks")


def joined_masks(keras: Any) -> Any:
    L = keras.layers
    a, b = keras.Input((4,), dtype="int32"), keras.Input((4,), dtype="int32")
    embed = L.Embedding(9, 3, mask_zero=True)
    x = L.Add()([embed(a), embed(b)])
    y = L.Concatenate(axis=1)([embed(a), embed(b)])
    return keras.Model([a, b], [L.LSTM(2)(x), L.GRU(2)(y)], name="joined_masks")


def explicit_mask(keras: Any) -> Any:
    L, ops = keras.layers, keras.ops
    tokens = keras.Input((6,), dtype="int32")
    x = L.Conv1D(4, 3, padding="same")(L.Embedding(20, 4)(tokens))
    mask = ops.not_equal(tokens, 0)
    y = L.LSTM(3)(x, mask=mask)
    pooled = L.GlobalAveragePooling1D()(x, mask=mask)
    return keras.Model(tokens, L.Concatenate()([y, pooled]), name="explicit_mask")


def attention(keras: Any) -> Any:
    L = keras.layers
    q, v = keras.Input((5, 8), name="q"), keras.Input((6, 8), name="v")
    a = L.Attention(use_scale=True, score_mode="concat")([q, v])
    b = L.AdditiveAttention()([q, v], use_causal_mask=True)
    c, scores = L.MultiHeadAttention(2, 4)(q, v, return_attention_scores=True)
    d = L.MultiHeadAttention(2, 4, value_dim=3, output_shape=8)(query=q, value=v, key=v)
    e = L.GroupQueryAttention(4, 4, 2)(q, v)
    return keras.Model([q, v], [L.Add()([a, b, c, d, e]), scores], name="attention")


def attention_mask(keras: Any) -> Any:
    L, ops = keras.layers, keras.ops
    tokens = keras.Input((5,), dtype="int32")
    x = L.Embedding(9, 8)(tokens)
    mask = ops.expand_dims(ops.greater(tokens, 0), 1)
    y = L.MultiHeadAttention(2, 4)(x, x, attention_mask=mask, use_causal_mask=True)
    return keras.Model(tokens, L.LayerNormalization()(x + y), name="attention_mask")


def siamese(keras: Any) -> Any:
    L = keras.layers
    encoder = keras.Sequential([keras.Input((6,)), L.Dense(4), L.ReLU()], name="encoder")
    left, right = keras.Input((6,), name="left"), keras.Input((6,), name="right")
    distance = L.Dot(axes=1, normalize=True)([encoder(left), encoder(right)])
    return keras.Model([left, right], L.Dense(1, activation="sigmoid")(distance), name="siamese")


def shared_deep(keras: Any) -> Any:
    """A layer that is called on its own result, at several depths of the graph."""
    L = keras.layers
    i, j = keras.Input((4,)), keras.Input((4,))
    a, b = L.Dense(4, name="a"), L.Dense(4, name="b")
    x = a(b(a(b(i))))
    y = b(a(j))
    z = a(L.Add()([x, y]))
    return keras.Model([i, j], [z, x, L.Add()([y, z])], name="shared_deep")


def nested_deep(keras: Any) -> Any:
    L = keras.layers
    i = keras.Input((4,), name="x")
    inmost = keras.Model(i, L.Dense(4, name="core")(i), name="inmost")
    j = keras.Input((4,), name="y")
    middle = keras.Model(j, [inmost(inmost(j)), L.Dense(2)(j)], name="middle")
    other = keras.Model(i, L.Dense(4)(L.ReLU()(i)), name="other")
    stack = keras.Sequential([keras.Input((4,)), other, L.Dense(3)], name="stack")
    k = keras.Input((4,), name="z")
    first, second = middle(k)
    out = L.Concatenate()([stack(first), second, stack(k), middle(first)[1]])
    return keras.Model(k, out, name="nested_deep")


def nested_dict(keras: Any) -> Any:
    L = keras.layers
    a, b = keras.Input((3,), name="a"), keras.Input((4,), name="b")
    inner = keras.Model(
        {"a": a, "b": b}, {"sum": L.Dense(2)(a), "long": L.Dense(5)(b)}, name="inner"
    )
    x, y = keras.Input((3,), name="x"), keras.Input((4,), name="y")
    found = inner({"a": x, "b": y})
    out = L.Concatenate()([found["sum"], found["long"]])
    return keras.Model({"x": x, "y": y}, {"joined": out, "sum": found["sum"]}, name="nested_dict")


def nested_list(keras: Any) -> Any:
    L = keras.layers
    a, b = keras.Input((3,)), keras.Input((3,))
    inner = keras.Model([a, b], [L.Add()([a, b])], name="inner")
    only = keras.Model([a], [L.Dense(3)(a)], name="only")
    x, y = keras.Input((3,)), keras.Input((3,))
    out = L.Add()([inner([x, y])[0], inner([y, x])[0], only([x])[0]])
    return keras.Model([x, y], [out], name="nested_list")


def single_in_list(keras: Any) -> Any:
    i = keras.Input((3,))
    return keras.Model([i], [keras.layers.Dense(2)(i)], name="single_in_list")


def transfer(keras: Any) -> Any:
    """A frozen base, called for inference, below a new head."""
    L = keras.layers
    base = keras.Sequential(
        [keras.Input((8, 8, 3)), L.Conv2D(4, 3), L.BatchNormalization(), L.GlobalMaxPooling2D()],
        name="base",
    )
    base.trainable = False
    i = keras.Input((8, 8, 3))
    return keras.Model(
        i, L.Dense(2)(base(L.Rescaling(1 / 255)(i), training=False)), name="transfer"
    )


def several_outputs(keras: Any) -> Any:
    L = keras.layers
    i = keras.Input((6,))
    trunk = L.Dense(8, activation="relu")(i)
    return keras.Model(
        i, {"class": L.Dense(3)(trunk), "value": L.Dense(1)(trunk), "trunk": trunk}, name="several"
    )


def operators(keras: Any) -> Any:
    i = keras.Input((4, 6))
    x = (2.0 * i + 1.0 - i / 3.0) ** 2.0
    y = 1.0 / (x + 1e-3)
    z = -x[:, 0] + y[:, -1, :] * x[..., 1:3, :][:, 1]
    return keras.Model(
        i, [z, x[:, ::2, None], abs(y) @ keras.ops.transpose(x, (0, 2, 1))], name="ops_1"
    )


def functions(keras: Any) -> Any:
    ops = keras.ops
    i = keras.Input((4, 6))
    a, b, c = ops.split(i, 3, axis=-1)
    m, v = ops.moments(i, axes=[1])
    values, places = ops.top_k(i, 2)
    parts = [
        ops.mean(i, axis=1, keepdims=True), ops.max(i, axis=1, keepdims=True),
        ops.expand_dims(m + v, 1), ops.softmax(ops.concatenate([a, b, c], axis=-1))[:, :1],
        ops.reshape(ops.sum(i, axis=1), (-1, 1, 6)),
    ]  # fmt: skip
    joined = ops.concatenate(parts, axis=1)
    other = ops.where(ops.greater(joined, 0.0), joined, 0.1)
    return keras.Model(
        i,
        [
            ops.einsum("abc,adc->abd", other, joined), ops.cast(places, "float32"), values,
            ops.clip(ops.stack([a, c], axis=1), -0.5, 0.5),
            ops.relu(ops.pad(i, [[0, 0], [1, 0], [0, 1]])),
        ],
        name="ops_2",
    )  # fmt: skip


def op_and_layer(keras: Any) -> Any:
    """There is a layer `Add` and an op `Add`, a layer `Concatenate` and an op."""
    L, ops = keras.layers, keras.ops
    a, b = keras.Input((3,)), keras.Input((3,))
    x = L.Add()([a, b]) + L.Multiply()([a, b])
    y = ops.concatenate([x, L.Concatenate()([a, b])], axis=1)
    return keras.Model([a, b], ops.maximum(L.Maximum()([y, y]), 0.0), name="op_and_layer")


def constants(keras: Any) -> Any:
    import numpy as np

    ops = keras.ops
    i = keras.Input((3,))
    x = i * np.array([1.0, 2.0, 3.0], "float32") + ops.convert_to_tensor([0.5, 0.25, 0.125])
    return keras.Model(i, ops.take(x, [2, 0], axis=1), name="constants")


def images(keras: Any) -> Any:
    L = keras.layers
    x = i = keras.Input((16, 16, 3))
    for layer in (
        L.Rescaling(1 / 127.5, offset=-1.0), L.Resizing(12, 12), L.CenterCrop(10, 10),
        L.RandomFlip("horizontal"), L.RandomRotation(0.1), L.RandomZoom((-0.2, 0.1)),
        L.RandomTranslation(0.1, 0.1), L.RandomContrast(0.2), L.RandomBrightness(0.1),
        L.RandomCrop(8, 8), L.RandomShear(0.1, 0.1), L.RandomHue(0.1), L.RandomSaturation(0.2),
        L.RandomSharpness(0.1), L.RandomGrayscale(0.5), L.RandomColorDegeneration(0.2),
        L.RandomColorJitter(), L.RandomPosterization(4), L.RandomPerspective(), L.RandomErasing(),
        L.RandomElasticTransform(), L.RandomGaussianBlur(), L.RandomInvert(), L.Solarization(),
        L.AutoContrast(), L.AugMix(), L.RandAugment(), L.CutMix(), L.MixUp(),
    ):  # fmt: skip
        x = layer(x)
    return keras.Model(i, x, name="images")


def image_pipeline(keras: Any) -> Any:
    L = keras.layers
    pipeline = L.Pipeline([L.RandomFlip(seed=1), L.RandomContrast(0.1, seed=2), L.Rescaling(0.5)])
    i = keras.Input((8, 8, 3))
    return keras.Model(i, pipeline(i), name="image_pipeline")


def categories(keras: Any) -> Any:
    L = keras.layers
    word, number, other = (
        keras.Input((1,), dtype="string"), keras.Input((1,)), keras.Input((1,), dtype="int64"),
    )  # fmt: skip
    parts = [
        L.StringLookup(vocabulary=["a", "b", "c"], output_mode="one_hot")(word),
        L.IntegerLookup(vocabulary=[3, 5, 7], output_mode="multi_hot")(other),
        L.CategoryEncoding(4, output_mode="one_hot")(L.Discretization([0.0, 1.0, 2.0])(number)),
        L.Hashing(3, output_mode="one_hot")(other),
        L.HashedCrossing(5, output_mode="one_hot")([word, other]),
    ]
    return keras.Model([word, number, other], L.Concatenate()(parts), name="categories")


def text(keras: Any) -> Any:
    L = keras.layers
    i = keras.Input((), dtype="string")
    x = L.TextVectorization(
        vocabulary=["the", "cat", "sat"], output_sequence_length=4, ngrams=2, standardize="lower"
    )(i)
    return keras.Model(i, L.Embedding(8, 3, embeddings_constraint="non_neg")(x), name="text")


def audio(keras: Any) -> Any:
    L = keras.layers
    i = keras.Input((800,))
    outputs = [
        L.MelSpectrogram(128, 64, window="hann", num_mel_bins=8)(i),
        L.STFTSpectrogram("log", 64, 32, 64, window=None)(L.Reshape((800, 1))(i)),
    ]
    return keras.Model(i, outputs, name="audio")


def reversible(keras: Any) -> Any:
    L = keras.layers
    embed = L.ReversibleEmbedding(10, 4)
    i = keras.Input((3,), dtype="int32")
    return keras.Model(i, embed(L.Dense(4)(embed(i)), reverse=True), name="reversible")


def dtypes(keras: Any) -> Any:
    L = keras.layers
    i = keras.Input((4,), dtype="float16")
    x = L.Dense(3, dtype="mixed_bfloat16")(i)
    x = L.Dense(3, dtype="float64")(x)
    x = L.Dense(3, dtype=keras.dtype_policies.DTypePolicy("mixed_float16"))(x)
    return keras.Model(i, L.Dense(2, dtype="float32", autocast=True)(x), name="dtypes")


def transformer(keras: Any) -> Any:
    """An encoder and decoder, with positions, masks and residuals."""
    L, ops = keras.layers, keras.ops
    source, target = keras.Input((6,), dtype="int32"), keras.Input((5,), dtype="int32")
    embed = L.Embedding(30, 8, mask_zero=True)
    x = embed(source) * 2.8284
    x = L.LayerNormalization()(x + L.MultiHeadAttention(2, 4, dropout=0.1)(x, x))
    x = L.LayerNormalization()(x + L.Dense(8)(L.Dense(16, activation="gelu")(x)))
    y = embed(target)
    y = L.LayerNormalization()(y + L.MultiHeadAttention(2, 4)(y, y, use_causal_mask=True))
    y = L.LayerNormalization()(y + L.MultiHeadAttention(2, 4)(y, value=x, key=x))
    return keras.Model([source, target], ops.log_softmax(L.Dense(30)(y)), name="transformer")


def unet(keras: Any) -> Any:
    L = keras.layers
    i = keras.Input((16, 16, 1))
    down1 = L.Conv2D(4, 3, padding="same", activation="relu")(i)
    down2 = L.Conv2D(8, 3, padding="same", activation="relu")(L.MaxPooling2D()(down1))
    low = L.Conv2D(8, 3, padding="same")(L.MaxPooling2D()(down2))
    up2 = L.Concatenate()([L.UpSampling2D()(low), down2])
    up1 = L.Concatenate()([L.Conv2DTranspose(4, 2, strides=2)(up2), down1])
    return keras.Model(i, L.Conv2D(1, 1, activation="sigmoid")(up1), name="unet")


def odd_names(keras: Any) -> Any:
    L = keras.layers
    i = keras.Input((3,), name="1")
    x = L.Dense(2, name="null")(i)
    return keras.Model(i, L.Dense(2, name="as")(L.Dense(2, name="a-b")(x)), name="odd_names")


def wrapped_models(keras: Any) -> Any:
    L = keras.layers
    inner = keras.Sequential([keras.Input((4,)), L.Dense(3), L.ReLU()], name="inner")
    i = keras.Input((5, 4))
    graph_in = keras.Input((4,))
    graph = keras.Model(graph_in, L.Dense(2)(graph_in), name="graph")
    x = L.Concatenate()([L.TimeDistributed(inner)(i), L.TimeDistributed(graph)(i)])
    return keras.Model(i, x, name="wrapped_models")


def unknown_sizes(keras: Any) -> Any:
    L = keras.layers
    i = keras.Input((None, None, 3))
    x = L.GlobalAveragePooling2D()(L.Conv2D(4, 3)(i))
    return keras.Model(i, L.Dense(2)(x), name="unknown_sizes")


def internal_layers(keras: Any) -> Any:
    """Layers that only Keras's own applications are made of."""
    from keras.src.applications.convnext import LayerScale, StochasticDepth
    from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

    i = keras.Input((4,))
    x = StochasticDepth(0.1)(LayerScale(0.5, 4)(i))
    return keras.Model(i, CustomScaleLayer(0.2)([i, x]), name="internal_layers")


Configuration = Callable[[Any], Any]

CONFIGURATIONS: tuple[Configuration, ...] = (
    mlp, activations, convolutions_1d, convolutions_2d, convolutions_3d, pooled, merging,
    normalizations, regularizations, reshaping, initializers, recurrent, recurrent_images, states,
    masks, joined_masks, explicit_mask, attention, attention_mask, siamese, shared_deep,
    nested_deep, nested_dict, nested_list, single_in_list, transfer, several_outputs, operators,
    functions, op_and_layer, constants, images, image_pipeline, categories, text, audio,
    reversible, dtypes, transformer, unet, odd_names, wrapped_models, unknown_sizes,
    internal_layers,
)  # fmt: skip
"""Each makes one model with the `keras` that it is given."""
