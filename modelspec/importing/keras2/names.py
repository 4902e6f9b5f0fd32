"""Classes and arguments of Keras 2 under the names that they have in Keras 3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.layers import traits_of

RENAMED_CLASSES: dict[str, str] = {
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "CuDNNGRU": "GRU",
    "CuDNNLSTM": "LSTM",
    "UnifiedGRU": "GRU",
    "UnifiedLSTM": "LSTM",
    "ThresholdedReLU": "ReLU",
    "Policy": "DTypePolicy",
    "PolicyV1": "DTypePolicy",
    "GlorotNormalV2": "GlorotNormal",
    "GlorotUniformV2": "GlorotUniform",
    "HeNormalV2": "HeNormal",
    "HeUniformV2": "HeUniform",
    "LecunNormalV2": "LecunNormal",
    "LecunUniformV2": "LecunUniform",
    "OnesV2": "Ones",
    "OrthogonalV2": "Orthogonal",
    "RandomNormalV2": "RandomNormal",
    "RandomUniformV2": "RandomUniform",
    "TruncatedNormalV2": "TruncatedNormal",
    "VarianceScalingV2": "VarianceScaling",
    "ZerosV2": "Zeros",
}
"""Old name to the class that is the same today, once `upgrade` has seen to its arguments."""

_CELL_HINT = "write the cell as a layer of your own, in an extension"
_KERAS1_HINT = "it went with Keras 1: {}"

REMOVED_LAYERS: dict[str, str] = {
    "AbstractRNNCell": _CELL_HINT,
    "AtrousConvolution1D": _KERAS1_HINT.format("write `Conv1D` with a `dilation_rate`"),
    "AtrousConvolution2D": _KERAS1_HINT.format("write `Conv2D` with a `dilation_rate`"),
    "ConvLSTM2DCell": _CELL_HINT,
    "Deconvolution2D": _KERAS1_HINT.format("write `Conv2DTranspose`"),
    "DenseFeatures": "feature columns are gone: write `inputs`, `Embedding`, `CategoryEncoding`",
    "Highway": _KERAS1_HINT.format("write its two `Dense` layers, `Multiply` and `Add`"),
    "MaxoutDense": _KERAS1_HINT.format("write a `Dense`, a `Reshape` and `ops.max`"),
    "Merge": _KERAS1_HINT.format(
        "write `Concatenate`, `Add`, `Multiply`, `Average`, `Maximum` or `Dot`"
    ),
    "PeepholeLSTMCell": _CELL_HINT,
    "RandomFourierFeatures": _CELL_HINT.replace("cell", "projection"),
    "RandomHeight": "write `RandomZoom` or `Resizing`",
    "RandomWidth": "write `RandomZoom` or `Resizing`",
    "SequenceFeatures": "feature columns are gone: write `inputs` and `Embedding`",
    "TimeDistributedDense": _KERAS1_HINT.format("write `TimeDistributed` around a `Dense`"),
}
"""Layers that Keras 3 removed, and what replaces them."""

_VARIANCE_SCALING: dict[tuple[Any, ...], str] = {
    (1.0, "fan_avg", "uniform"): "GlorotUniform",
    (1.0, "fan_avg", "truncated_normal"): "GlorotNormal",
    (2.0, "fan_in", "uniform"): "HeUniform",
    (2.0, "fan_in", "truncated_normal"): "HeNormal",
    (1.0, "fan_in", "uniform"): "LecunUniform",
    (1.0, "fan_in", "truncated_normal"): "LecunNormal",
}


def simplify_initializer(name: str, args: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Keras 2 wrote `GlorotUniform` and its like as the `VarianceScaling` that they are."""
    if name != "VarianceScaling":
        return name, args
    scale, mode = args.get("scale", 1.0), args.get("mode", "fan_in")
    found = _VARIANCE_SCALING.get((scale, mode, args.get("distribution", "truncated_normal")))
    if found is None:
        return name, args
    return found, {key: value for key, value in args.items() if key == "seed"}


def simplify_regularizer(name: str, args: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Keras 2 wrote every regularizer as `L1L2`; None where it weighs nothing."""
    l1, l2 = args.get("l1") or 0.0, args.get("l2") or 0.0
    if name not in ("L1L2", "L1", "L2"):
        return name, args
    if not l1 and not l2:
        return None
    if name != "L1L2" or (l1 and l2):
        return name, args
    return ("L1", {"l1": l1}) if l1 else ("L2", {"l2": l2})


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
"""Arguments that Keras 3 does not need, with the value for which that holds."""

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
        rank: how many axes the layer's input has, where the file records it.
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
    """Whether an argument that Keras 3 lacks can be dropped."""
    if value is None or value is False or value in ([], {}):
        return True
    known = IGNORED_ARGUMENTS.get(key)
    return known is ANY_VALUE or (known is not None and bool(known == value))
