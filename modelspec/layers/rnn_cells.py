"""Cells, one step of a recurrent layer: SimpleRNNCell, GRUCell, LSTMCell, StackedRNNCells."""

from __future__ import annotations

from typing import Any

from modelspec.layers.rule import (
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
    broadcast,
    class_of,
    is_floating,
    need_known,
    need_numbers,
    product,
    total,
    volume,
)
from modelspec.spec.model import KerasObject

from .activations import activation_flops, need_kept_shape

GATES = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}
"""How many products each kind of cell has."""

MIXING = {"SimpleRNN": 0, "GRU": 5, "LSTM": 4}
"""Operations for each unit that blend the old state into the new."""

STATES = {"SimpleRNNCell": 1, "GRUCell": 1, "LSTMCell": 2}
"""How many states, of `units` each, a cell has."""


def cell_weights(call: LayerCall, kind: str, features: int) -> tuple[Weight, ...]:
    """Kernel (features, gates * units), recurrent_kernel (units, gates * units), and bias.

    A GRU with `reset_after` has a bias for each of the two products: (2, gates * units).
    """
    need_makeable(call)
    units, dtype = call.args["units"], call.policy.variable
    width = GATES[kind] * units
    kernels = (
        Weight("kernel", (features, width), dtype),
        Weight("recurrent_kernel", (units, width), dtype),
    )
    if not call.args["use_bias"]:
        return kernels
    twice = kind == "GRU" and call.args["reset_after"]
    return (*kernels, Weight("bias", (2, width) if twice else (width,), dtype))


def step_flops(call: LayerCall, kind: str, features: int) -> int | None:
    """What one step costs: two products, sums with them and the bias, gates, and blending."""
    need_kept_shape(call)
    units, gates = call.args["units"], GATES[kind]
    products = 2 * gates * units * (features + units)
    biases = volume(cell_weights(call, kind, features)[-1].shape) if call.args["use_bias"] else 0
    outer = product(2 if kind == "LSTM" else 1, activation_flops(call.args["activation"], units))
    inner: int | None = 0
    if kind != "SimpleRNN":
        inner = activation_flops(call.args["recurrent_activation"], (gates - 1) * units)
    return total(products, gates * units, biases, outer, inner, MIXING[kind] * units)


def _cell(call: LayerCall, kind: str) -> RuleResult:
    x, states = call.inputs[0] if call.inputs else call.x, argument_at(call, 1, "states")
    if not isinstance(x, Tensor):
        raise Mismatch("takes one tensor and its states, got several tensors")
    need_numbers(x)
    if kind == "SimpleRNN" and call.args["dropout"]:
        need_floats(x, "dropout")
    if not x.rank:
        raise Mismatch("needs at least 1 axis (features), got ()")
    features = need_known(x.shape[-1], "last axis", x.shape)
    if states is None:
        hint = "an RNN layer keeps the states; a cell alone is called as `x, state -> cell`"
        raise Mismatch("needs its states as a second input", hint=hint)
    output = Tensor(_joint_shape(call, kind, x, states), call.policy.compute)
    new: Structure = output
    if isinstance(states, tuple):
        new = (output,) * STATES[f"{kind}Cell"]
    flops = product(step_flops(call, kind, features), volume(output.shape[1:-1]))
    return RuleResult((output, new), cell_weights(call, kind, features), flops)


def _joint_shape(call: LayerCall, kind: str, x: Tensor, states: Structure) -> Shape:
    units, count = call.args["units"], STATES[f"{kind}Cell"]
    found = states if isinstance(states, tuple) else (states,)
    if len(found) < count:
        hint = "let an edge give a list: [h, c]"
        raise Mismatch(f"needs {count} states, got {len(found)}", hint=hint)
    shape: Shape = (*x.shape[:-1], units)
    for state in found[:count]:
        if not isinstance(state, Tensor):
            raise Mismatch(f"needs {count} states, got a list of lists")
        need_numbers(state)
        stretches = units == 1 and kind == "LSTM" and state is not found[0]
        if not state.rank or (state.shape[-1] not in (units, None) and not stretches):
            raise Mismatch(f"needs states of shape (batch, {units}), got {state.shape}")
        shape = _stretch(shape, (*state.shape[:-1], units))
    if _is_fused(call, kind):
        ranks = (found[0].rank,) if kind == "GRU" else (max(x.rank, found[0].rank),)
        if ranks != (2,):
            raise Mismatch(f"needs 2 axes (batch, features), got {x.shape} and {found[0].shape}")
    last = found[count - 1]
    if kind != "SimpleRNN" and not is_floating(last.dtype):
        raise Mismatch(f"needs a state of floating numbers, got {last.dtype}")
    if call.args["recurrent_dropout"] and kind == "SimpleRNN":
        need_floats(found[0], "recurrent_dropout")
    return shape if kind == "SimpleRNN" else _stretch(shape, last.shape)


