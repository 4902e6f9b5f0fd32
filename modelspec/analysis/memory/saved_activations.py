"""What each call leaves in memory until its backward pass has run.

This follows the gradients that TensorFlow registers for its ops: a matrix product and a convolution
need what they read, `relu` needs what it gave, an addition needs nothing. A tensor that several
calls need is kept once, and one that none needs is let go of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from math import prod
from typing import Any, NamedTuple

from modelspec.layers.rule import Tensor
from modelspec.spec.model import KerasObject

from .sizes import width_of


class SavedTensors(NamedTuple):
    """What one call keeps for, and takes in, its backward pass.

    Attributes:
        reads: whether it keeps the tensors that it reads.
        output: whether it keeps what it gives.
        inner: bytes of other tensors that it keeps.
        work: bytes that its backward pass takes beside the gradients of what it reads and gives.
    """

    reads: bool
    output: bool
    inner: int = 0
    work: int = 0


class Sizes(NamedTuple):
    """The sizes of one call, in bytes for the whole batch: of all that it reads and gives.

    `tensors` are the ones that it reads, `first` is the first that it gives.
    """

    reads: int
    output: int
    tensors: tuple[Tensor, ...]
    first: Tensor


ALIASES = frozenset(
    ("ActivityRegularization", "Flatten", "Identity", "InputLayer", "Reshape",
     "ops.expand_dims", "ops.identity", "ops.reshape", "ops.squeeze", "ops.stop_gradient")
)  # fmt: skip
"""What they give lies where what they read lies: the same bytes under another shape."""

NOTHING = frozenset(
    ("Add", "Average", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "Concatenate",
     "Cropping1D", "Cropping2D", "Cropping3D", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
     "GlobalAveragePooling3D", "Permute", "RepeatVector", "Rescaling", "Subtract", "UpSampling1D",
     "UpSampling2D", "UpSampling3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D",
     "ops.add", "ops.concatenate", "ops.get_item", "ops.mean", "ops.negative", "ops.pad",
     "ops.split", "ops.stack", "ops.subtract", "ops.sum", "ops.transpose")
)  # fmt: skip
"""Sums, copies and means: their gradients need shapes alone."""

READS = frozenset(
    ("Dense", "DepthwiseConv1D", "DepthwiseConv2D", "Dot", "EinsumDense",
     "Embedding", "LayerScale", "LeakyReLU", "Multiply", "Normalization", "ops.dot", "ops.einsum",
     "ops.matmul", "ops.multiply", "ops.power", "ops.square")
)  # fmt: skip
"""Products, and functions whose gradient is told from what they read."""

OUTPUT = frozenset(
    ("ELU", "ReLU", "Softmax", "ops.elu", "ops.exp", "ops.relu", "ops.relu6", "ops.sigmoid",
     "ops.softmax", "ops.sqrt", "ops.tanh")
)  # fmt: skip
"""Functions whose gradient is told from what they give."""

CONVOLUTIONS = frozenset(
    ("Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose")
)
"""Their libraries bring what is read and its gradient into a layout of their own: a copy."""

FULL_NORMS = frozenset(("GroupNormalization", "LayerNormalization", "RMSNormalization"))
"""They keep what they read, and the factor for each element: 1 / deviation times gamma."""

MASKS = frozenset(
    ("AlphaDropout", "Dropout", "GaussianDropout", "SpatialDropout1D", "SpatialDropout2D",
     "SpatialDropout3D")
)  # fmt: skip
"""They keep which elements they dropped, in a byte each."""

STEPPED = {"GRU": 6, "LSTM": 7, "SimpleRNN": 1, "ConvLSTM1D": 7, "ConvLSTM2D": 7, "ConvLSTM3D": 7}
"""Tensors of the size of a state that each step keeps. LSTM: the gates i, f, o and the candidate,
the state c and its tanh, and h; GRU: z, r, the candidate and its recurrent part, 1 - z, and h."""

ACTIVATIONS = {
    "gelu": 3, "silu": 1, "swish": 1, "hard_silu": 2, "hard_swish": 2, "softplus": 1,
    "softsign": 1, "leaky_relu": 1, "mish": 3, "log_softmax": 0,
}  # fmt: skip
"""Tensors of the size of the output that an activation keeps instead of what it gives. All others
keep what they give."""


def kept_by(name: str, args: Mapping[str, Any], sizes: Sizes) -> SavedTensors:
    """What a call of a class keeps.

    Args:
        name: the class of a layer, or `ops.NAME`.
        args: its arguments, all of them.
        sizes: of the call.
    """
    for names, rule in _RULES:
        if name in names:
            return rule(args, sizes, name)
    return SavedTensors(reads=True, output=True)  # not known better: the most that is likely


def _convolution(args: Mapping[str, Any], sizes: Sizes, _: str) -> SavedTensors:
    found = _then_activation(args, sizes, "")
    return found._replace(work=max(found.work, sizes.reads + sizes.output))


def _then_activation(args: Mapping[str, Any], sizes: Sizes, _: str) -> SavedTensors:
    """What is read, and what the `activation` argument needs."""
    given = args.get("activation")
    name = given.class_name if isinstance(given, KerasObject) else given
    if name in (None, "linear"):
        return SavedTensors(reads=True, output=False)
    inner = ACTIVATIONS.get(name, 0) * sizes.output
    work = sizes.output * (2 if inner else 1)
    return SavedTensors(reads=True, output=name not in ACTIVATIONS, inner=inner, work=work)


def _activation(args: Mapping[str, Any], sizes: Sizes, _: str) -> SavedTensors:
    return _then_activation(args, sizes, "")._replace(reads=False)


def _batch_norm(_: Mapping[str, Any], sizes: Sizes, __: str) -> SavedTensors:
    """Its gradient sums up two products of the size of what it reads."""
    return SavedTensors(reads=True, output=False, work=2 * sizes.output)


def _norm(_: Mapping[str, Any], sizes: Sizes, __: str) -> SavedTensors:
    return SavedTensors(reads=True, output=False, inner=sizes.output, work=2 * sizes.output)


def _mask(_: Mapping[str, Any], sizes: Sizes, __: str) -> SavedTensors:
    return SavedTensors(reads=False, output=False, inner=sizes.output // width_of(sizes.first))


def _stepped(args: Mapping[str, Any], sizes: Sizes, name: str) -> SavedTensors:
    """A recurrent layer: the states of each step, and what it reads with the steps in front."""
    inner = args.get("layer") if name == "Bidirectional" else None
    own = inner.args if isinstance(inner, KerasObject) else args
    kind = inner.class_name if isinstance(inner, KerasObject) else name
    steps = sizes.tensors[0].shape[1] if sizes.tensors else None
    state = prod(size or 1 for size in sizes.first.shape[1:])
    if own.get("return_sequences"):
        state //= steps or 1
    batch = sizes.output // max(1, prod(size or 1 for size in sizes.first.shape[1:]))
    each = STEPPED.get(kind, 2) * state * batch
    copies = sizes.reads * (2 if inner is not None else 1)
    return SavedTensors(
        reads=False, output=False, inner=copies + each * (steps or 1), work=sizes.reads
    )


def _attention(args: Mapping[str, Any], sizes: Sizes, _: str) -> SavedTensors:
    """The projections of query, key, value, what is attended, and the scores."""
    query, value = sizes.tensors[0], sizes.tensors[min(1, len(sizes.tensors) - 1)]
    heads = args.get("num_heads") or args.get("num_query_heads") or 1
    width = args.get("key_dim") or args.get("head_dim") or 1
    steps, met = (prod(size or 1 for size in t.shape[1:-1]) for t in (query, value))
    batch = sizes.output // max(1, prod(size or 1 for size in sizes.first.shape[1:]))
    projected = 2 * (steps + met) * heads * width * batch
    scores = steps * met * heads * batch
    masked = scores + scores // width_of(query) if args.get("dropout") else 0
    return SavedTensors(
        reads=True, output=False, inner=projected + scores + masked, work=2 * scores
    )


_RULES: tuple[
    tuple[Collection[str], Callable[[Mapping[str, Any], Sizes, str], SavedTensors]], ...
] = (
    (NOTHING, lambda _, __, ___: SavedTensors(reads=False, output=False)),
    (READS, _then_activation),
    (CONVOLUTIONS, _convolution),
    (OUTPUT, lambda _, __, ___: SavedTensors(reads=False, output=True)),
    (("Activation",), _activation),
    (("BatchNormalization",), _batch_norm),
    (FULL_NORMS, _norm),
    (MASKS, _mask),
    ((*STEPPED, "Bidirectional"), _stepped),
    (("MultiHeadAttention", "GroupQueryAttention"), _attention),
)
