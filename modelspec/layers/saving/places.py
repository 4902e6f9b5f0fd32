"""Where Keras saves the variables of a layer: the group inside the layer's own, and a number.

A file of weights has no names of variables. Most layers keep their own under `vars` in the order of
`layer.weights`; layers that hold others have a group for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

from modelspec.layers.rule import Weight, argument_of, class_of
from modelspec.spec.model import KerasObject, snake_case

OWN = "vars"
Places = dict[str, Weight]
"""Place in the layer's group, such as `cell/vars/0`, to the variable there."""

PlaceRule = Callable[[KerasObject, Sequence[Weight]], Places | None]


def saved_places(item: KerasObject, weights: Sequence[Weight]) -> Places | None:
    """Where Keras saves the variables of a layer.

    Args:
        item: the layer; no nested model.
        weights: its variables, in the order of `layer.weights`.

    Returns:
        None where that is not known: layers of extensions, and wrappers of models. Low-rank
        adapters are in no file: Keras adds them to the kernel when it saves.
    """
    known = class_of(item)
    if known is None:
        return None
    rule = _RULES.get(known)
    kept = [weight for weight in weights if not weight.name.startswith("lora_")]
    if any(map(_is_quantized, kept)) and rule is None:
        return _of_quantized(kept)
    if rule is not None:
        return rule(item, kept)
    if any(
        isinstance(value, KerasObject) and value.kind == "layer" for value in item.args.values()
    ):
        return None if kept else {}
    return _own(kept)


def saved_key(class_name: str) -> str:
    """How Keras begins the name of a layer's group in a file, which a number may follow."""
    return snake_case(_OTHER_NAMES.get(class_name, class_name))


_OTHER_NAMES = {"GroupQueryAttention": "GroupedQueryAttention"}
"""Keras's names of classes that it exports under another."""


