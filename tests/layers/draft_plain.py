"""Random calls of layers that take one tensor and look at no window."""

from __future__ import annotations

from random import Random
from typing import Any

import draw
from draw import Draft, asked
from question import Question

from modelspec.layers.rule.rule import Shape, Tensor

ACTIVATIONS = (None, "relu", "softmax", "linear", {"LeakyReLU": {"negative_slope": 0.1}})
FLOATS = ("float32", "float16", "bfloat16", "float64", "string")
DENSE = {"Dense": {"units": 3}}
WRAPPED = (
    DENSE, DENSE, {"Dense": {"units": 2, "use_bias": False, "dtype": "float16"}},
    {"Conv1D": {"filters": 2, "kernel_size": 2}}, {"Conv2D": {"filters": 2, "kernel_size": 2}},
    {"Embedding": {"input_dim": 5, "output_dim": 3}}, {"LayerNormalization": {}},
    {"DepthwiseConv1D": {"kernel_size": 1}}, {"EinsumDense": {"equation": "ab,bc->ac",
    "output_shape": 2}}, {"SeparableConv1D": {"filters": 2, "kernel_size": 1}}, "Flatten",
    {"Conv1DTranspose": {"filters": 3, "kernel_size": 2}}, {"LSTM": {"units": 2}},
)  # fmt: skip


def any_shape(**choices: Any) -> Draft:
    """Layers that take whatever there is."""

    def make(rng: Random) -> Question:
        return asked(draw.some(rng, **choices), draw.tensor(rng, rng.randint(0, 5)))

    return make


def noise(amount: str, **choices: Any) -> Draft:
    def make(rng: Random) -> Question:
        args = {amount: rng.choice((0.0, 0.3, 0.9)), **draw.some(rng, **choices)}
        return asked(args, draw.tensor(rng, rng.randint(0, 5)))

    return make


def with_axis(many: bool, **choices: Any) -> Draft:
    """Layers with an `axis`, which may be a list of them."""

    def make(rng: Random) -> Question:
        axes = rng.randint(1, 5)
        args = draw.some(rng, **choices)
        if draw.flag(rng):
            args["axis"] = draw.axes_of(rng, axes) if many else draw.axis(rng, axes)
        return asked(args, draw.tensor(rng, axes, unknown=0.08))

    return make


def activation(rng: Random) -> Question:
    name = rng.choice(("relu", "linear", "softmax", "gelu", {"LeakyReLU": {"negative_slope": 0.2}}))
    return asked({"activation": name}, draw.tensor(rng, rng.randint(0, 4)))


def prelu(rng: Random) -> Question:
    args = draw.some(rng, shared_axes=(None, 1, 2, [1], [1, 2], [1, 2, 3]))
    return asked(args, draw.tensor(rng, rng.randint(1, 4)))


def softmax(rng: Random) -> Question:
    question = with_axis(True)(rng)
    if draw.chance(rng, 0.8):
        return question
    shape = question.inputs[0].shape
    mask: Shape = tuple(rng.choice((s, s, s, 1, 3)) for s in shape[rng.randint(0, 1) :])
    return Question("", question.args, question.inputs, {"mask": Tensor(mask, "bool")})


def batch_normalization(rng: Random) -> Question:
    question = with_axis(False, center=(True, False), scale=(True, False))(rng)
    args = dict(question.args)
    if draw.chance(rng, 0.2):
        args["renorm"] = True
        clipping = ({"rmax": 1, "rmin": 2}, {"dmax": -1}, {"rmax": 3, "rmin": 1}, {}, None)
        args |= draw.some(rng, renorm_clipping=clipping)
    return Question("", args, question.inputs)


def group_normalization(rng: Random) -> Question:
    axes = rng.randint(1, 5)
    args: dict[str, Any] = {"groups": rng.choice((1, 1, 2, 2, 3, -1, 32))}
    args |= draw.some(rng, center=(True, False), scale=(True, False))
    if draw.flag(rng):
        args["axis"] = draw.axis(rng, axes)
    return asked(args, draw.tensor(rng, axes, 6, unknown=0.06))


def spectral_normalization(rng: Random) -> Question:
    args = {"layer": rng.choice(WRAPPED), **draw.some(rng, power_iterations=(1, 2))}
    return asked(args, draw.tensor(rng, rng.choice((1, 2, 2, 3, 3, 4)), unknown=0.05))


def dense(rng: Random) -> Question:
    args: dict[str, Any] = {"units": rng.randint(1, 6)}
    args |= draw.some(rng, activation=ACTIVATIONS, use_bias=(True, False))
    if draw.chance(rng, 0.2):
        args |= {"lora_rank": 2, **draw.some(rng, kernel_constraint=(None, "unit_norm"))}
    return asked(args, draw.tensor(rng, draw.rank(rng, rng.choice((2, 2, 3, 4)), 0.2)))


EQUATIONS = (
    "ab,bc->ac", "abc,cd->abd", "abc,cde->abde", "abcd,cde->abe", "...b,bc->...c", "...b,b->...b",
    "ab...,bc->ac...", "abc...,cd->abd...", "abc,bd->adc", "ab,cb->ac", "abc,c->abc", "ab,bc->ad",
    "ab,bd->ac", "abc->abd", "a b,bc->ac", "ab,bc->ac...",
)  # fmt: skip


