"""Recurrent layers: SimpleRNN, GRU, LSTM, RNN, ConvLSTM2D, Bidirectional, TimeDistributed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from modelspec.layers import rnn_cells
from modelspec.layers.rule import (
    CHANNELS_FIRST,
    FIRST_BATCH,
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
    join,
    marked,
    mask_met,
    need_features,
    need_known,
    need_numbers,
    need_rank,
    need_steps,
    per_axis,
    product,
    run_broadcast,
    slide,
    total,
    unmarked,
    volume,
)
from modelspec.spec.model import KerasObject

from .activations import activation_flops, need_kept_shape
from .convolutional import XLA_AXES, limited_by_format
from .pooling import pool_unchecked
from .rnn_cells import cell_weights, flat_states, need_floats, need_makeable, states_of, step_flops
from .traits import SavedForBackward, traits_of

RECURRENT = ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "RNN", "SimpleRNN")
"""Layers that Bidirectional wraps."""


def _sequences(call: LayerCall) -> Tensor:
    x: Structure = call.inputs[0] if call.inputs else call.x
    if not isinstance(x, Tensor):
        raise Mismatch(f"takes one tensor of sequences, got {len(x)}")
    need_numbers(x)
    if call.args["stateful"] and (not x.rank or x.shape[0] is None):
        hint = "give the input a `batch_size`, or leave `stateful` out"
        raise Mismatch("needs a known batch size to keep its state", "stateful", hint)
    need_steps(x)
    need_features(x.shape[-1] if x.rank else None, x)
    return x


def _check_states(call: LayerCall, own: tuple[Structure, ...], exact: bool = True) -> None:
    """Check that `initial_state` of the call has the shapes of the layer's states.

    With `exact` more of them are refused too; a GRU reads the first and no other.
    """
    states = argument_at(call, 1, "initial_state")
    if states is None:
        return
    wanted, found = flat_states(own), flat_states(states)
    if len(found) < len(wanted):
        shapes = ", ".join(str(state.shape) for state in wanted)
        hint = f"let an edge give a list for `initial_state`: {shapes}"
        raise Mismatch(f"has {len(wanted)} states, got {len(found)}", hint=hint)
    if len(found) > len(wanted) and exact and not call.args.get("unroll"):
        count = f"{len(wanted)} state{'' if len(wanted) == 1 else 's'}"
        message = f"has {count}, got {len(found)}: {FIRST_BATCH}"
        raise Mismatch(message, hint="give it only as many")
    for ours, theirs in zip(wanted, found, strict=False):
        need_numbers(theirs)
        if not _fits(ours.shape, theirs.shape):
            raise Mismatch(f"needs an initial state of shape {ours.shape}, got {theirs.shape}")


def _mask_met(call: LayerCall, x: Tensor, position: int) -> Shape | None:
    """The mask that the layer works with: the call's, or that of `x` in a call on `x` alone."""
    given = argument_at(call, position, "mask")
    found = given.shape if isinstance(given, Tensor) else mask_met(call, x)
    return None if found is None else unmarked(found)


def _check_mask(
    call: LayerCall, x: Tensor, states: tuple[Structure, ...], unroll: bool = False
) -> None:
    """Refuse a mask that is not one of steps, (batch, steps).

    More axes are of the mask of one step, which must stretch to each state from the left.
    """
    mask = _mask_met(call, x, 2)
    if mask is None:
        return
    _need_mask_of_steps(x, mask)
    for state in flat_states(states):
        step = mask[2:]
        ours = state.shape[1:]
        wide = len(step) > len(ours)
        if wide or any(m != 1 and (unroll or m != s) for m, s in zip(step, ours, strict=False)):
            raise Mismatch(
                f"needs a mask of steps, of shape {x.shape[:2]}, got {mask}: Keras builds this, "
                "but its first batch fails",
                hint="leave Masking or `mask_zero` out, or mask a tensor of 3 axes",
            )


