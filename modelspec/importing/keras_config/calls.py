"""The calls of a network as the edges of a spec need them: arguments and results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modelspec.layers import classes_with, traits_of
from modelspec.schema import ClassSchema, class_schema

from .context import ImportContext
from .network import ConfigLayer, ConfigNode, ConfigTensor, iter_tensors, parse_tensors
from .serialized import is_plain_data, is_serialized, unwrap_value

_RECURRENT = classes_with("is_recurrent") | {"Bidirectional"}
TRAINING_BY_DEFAULT: dict[str, tuple[bool, ...]] = {
    "image_preprocessing": (True,),
    "regularization": (False,),
    "rnn": (False,),
}
"""Family of layers to the `training` that Keras 3 writes into a call where the user wrote none."""


@dataclass(slots=True)
class SpecCall:
    """One call.

    Attributes:
        layer: the layer's name in the spec.
        key: which call of the file it is: the layer's name there and its number.
        positional: Tensors, or nested lists and mappings of them.
        named: the same by the name of an argument.
        constants: other arguments of the call.
        result: a name for the result, where the layer has several calls.
    """

    layer: str
    key: tuple[str, int]
    positional: list[Any]
    named: dict[str, Any] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    result: str | None = None


def convert_call(
    layer: ConfigLayer, node: ConfigNode, class_name: str, ctx: ImportContext
) -> tuple[Any, ...]:
    """Positional tensors, named tensors and plain arguments of one call of a layer.

    Args:
        layer: the layer as the file has it.
        node: the call.
        class_name: what the spec calls the layer's class.
        ctx: takes arguments that a spec cannot express.
    """
    where = ctx.describe(layer.name, str(layer.raw.get("class_name")))
    known = class_schema("layer", class_name)
    args, kwargs = list(node.args), dict(node.kwargs)
    if ctx.generation == 2:
        _move_states(layer, args, kwargs, class_name, where, ctx)
    positional = _positional(args, kwargs, known, where, ctx)
    named: dict[str, Any] = {}
    plain_args: dict[str, Any] = {}
    kwargs = {key: value for key, value in kwargs.items() if not _is_none(value)}
    if set(kwargs) == {"training"} and _is_usual_training(
        kwargs["training"], class_name, known, ctx
    ):
        kwargs = {}
    for key, value in kwargs.items():
        if next(iter_tensors(value), None) is not None:
            named[key] = _require_tensors(value, key, where, ctx)
        elif is_plain_data(unwrap_value(value)):
            plain_args[key] = unwrap_value(value)
        else:
            ctx.error("unsayable-argument", f"{where}: the call argument `{key}` is not plain data")
    return positional, named, plain_args


def _move_states(
    layer: ConfigLayer,
    args: list[Any],
    kwargs: dict[str, Any],
    class_name: str,
    where: str,
    ctx: ImportContext,
) -> None:
    """Keras 2 wrote the initial state of a recurrent layer into one list with its input."""
    if class_name in _RECURRENT:
        if args and isinstance(args[0], list) and len(args[0]) > 1:
            first, *states = args[0]
            args[0] = first
            kwargs["initial_state"] = states
        config = layer.raw.get("config")
        if kwargs.pop("constants", None) or (
            isinstance(config, dict) and config.get("num_constants")
        ):
            message = f"{where}: recurrent layers of Keras 3 take no `constants`"
            ctx.error("unsayable-argument", message)
    if class_name in ("Attention", "AdditiveAttention"):
        config = layer.raw.get("config")
        if isinstance(config, dict) and config.get("causal"):
            kwargs["use_causal_mask"] = True


def _positional(
    args: list[Any],
    kwargs: dict[str, Any],
    known: ClassSchema | None,
    where: str,
    ctx: ImportContext,
) -> list[Any]:
    """Leading tensors; what follows a gap is passed by name."""
    positional: list[Any] = []
    names = known.call.get("tensors", ("inputs",)) if known is not None else ()
    for index, value in enumerate(args):
        if next(iter_tensors(value), None) is not None and len(positional) == index:
            positional.append(_require_tensors(value, str(index + 1), where, ctx))
        elif value is not None and index < len(names):
            kwargs[names[index]] = value
        elif value is not None:
            message = (
                f"{where}: argument {index + 1} of a call is {unwrap_value(value)!r}, not a tensor"
            )
            ctx.error("unsayable-argument", message)
    if known is not None and known.takes_list and len(positional) == 1:
        only = positional[0]
        return list(only) if isinstance(only, list) else positional
    return positional


def _require_tensors(value: Any, key: str, where: str, ctx: ImportContext) -> Any:
    if isinstance(value, list):
        return [_require_tensors(item, key, where, ctx) for item in value]
    if isinstance(value, Mapping):
        return {k: _require_tensors(item, key, where, ctx) for k, item in value.items()}
    if not isinstance(value, ConfigTensor):
        ctx.error(
            "unsayable-argument", f"{where}: argument {key} of a call mixes tensors and constants"
        )
    return value


def _is_none(value: Any) -> bool:
    if isinstance(value, (list, dict)):
        return all(map(_is_none, value.values() if isinstance(value, dict) else value))
    return value is None


def _is_usual_training(
    value: Any, class_name: str, known: ClassSchema | None, ctx: ImportContext
) -> bool:
    """Whether Keras 3 itself wrote `training` into a call: it does where nothing else is named."""
    if not isinstance(value, bool) or ctx.generation == 2:
        return False
    if traits_of(class_name).saves_training_false:
        return value is False
    if known is None or class_name in ("Bidirectional", "TimeDistributed"):
        return False
    family = known.file.removeprefix("layers/").removesuffix(".json")
    return value in TRAINING_BY_DEFAULT.get(family, ())


_SAVED_RECURRENT = classes_with("is_recurrent") | {
    "CuDNNLSTM",
    "CuDNNGRU",
    "UnifiedLSTM",
    "UnifiedGRU",
}
_ATTENTION = classes_with("is_attention") | {"GroupedQueryAttention"}

SEVERAL_RESULTS = frozenset(
    ("array_split", "ctc_decode", "dsplit", "eig", "eigh", "fft", "fft2",
     "histogram", "hsplit", "ifft2", "lu_factor", "meshgrid", "moments", "nonzero", "qr",
     "rfft", "slogdet", "split", "stft", "top_k", "unstack", "vsplit")
)  # fmt: skip
"""Functions of `keras.ops` that always give several results."""

_UNIQUE_FLAGS = ("return_index", "return_inverse", "return_counts")


def has_several_results(name: str, constants: Mapping[str, Any]) -> bool:
    """Whether a function of `keras.ops` gives several results with these constants."""
    short = name.removeprefix("ops.")
    if short == "svd":
        return bool(constants.get("compute_uv", True))
    if short == "unique":
        return any(constants.get(flag) for flag in _UNIQUE_FLAGS)
    return short in SEVERAL_RESULTS


ResultKeys = tuple[int | str | None, ...]


def find_result_keys(
    raw: Mapping[str, Any], kwargs: Mapping[str, Any], generation: int
) -> ResultKeys | None:
    """How a ref picks each result of a call: by number, by key, or (None,) for the only one.

    None where any number may follow: the config does not record the length of the layer's list.
    """
    name, config = raw.get("class_name"), raw.get("config")
    if isinstance(config, list):
        config = {"layers": config}
    if not isinstance(config, dict):
        return (None,)
    if isinstance(config.get("layers"), list):
        return _model_keys(config, generation)
    if name in _SAVED_RECURRENT:
        return _state_keys(1, [config]) if config.get("return_state") else (None,)
    if name == "Bidirectional":
        inner, other = config.get("layer"), config.get("backward_layer")
        first = dict(inner["config"]) if is_serialized(inner) else {}
        several = config.get("merge_mode", "concat") is None
        if first.get("return_state"):
            second = dict(other["config"]) if is_serialized(other) else first
            return _state_keys(2 if several else 1, [first, second])
        return None if several else (None,)
    if name in _ATTENTION:
        return None if kwargs.get("return_attention_scores") else (None,)
    return (None,)


def _state_keys(outputs: int, layers: list[dict[str, Any]]) -> ResultKeys | None:
    """The keys of outputs and states where cells are stacked: the states of one cell are a list.

    None where each state is a result of its own.
    """
    counts: list[int] = []
    for config in layers:
        cell = config.get("cell")
        cells = cell["config"].get("cells") if is_serialized(cell) else None
        for each in cells or ():
            kind = each.get("class_name", "") if isinstance(each, dict) else ""
            counts.append(traits_of(str(kind).removesuffix("Cell")).states)
    if max(counts, default=1) == 1 or 0 in counts:
        return None
    keys: list[int] = list(range(outputs))
    for position, count in enumerate(counts, start=outputs):
        keys += [position] * count
    return tuple(keys)


def _model_keys(config: Mapping[str, Any], generation: int) -> ResultKeys | None:
    if "output_layers" not in config:
        layers = [layer for layer in config["layers"] if isinstance(layer, dict)]
        return find_result_keys(layers[-1], {}, generation) if layers else (None,)
    outputs = parse_tensors(config["output_layers"])
    if isinstance(outputs, ConfigTensor):
        return (None,)
    if isinstance(outputs, list):
        single = len(outputs) == 1 and generation == 2
        return (None,) if single else tuple(range(len(outputs)))
    if isinstance(outputs, dict):
        return tuple(sorted(outputs))
    return (None,)
