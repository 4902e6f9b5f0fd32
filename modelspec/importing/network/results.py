"""What a call gives back: one tensor, a list of them, or a dict.

The config numbers the results of a call; a spec writes `lstm[1]` where there are several and
`dense` where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.importing.objects import is_serialized
from modelspec.layers import classes_with

from .inbound import parse_tensors
from .network import ConfigTensor

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

    None where any number may follow: the config does not say how long the layer's list is.
    """
    name, config = raw.get("class_name"), raw.get("config")
    if isinstance(config, list):
        config = {"layers": config}
    if not isinstance(config, dict):
        return (None,)
    if isinstance(config.get("layers"), list):
        return _model_keys(config, generation)
    if name in _SAVED_RECURRENT:
        return None if config.get("return_state") else (None,)
    if name == "Bidirectional":
        inner = config.get("layer")
        state = is_serialized(inner) and dict(inner["config"]).get("return_state")
        return None if state or config.get("merge_mode", "concat") is None else (None,)
    if name in _ATTENTION:
        return None if kwargs.get("return_attention_scores") else (None,)
    return (None,)


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
