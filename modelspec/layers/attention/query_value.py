"""Attention and AdditiveAttention: called on one list of query, value and perhaps key."""

from __future__ import annotations

from collections.abc import Sequence

from modelspec.layers.rule import (
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    RuleResult,
    Shape,
    Structure,
    Tensor,
    Weight,
    expanded,
    is_floating,
    limit_softmax,
    marked,
    need_known,
    need_min_rank,
    need_no_booleans,
    need_numbers,
    per_example,
    product,
    run_broadcast,
    total,
    unmarked,
)


def _inputs(call: LayerCall) -> tuple[Tensor, Tensor, Tensor]:
    value: Structure = call.inputs[0] if call.inputs else next(iter(call.named.values()), ())
    if not isinstance(value, tuple) or not 2 <= len(value) <= 3:
        count = len(value) if isinstance(value, tuple) else 1
        raise Mismatch(
            f"takes a list of query, value and perhaps key, got {count} tensor"
            f"{'' if count == 1 else 's'}",
            hint="write `query, value -> layer`",
        )
    query, values = value[0], value[1]
    key = value[2] if len(value) == 3 else values
    need_numbers(query, values, key)
    for tensor in (query, values, key):
        need_min_rank(tensor, 2, "steps, features")
    return query, values, key


def _masks(call: LayerCall, query: Tensor, value: Tensor) -> tuple[Shape | None, Shape | None]:
    """The masks of query and value: the call's, or those that come with the tensors."""
    given = call.named.get("mask")
    if given is None:
        own, others = query.mask, value.mask
    elif not isinstance(given, Sequence) or not 2 <= len(given) <= 3:
        raise Mismatch("takes a list of a query mask and a value mask, got one tensor")
    else:
        own, others = given[0].shape, given[1].shape
    return None if own is None else marked(own), None if others is None else marked(others)


def attention(call: LayerCall) -> RuleResult:
    """Attention: query (batch, Tq, d), value (batch, Tv, v), key (batch, Tv, d) -> (batch, Tq, v).

    With `return_attention_scores` also (batch, Tq, Tv). Weights: scale () with `use_scale`,
    concat_score_weight () with `score_mode: concat`.
    """
    query, value, key = _inputs(call)
    concat = call.args["score_mode"] == "concat"
    names = [("scale", call.args["use_scale"]), ("concat_score_weight", concat)]
    weights = tuple(Weight(name, (), call.policy.variable) for name, on in names if on)
    _need_fitting_features(query, key, stretch=concat)
    if concat:
        _need_one_dtype(query, key)
    elif not call.args["use_scale"]:
        _need_floats(query, key)
    return _result(call, query, value, key, weights)


def additive_attention(call: LayerCall) -> RuleResult:
    """AdditiveAttention: shapes as Attention. Weights: scale (d) with `use_scale`."""
    query, value, key = _inputs(call)
    weights: tuple[Weight, ...] = ()
    if call.args["use_scale"]:
        width = need_known(query.shape[-1], "last axis of the query", query.shape)
        weights = (Weight("scale", (width,), call.policy.variable),)
    _need_fitting_features(query, key, stretch=True)
    _need_one_dtype(query, key)
    return _result(call, query, value, key, weights)


def _need_one_dtype(query: Tensor, key: Tensor) -> None:
    """Refuse a query and a key that cannot be added, which TensorFlow does in one dtype only."""
    need_no_booleans(query)
    if query.dtype != key.dtype:
        raise Mismatch(
            f"adds query and key, which are {query.dtype} and {key.dtype}: {FIRST_BATCH}",
            hint="put `Rescaling: {scale: 1}` before each that is not floating",
        )


def _need_floats(query: Tensor, key: Tensor) -> None:
    """The product of whole numbers is whole, and TensorFlow's softmax takes floating ones only."""
    if not any(is_floating(tensor.dtype) for tensor in (query, key)):
        raise Mismatch(
            f"needs floating numbers, got {query.dtype}: {FIRST_BATCH}",
            hint="put Rescaling before it, or give the input a floating dtype",
        )


