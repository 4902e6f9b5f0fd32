"""MultiHeadAttention and GroupQueryAttention: called on query, value and perhaps key."""

from __future__ import annotations

from string import ascii_lowercase
from typing import NamedTuple

from modelspec.layers.einsum_dense import Equation, project, projection_flops
from modelspec.layers.rule import (
    LayerCall,
    Mismatch,
    RuleResult,
    Shape,
    Structure,
    Tensor,
    Weight,
    limit_softmax,
    need_few_axes,
    need_known,
    need_min_rank,
    need_numbers,
    product,
    total,
    unmarked,
    volume,
)

from .scores import Attended, attention_axes, mask_of_scores, scores_shape

PARAMETERS = ("query", "value", "key")


class _AttentionInputs(NamedTuple):
    query: Tensor
    value: Tensor
    key: Tensor
    own_key: bool


def _inputs_by_name(call: LayerCall) -> _AttentionInputs:
    found: dict[str, Structure] = dict(zip(PARAMETERS, call.inputs, strict=False))
    found |= {name: call.named[name] for name in PARAMETERS if name in call.named}
    for name in ("query", "value"):
        if name not in found:
            raise Mismatch(
                f"needs a {name}",
                hint="write `x, x -> layer` for self-attention, `x, memory -> layer` otherwise",
            )
    for name, tensor in found.items():
        if not isinstance(tensor, Tensor):
            raise Mismatch(f"takes one tensor as {name}, got {len(tensor)}")
    query, value = found["query"], found["value"]
    key = found.get("key")
    called = _AttentionInputs(query, value, value if key is None else key, key is not None)
    need_numbers(*called[:3])
    return called


class _Projection(NamedTuple):
    """One projection: its weights and its FLOPs."""

    weights: tuple[Weight, ...]
    flops: int | None


def _project(call: LayerCall, name: str, x: Tensor, equation: Equation, last: Shape) -> _Projection:
    """A projection of `x`: (..., features) -> (..., *last)."""
    free = len(equation.output) - 1 - len(last)
    bias_axes = equation.output[len(equation.output) - len(last) :]
    need_known(x.shape[-1], f"last axis of the {name}", x.shape)
    sizes = (*(None,) * free, *last)
    found = project(equation, x, sizes, bias_axes if call.args["use_bias"] else None)
    dtype = call.policy.variable
    weights = [Weight(f"{name}/kernel", found.kernel, dtype)]
    if found.bias is not None:
        weights.append(Weight(f"{name}/bias", found.bias, dtype))
    return _Projection(tuple(weights), projection_flops(equation, x.shape, found))


def _equation(free: int, bound: int, made: int) -> Equation:
    """(`free` axes, `bound` axes) -> (`free` axes, `made` axes), `bound` summed over."""
    kept, summed = ascii_lowercase[:free], ascii_lowercase[free : free + bound]
    new = ascii_lowercase[free + bound : free + bound + made]
    return Equation(kept + summed, summed + new, kept + new, 0, False)


def multi_head_attention(call: LayerCall) -> RuleResult:
    """MultiHeadAttention: query (batch, ..., d), value (batch, ..., v) -> (batch, ..., d).

    With `output_shape` the last axis is that. With `return_attention_scores` also (batch, heads,
    T, S), T being the query's steps and S the key's. Weights: kernel and bias of query, key,
    perhaps gate, value and attention_output.
    """
    query, value, key, own_key = called = _inputs_by_name(call)
    for tensor in called[:3]:
        need_min_rank(tensor, 2, "batch, features")
    _need_one_length(value, key)
    heads, key_dim = call.args["num_heads"], call.args["key_dim"]
    value_dim = call.args["value_dim"] or key_dim
    _need_dropout_or_flash(call)

    def head(name: str, x: Tensor, width: int) -> _Projection:
        return _project(call, name, x, _equation(x.rank - 1, 1, 2), (heads, width))

    made = [head("query", query, key_dim), head("key", key, key_dim)]
    if call.args["use_gate"]:
        made.append(head("gate", query, value_dim))
    made.append(head("value", value, value_dim))
    axes = attention_axes(call, value.rank + 1)
    # Keras looks at the mask of the query itself, whatever the call gives as `query_mask`.
    masks = (query.mask, _mask(call, "value", value), _mask(call, "key", key) if own_key else None)
    met = Attended(query, value, key, masks, axes, heads)
    scores = scores_shape(call, met)
    mask = mask_of_scores(call, met, scores)
    inner = Tensor((*query.shape[:-1], heads, value_dim), call.policy.compute)
    out = _output_sizes(call, query)
    equation = _equation(query.rank - 1, 2, len(out))
    made.append(_project(call, "attention_output", inner, equation, out))
    own = call.args["output_shape"]
    shape = (*query.shape[:-1], *out) if own else query.shape
    spent = _attention_flops(call, query, unmarked(scores), heads, (key_dim, value_dim))
    # Keras states (batch, heads, T, T), T being the query's steps, whatever it attends to.
    built = (query.shape[0], heads, query.shape[1], query.shape[1])
    given = Tensor(unmarked(scores), call.policy.compute, mask).built_as(built)
    found = _combine_projections(call, made, shape, given, spent)
    if len(axes) > 1:
        need_few_axes(len(scores))
        return found
    return limit_softmax(found, len(scores))


