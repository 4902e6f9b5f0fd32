"""Random calls of recurrent layers, of their cells, and of the wrappers around them."""

from __future__ import annotations

from random import Random
from typing import Any

import draw
from draw import Draft, asked
from question import Question

from modelspec.layers.rule.rule import Structure, Tensor

FLAGS = (True, False)
ACTIVATIONS = (None, "relu", "tanh", "linear")


def _units(rng: Random) -> int:
    return rng.randint(1, 5)


def _common(rng: Random) -> dict[str, Any]:
    return draw.some(
        rng, return_sequences=FLAGS, return_state=FLAGS, go_backwards=FLAGS,
        stateful=(False, False, False, True), unroll=FLAGS, zero_output_for_mask=FLAGS,
    )  # fmt: skip


def _weights(rng: Random, kind: str) -> dict[str, Any]:
    found = draw.some(rng, use_bias=FLAGS, activation=ACTIVATIONS, dropout=(0.0, 0.3),
                      recurrent_dropout=(0.0, 0.0, 0.2))  # fmt: skip
    if kind != "SimpleRNN":
        found |= draw.some(rng, recurrent_activation=("sigmoid", "hard_sigmoid"),
                           implementation=(1, 2))  # fmt: skip
    if kind == "GRU":
        found |= draw.some(rng, reset_after=FLAGS)
    if kind == "LSTM":
        found |= draw.some(rng, unit_forget_bias=FLAGS)
    return found


def _x(rng: Random, axes: int = 3) -> Tensor:
    return draw.tensor(rng, draw.rank(rng, axes, 0.08), 6, 0.08)


def _state(rng: Random, x: Tensor, units: int) -> Tensor:
    batch = x.shape[0] if x.rank else None
    if draw.chance(rng, 0.1):
        return rng.choice((Tensor((batch, units + 1)), Tensor((units,)), Tensor((2, 3, units)),
                           Tensor((5, units)), Tensor((batch, None))))  # fmt: skip
    return Tensor((batch, units), rng.choice(("float32",) * 5 + ("float16", "int32")))


def recurrent(kind: str, states: int) -> Draft:
    def make(rng: Random) -> Question:
        args = {"units": _units(rng), **_common(rng), **_weights(rng, kind)}
        x = _x(rng)
        if draw.chance(rng, 0.7):
            return asked(args, x)
        found = tuple(_state(rng, x, args["units"]) for _ in range(states))
        if draw.chance(rng, 0.15):
            found = found[:-1] or (found[0],)
        initial: Structure = found[0] if len(found) == 1 and draw.flag(rng) else found
        if draw.flag(rng):
            return asked(args, x, initial)
        return asked(args, x, initial_state=initial)

    return make


def cell(kind: str, states: int) -> Draft:
    def make(rng: Random) -> Question:
        args = {"units": _units(rng), **_weights(rng, kind)}
        x = _x(rng, 2)
        if draw.chance(rng, 0.05):
            return asked(args, x)
        found = tuple(_state(rng, x, args["units"]) for _ in range(states))
        if draw.chance(rng, 0.1):
            return asked(args, x, found[0])
        single = states == 1 and draw.flag(rng)
        return asked(args, x, found[0] if single else found)

    return make


def _cell(rng: Random) -> dict[str, Any]:
    kind = rng.choice(("SimpleRNN", "GRU", "LSTM"))
    return {f"{kind}Cell": {"units": _units(rng), **_weights(rng, kind)}}


def _states_of(cell: dict[str, Any], x: Tensor) -> Structure:
    (name, args), *_ = cell.items()
    state = Tensor((x.shape[0] if x.rank else None, args["units"]))
    return (state, state) if name == "LSTMCell" else (state,)


def stacked(rng: Random) -> Question:
    cells = [_cell(rng) for _ in range(rng.randint(1, 3))]
    x = _x(rng, 2)
    states = [_states_of(one, x) for one in cells]
    states = [s[0] if len(s) == 1 and draw.flag(rng) else s for s in states]
    if draw.chance(rng, 0.1):
        states = states[:-1]
    return asked({"cells": cells}, x, tuple(states))


def rnn(rng: Random) -> Question:
    cells = [_cell(rng) for _ in range(rng.randint(1, 3))]
    made: Any = rng.choice((cells, cells[0], {"StackedRNNCells": {"cells": cells}}))
    if draw.chance(rng, 0.06):
        made = {"Dense": {"units": 3}}
    args = {"cell": made, **_common(rng)}
    x = _x(rng)
    if made is cells[0] and draw.chance(rng, 0.3):
        return asked(args, x, initial_state=_states_of(cells[0], x))
    return asked(args, x)