def _need_fitting_features(query: Tensor, key: Tensor, stretch: bool) -> None:
    """Refuse features of different sizes; where query and key are added, a size of 1 stretches."""
    ours, theirs = query.shape[-1], key.shape[-1]
    if ours == theirs or None in (ours, theirs) or (stretch and 1 in (ours, theirs)):
        return
    raise Mismatch(
        f"needs as many features in the key as in the query, got {key.shape} and {query.shape}",
        hint="project one of them with Dense",
    )


def _result(
    call: LayerCall, query: Tensor, value: Tensor, key: Tensor, weights: tuple[Weight, ...]
) -> RuleResult:
    ours, theirs, values = (marked(tensor.shape) for tensor in (query, key, value))
    # The first axis of a tensor of rank 2 is the batch: it is no number of steps.
    if run_broadcast((theirs[-2],), (values[-2],)) is None or 1 in {theirs[-2]} ^ {values[-2]}:
        raise Mismatch(
            f"needs as many steps in the key as in the value, got {key.shape} and {value.shape}",
            hint="a key stands for a value: make both from the same tensor",
        )
    # Keras says that scores and output have the query's axes; a run gives those of the product.
    ahead = run_broadcast(ours[:-2], theirs[:-2])
    if ahead is None or run_broadcast(ahead, values[:-2]) is None:
        raise Mismatch(
            f"needs query, value and key that are equal on all axes but the last two, got "
            f"{query.shape}, {value.shape} and {key.shape}"
        )
    own, others = _masks(call, query, value)
    scores = _masked_scores(call, (*ahead, ours[-2], theirs[-2]), others)
    around = run_broadcast(scores[:-2], values[:-2])
    shape = _masked_output((*(around or ()), ours[-2], values[-1]), own)
    count = per_example(unmarked(scores))
    flops = total(product(2, count, query.shape[-1]), count, product(2, count, value.shape[-1]))
    output = Tensor(unmarked(shape), call.policy.compute, None if own is None else unmarked(own))
    output = output.built_as((*query.shape[:-1], value.shape[-1]))
    if not call.options.get("return_attention_scores"):
        return limit_softmax(RuleResult(output, weights, flops), len(scores))
    given = Tensor(unmarked(scores), call.policy.compute)
    both = (output, given.built_as((*query.shape[:-1], key.shape[-2])))
    return limit_softmax(RuleResult(both, weights, flops), len(scores))


def _masked_scores(call: LayerCall, scores: Shape, mask: Shape | None) -> Shape:
    """The shape of the scores with the value's mask and the causal mask, which is (1, Tq, Tv)."""
    causal = bool(call.options.get("use_causal_mask"))
    met: Shape | None = mask
    if mask is not None and (causal or len(mask) == 2):
        met = expanded(mask, -2)
    if causal and (met is not None or mask is None):
        met = run_broadcast((1, *scores[-2:]), met or ())
    if met is None and mask is None:
        return scores
    found = None if met is None else run_broadcast(met, scores)
    if found is None:
        raise Mismatch(_unfit("value", mask, scores), hint=_HINT)
    return found


def _masked_output(shape: Shape, mask: Shape | None) -> Shape:
    """The shape of the output, set to 0 where the query's mask says so."""
    met = () if mask is None else expanded(mask, -1)
    found = None if met is None else run_broadcast(met, shape)
    if found is None:
        raise Mismatch(_unfit("query", mask, shape), hint=_HINT)
    return found


_HINT = "leave Masking or `mask_zero` out before it, or reshape before the mask is made"


def _unfit(name: str, mask: Shape | None, shape: Shape) -> str:
    given = None if mask is None else unmarked(mask)
    return f"the mask of its {name}, {given}, does not fit {unmarked(shape)}: each batch fails"
