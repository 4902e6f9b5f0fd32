"""Attention: Attention, AdditiveAttention, MultiHeadAttention, GroupQueryAttention."""

from __future__ import annotations

from string import ascii_lowercase
from typing import NamedTuple

from modelspec.layers.rule import (
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Structure,
    Tensor,
    Weight,
    need_known,
    need_min_rank,
    need_numbers,
    per_example,
    product,
    total,
)

from .einsum_dense import Equation, project, projection_flops

PARAMETERS = ("query", "value", "key")


def _has_option(call: LayerCall, option: str) -> bool:
    """Whether an option of the call is set: `return_attention_scores: true`."""
    return bool(call.options.get(option))


# --- Attention and AdditiveAttention: one list of query, value and key -------------------------


def _inputs_from_list(call: LayerCall) -> tuple[Tensor, Tensor, Tensor]:
    value: Structure = call.inputs[0] if call.inputs else next(iter(call.named.values()), ())
    if not isinstance(value, tuple) or not 2 <= len(value) <= 3:
        count = len(value) if isinstance(value, tuple) else 1
        raise Mismatch(
            f"takes a list of query, value and perhaps key, got {count} tensor"
            f"{'' if count == 1 else 's'}",
            hint="write `query, value -> layer`",
        )
    mask = call.named.get("mask")
    if mask is not None and (not isinstance(mask, tuple) or not 2 <= len(mask) <= 3):
        raise Mismatch("takes a list of a query mask and a value mask, got one tensor")
    query, values = value[0], value[1]
    key = value[2] if len(value) == 3 else values
    need_numbers(query, values, key)
    for tensor in (query, values, key):
        need_min_rank(tensor, 2, "steps, features")
    return query, values, key


def attention(call: LayerCall) -> RuleResult:
    """Attention: query (batch, Tq, d), value (batch, Tv, v), key (batch, Tv, d) -> (batch, Tq, v).

    With `return_attention_scores` also (batch, Tq, Tv). Weights: scale () with `use_scale`,
    concat_score_weight () with `score_mode: concat`.
    """
    query, value, key = _inputs_from_list(call)
    concat = call.args["score_mode"] == "concat"
    names = [("scale", call.args["use_scale"]), ("concat_score_weight", concat)]
    weights = tuple(Weight(name, (), call.policy.variable) for name, on in names if on)
    if not concat and None not in (query.shape[-1], key.shape[-1]):
        _need_same_features(query, key, "key")
    return _attention_result(call, query, value, key, weights)


def additive_attention(call: LayerCall) -> RuleResult:
    """AdditiveAttention: shapes as Attention. Weights: scale (d) with `use_scale`."""
    query, value, key = _inputs_from_list(call)
    weights: tuple[Weight, ...] = ()
    if call.args["use_scale"]:
        width = need_known(query.shape[-1], "last axis of the query", query.shape)
        weights = (Weight("scale", (width,), call.policy.variable),)
    return _attention_result(call, query, value, key, weights)


def _need_same_features(query: Tensor, other: Tensor, name: str) -> None:
    if query.shape[-1] != other.shape[-1]:
        raise Mismatch(
            f"needs as many features in the {name} as in the query, got {other.shape} and "
            f"{query.shape}",
            hint="project one of them with Dense",
        )


def _attention_result(
    call: LayerCall, query: Tensor, value: Tensor, key: Tensor, weights: tuple[Weight, ...]
) -> RuleResult:
    shape = (*query.shape[:-1], value.shape[-1])
    output = Tensor(shape, call.policy.compute)
    scores = Tensor((*query.shape[:-1], key.shape[-2]), call.policy.compute)
    count = per_example(scores.shape)
    flops = total(product(2, count, query.shape[-1]), count, product(2, count, value.shape[-1]))
    result = (output, scores) if _has_option(call, "return_attention_scores") else output
    return RuleResult(result, weights, flops)


# --- MultiHeadAttention and GroupQueryAttention: query, value and key by name ------------------


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
    T, T), T being the query's steps. Weights: kernel and bias of query, key, perhaps gate, value
    and attention_output.
    """
    query, value, key, _ = called = _inputs_by_name(call)
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
    met = _attended_sizes(call, key, value.rank + 1)
    inner = Tensor((*query.shape[:-1], heads, value_dim), call.policy.compute)
    out = _output_sizes(call, query)
    equation = _equation(query.rank - 1, 2, len(out))
    last = _project(call, "attention_output", inner, equation, out)
    own = call.args["output_shape"]
    shape = (*query.shape[:-1], *out) if own else query.shape
    scores = (query.shape[0], heads, query.shape[1], query.shape[1])
    spent = _attention_flops(call, query, met, heads, (key_dim, value_dim))
    return _combine_projections(call, [*made, last], (shape, scores), spent)


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


def _attended_sizes(call: LayerCall, key: Tensor, rank: int) -> Shape:
    """The key's sizes on the attention axes, by default all but the first and the last.

    Raises:
        Mismatch: the projected value, of `rank` axes, does not have an axis.
    """
    axes = call.args["attention_axes"]
    if axes is None:
        return key.shape[1:-1]
    sizes = []
    for axis in (axes,) if isinstance(axes, int) else axes:
        counted = axis if axis >= 0 else rank - 1 + axis
        if not -rank <= counted < rank:
            raise Mismatch(f"axis {axis} is not among those of the value", "attention_axes")
        sizes.append(key.shape[counted] if 0 <= counted < key.rank else None)
    return tuple(sizes)


def _attention_flops(
    call: LayerCall, query: Tensor, met: Shape, heads: int, widths: tuple[int, int]
) -> int | None:
    """FLOPs of scores, softmax, the weighted sum and the gate.

    Args:
        call: of the layer.
        query: the query; each of its steps attends to all steps of the key.
        met: sizes of the key.
        heads: the number of heads.
        widths: the features of a head's keys and of its values.
    """
    steps = product(heads, *query.shape[1:-1])
    pairs = product(steps, *met)
    gate = product(2, steps, widths[1]) if call.args["use_gate"] else 0
    return total(product(2, pairs, sum(widths)), pairs, gate)


def _combine_projections(
    call: LayerCall, made: list[_Projection], shapes: tuple[Shape, Shape], spent: int | None
) -> RuleResult:
    output, scores = (Tensor(shape, call.policy.compute) for shape in shapes)
    result = (output, scores) if _has_option(call, "return_attention_scores") else output
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
    _need_same_features(query, value, "value")
    _need_one_length(value, key)
    steps = key.shape[1] if own_key else value.shape[1]
    scores = (query.shape[0], heads, query.shape[1], steps)
    spent = _attention_flops(call, query, key.shape[1:-1], heads, (width, width))
    return _combine_projections(call, [*made, last], (query.shape, scores), spent)


RULES: dict[str, Rule] = {
    "AdditiveAttention": additive_attention,
    "Attention": attention,
    "GroupQueryAttention": group_query_attention,
    "MultiHeadAttention": multi_head_attention,
}
