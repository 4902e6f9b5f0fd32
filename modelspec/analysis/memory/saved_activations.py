"""What each call leaves in memory until its backward pass has run.

This follows the gradients that TensorFlow registers for its ops: a matrix product and a convolution
need what they read, `relu` needs what it gave, an addition needs nothing. A tensor that several
calls need is kept once, and one that none needs is let go of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, NamedTuple

from modelspec.layers import SavedForBackward, traits_of
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
    rule = _RULES.get(traits_of(name).saved)
    if rule is None:  # unknown: the most that is likely
        return SavedTensors(reads=True, output=True)
    return rule(args, sizes, name)


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
    each = (traits_of(kind).saved_per_step or 2) * state * batch
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


_RULES: dict[SavedForBackward | None, Callable[[Mapping[str, Any], Sizes, str], SavedTensors]] = {
    SavedForBackward.NOTHING: lambda _, __, ___: SavedTensors(reads=False, output=False),
    SavedForBackward.INPUTS: _then_activation,
    SavedForBackward.CONVOLUTION: _convolution,
    SavedForBackward.OUTPUT: lambda _, __, ___: SavedTensors(reads=False, output=True),
    SavedForBackward.ACTIVATION: _activation,
    SavedForBackward.BATCH_NORM: _batch_norm,
    SavedForBackward.NORM: _norm,
    SavedForBackward.DROPOUT_MASK: _mask,
    SavedForBackward.STATES: _stepped,
    SavedForBackward.ATTENTION: _attention,
}