def conv_lstm(n: int) -> Draft:
    def make(rng: Random) -> Question:
        args: dict[str, Any] = {"filters": _units(rng), "kernel_size": draw.window(rng, n, 3)}
        args |= _common(rng)
        formats = ("channels_last", "channels_last", "channels_first")
        args |= draw.some(rng, padding=("same", "valid"), use_bias=FLAGS, dropout=(0.0, 0.3),
                          data_format=formats)  # fmt: skip
        if draw.chance(rng, 0.3):
            args["strides"] = draw.window(rng, n, 2)
        if draw.chance(rng, 0.2):
            args["dilation_rate"] = draw.window(rng, n, 2)
        return asked(args, draw.tensor(rng, draw.rank(rng, n + 3, 0.06), 6, 0.04))

    return make


def _recurrent(rng: Random, go_back: tuple[bool, ...]) -> dict[str, Any]:
    kind = rng.choice(("SimpleRNN", "GRU", "LSTM", "LSTM", "RNN"))
    common = draw.some(rng, return_sequences=FLAGS, return_state=FLAGS,
                       stateful=(False, False, True))  # fmt: skip
    common["go_backwards"] = rng.choice(go_back)
    if kind == "RNN":
        return {"RNN": {"cell": _cell(rng), **common}}
    return {kind: {"units": _units(rng), **common, **_weights(rng, kind)}}


def bidirectional(rng: Random) -> Question:
    layer = _recurrent(rng, (False, False, False, False, True))
    args: dict[str, Any] = {"layer": layer}
    args |= draw.some(rng, merge_mode=("concat", "sum", "mul", "ave", None))
    if draw.chance(rng, 0.3):
        other = _recurrent(rng, (True, True, True, False))
        if draw.chance(rng, 0.7):
            (kind, inner), *_ = layer.items()
            other = {kind: {**inner, "go_backwards": not inner["go_backwards"]}}
        args["backward_layer"] = other
    if draw.chance(rng, 0.05):
        args["layer"] = {"Dense": {"units": 3}}
    if draw.chance(rng, 0.1):
        args["layer"] = {"ConvLSTM1D": {"filters": 2, "kernel_size": 2}}
        args.pop("backward_layer", None)
        return asked(args, _x(rng, 4))
    return asked(args, _x(rng))


INNER: tuple[tuple[Any, int], ...] = (
    ({"Dense": {"units": 3}}, 2), ({"Dense": {"units": 3}}, 3), ("Flatten", 4), ("Flatten", 2),
    ({"Conv2D": {"filters": 2, "kernel_size": 2}}, 4), ({"LSTM": {"units": 2}}, 3),
    ({"Conv1D": {"filters": 2, "kernel_size": 2}}, 3), ("GlobalAveragePooling2D", 4),
    ({"LSTM": {"units": 2, "return_state": True}}, 3), ({"MaxPooling2D": {}}, 4),
    ({"Embedding": {"input_dim": 4, "output_dim": 3}}, 2), ("BatchNormalization", 2),
    ("LayerNormalization", 3), ({"Reshape": {"target_shape": [-1]}}, 3), ("ReLU", 2),
    ({"Dropout": {"rate": 0.3}}, 2), ({"RepeatVector": {"n": 2}}, 2),
    ({"TimeDistributed": {"layer": {"Dense": {"units": 2}}}}, 3),
    ({"Bidirectional": {"layer": {"GRU": {"units": 2}}}}, 3), ({"Rescaling": {"scale": 2.0}}, 3),
)  # fmt: skip


def time_distributed(rng: Random) -> Question:
    layer, axes = rng.choice(INNER)
    x = draw.tensor(rng, draw.rank(rng, axes + 1, 0.1), 6, 0.06)
    if draw.chance(rng, 0.15):
        mask = Tensor(x.shape[:2], "bool")
        if draw.chance(rng, 0.3):
            mask = Tensor(x.shape[:1], "bool")
        return asked({"layer": layer}, x, mask=mask)
    return asked({"layer": layer}, x)


DRAFTS: dict[str, Draft] = {
    "Bidirectional": bidirectional,
    "ConvLSTM1D": conv_lstm(1),
    "ConvLSTM2D": conv_lstm(2),
    "ConvLSTM3D": conv_lstm(3),
    "GRU": recurrent("GRU", 1),
    "GRUCell": cell("GRU", 1),
    "LSTM": recurrent("LSTM", 2),
    "LSTMCell": cell("LSTM", 2),
    "RNN": rnn,
    "SimpleRNN": recurrent("SimpleRNN", 1),
    "SimpleRNNCell": cell("SimpleRNN", 1),
    "StackedRNNCells": stacked,
    "TimeDistributed": time_distributed,
}
