"""What a layer or an op gives when it runs on numbers, which Keras's symbolic pass may not foresee.

What Keras states of symbolic tensors is a promise: the run decides. A model of the one call is run
in training; in a graph, as `fit` does, where the question is a written case. A graph takes three
times as long, so random calls are run eagerly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from question import Question, flat

from modelspec.layers import image_preprocessing
from modelspec.layers.rule.rule import Shape, Structure, Tensor
from modelspec.layers.rule.shapes import TEXT

UNKNOWN_IN_A_RUN = (2, 9)
"""What stands for unknown sizes: a window may want more. Where a run does not give what Keras
states, one with 1 more tells a size that is 2 by chance from one that follows an unknown size."""

FILLINGS = ("zeros", "ones", "identity")
"""Numbers to try: an index is right at 0, a divisor is not, and some ops want regular matrices."""


class NotSeenError(Exception):
    """The run says nothing: it fails on sizes that were chosen here."""


def as_run(
    question: Question, given: Any, made: Any, symbolic: Structure, *, graph: bool
) -> tuple[Structure, bool]:
    """The results as they really are, and whether they were seen.

    Args:
        question: the call.
        given: the symbolic tensors that it was made on.
        made: the symbolic results.
        symbolic: what Keras states of them.
        graph: whether to run in a graph.

    Returns:
        `symbolic`, with the ranks, sizes and dtypes of a run where these differ. A size that Keras
        states as unknown stays unknown.

    Raises:
        Exception: of the run, where no numbers of those sizes can be computed on.
    """
    if _must_learn(question):
        return symbolic, True
    try:
        graph = graph or _differs_in_a_graph(question.layer)
        model = _model(given, made)
        if model is None:
            return symbolic, True
        return _seen(_runner(model, graph), question, symbolic, graph), True
    except NotSeenError:
        return symbolic, False


def _seen(
    run: Callable[[Any], Any], question: Question, symbolic: Structure, graph: bool
) -> Structure:
    failure = None
    for unknown in UNKNOWN_IN_A_RUN:
        try:
            first = _run(run, question, unknown, graph)
        except NotSeenError as error:
            failure = error
            continue
        if _agrees(symbolic, first):
            return symbolic
        return _join(symbolic, first, _run(run, question, unknown + 1, graph))
    raise failure or NotSeenError


def _differs_in_a_graph(layer: str) -> bool:
    """Eagerly some adaptive pooling ends the process, image layers return other dtypes, ReLU
    compares whole numbers with a float, and some ops take tensors for numbers."""
    return "daptive" in layer or layer in ("ReLU", *IN_A_GRAPH, *image_preprocessing.RULES)


IN_A_GRAPH = (
    "ops.corrcoef", "ops.digitize", "ops.image.resize", "ops.inner", "ops.isin", "ops.kron",
    "ops.nanmedian", "ops.nanpercentile", "ops.nanquantile", "ops.ndim", "ops.sparsemax",
)  # fmt: skip


LEARNED = ("vocabulary", "bin_boundaries")


def _must_learn(question: Question) -> bool:
    """Whether the layer cannot run before it has seen data."""
    lookups = ("IntegerLookup", "StringLookup", "TextVectorization", "Discretization")
    return question.layer in lookups and all(question.args.get(key) is None for key in LEARNED)


def _model(given: Any, made: Any) -> Any:
    import keras

    outputs = keras.tree.flatten(made)
    if not outputs or not all(isinstance(tensor, keras.KerasTensor) for tensor in outputs):
        return None
    return keras.Model(list(_leaves(given)), made)


def _leaves(value: Any) -> Iterator[Any]:
    """All of a structure in the order written, as `flat` has Tensors."""
    if isinstance(value, (list, tuple, Mapping)):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _leaves(item)
    else:
        yield value


def _runner(model: Any, graph: bool) -> Callable[[Any], Any]:
    import tensorflow as tf

    def run(tensors: Any) -> Any:
        return model(tensors, training=True)

    return tf.function(run) if graph else run  # type: ignore[no-any-return]


def _run(run: Callable[[Any], Any], question: Question, unknown: int, graph: bool) -> Structure:
    """The results on numbers. One filling that works is enough; if none does, the first failure.

    Raises:
        NotSeenError: it fails with sizes that were chosen here, and may run with others.
    """
    tensors = _with_batch(list(flat((question.inputs, question.named))))
    if not graph and any(0 in tensor.shape for tensor in tensors):
        raise NotSeenError  # some kernels divide by a size of 0 and end the process
    failure: Exception | None = None
    for filling in FILLINGS:
        try:
            return structure(run([example(tensor, unknown, filling) for tensor in tensors]))
        except Exception as error:
            failure = failure or error
    if any(None in tensor.shape[1:] for tensor in tensors):
        raise NotSeenError
    assert failure is not None
    raise failure


def _with_batch(tensors: list[Tensor]) -> list[Tensor]:
    """The tensors with one batch size: that of the first that has a fixed one."""
    fixed = [tensor.shape[0] for tensor in tensors if tensor.shape[:1] not in ((), (None,))]
    return [
        Tensor((fixed[0], *x.shape[1:]), x.dtype) if fixed and x.shape[:1] == (None,) else x
        for x in tensors
    ]


def example(tensor: Tensor, unknown: int = UNKNOWN_IN_A_RUN[0], filling: str = "zeros") -> Any:
    """A tensor of numbers (or of the text "1") of this shape and dtype."""
    import tensorflow as tf

    shape = tuple(unknown if size is None else size for size in tensor.shape)
    if tensor.dtype == TEXT:
        return tf.fill(shape, "1")
    if tensor.dtype.startswith("float8"):  # which no tensor is made of but by a cast
        return tf.cast(example(Tensor(tensor.shape), unknown, filling), tensor.dtype)
    if filling == "identity" and len(shape) > 1:
        return tf.cast(tf.eye(*shape[-2:], batch_shape=shape[:-2]), tensor.dtype)
    return (tf.zeros if filling == "zeros" else tf.ones)(shape, tensor.dtype)


def structure(value: Any) -> Structure:
    """Tensors of Keras or TensorFlow as Tensors."""
    if isinstance(value, Mapping):
        return {key: structure(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(structure(item) for item in value)
    shape: Shape = tuple(value.shape)
    return Tensor(shape, str(getattr(value.dtype, "name", value.dtype)))


def _agrees(symbolic: Structure, real: Structure) -> bool:
    if isinstance(symbolic, Mapping):
        return all(_agrees(symbolic[key], real[key]) for key in symbolic)
    if isinstance(symbolic, tuple):
        return all(map(_agrees, symbolic, real))
    return _fits(symbolic, real)


def _fits(symbolic: Tensor, real: Tensor) -> bool:
    if symbolic.dtype != real.dtype or symbolic.rank != real.rank:
        return False
    return all(s in (None, r) for s, r in zip(symbolic.shape, real.shape, strict=True))


def _join(symbolic: Structure, first: Structure, second: Structure) -> Structure:
    if isinstance(symbolic, Mapping):
        return {key: _join(symbolic[key], first[key], second[key]) for key in symbolic}
    if isinstance(symbolic, tuple):
        return tuple(map(_join, symbolic, first, second))
    sizes = [a if a == b else None for a, b in zip(first.shape, second.shape, strict=True)]
    if symbolic.rank == first.rank:
        pairs = zip(symbolic.shape, sizes, strict=True)
        sizes = [None if stated is None else size for stated, size in pairs]
    return Tensor(tuple(sizes), first.dtype)