def _is_fused(call: LayerCall, kind: str) -> bool:
    """Whether the cell computes its gates in one product, which takes only matrices."""
    if kind == "SimpleRNN":
        return False
    return call.args["implementation"] == 2 and not call.args["recurrent_dropout"]


def need_floats(x: Tensor, arg: str) -> None:
    """Dropout takes only floating numbers."""
    if not is_floating(x.dtype):
        hint = "cast or rescale them first, or leave it out"
        raise Mismatch(f"cannot drop out whole numbers, got {x.dtype}", arg, hint)


def need_makeable(call: LayerCall) -> None:
    """TensorFlow cannot create an orthogonal matrix in bfloat16."""
    if call.policy.variable != "bfloat16":
        return
    for arg in ("kernel_initializer", "recurrent_initializer"):
        value = call.args[arg]
        name = value.class_name if isinstance(value, KerasObject) else value
        if str(name).startswith(("orthogonal", "Orthogonal")):
            hint = "use the policy mixed_bfloat16, or another initializer such as glorot_uniform"
            raise Mismatch("cannot make orthogonal weights in bfloat16", arg, hint)


def _stretch(left: Shape, right: Shape) -> Shape:
    try:
        return broadcast(left, right)
    except Mismatch as mismatch:
        message = f"needs states for {left[:-1]} examples, got states for {right[:-1]}"
        raise Mismatch(message) from mismatch


def simple_rnn_cell(call: LayerCall) -> RuleResult:
    """SimpleRNNCell: (batch, features), state (batch, units) -> output and the new state."""
    return _cell(call, "SimpleRNN")


def gru_cell(call: LayerCall) -> RuleResult:
    """GRUCell: (batch, features), state (batch, units) -> output and the new state."""
    return _cell(call, "GRU")


def lstm_cell(call: LayerCall) -> RuleResult:
    """LSTMCell: (batch, features), states [h, c] of (batch, units) -> output and new [h, c]."""
    states = argument_at(call, 1, "states")
    if isinstance(states, Tensor):
        raise Mismatch("needs 2 states, got one tensor", hint="let an edge give a list: [h, c]")
    return _cell(call, "LSTM")


def stacked_rnn_cells(call: LayerCall) -> RuleResult:
    """StackedRNNCells: (batch, features), a list of each cell's states -> output and the same."""
    states = argument_at(call, 1, "states")
    cells = call.args["cells"]
    if states is None:
        raise Mismatch("needs the states of its cells as a second input")
    if not isinstance(states, tuple) or len(states) < len(cells):
        raise Mismatch(f"needs a list of states, one for each of its {len(cells)} cells")
    x: Structure = call.inputs[0] if call.inputs else call.x
    weights: tuple[Weight, ...] = ()
    new: list[Structure] = []
    flops: int | None = 0
    for cell, own in zip(cells, states, strict=False):
        listed = own if isinstance(own, tuple) else (own,)
        facts = apply_inner(call, cell, "cells", x, listed)
        x, after = facts.output
        new.append(after[0] if len(after) == 1 and not isinstance(own, tuple) else after)
        weights += facts.weights
        flops = total(flops, facts.flops)
    return RuleResult((x, new[0] if len(new) == 1 else tuple(new)), weights, flops)


def states_of(item: Any, call: LayerCall, arg: str, batch: int | None) -> Structure:
    """The states of a cell: a tuple of Tensors, and of such tuples for a stack of cells.

    Raises:
        Mismatch: it is no cell.
    """
    name = class_of(item)
    if name == "StackedRNNCells":
        cells = argument_of(item, "cells")
        found = (states_of(cell, call, arg, batch) for cell in cells)
        return tuple(each[0] if len(each) == 1 else each for each in found)
    if name in STATES:
        state = Tensor((batch, item.args["units"]), call.policy.compute)
        return (state,) * STATES[name]
    if name is not None:
        hint = "it may be SimpleRNNCell, GRUCell, LSTMCell, StackedRNNCells, or a list of cells"
        raise Mismatch(f"needs a cell, got {name}", arg, hint)
    return ()


def flat_states(value: Structure) -> tuple[Tensor, ...]:
    """All states of nested lists of them."""
    if isinstance(value, Tensor):
        return (value,)
    return tuple(state for item in value for state in flat_states(item))


RULES: dict[str, Rule] = {
    "GRUCell": gru_cell,
    "LSTMCell": lstm_cell,
    "SimpleRNNCell": simple_rnn_cell,
    "StackedRNNCells": stacked_rnn_cells,
}
