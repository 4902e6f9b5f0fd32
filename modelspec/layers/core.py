"""Core layers: Dense, Embedding, Masking, Identity and kin. EinsumDense is in its own file."""

from __future__ import annotations

from modelspec.layers.rule import (
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    Weight,
    broadcast,
    lora_weights,
    need_features,
    need_few_axes,
    need_known,
    need_min_rank,
    need_numbers,
    per_example,
    product,
    result_type,
    standard,
    total,
)

from .activations import activation_flops, after_activation, limit_activation
from .einsum_dense import einsum_dense


def dense(call: LayerCall) -> RuleResult:
    """Dense: (batch, ..., features) -> (batch, ..., units).

    Weights: kernel (features, units), bias (units).
    """
    x, units = call.x, call.args["units"]
    need_min_rank(x, 2, "batch, features")
    need_numbers(x)
    if x.sparse and x.rank > 2:
        hint = "leave `sparse` out where the codes are made, or flatten them"
        raise Mismatch(
            f"takes a sparse tensor of 2 axes only, got {x.shape}: {FIRST_BATCH}",
            hint=hint,
        )
    features = need_known(x.shape[-1], "last axis", x.shape)
    need_features(features, x)
    folds = x.rank > 2
    kernel = Weight("kernel", (features, units), call.policy.variable, folds_axes=folds)
    kernel, lora, flops = lora_weights(call, kernel)
    output = Tensor((*x.shape[:-1], units), call.policy.compute)
    size = per_example(output.shape)
    flops = total(flops, product(2, features, size))
    flops = total(flops, activation_flops(call.args["activation"], size))
    bias: tuple[Weight, ...] = ()
    if call.args["use_bias"]:
        bias = (Weight("bias", (units,), call.policy.variable),)
        flops = total(flops, size)
    output = after_activation(call, output)
    return limit_activation(call, RuleResult(output, (kernel, *bias, *lora), flops))


def embedding(call: LayerCall) -> RuleResult:
    """Embedding: (batch, ...) of indices -> (batch, ..., output_dim).

    Numbers of other kinds are cut to whole ones, as Keras does. Weights: embeddings (input_dim,
    output_dim).
    """
    x = call.x
    need_numbers(x)
    weights, flops = _table(call)
    shape = (*x.shape, call.args["output_dim"])
    mask = x.shape if call.args["mask_zero"] else None
    return RuleResult(Tensor(shape, call.policy.compute, mask), weights, flops)


def _table(call: LayerCall) -> tuple[tuple[Weight, ...], int | None]:
    shape = (call.args["input_dim"], call.args["output_dim"])
    table, lora, flops = lora_weights(call, Weight("embeddings", shape, call.policy.variable))
    return (table, *lora), flops


def reversible_embedding(call: LayerCall) -> RuleResult:
    """ReversibleEmbedding: indices as Embedding does, or with `reverse` in the call
    (batch, ..., output_dim) -> scores (batch, ..., input_dim).

    Weights: embeddings (input_dim, output_dim); without `tie_weights` also reverse_embeddings
    (output_dim, input_dim).
    """
    x, rows, width = call.x, call.args["input_dim"], call.args["output_dim"]
    need_numbers(x)
    weights, flops = _table(call)
    if not call.args["tie_weights"]:
        if call.args["lora_rank"]:
            raise Mismatch(
                "takes `lora_rank` only with `tie_weights: true`", "lora_rank", "remove one of them"
            )
        weights = (*weights, Weight("reverse_embeddings", (width, rows), call.policy.variable))
    shape: Shape = (*x.shape, width)
    mask = x.shape if call.args["mask_zero"] else None
    if call.options.get("reverse"):
        need_min_rank(x, 1, "features")
        if x.shape[-1] not in (None, width):
            raise Mismatch(
                f"needs a last axis of output_dim, {width}, to go back, got {x.shape}", "output_dim"
            )
        shape = (*x.shape[:-1], rows)
        flops = total(flops, product(2, width, per_example(shape)))
        # Keras states the compute dtype; the run multiplies the input as it is, in no other dtype.
        own = call.args["reverse_dtype"]
        dtype = result_type(x.dtype, call.policy.compute) if own is None else standard(own)
        return RuleResult(Tensor(shape, dtype), weights, flops)
    return RuleResult(Tensor(shape, call.policy.compute, mask), weights, flops)


def identity(call: LayerCall) -> RuleResult:
    """Identity: any tensors -> the same."""
    return RuleResult(call.inputs[0] if call.inputs else call.x)


def masking(call: LayerCall) -> RuleResult:
    """Masking: (batch, steps, ..., features) -> the same, steps equal to `mask_value` zeroed.

    A `mask_value` with several values for an axis of one stretches that axis in a run, where
    Keras states the shape of the input. The last axis stays: the mask is one over its values.
    """
    x, values = call.x, _shape_of(call.args["mask_value"])
    need_numbers(x)
    need_min_rank(x, 1, "features")
    need_few_axes(x.rank)
    _need_fitting_value(values, x.shape)
    dtype = "int32" if x.dtype == "bool" else x.dtype
    shape = broadcast(x.shape, (*values[:-1], 1))
    output = Tensor(shape, dtype, shape[:-1]).built_as(x.shape)
    return RuleResult(output, flops=product(3, per_example(shape)))


def _need_fitting_value(values: Shape, shape: Shape) -> None:
    """Refuse a mask value that does not stretch to the shape, or to a batch of any size."""
    ours = shape[len(shape) - len(values) :]
    fits = len(values) <= len(shape)
    if not fits or any(a not in (b, None, 1) and b != 1 for a, b in zip(ours, values, strict=True)):
        raise Mismatch(f"needs a value that fits {shape}, got one of shape {values}", "mask_value")
    if len(values) == len(shape) and values[0] != 1 and shape[0] is None:
        message = f"has {values[0]} values for the examples of a batch: {FIRST_BATCH}"
        raise Mismatch(message, "mask_value", "give one number, or a list for the last axis")


def _shape_of(value: object) -> Shape:
    if not isinstance(value, list):
        return ()
    return (len(value), *(_shape_of(value[0]) if value else ()))


def layer_scale(call: LayerCall) -> RuleResult:
    """LayerScale (of ConvNeXt): (batch, ..., projection_dim) -> the same, scaled by a learned
    gamma (projection_dim)."""
    x = call.x
    need_numbers(x)
    width = call.args["projection_dim"]
    if x.shape == (None,) and width > 1:
        raise Mismatch(f"needs at least 2 axes (batch, features), got {x.shape}")
    shape = broadcast(x.shape, (width,))
    gamma = Weight("gamma", (width,), call.policy.variable)
    return RuleResult(Tensor(shape, call.policy.compute), (gamma,), per_example(shape))


RULES: dict[str, Rule] = {
    "Dense": dense,
    "EinsumDense": einsum_dense,
    "Embedding": embedding,
    "Identity": identity,
    "LayerScale": layer_scale,
    "Masking": masking,
    "ReversibleEmbedding": reversible_embedding,
}