def einsum_dense(rng: Random) -> Question:
    text = rng.choice(EQUATIONS)
    source, _, output = text.partition("->")
    letters = source.partition(",")[0].replace(".", "").replace(" ", "")
    more = rng.choice((0, 1, 1, 2)) if "..." in source else 0
    x = draw.tensor(rng, draw.rank(rng, len(letters) + more), 4, 0.08)
    left = text.startswith("...")
    count = max(len(output.replace(".", "")) - (0 if left and more else 1), 0)
    sizes: Any = [rng.choice((None, None, None, 3, 4)) for _ in range(draw.rank(rng, count, 0.06))]
    if sizes and draw.chance(rng, 0.7):
        sizes[-1] = rng.randint(1, 4)
    if len(sizes) == 1 and sizes[0] is not None and draw.flag(rng):
        sizes = sizes[0]
    args = {"equation": text, "output_shape": sizes}
    args |= draw.some(rng, activation=ACTIVATIONS, bias_axes=(None, output[-1:], "c", "d", "bc"))
    if draw.chance(rng, 0.1):
        args["lora_rank"] = 2
    return asked(args, x)


def embedding(rng: Random) -> Question:
    args: dict[str, Any] = {"input_dim": rng.randint(1, 9), "output_dim": rng.randint(1, 5)}
    args |= draw.some(rng, mask_zero=(True, False))
    if draw.chance(rng, 0.15):
        args |= {"lora_rank": 2, **draw.some(rng, embeddings_constraint=(None, "unit_norm"))}
    dtype = rng.choice(("int32", "int32", "int64", "uint8", "float32", draw.dtype(rng)))
    return asked(args, Tensor(draw.shape(rng, rng.randint(0, 4)), dtype))


def reversible_embedding(rng: Random) -> Question:
    found = embedding(rng)
    args = {**found.args, **draw.some(rng, tie_weights=(True, False), logit_soft_cap=(None, 3.0))}
    if draw.flag(rng):
        return Question("", args, found.inputs)
    shape = draw.shape(rng, rng.randint(1, 4))
    if draw.chance(rng, 0.8):
        shape = (*shape[:-1], args["output_dim"])
    return Question("", args, (Tensor(shape, draw.dtype(rng)),), call={"reverse": draw.flag(rng)})


def masking(rng: Random) -> Question:
    args = draw.some(rng, mask_value=(0.0, 1, [1.0, 2.0], [0.0]))
    return asked(args, draw.tensor(rng, rng.randint(0, 4), 4))


def layer_scale(rng: Random) -> Question:
    args = {"init_values": 0.1, "projection_dim": rng.randint(1, 3)}
    return asked(args, Tensor(draw.shape(rng, rng.randint(1, 4), 3), rng.choice(FLOATS)))


def identity(rng: Random) -> Question:
    structures = (1, 2, {"a": 1, "b": 2})
    chosen = rng.choice(structures)
    if isinstance(chosen, dict):
        return asked({}, {key: draw.tensor(rng, rng.randint(0, 4)) for key in chosen})
    tensors = tuple(draw.tensor(rng, rng.randint(0, 4)) for _ in range(chosen))
    return asked({}, tensors if len(tensors) > 1 else tensors[0])


def permute(rng: Random) -> Question:
    axes = rng.randint(1, 4)
    dims = rng.sample(range(1, axes + 1), axes)
    if draw.chance(rng, 0.1):
        dims[0] = rng.randint(1, 5)
    return asked({"dims": dims}, draw.tensor(rng, draw.rank(rng, axes + 1)))


def repeat_vector(rng: Random) -> Question:
    return asked({"n": rng.randint(1, 4)}, draw.tensor(rng, draw.rank(rng, 2, 0.3)))


def reshape(rng: Random) -> Question:
    x = draw.tensor(rng, rng.randint(0, 4), 6)
    sizes = list(x.shape[1:])
    rng.shuffle(sizes)
    target = [rng.randint(1, 6) if size is None else size for size in sizes]
    if target and draw.flag(rng):
        target[rng.randrange(len(target))] = -1
    if len(target) > 1 and draw.flag(rng):
        first, *rest = target
        target = [first * rest[0], *rest[1:]] if -1 not in (first, rest[0]) else target
    if draw.chance(rng, 0.1):
        target = [rng.choice((-1, -1, 0, 2, 3)) for _ in range(rng.randint(0, 3))]
    return asked({"target_shape": target}, x)


BOTH: dict[str, Any] = {"center": (True, False), "scale": (True, False)}

DRAFTS: dict[str, Draft] = {
    "Activation": activation,
    "ActivityRegularization": any_shape(l1=(0.0, 0.1)),
    "AlphaDropout": noise("rate"),
    "BatchNormalization": batch_normalization,
    "Dense": dense,
    "Dropout": noise("rate", noise_shape=(None, [2], [None, 1])),
    "EinsumDense": einsum_dense,
    "ELU": any_shape(alpha=(0.5, 2)),
    "Embedding": embedding,
    "Flatten": any_shape(data_format=(None, "channels_first", "channels_last")),
    "GaussianDropout": noise("rate"),
    "GaussianNoise": noise("stddev"),
    "GroupNormalization": group_normalization,
    "Identity": identity,
    "LayerNormalization": with_axis(True, **BOTH),
    "LayerScale": layer_scale,
    "LeakyReLU": any_shape(negative_slope=(0.1, 0)),
    "Masking": masking,
    "Permute": permute,
    "PReLU": prelu,
    "ReLU": any_shape(max_value=(None, 6)),
    "RepeatVector": repeat_vector,
    "Reshape": reshape,
    "ReversibleEmbedding": reversible_embedding,
    "RMSNormalization": with_axis(True),
    "Softmax": softmax,
    "SpectralNormalization": spectral_normalization,
    "StochasticDepth": noise("drop_path_rate"),
    "UnitNormalization": with_axis(True),
}