def _need_mask_of_steps(x: Tensor, mask: Shape) -> None:
    if len(mask) < 2 or not _fits(x.shape[:2], mask[:2]):
        hint = "a mask has one value for each step of each example"
        raise Mismatch(f"needs a mask of shape {x.shape[:2]}, got {mask}", hint=hint)


def _fits(ours: Shape, theirs: Shape) -> bool:
    pairs = zip(ours, theirs, strict=False)
    return len(ours) == len(theirs) and all(a is None or b is None or a == b for a, b in pairs)


def _result(call: LayerCall, x: Tensor, each: Shape, states: tuple[Structure, ...]) -> Structure:
    """The output of the call: the last step or all steps, and the states if asked for."""
    steps = (x.shape[1],) if call.args["return_sequences"] else ()
    output = Tensor((x.shape[0], *steps, *each), call.policy.compute, _mask_of_output(call, x))
    return (output, *states) if call.args["return_state"] else output


def _need_one_dropout_mask(call: LayerCall) -> None:
    """Refuse a dropout mask for each gate where the layer tries the kernels of cuDNN first, which
    take one for all: with `implementation: 1`, unless something keeps it from trying."""
    args = call.args
    if args.get("implementation") == 1 and args["use_cudnn"] and not args["recurrent_dropout"]:
        raise Mismatch(
            "takes no `dropout` with `implementation: 1`: the first batch of training fails",
            "implementation",
            "leave it out, or write `use_cudnn: false`",
        )


def _mask_of_output(call: LayerCall, x: Tensor) -> Shape | None:
    """The mask goes with the steps; without `return_sequences` there are none."""
    if not call.args["return_sequences"]:
        return None
    given = argument_at(call, 2, "mask")
    return given.shape if isinstance(given, Tensor) else x.mask


def recurrent(call: LayerCall, kind: str) -> RuleResult:
    """SimpleRNN, GRU, LSTM: (batch, steps, features) -> (batch, units), or with
    `return_sequences` (batch, steps, units); with `return_state` also the last states.

    Weights: kernel, recurrent_kernel, bias, as those of the cell.
    """
    x = _sequences(call)
    need_rank(x, "batch, steps, features")
    features = need_known(x.shape[-1], "last axis", x.shape)
    state = Tensor((x.shape[0], call.args["units"]), call.policy.compute)
    states = (state,) * rnn_cells.STATES[f"{kind}Cell"]
    if call.args["dropout"]:
        need_floats(x, "dropout")
        _need_one_dropout_mask(call)
    _check_states(call, states, exact=kind != "GRU")
    _check_mask(call, x, states, bool(call.args["unroll"]))
    output = _result(call, x, (call.args["units"],), states)
    flops = product(x.shape[1], step_flops(call, kind, features))
    return RuleResult(output, cell_weights(call, kind, features), flops)


def rnn(call: LayerCall) -> RuleResult:
    """RNN: any cell, or a list of them, over (batch, steps, features)."""
    x, cell = _sequences(call), call.args["cell"]
    need_rank(x, "batch, steps, features")
    if isinstance(cell, list):
        cell = KerasObject("layer", "StackedRNNCells", {"cells": cell}, cell[0].span)
    states = states_of(cell, call, "cell", x.shape[0])
    step = Tensor((x.shape[0], x.shape[2]), x.dtype)
    facts = apply_inner(call, cell, "cell", step, states)
    _check_states(call, states)
    _check_mask(call, x, (*states, facts.output[0]), bool(call.args["unroll"]))
    output = _result(call, x, facts.output[0].shape[1:], states)
    return RuleResult(output, facts.weights, product(x.shape[1], facts.flops))


