"""Classes that older Keras had: under which name they go on, or why they do not."""

from __future__ import annotations

from typing import Any

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
"""Layers that Keras 3 removed, and what stands for them now."""

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
