"""The scores of MultiHeadAttention and GroupQueryAttention: their shape, and the masks they meet.

Keras computes the scores in one of two ways: tensors of 3 axes in one fused product, if nobody
asks for the scores and there is no dropout; anything else by `einsum` along `attention_axes`.
"""

from __future__ import annotations

from typing import NamedTuple

from modelspec.diagnostics import join_words
from modelspec.layers.rule import (
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    Shape,
    Tensor,
    expanded,
    marked,
    run_broadcast,
    stretches_to,
    unmarked,
)


class Attended(NamedTuple):
    """What attends to what.

    Attributes:
        query: (batch, ..., features).
        value: (batch, ..., features).
        key: the value, where the call gives none.
        masks: those that the layer gets with query, value and key; None where there is none.
        axes: the attention axes, counted from the front.
        heads: how many heads there are.
    """

    query: Tensor
    value: Tensor
    key: Tensor
    masks: tuple[Shape | None, Shape | None, Shape | None]
    axes: tuple[int, ...]
    heads: int


def attention_axes(call: LayerCall, rank: int) -> tuple[int, ...]:
    """The attention axes, by default all but the first and the last.

    Args:
        call: of the layer; GroupQueryAttention has no argument for them.
        rank: of the projected value, which has an axis of heads before its last.

    Raises:
        Mismatch: there is no such axis.
    """
    axes = call.args.get("attention_axes")
    if axes is None:
        return tuple(range(1, rank - 2))
    found = []
    for axis in (axes,) if isinstance(axes, int) else axes:
        counted = axis if axis >= 0 else rank - 1 + axis
        if not -rank <= counted < rank:
            raise Mismatch(f"axis {axis} is not among those of the value", "attention_axes")
        found.append(counted % rank)
    return tuple(found)


def _is_fused(call: LayerCall, query: Tensor) -> bool:
    scores = call.options.get("return_attention_scores")
    return query.rank == 3 and not call.args["dropout"] and not scores


def scores_shape(call: LayerCall, met: Attended) -> Shape:
    """The marked shape of the scores: (batch, heads, query steps, key steps) for 3 axes.

    Keras says (batch, heads, T, T) for whatever it is called on; a run gives this one.

    Raises:
        Mismatch: Keras builds the layer, and fails in each batch.
    """
    query, key, axes = met.query, met.key, met.axes
    _need_possible_flash(call, query)
    if query.rank != met.value.rank:
        raise Mismatch(
            f"needs a query and a value of as many axes, got {query.shape} and {met.value.shape}"
        )
    if None not in (query.shape[0], key.shape[0]) and query.shape[0] != key.shape[0]:
        raise Mismatch(
            f"needs a query and a value of one batch, got {query.shape} and {key.shape}",
            hint="a Weight has a batch axis where `batch: false` is left out",
        )
    if _is_fused(call, query):
        return marked((query.shape[0], met.heads, query.shape[1], key.shape[1]))
    rank = query.rank + 1
    if not axes:
        raise Mismatch(
            f"needs at least 3 axes (batch, steps, features) to attend along steps, got "
            f"{query.shape}",
            hint="give each example an axis of steps with Reshape",
        )
    if len(set(axes)) < len(axes) or rank - 1 in axes:
        message = f"cannot attend along {list(axes)}: each axis once, and none of features"
        raise Mismatch(message, "attention_axes")
    ours, theirs = ((*marked(tensor.shape)[:-1], met.heads) for tensor in (query, key))
    free = [axis for axis in range(rank - 1) if axis not in axes]
    for axis in free:
        if ours[axis] != theirs[axis] and None not in (ours[axis], theirs[axis]):
            raise Mismatch(
                f"does not attend along axis {axis}, so query and value need one size there, got "
                f"{query.shape} and {key.shape}",
                "attention_axes",
                "project or pool one of them to that size, or attend along that axis too",
            )
    return (*(ours[a] for a in free), *(ours[a] for a in axes), *(theirs[a] for a in axes))


def _need_possible_flash(call: LayerCall, query: Tensor) -> None:
    scores = call.options.get("return_attention_scores")
    if call.args["flash_attention"] and (scores or _is_fused(call, query)):
        raise Mismatch(
            f"{FIRST_BATCH}: TensorFlow has no flash attention",
            "flash_attention",
            "leave it out",
        )


def mask_of_scores(call: LayerCall, met: Attended, scores: Shape) -> Shape | None:
    """The shape of the mask that the scores meet, and keep if the call returns them.

    A query's mask has an axis added behind, those of value and key one before the last; joined
    with the causal mask (1, T, S), they get axes of size 1 until they have as many as the scores.

    Raises:
        Mismatch: it does not fit them, of which Keras speaks when the first batch arrives.
    """
    own, *others = (None if mask is None else marked(mask) for mask in met.masks)
    given = call.named.get("attention_mask")
    window = call.args.get("sliding_window") is not None
    causal = bool(call.options.get("use_causal_mask"))
    parts: list[Shape | None] = [] if own is None else [expanded(own, -1)]
    parts += [expanded(mask, -2) for mask in others if mask is not None]
    if isinstance(given, Tensor):
        parts.append(marked(given.shape))
    if causal and not parts and not window and _is_fused(call, met.query):
        return None
    if causal or window:
        parts.append((1, met.query.shape[1], met.value.shape[1]))
    if not parts:
        return None
    joint = mask = run_broadcast(*(part for part in parts if part is not None))
    while mask is not None and len(mask) < len(scores):
        mask = expanded(mask, -2 * len(met.axes) - 1)
    if mask is not None and None not in parts and stretches_to(mask, scores):
        return unmarked(mask)
    names = [n for n, on in (("use_causal_mask", causal), ("sliding_window", window)) if on]
    if own is not None or any(mask is not None for mask in others):
        names.append("the masks of its tensors")
    if given is not None:
        names.append("attention_mask")
    come = "come" if len(names) > 1 or names[0].startswith("the masks") else "comes"
    shape = "no mask that all share" if joint is None else f"a mask of shape {unmarked(joint)}"
    raise Mismatch(
        f"Keras builds this, but each batch fails: {join_words(names)} {come} to {shape}, which "
        f"does not fit scores of shape {unmarked(scores)}",
        "sliding_window" if names == ["sliding_window"] else None,
        "masks are for 3 axes (batch, steps, features): reshape to those, or leave them out",
    )
