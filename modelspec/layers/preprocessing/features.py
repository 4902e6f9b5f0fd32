"""Preprocessing: Normalization, Rescaling, Discretization, CategoryEncoding, Hashing, Pipeline.

Lookups and spectrograms are in `lookup.py` and `audio.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from modelspec.layers.rule import (
    BATCH,
    CHANNELS_FIRST,
    FIRST_BATCH,
    TEXT,
    TRIAL_BATCH,
    GradientLimit,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Structure,
    Tensor,
    Weight,
    apply_inner,
    argument_at,
    argument_of,
    class_of,
    find_axes,
    marked,
    need_known,
    need_numbers,
    per_example,
    product,
    run_broadcast,
    shape_of_list,
    total,
    unmarked,
)
from modelspec.layers.traits import traits_of
from modelspec.spec.model import KerasObject, objects_in

from . import audio, lookup
from .encoding import ONE_HOT, codes

INT = "int"
TF_IDF = ("tf_idf", "tf-idf")


def normalization(call: LayerCall) -> RuleResult:
    """Normalization: any shape -> the same shape.

    Weights: mean and variance of the axes in `axis`, and a count; none with `mean` and `variance`.
    """
    x, args = call.x, call.args
    need_numbers(x)
    written = () if args["axis"] is None else args["axis"]
    axes = tuple(sorted(find_axes(written, x.shape)))
    if len(set(axes)) != len(axes):
        raise Mismatch(f"names an axis twice: {written}", "axis")
    sizes = tuple(need_known(x.shape[axis], f"size of axis {axis}", x.shape) for axis in axes)
    output = Tensor(x.shape, call.policy.compute)
    flops = product(2, per_example(x.shape))
    if args["mean"] is not None or args["variance"] is not None:
        _check_moments(args["mean"], args["variance"], sizes)
        return RuleResult(output, flops=flops, constants=(Weight("mean", sizes),))
    dtype = call.policy.variable
    weights = (
        Weight("mean", sizes, dtype, trainable=False),
        Weight("variance", sizes, dtype, trainable=False),
        Weight("count", (), "int64", trainable=False),
    )
    return RuleResult(output, weights, flops)


def _check_moments(mean: Any, variance: Any, sizes: tuple[int, ...]) -> None:
    if mean is None or variance is None:
        missing = "mean" if mean is None else "variance"
        hint = "write both, or neither to learn them"
        raise Mismatch(f"needs `{missing}` too", "variance" if mean is None else "mean", hint)
    ours, theirs = shape_of_list(mean, "mean"), shape_of_list(variance, "variance")
    if ours != theirs:
        raise Mismatch(f"has a mean of shape {ours} and a variance of {theirs}", "variance")
    ends = sizes[len(sizes) - len(ours) :]
    fits = len(ours) <= len(sizes) and all(a in (1, b) for a, b in zip(ours, ends, strict=True))
    if not fits:
        raise Mismatch(f"needs a mean of shape {sizes}, got {ours}", "mean")


def rescaling(call: LayerCall) -> RuleResult:
    """Rescaling: any shape -> the same shape, in the compute dtype.

    Keras states that of the input. In a run a list stretches axes of 1, and adds axes in front.
    """
    x = call.x
    need_numbers(x)
    shape: Shape = marked(x.shape)
    for arg in ("scale", "offset"):
        by = shape_of_list(call.args[arg], arg)
        stretched = run_broadcast(shape, by)
        if stretched is None:
            raise Mismatch(
                f"needs one number or a list that fits {unmarked(shape)}, got {by}: {FIRST_BATCH}",
                arg,
                "write one number, or a list of one for each element of the last axis",
            )
        shape = stretched
    found = Tensor(unmarked(shape), call.policy.compute)
    if found.rank > x.rank and x.rank:  # the batch is no longer the first axis
        found = replace(found, trial=tuple(TRIAL_BATCH if n == BATCH else n for n in shape))
    return RuleResult(found.built_as(x.shape), flops=product(2, per_example(found.shape)))


def discretization(call: LayerCall) -> RuleResult:
    """Discretization: any shape -> bin indices int32, or encoded columns, one for each bin."""
    x, args = call.x, call.args
    mode, edges, count = args["output_mode"], args["bin_boundaries"], args["num_bins"]
    if args["sparse"] and mode == INT:
        raise Mismatch("gives sparse codes only, no sparse indices", "sparse")
    if (edges is None) == (count is None):
        hint = "`bin_boundaries` if you know them, `num_bins` to learn them"
        raise Mismatch("needs one of `bin_boundaries` and `num_bins`", "num_bins", hint)
    need_numbers(x)
    if mode == INT:
        return RuleResult(Tensor(x.shape, "int32"))
    depth = count if edges is None else len(edges) + 1
    found = codes(args, x.shape, depth, call.policy.compute)
    return RuleResult(found.built_as(found.shape))  # Keras traces this layer, and states the truth


def category_encoding(call: LayerCall) -> RuleResult:
    """CategoryEncoding: indices (batch, ...) -> codes of `num_tokens` columns."""
    x: Structure = call.inputs[0] if call.inputs else call.x
    if not isinstance(x, Tensor):
        raise Mismatch(f"takes one tensor, got {len(x)}")
    need_numbers(x)
    depth, mode = call.args["num_tokens"], call.args["output_mode"]
    weights = argument_at(call, 1, "count_weights")
    if weights is not None and mode != "count":
        raise Mismatch("uses weights only with `output_mode: count`", "output_mode")
    if isinstance(weights, Tensor) and not _may_be_equal(weights.shape, x.shape):
        message = f"needs a weight for each index, got {weights.shape} for {x.shape}"
        raise Mismatch(f"{message}: {FIRST_BATCH}", hint="give weights of the shape of the indices")
    # the codes have the dtype of variables; and the graph of a training hands the indices to the
    # layer in its compute dtype, in which TensorFlow makes no sparse codes
    found = codes(call.args, x.shape, depth, call.policy.variable)
    if call.args["sparse"] and call.policy.compute not in ("int32", "int64"):
        hint = "leave `sparse` out, or write `dtype: int32` at this layer"
        raise Mismatch(
            f"gives no sparse codes in {call.policy.compute}: {FIRST_BATCH}", "sparse", hint
        )
    return RuleResult(found)


def _may_be_equal(one: Shape, other: Shape) -> bool:
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(None in pair or pair[0] == pair[1] for pair in pairs)


def hashing(call: LayerCall) -> RuleResult:
    """Hashing: numbers or text of any shape -> bins int64, or codes of `num_bins`."""
    x, args = call.x, call.args
    whole = args["output_mode"] == INT
    dtype = call.policy.variable
    if args["dtype"] is None:
        dtype = "int64" if whole else "float32"
    if whole and dtype not in ("int32", "int64"):
        hint = "leave `dtype` out, or write int32"
        raise Mismatch(f"gives indices int32 or int64, not {dtype}", "dtype", hint)
    if args["sparse"] and whole:
        raise Mismatch("gives sparse codes only, no sparse indices", "sparse")
    mask = args["mask_value"]
    masks = mask is not None and args["num_bins"] > 1
    if masks and isinstance(mask, str) != (x.dtype == TEXT):
        kind = "text" if x.dtype == TEXT else "a number"
        raise Mismatch(f"needs {kind} as mask for {x.dtype}, got {mask!r}", "mask_value")
    if whole:
        return RuleResult(Tensor(x.shape, dtype))
    hashed = x.shape
    if args["output_mode"] == ONE_HOT and hashed[-1:] == (1,):
        hashed = hashed[:-1]  # Hashing removes such an axis itself, and then the encoding another
    depth = args["num_bins"]
    return RuleResult(codes(args, hashed, depth, dtype).built_as((*x.shape[:-1], depth)))


def hashed_crossing(call: LayerCall) -> RuleResult:
    """HashedCrossing: two tensors (batch) or (batch, 1) -> bins int64, or codes of `num_bins`."""
    pair: Structure = call.inputs[0] if call.inputs else next(iter(call.named.values()), ())
    if not isinstance(pair, tuple) or len(pair) != 2:
        count = len(pair) if isinstance(pair, tuple) else 1
        raise Mismatch(f"crosses two features, got {count}", hint="write `a, b -> layer`")
    first, second = pair
    for x in pair:
        if not isinstance(x, Tensor):
            raise Mismatch("crosses two tensors, got lists of them")
        if "int" not in x.dtype and x.dtype != TEXT:
            raise Mismatch(f"needs whole numbers or text, got {x.dtype}")
        if x.rank not in (1, 2) or (x.rank == 2 and x.shape[1] != 1):
            raise Mismatch(f"needs features of shape (batch,) or (batch, 1), got {x.shape}")
    if first.shape != second.shape:
        raise Mismatch(f"needs two features of one shape, got {first.shape} and {second.shape}")
    args, depth = call.args, call.args["num_bins"]
    if args["output_mode"] == INT:
        dtype = "int64" if args["dtype"] is None else call.policy.compute
        return RuleResult(Tensor(first.shape, dtype))
    return RuleResult(codes(args, first.shape, depth, call.policy.compute))


def pipeline(call: LayerCall) -> RuleResult:
    """Pipeline: the output of its layers in sequence. Weights: those of its layers."""
    value: Structure = call.inputs[0] if call.inputs else call.x
    weights: tuple[Weight, ...] = ()
    flops: int | None = 0
    limit: GradientLimit | None = None
    if not call.args["layers"]:
        raise Mismatch("needs at least one layer", "layers")
    for layer in call.args["layers"]:
        _need_known_values(layer)
        facts = apply_inner(call, layer, "layers", value)
        value = _traced(layer, value, facts.output)
        weights += facts.weights
        flops = total(flops, facts.flops)
        limit = limit or facts.gradient_limit
    return RuleResult(value, weights, flops, gradient_limit=limit)


def _need_known_values(layer: KerasObject) -> None:
    """Refuse a layer that computes nothing before it has learned: Keras traces a Pipeline."""
    for item in objects_in(layer):
        name = class_of(item)
        if name == "Normalization" and argument_of(item, "mean") is not None:
            raise Mismatch(
                "cannot have a Normalization with its `mean` given: Keras makes constants of it in "
                "the graph in which it traces a Pipeline, and no other graph has them: "
                f"{FIRST_BATCH}",
                "layers",
                "let it learn its values, or write a Sequential in place of the Pipeline",
            )
        if name == "Discretization":
            learns = argument_of(item, "bin_boundaries") is None
        elif name is not None and traits_of(name).must_adapt:
            mode, words = argument_of(item, "output_mode"), argument_of(item, "vocabulary")
            learns = mode in TF_IDF and words is None
        else:
            learns = False
        if learns:
            arg = traits_of(name or "").adapted_argument
            raise Mismatch(
                f"cannot have a {name} that has yet to learn: Keras calls the layers of a Pipeline "
                "while it builds the model, before they have seen data",
                "layers",
                f"give the {name} its `{arg}`, or write a Sequential in place of the Pipeline",
            )


def _traced(layer: KerasObject, before: Structure, after: Structure) -> Structure:
    """Keras calls the layers of a Pipeline on unknown sizes, where crops look at the sizes."""
    if class_of(layer) not in ("CenterCrop", "RandomCrop") or not isinstance(before, Tensor):
        return after
    first = argument_of(layer, "data_format") == CHANNELS_FIRST
    at = before.rank - (2 if first else 3)
    if None not in before.shape[at : at + 2]:
        return after
    if class_of(layer) == "RandomCrop":
        message = f"its RandomCrop needs a known height and width, got {before.shape}"
        raise Mismatch(message, "layers", "put it outside of the Pipeline")
    return Tensor((*after.shape[:at], None, None, *after.shape[at + 2 :]), after.dtype)


RULES: dict[str, Rule] = {
    **audio.RULES,
    **lookup.RULES,
    "CategoryEncoding": category_encoding,
    "Discretization": discretization,
    "HashedCrossing": hashed_crossing,
    "Hashing": hashing,
    "Normalization": normalization,
    "Pipeline": pipeline,
    "Rescaling": rescaling,
}
