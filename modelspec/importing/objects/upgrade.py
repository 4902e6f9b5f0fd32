"""Arguments of older Keras in the words of Keras 3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.layers import traits_of

ANY_VALUE = object()

IGNORED_ARGUMENTS: dict[str, Any] = {
    "batch_input_shape": ANY_VALUE,
    "batch_shape": ANY_VALUE,
    "build_input_shape": ANY_VALUE,
    "input_shape": ANY_VALUE,
    "input_dtype": ANY_VALUE,
    "input_dim": ANY_VALUE,
    "input_length": ANY_VALUE,
    "input_spec": ANY_VALUE,
    "dtype": ANY_VALUE,
    "trainable": ANY_VALUE,
    "rng_type": ANY_VALUE,
    "force_generator": ANY_VALUE,
    "fused": ANY_VALUE,
    "is_legacy_layer": ANY_VALUE,
    "key_shape": ANY_VALUE,
    "query_shape": ANY_VALUE,
    "value_shape": ANY_VALUE,
    "groups": 1,
    "num_constants": 0,
    "vocabulary_size": ANY_VALUE,
    "vocab_size": ANY_VALUE,
    "has_static_table": ANY_VALUE,
    "loss_scale": ANY_VALUE,
}
"""Arguments that say nothing which Keras 3 has to be told, with the value for which that holds."""

RENAMED_ARGUMENTS: dict[str, dict[str, str]] = {
    "LeakyReLU": {"alpha": "negative_slope"},
    "ReLU": {"theta": "threshold"},
    "Discretization": {"bins": "bin_boundaries"},
    "CategoryEncoding": {"max_tokens": "num_tokens"},
    "IntegerLookup": {
        "max_values": "max_tokens",
        "mask_value": "mask_token",
        "oov_value": "oov_token",
    },
    "MaxNorm": {"m": "max_value"},
    "Constant": {"val": "value"},
}
"""Class to old name to new name."""

_OUTPUT_MODES = {"binary": "multi_hot", "tf-idf": "tf_idf"}


def upgrade_arguments(
    name: str, written: str, config: Mapping[str, Any], rank: int | None
) -> dict[str, Any]:
    """The config of one object of Keras 2 as Keras 3 would have it.

    Args:
        name: the class as it is called today.
        written: the class as the file calls it.
        config: its arguments.
        rank: how many axes the layer's input has, where the file says so.
    """
    names = RENAMED_ARGUMENTS.get(name, {})
    out = {names.get(key, key): value for key, value in config.items()}
    if name in ("BatchNormalization", "LayerNormalization"):
        out["axis"] = _axis(out.get("axis", -1), rank)
    if written == "SyncBatchNormalization":
        out["synchronized"] = True
    if traits_of(name).is_recurrent or traits_of(name).is_cell:
        out.pop("implementation", None)
        out.pop("input_dim", None)
    if name in ("GRU", "GRUCell") and written != "CuDNNGRU":
        out.setdefault("reset_after", False)
    if name == "VarianceScaling" and out.get("distribution") == "normal":
        out["distribution"] = "truncated_normal"
    if isinstance(out.get("output_mode"), str):
        out["output_mode"] = _OUTPUT_MODES.get(out["output_mode"], out["output_mode"])
    if name.startswith(("SeparableConv", "DepthwiseConv")):
        out = {key: value for key, value in out.items() if not key.startswith("kernel_")
               or key == "kernel_size"}  # fmt: skip
    if "noise_shape" in out and name.startswith("SpatialDropout"):
        del out["noise_shape"]
    if _is_odd_dtype(out.get("dtype")):
        del out["dtype"]
    return out


def _axis(axis: Any, rank: int | None) -> Any:
    """Keras 2 kept the axis as a list, counted from the front once the layer was built."""
    if isinstance(axis, list) and len(axis) == 1:
        axis = axis[0]
    return -1 if rank is not None and axis == rank - 1 else axis


def _is_odd_dtype(dtype: Any) -> bool:
    """Keras 2 layers without weights, and embeddings, had the dtype of their input."""
    return isinstance(dtype, str) and "float" not in dtype


def is_ignored(key: str, value: Any) -> bool:
    """Whether an argument that Keras 3 does not have says nothing."""
    if value is None or value is False or value in ([], {}):
        return True
    known = IGNORED_ARGUMENTS.get(key)
    return known is ANY_VALUE or (known is not None and bool(known == value))