def conv_lstm(call: LayerCall, n: int) -> RuleResult:
    """ConvLSTMND: (batch, steps, *spatial, channels) -> (batch, *out, filters), or with
    `return_sequences` (batch, steps, *out, filters); with `return_state` also both states.

    Weights: kernel (*kernel_size, channels, 4 filters), recurrent_kernel (*kernel_size, filters,
    4 filters), bias (4 filters).
    """
    x, data_format = _sequences(call), call.args["data_format"]
    need_rank(x, f"batch, steps, {_axes(n, data_format)}")
    first = data_format == CHANNELS_FIRST
    spatial = x.shape[3:] if first else x.shape[2:-1]
    channels = need_known(x.shape[2] if first else x.shape[-1], "number of channels", x.shape)
    need_makeable(call)
    if call.args["dropout"]:
        need_floats(x, "dropout")
    if None in spatial:
        hint = "give the input a `shape` without null there; the number of steps may be null"
        raise Mismatch(f"needs known spatial sizes, got {x.shape}", hint=hint)
    places, size = _output_places(call, n, spatial)
    filters, dtype = call.args["filters"], call.policy.variable
    weights: tuple[Weight, ...] = (
        Weight("kernel", (*size, channels, 4 * filters), dtype),
        Weight("recurrent_kernel", (*size, filters, 4 * filters), dtype),
    )
    each = join(None, places, filters, data_format)[1:]
    states = (Tensor((x.shape[0], *each), call.policy.compute),) * 2
    _check_states(call, states)
    _check_mask(call, x, states)
    flops = product(x.shape[1], _step_of_images(call, weights, places))
    if call.args["use_bias"]:
        weights = (*weights, Weight("bias", (4 * filters,), dtype))
    facts = RuleResult(_result(call, x, each, states), weights, flops)
    return facts if n == XLA_AXES else limited_by_format(call, facts)


def _axes(n: int, data_format: str | None) -> str:
    spatial = ("depth", "height", "width")[3 - n :] if n > 1 else ("length",)
    axes = ("channels", *spatial) if data_format == CHANNELS_FIRST else (*spatial, "channels")
    return ", ".join(axes)


def _output_places(call: LayerCall, n: int, spatial: Shape) -> tuple[Shape, tuple[int, ...]]:
    size = per_axis(call.args["kernel_size"], n, "kernel_size")
    strides = per_axis(call.args["strides"], n, "strides")
    dilation = per_axis(call.args["dilation_rate"], n, "dilation_rate")
    if max(strides) > 1 and max(dilation) > 1:
        hint = "set one of them to 1"
        raise Mismatch("takes strides above 1 or a dilation above 1, not both", "strides", hint)
    padding = call.args["padding"]
    each = zip(spatial, size, strides, dilation, strict=True)
    return tuple(slide(s, k, t, padding, d) for s, k, t, d in each), size


def _step_of_images(call: LayerCall, kernels: tuple[Weight, ...], places: Shape) -> int | None:
    need_kept_shape(call)
    area, filters = volume(places), call.args["filters"]
    elements = product(area, filters)
    macs = total(*(product(area, volume(kernel.shape)) for kernel in kernels))
    gates = activation_flops(call.args["recurrent_activation"], product(3, elements))
    inner = activation_flops(call.args["activation"], product(2, elements))
    bias = product(4, elements) if call.args["use_bias"] else 0
    return total(product(2, macs), product(8, elements), bias, gates, inner)


def bidirectional(call: LayerCall) -> RuleResult:
    """Bidirectional: a recurrent layer forwards and backwards, the two results merged.

    Weights: those of the forward layer, then those of the backward layer.
    """
    layer, other = call.args["layer"], call.args["backward_layer"]
    x: Structure = call.inputs[0] if call.inputs else call.x
    for arg, item in (("layer", layer), ("backward_layer", other or layer)):
        if class_of(item) not in (*RECURRENT, None):
            hint = "it may be SimpleRNN, GRU, LSTM, RNN or a ConvLSTM layer"
            raise Mismatch(f"wraps a recurrent layer, got {item.class_name}", arg, hint)
    before, after = _inner_arguments(call, x)
    copy = _copied(layer)
    forward = apply_inner(call, copy, "layer", x, **before)
    backward = apply_inner(call, other or copy, "backward_layer" if other else "layer", x, **after)
    _check_directions(layer, other)
    returns_state = argument_of(layer, "return_state")
    if returns_state and argument_of(layer, "stateful"):
        hint = "leave one of them out"
        raise Mismatch("cannot return the states of a stateful layer", "layer", hint)
    first, *states = forward.output if returns_state else (forward.output,)
    second, *others = backward.output if returns_state else (backward.output,)
    merged = _merge(call, first, second)
    dtype = call.policy.compute
    own = [_cast_states(state, state, dtype) for state in states]
    own += [_cast_states(*pair, dtype) for pair in zip(others, states, strict=False)]
    flops = total(forward.flops, backward.flops, _merge_flops(call, first))
    output = (*merged, *own) if len(merged) > 1 or own else merged[0]
    return RuleResult(output, forward.weights + backward.weights, flops)


