"""Regularizers and constraints of a layer's weights and outputs: which of them Keras can apply.

Keras sums all penalties with the loss, which is float32, and does not cast them. It finds out in
the first step of training.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelspec.analysis.facts import tensors_of
from modelspec.layers.rule import FIRST_STEP, Mismatch, RuleResult, Tensor, Weight
from modelspec.schema import ClassSchema, class_schema
from modelspec.spec.model import KerasObject

REGULARIZER, CONSTRAINT = "_regularizer", "_constraint"
ACTIVITY = f"activity{REGULARIZER}"
LOSS_DTYPE = "float32"
MATRIX = 2


def need_possible_restraints(args: Mapping[str, Any], found: RuleResult) -> None:
    """Refuse regularizers and constraints that fail in training.

    Args:
        args: the arguments of a layer.
        found: what its rule says of it.

    Raises:
        Mismatch: a penalty of another dtype than the loss, or a weight of a rank that the
            regularizer or constraint does not take.
    """
    for arg, item in args.items():
        if not isinstance(item, KerasObject) or not arg.endswith((REGULARIZER, CONSTRAINT)):
            continue
        if class_schema(item.kind, item.class_name) is None:  # an extension's: nobody knows
            continue
        if arg == ACTIVITY:
            _check_outputs(arg, item, found)
        elif args.get("trainable") is not False:
            _check_weights(arg, item, found)


def need_savable_arguments(args: Mapping[str, Any], *, plain: bool) -> None:
    """Refuse an object among the arguments of a layer that saves them as they are.

    Args:
        args: the arguments that the spec gives.
        plain: whether the layer is such a one.

    Raises:
        Mismatch: the model cannot be saved.
    """
    for arg, item in args.items() if plain else ():
        if isinstance(item, KerasObject) and not item.as_text:
            raise Mismatch(
                f"cannot have {item.class_name} as `{arg}`: Keras trains this, but cannot save it",
                arg,
                _UNSAVED.get(arg, "write its name alone, as a text"),
            )


def need_savable_activations(layer: KerasObject) -> None:
    """Refuse activations with arguments of which Keras has no layer: it saves functions by name.

    Args:
        layer: with the arguments that the spec gives.

    Raises:
        Mismatch: the model cannot be saved, and is not built.
    """
    for arg, item in layer.args.items():
        if not isinstance(item, KerasObject) or item.kind != "activation" or not item.args:
            continue
        known = class_schema("activation", item.class_name)
        if known is None or known.as_layer or class_schema("layer", item.class_name):
            continue
        message = (
            f"cannot have `{known.name}` with arguments as `{arg}`: Keras saves its name alone"
        )
        raise Mismatch(message, arg, _in_place_of(known, layer, arg))


def _in_place_of(activation: ClassSchema, layer: KerasObject, arg: str) -> str:
    """What to write in place of an activation with arguments."""
    ways = [] if activation.required else [f"write `{activation.name}` alone"]
    of_layer = class_schema("layer", layer.class_name)
    op = f"`ops.{activation.name}` with them"
    if layer.class_name == "Activation":
        ways.append(f"write {op} in place of the layer")
    elif of_layer is not None and of_layer.properties[arg].get("default") in (None, "linear"):
        ways.append(f"leave `{arg}` out and write {op} after the layer")
    return ", or ".join(ways) or "choose an activation that needs no arguments"


_UNSAVED = {ACTIVITY: "put ActivityRegularization after it, or write `l1` or `l2` as a text"}
"""What to write in place of an object."""


def _check_outputs(arg: str, item: KerasObject, found: RuleResult) -> None:
    for tensor in tensors_of(found.output):
        if isinstance(tensor, Tensor):
            _need_penalty_like_loss(arg, tensor.dtype)
            _need_rank(arg, item, tensor.rank, "an output")
            _need_known_rows(arg, item, tensor)


def _need_known_rows(arg: str, item: KerasObject, output: Tensor) -> None:
    """Keras makes a mask of as many rows as the regularizer's matrix has, and the graph of a
    training does not know the size of the batch, not even where the input states it."""
    known = class_schema(item.kind, item.class_name)
    if known is not None and known.name == "OrthogonalRegularizer" and output.rank == MATRIX:
        message = f"cannot have {known.name} for its output, whose batch size no graph knows"
        raise Mismatch(f"{message}: {FIRST_STEP}", arg, "use L1, L2 or L1L2")


def _check_weights(arg: str, item: KerasObject, found: RuleResult) -> None:
    for weight in _restrained(arg, found):
        if arg.endswith(REGULARIZER):
            _need_penalty_like_loss(arg, weight.dtype)
        _need_rank(arg, item, len(weight.shape), f"the {weight.name}")


def _restrained(arg: str, found: RuleResult) -> Iterator[Weight]:
    """The trained weights that an argument is about: `kernel_regularizer` is about `kernel`, and
    `recurrent_regularizer` about the `recurrent_kernel`. DepthwiseConv2D calls its own a `kernel`,
    and what is about it `depthwise`."""
    of = arg.removesuffix(REGULARIZER).removesuffix(CONSTRAINT)
    names = (of, f"{of}_kernel", *(["kernel"] if of == "depthwise" else []))
    for weight in found.weights:
        if weight.trainable and weight.name.rpartition("/")[2] in names:
            yield weight


def _need_penalty_like_loss(arg: str, dtype: str) -> None:
    if dtype == LOSS_DTYPE:
        return
    if arg == ACTIVITY:
        hint = "leave it out, or give the layer `dtype: float32`"
    else:
        hint = "leave it out, or give the layer `dtype: float32` or a mixed policy"
    raise Mismatch(
        f"adds a penalty in {dtype} to the loss, which is in {LOSS_DTYPE}: {FIRST_STEP}", arg, hint
    )


def _need_rank(arg: str, item: KerasObject, rank: int, what: str) -> None:
    known = class_schema(item.kind, item.class_name)
    if known is None:
        return
    if known.name == "OrthogonalRegularizer" and rank != MATRIX:
        raise Mismatch(
            f"cannot have {known.name}, which takes a matrix, for {what} of {rank} axes: "
            f"{FIRST_STEP}",
            arg,
            "use L1, L2 or L1L2",
        )
    axis = item.args.get("axis") if arg.endswith(CONSTRAINT) else None
    axes = axis if isinstance(axis, list) else [] if axis is None else [axis]
    if any(not -rank <= one < rank for one in axes):
        raise Mismatch(
            f"cannot have {known.name} with `axis: {axis}` for {what}, which has no such axis: "
            f"{FIRST_STEP}",
            arg,
            f"choose an axis from {-rank} to {rank - 1}",
        )
