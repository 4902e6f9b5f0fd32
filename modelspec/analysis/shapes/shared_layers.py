"""A layer that is called again: what its first call settled for the others."""

from __future__ import annotations

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.facts import TensorStructure, tensors_of
from modelspec.graph import Call, Graph
from modelspec.layers import BuiltFor, traits_of
from modelspec.layers.rule import FIRST_BATCH, Mismatch, Tensor
from modelspec.spec.model import KerasObject, objects_in

HINT = "write a second layer for it"


def need_built_for(
    settled: BuiltFor | None, first: TensorStructure, later: TensorStructure
) -> None:
    """Refuse the tensors of a later call where the layer was built for other ones.

    Args:
        settled: what the first call of the layer's class settles.
        first: the tensors of the first call.
        later: the tensors of the later one.

    Raises:
        Mismatch: they differ in what is settled.
    """
    before, now = _known(first), _known(later)
    if settled is None or not before or not now:
        return
    if settled is BuiltFor.RANKS:
        _need_equal_ranks(before, now)
    elif before[0].rank != now[0].rank:
        count, shape = before[0].rank, now[0].shape
        raise Mismatch(f"was built for {count} axes by its first call, got {shape}", hint=HINT)
    elif settled is BuiltFor.STEP:
        _need_equal_steps(before[0], now[0])


def need_taught_by_others(item: KerasObject, name: str, call: Call, graph: Graph) -> None:
    """Refuse a later call of a layer on what the layer computes itself, where it computes nothing
    before it has learned from all that it is called on.

    Args:
        item: the layer, or a model or wrapper that has such a layer inside.
        name: of the layer in the graph.
        call: the later call.
        graph: that of the call.

    Raises:
        Mismatch: it has to learn from its results.
    """
    learner = next(filter(_learns, objects_in(item)), None)
    if learner is None or not _depends_on(name, call, graph):
        return
    argument = traits_of(keras_class(learner)).adapted_argument
    raise Mismatch(
        f"cannot learn: {learner.class_name} learns from all that it is called on, and this call "
        "reads what it computes itself",
        hint=f"{HINT}, or give it its `{argument}`",
    )


def _learns(item: KerasObject) -> bool:
    if item.kind != "layer":
        return False
    traits = traits_of(keras_class(item))
    return traits.must_adapt and item.args.get(str(traits.adapted_argument)) is None


def _depends_on(name: str, call: Call, graph: Graph) -> bool:
    """Whether a call reads, over however many other calls, a result of a layer."""
    by_name = {one.name: one for one in graph.calls}
    waiting, seen = [call], {call.name}
    while waiting:
        for source in {ref.source for ref in waiting.pop().reads()} - seen:
            before = by_name.get(source)
            if before is None:
                continue
            if before.layer == name:
                return True
            seen.add(source)
            waiting.append(before)
    return False


def need_run_as_built(settled: BuiltFor | None, inputs: TensorStructure) -> None:
    """Refuse a call of which Keras states fewer axes than the run has.

    With more stated than there are, a BatchNormalization still runs.

    Args:
        settled: what the layer is built for.
        inputs: of the call.

    Raises:
        Mismatch: the layer does not take what a run gives.
    """
    for tensor in _known(inputs):
        built = tensor.built
        if settled is BuiltFor.RANK and built is not None and len(built) < tensor.rank:
            raise Mismatch(
                f"is built for {len(built)} axes, as Keras states {built} of its input, and gets "
                f"{tensor.shape}: {FIRST_BATCH}",
                hint="put Flatten or Reshape before it",
            )


def _known(value: TensorStructure) -> list[Tensor]:
    """The tensors of a structure; none where one of them is unknown."""
    found = list(tensors_of(value))
    tensors = [tensor for tensor in found if tensor is not None]
    return tensors if len(tensors) == len(found) else []


def _need_equal_ranks(before: list[Tensor], now: list[Tensor]) -> None:
    """Keras aligns tensors after the batch axis only if those of the first call needed it."""
    if _have_one_rank(before) and not _have_one_rank(now):
        shapes = " and ".join(str(tensor.shape) for tensor in now)
        raise Mismatch(
            "aligns no axes, as all tensors of its first call had as many, so the batch of one "
            f"tensor meets another axis in {shapes}",
            hint=HINT,
        )


def _have_one_rank(tensors: list[Tensor]) -> bool:
    return len({tensor.rank for tensor in tensors}) == 1


def _need_equal_steps(before: Tensor, now: Tensor) -> None:
    pairs = zip(before.shape[2:], now.shape[2:], strict=True)
    if any(None not in pair and pair[0] != pair[1] for pair in pairs):
        raise Mismatch(
            f"was built for steps of {before.shape[2:]} by its first call, got {now.shape[2:]}: "
            f"{FIRST_BATCH}",
            hint=HINT,
        )