def _copied(layer: KerasObject) -> KerasObject:
    """The copy that Keras makes of the layer; it does not have the layer's `implementation`."""
    kept = {name: value for name, value in layer.args.items() if name != "implementation"}
    return layer if len(kept) == len(layer.args) else replace(layer, args=kept)


def _inner_arguments(
    call: LayerCall, x: Structure
) -> tuple[dict[str, Structure], dict[str, Structure]]:
    """What each direction is called with beside `x`: its half of the initial states, and the mask.

    Raises:
        Mismatch: the initial states are no list; Keras notices that in a run only.
    """
    states = argument_at(call, 1, "initial_state")
    mask = _mask_met(call, x, 2) if isinstance(x, Tensor) else None
    met: dict[str, Structure] = {} if mask is None else {"mask": Tensor(mask, "bool")}
    if states is None:
        return met, met
    if not isinstance(states, tuple):
        hint = "let an edge give a list for `initial_state`: those forwards, then those backwards"
        raise Mismatch("needs the initial states of both directions, got one tensor", hint=hint)
    half = len(states) // 2
    return ({**met, "initial_state": states[:half]}, {**met, "initial_state": states[half:]})


def _cast_states(state: Structure, stated: Structure, dtype: str) -> Structure:
    """The states of a direction, those of a cell in a stack of cells in a tuple of their own.

    Keras states those of the forward layer for both directions.
    """
    if isinstance(state, Tensor) and isinstance(stated, Tensor):
        return Tensor(state.shape, dtype).built_as(stated.shape)
    return tuple(_cast_states(*pair, dtype) for pair in zip(state, stated, strict=False))


def _check_directions(layer: KerasObject, other: KerasObject | None) -> None:
    backwards = argument_of(layer, "go_backwards")
    if backwards if other is None else backwards == argument_of(other, "go_backwards"):
        hint = "leave `go_backwards` out of `layer`, and set it in `backward_layer` if there is one"
        raise Mismatch(
            "needs one layer for each direction, and both go the same way", "layer", hint
        )
    for name in ("stateful", "return_sequences", "return_state") if other is not None else ():
        ours, theirs = argument_of(layer, name), argument_of(other, name)  # type: ignore[arg-type]
        if ours != theirs:
            raise Mismatch(f"needs the same `{name}` in both layers, got {ours} and {theirs}",
                           "backward_layer")  # fmt: skip


def _merge(call: LayerCall, first: Tensor, second: Tensor) -> tuple[Tensor, ...]:
    """The merged output, or both where `merge_mode` is null.

    Keras says that both have the size of the forward layer; a run gives each its own.
    """
    mode, dtype = call.args["merge_mode"], call.policy.compute
    if mode is None:
        two = (Tensor(each.shape, dtype, each.mask) for each in (first, second))
        return tuple(each.built_as(first.shape) for each in two)
    if mode == "concat":
        if first.shape[:-1] != second.shape[:-1]:
            raise Mismatch(f"cannot concatenate {first.shape} and {second.shape}", "backward_layer")
        last = total(first.shape[-1], second.shape[-1])
        merged = Tensor((*first.shape[:-1], last), dtype, first.mask)
        return (merged.built_as((*first.shape[:-1], product(2, first.shape[-1]))),)
    shape = run_broadcast(marked(first.shape), marked(second.shape))
    if shape is None or len(first.shape) != len(second.shape):
        message = f'cannot merge {first.shape} and {second.shape} by "{mode}"'
        raise Mismatch(message, "merge_mode", "use `merge_mode: concat`, or as many units in both")
    return (Tensor(unmarked(shape), dtype, first.mask).built_as(first.shape),)


