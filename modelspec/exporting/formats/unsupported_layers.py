"""Layers that a format cannot express, and the conditions under which it cannot.

The records in the modules of the formats were found by converting every layer of Keras with
`python -m benchmarks.export_layers`, which also checks them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelspec.analysis import TensorStructure

RECURRENT = "SimpleRNN LSTM GRU RNN ConvLSTM1D ConvLSTM2D ConvLSTM3D"

NO_LOOKUP_TABLES = "the converter does not support lookup tables"
NO_COUNTS = "it has no operator that counts values (DenseBincount)"

USE_OTHER_FORMAT = "the formats keras and saved_model support all layers"
USE_WITHOUT_PREPROCESSING = (
    "`--without-preprocessing` exports the layers after it, and writes the preprocessing as a "
    f"separate Keras model; {USE_OTHER_FORMAT}"
)


@dataclass(frozen=True, slots=True)
class LayerUse:
    """One call of a layer, as far as it is known without running it.

    Attributes:
        args: all arguments of the layer, with Keras's defaults.
        tensor: the first tensor that it is called on; None where it is unknown.
    """

    args: Mapping[str, Any]
    tensor: TensorStructure


def always(_: LayerUse) -> bool:
    """Every call."""
    return True


def counts_values(use: LayerUse) -> bool:
    """The output is one row of counts, or of ones, for several values."""
    return use.args.get("output_mode") in ("multi_hot", "count", "tf_idf")


def is_not_inverted(use: LayerUse) -> bool:
    """A lookup from text to indices, not back."""
    return not use.args.get("invert")


def is_stateful(use: LayerUse) -> bool:
    """The output depends on the call before."""
    return bool(use.args.get("stateful"))


def is_grouped(use: LayerUse) -> bool:
    """Each filter of a convolution sees a part of the channels."""
    return bool(use.args.get("groups", 1) != 1)


def has_channels_first(use: LayerUse) -> bool:
    """The channels come before the other axes."""
    return use.args.get("data_format") == "channels_first"


def has_stride_above_kernel(use: LayerUse) -> bool:
    """A stride is larger than the kernel along some axis."""
    kernel, strides = use.args.get("kernel_size"), use.args.get("strides", 1)
    sizes = kernel if isinstance(kernel, (list, tuple)) else [kernel] * 3
    steps = strides if isinstance(strides, (list, tuple)) else [strides] * 3
    known = zip(sizes, steps, strict=False)
    return any(isinstance(a, int) and isinstance(b, int) and a < b for a, b in known)


def has_unknown_batch_and_length(use: LayerUse) -> bool:
    """Neither the batch size nor the length of the sequences is known."""
    from modelspec.layers.rule import Tensor

    tensor = use.tensor
    return isinstance(tensor, Tensor) and tensor.rank > 1 and tensor.shape[:2] == (None, None)


@dataclass(frozen=True, slots=True)
class UnsupportedLayer:
    """Layers that a format cannot express, for one reason.

    Attributes:
        layers: class names, separated by spaces.
        reason: what the format lacks, as the end of "FORMAT does not support LAYER: ...".
        hint: what to do instead.
        when: for which calls; for all by default.
    """

    layers: str
    reason: str
    hint: str = USE_OTHER_FORMAT
    when: Callable[[LayerUse], bool] = always


NO_TEXT = (
    UnsupportedLayer("TextVectorization", "it cannot split text"),
    UnsupportedLayer("Hashing HashedCrossing", "it has no operator that hashes text"),
)
"""What no format but TensorFlow's can express."""