def _mask(call: LayerCall, name: str, tensor: Tensor) -> Shape | None:
    given = call.named.get(f"{name}_mask")
    return given.shape if isinstance(given, Tensor) else tensor.mask


def _need_dropout_or_flash(call: LayerCall) -> None:
    if call.args["flash_attention"] and call.args["dropout"] > 0:
        raise Mismatch(
            "takes `flash_attention` or a `dropout`, not both", "flash_attention", "remove one"
        )


def _need_one_length(value: Tensor, key: Tensor) -> None:
    if value.shape[1:-1] != key.shape[1:-1]:
        raise Mismatch(
            f"needs a value and a key that are equal but for the last axis, got {value.shape} and "
            f"{key.shape}"
        )


def _output_sizes(call: LayerCall, query: Tensor) -> Shape:
    own = call.args["output_shape"]
    if isinstance(own, int):
        return (own,)
    return tuple(own) if own else (query.shape[-1],)


def _attention_flops(
    call: LayerCall, query: Tensor, scores: Shape, heads: int, widths: tuple[int, int]
) -> int | None:
    """FLOPs of scores, softmax, the weighted sum and the gate.

    Args:
        call: of the layer.
        query: the query.
        scores: the shape of the scores.
        heads: the number of heads.
        widths: the features of a head's keys and of its values.
    """
    pairs = volume(scores[1:])
    gate = product(2, heads, *query.shape[1:-1], widths[1]) if call.args["use_gate"] else 0
    return total(product(2, pairs, sum(widths)), pairs, gate)


def _combine_projections(
    call: LayerCall, made: list[_Projection], shape: Shape, scores: Tensor, spent: int | None
) -> RuleResult:
    output = Tensor(shape, call.policy.compute)
    result = (output, scores) if call.options.get("return_attention_scores") else output
    weights = tuple(weight for head in made for weight in head.weights)
    return RuleResult(result, weights, total(spent, *(head.flops for head in made)))


def group_query_attention(call: LayerCall) -> RuleResult:
    """GroupQueryAttention: query (batch, T, d), value (batch, S, d) -> (batch, T, d).

    With `return_attention_scores` also (batch, query heads, T, S). Weights as
    MultiHeadAttention.
    """
    query, value, key, own_key = _inputs_by_name(call)
    heads, fewer = call.args["num_query_heads"], call.args["num_key_value_heads"]
    if heads % fewer:
        raise Mismatch(
            f"{heads} query heads do not divide among {fewer} key-value heads",
            "num_query_heads",
            f"choose a multiple of {fewer}",
        )
    _need_dropout_or_flash(call)
    for name, tensor in zip(PARAMETERS, (query, value, key), strict=True):
        if tensor.rank != 3:
            raise Mismatch(f"needs a {name} of 3 axes (batch, steps, features), got {tensor.shape}")
    width = call.args["head_dim"]

    def head(name: str, x: Tensor, count: int) -> _Projection:
        return _project(call, name, x, _equation(2, 1, 2), (count, width))

    made = [head("query", query, heads), head("key", key, fewer)]
    if call.args["use_gate"]:
        made.append(head("gate", query, heads))
    made.append(head("value", value, fewer))
    inner = Tensor((*query.shape[:-1], heads, width), call.policy.compute)
    last = _project(call, "attention_output", inner, _equation(2, 2, 1), query.shape[-1:])
    if query.shape[-1] != value.shape[-1]:
        raise Mismatch(
            f"needs as many features in the value as in the query, got {value.shape} and "
            f"{query.shape}",
            hint="project one of them with Dense",
        )
    _need_one_length(value, key)
    masks = (
        _mask(call, "query", query),
        _mask(call, "value", value),
        _mask(call, "key", key) if own_key else None,
    )
    met = Attended(query, value, key, masks, attention_axes(call, 4), heads)
    scores = scores_shape(call, met)
    mask = mask_of_scores(call, met, scores)
    spent = _attention_flops(call, query, unmarked(scores), heads, (width, width))
    made.append(last)
    return _combine_projections(
        call, made, query.shape, Tensor(unmarked(scores), call.policy.compute, mask), spent
    )