def _merge_flops(call: LayerCall, first: Tensor) -> int | None:
    each = {"sum": 1, "mul": 1, "ave": 2}
    mode = call.args["merge_mode"]
    return product(each[mode], volume(first.shape[1:])) if mode in each else 0


def time_distributed(call: LayerCall) -> RuleResult:
    """TimeDistributed: (batch, steps, ...) -> (batch, steps, *the layer's output for one step)."""
    x: Structure = call.inputs[0] if call.inputs else call.x
    if not isinstance(x, Tensor):
        raise Mismatch(f"takes one tensor, got {len(x)}")
    if x.rank < 3:
        hint = "the layer itself, without TimeDistributed, takes it"
        raise Mismatch(f"needs at least 3 axes (batch, steps, ...), got {x.shape}", hint=hint)
    if class_of(call.args["layer"]) == "Pipeline":
        hint = "wrap a Sequential of the same layers"
        raise Mismatch("takes no Pipeline, which tells Keras no output shape", "layer", hint)
    need_steps(x)
    mask = _mask_met(call, x, 1)
    if mask is not None:
        _need_mask_of_steps(x, mask)
    # Keras hands the mask of a step to a layer that has the parameter `mask`.
    inner = None if mask is None else (mask[0], *mask[2:])
    step = Tensor((x.shape[0], *x.shape[2:]), x.dtype, inner)
    layer = call.args["layer"]
    found = None if inner is not None else pool_unchecked(layer, step)
    facts = found or apply_inner(call, layer, "layer", step)
    one = facts.output
    if not isinstance(one, Tensor):
        raise Mismatch("needs a layer that gives one tensor, got several", "layer")
    _need_one_dtype(call, one)
    output = Tensor(_over_steps(one.shape, x), one.dtype)
    if one.built is not None:
        output = output.built_as(_over_steps(one.built, x))
    flops = product(x.shape[1], facts.flops)
    return RuleResult(output, facts.weights, flops, gradient_limit=facts.gradient_limit)


def _need_one_dtype(call: LayerCall, one: Tensor) -> None:
    """Refuse a wrapper and a convolution of two dtypes: Keras calls the convolution past its own
    casts, on a tensor in the dtype of the wrapper."""
    traits = traits_of(class_of(call.args["layer"]) or "")
    convolves = traits.kernel_axes or traits.saved is SavedForBackward.CONVOLUTION
    if convolves and call.policy.compute != one.dtype:
        raise Mismatch(
            f"hands its layer a tensor in {call.policy.compute}, and that has its kernel in "
            f"{one.dtype}: {FIRST_BATCH}",
            "dtype",
            f"give the layer in it the same `dtype`, {call.policy.compute}",
        )


def _over_steps(shape: Shape, x: Tensor) -> Shape:
    return (shape[0], x.shape[1], *shape[1:])


RULES: dict[str, Rule] = {
    **rnn_cells.RULES,
    "Bidirectional": bidirectional,
    "ConvLSTM1D": partial(conv_lstm, n=1),
    "ConvLSTM2D": partial(conv_lstm, n=2),
    "ConvLSTM3D": partial(conv_lstm, n=3),
    "GRU": partial(recurrent, kind="GRU"),
    "LSTM": partial(recurrent, kind="LSTM"),
    "RNN": rnn,
    "SimpleRNN": partial(recurrent, kind="SimpleRNN"),
    "TimeDistributed": time_distributed,
}