def variable_names(class_name: str, args: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The layer's own variables in order, for classes whose arguments decide which there are.

    In a file the second variable of such a layer has the place of the first where that is absent.

    Args:
        class_name: Keras's own.
        args: complete.

    Returns:
        None for all other classes: there a place always has the same variable.
    """
    switches = _SWITCHES.get(class_name)
    if switches is None:
        return None
    return tuple(name for name, key, on in switches if args.get(key) == on or on is None)


_NORMALIZED = (("gamma", "scale", True), ("beta", "center", True))
_SWITCHES: dict[str, tuple[tuple[str, str, Any], ...]] = {
    "LayerNormalization": _NORMALIZED,
    "GroupNormalization": _NORMALIZED,
    "BatchNormalization": (
        *_NORMALIZED,
        ("moving_mean", "", None),
        ("moving_variance", "", None),
        ("moving_stddev", "renorm", True),
        ("renorm_mean", "renorm", True),
        ("renorm_stddev", "renorm", True),
    ),
    "Attention": (("scale", "use_scale", True), ("concat_score_weight", "score_mode", "concat")),
}
"""Class to its variables, each with the argument and the value of it that it is there for."""


def names_of_count(class_name: str, count: int) -> tuple[str, ...] | None:
    """The only names that a layer of a class in `variable_names` can have for a count of variables.

    Returns:
        None where there are several: one variable of a LayerNormalization is gamma or beta.
    """
    switches = _SWITCHES[class_name]
    values: dict[str, set[Any]] = {}
    for _, key, on in switches:
        values.setdefault(key, {None}).add(on)
    settings = (dict(zip(values, chosen, strict=True)) for chosen in product(*values.values()))
    found = {variable_names(class_name, args) or () for args in settings}
    fitting = [names for names in found if len(names) == count]
    return fitting[0] if len(fitting) == 1 else None


def _is_quantized(weight: Weight) -> bool:
    return weight.dtype == "int8" or weight.name.endswith(("_amax_history", "_zero"))


def _of_quantized(weights: Sequence[Weight]) -> Places | None:
    """Keras saves them in an order that is not that of `layer.weights`."""
    if any(weight.name not in _QUANTIZED_ORDER for weight in weights):
        return None
    return _own(sorted(weights, key=lambda weight: _QUANTIZED_ORDER.index(weight.name)))


_QUANTIZED_ORDER = (
    "kernel",
    "embeddings",
    "bias",
    "inputs_scale",
    "inputs_amax_history",
    "kernel_scale",
    "embeddings_scale",
    "kernel_amax_history",
    "outputs_grad_scale",
    "outputs_grad_amax_history",
    "kernel_zero",
    "embeddings_zero",
    "g_idx",
)


def _own(weights: Sequence[Weight]) -> Places:
    return {f"{OWN}/{number}": weight for number, weight in enumerate(weights)}


def _below(group: str, places: Places | None) -> Places | None:
    return None if places is None else {f"{group}/{at}": weight for at, weight in places.items()}


def _projections(prefix: str) -> PlaceRule:
    """Attention layers, which hold a dense layer for each projection: `query/kernel`."""

    def places(_item: KerasObject, weights: Sequence[Weight]) -> Places:
        found: Places = {}
        for weight in weights:
            of, _, name = weight.name.partition("/")
            number = ("kernel", "bias").index(name)
            found[f"{prefix}{_PROJECTIONS[of]}_dense/{OWN}/{number}"] = weight
        return found

    return places


_PROJECTIONS = {"query": "query", "key": "key", "value": "value", "attention_output": "output"}


def _recurrent(_: KerasObject, weights: Sequence[Weight]) -> Places | None:
    return _below("cell", _own(weights))


def _rnn(item: KerasObject, weights: Sequence[Weight]) -> Places | None:
    cell = item.args.get("cell")
    if isinstance(cell, KerasObject):
        return _below("cell", saved_places(cell, weights))
    return _below("cell", _of_cells(cell, weights))


def _stacked(item: KerasObject, weights: Sequence[Weight]) -> Places | None:
    return _of_cells(item.args.get("cells"), weights)


def _of_cells(cells: Any, weights: Sequence[Weight]) -> Places | None:
    """The cells of a stack, each with a kernel for the input, one for the state, and a bias."""
    if not isinstance(cells, list) or any(class_of(cell) not in _CELLS for cell in cells):
        return None
    found: Places = {}
    counts: dict[str, int] = {}
    rest = list(weights)
    for cell in cells:
        count = 3 if argument_of(cell, "use_bias") else 2
        group = _numbered(saved_key(str(class_of(cell))), counts)
        found |= _below(f"cells/{group}", _own(rest[:count])) or {}
        rest = rest[count:]
    return found


_CELLS = ("SimpleRNNCell", "GRUCell", "LSTMCell")


def _numbered(stem: str, counts: dict[str, int]) -> str:
    number = counts.get(stem, 0)
    counts[stem] = number + 1
    return f"{stem}_{number}" if number else stem


def _bidirectional(item: KerasObject, weights: Sequence[Weight]) -> Places | None:
    forward, backward = item.args.get("layer"), item.args.get("backward_layer")
    if not isinstance(forward, KerasObject) or backward is not None:
        return None
    half = len(weights) // 2
    first = _below("forward_layer", saved_places(forward, weights[:half]))
    second = _below("backward_layer", saved_places(forward, weights[half:]))
    return None if first is None or second is None else {**first, **second}


def _wrapper(item: KerasObject, weights: Sequence[Weight]) -> Places | None:
    inner = item.args.get("layer")
    if not isinstance(inner, KerasObject) or inner.model is not None:
        return None
    return _below("layer", saved_places(inner, weights))


def _spectral(item: KerasObject, weights: Sequence[Weight]) -> Places | None:
    """The kernel is saved twice: it is also a variable of the wrapper."""
    if len(weights) < 2:
        return None
    kernel, vector, *others = weights
    inner = _wrapper(item, [kernel, *others])
    return None if inner is None else {f"{OWN}/0": kernel, f"{OWN}/1": vector, **inner}


_RULES: dict[str, PlaceRule] = {
    "MultiHeadAttention": _projections(""),
    "GroupQueryAttention": _projections("_"),
    **dict.fromkeys(
        ("SimpleRNN", "GRU", "LSTM", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), _recurrent
    ),
    "RNN": _rnn,
    "StackedRNNCells": _stacked,
    "Bidirectional": _bidirectional,
    "TimeDistributed": _wrapper,
    "SpectralNormalization": _spectral,
}
