"""The table of what a format does not take, found by converting every layer.

`python -m benchmarks.export_layers` does that, and holds the table to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from modelspec.analysis import TensorStructure
from modelspec.layers.rule import Tensor

BEHIND = (
    "`--without-preprocessing` exports what comes after it, and writes the preprocessing as a "
    "Keras model of its own; keras and saved_model take all layers"
)
ELSE = "keras and saved_model take all layers"
LAST = "write `data_format: channels_last`, with the channels on the last axis"
LENGTH = "give the input the length of its sequences in its `shape`, or a `batch_size`"


class Use(NamedTuple):
    """One call of a layer, as far as it is known without running it.

    Attributes:
        args: all its arguments, with Keras's defaults.
        tensor: the first that it is called on; None where that is not known.
    """

    args: Mapping[str, Any]
    tensor: TensorStructure


def always(_: Use) -> bool:
    """Whatever its arguments are."""
    return True


def counts(use: Use) -> bool:
    """It gives one row of counts, or of ones, for several values."""
    return use.args.get("output_mode") in ("multi_hot", "count", "tf_idf")


def looks_up(use: Use) -> bool:
    """It takes text; inverted, it gives text."""
    return not use.args.get("invert")


def has_state(use: Use) -> bool:
    """What it gives depends on the call before."""
    return bool(use.args.get("stateful"))


def is_grouped(use: Use) -> bool:
    """Each filter sees a part of the channels."""
    return bool(use.args.get("groups", 1) != 1)


def has_channels_first(use: Use) -> bool:
    """Channels stand before the other axes."""
    return use.args.get("data_format") == "channels_first"


def leaves_gaps(use: Use) -> bool:
    """A stride is larger than the kernel."""
    kernel, strides = use.args.get("kernel_size"), use.args.get("strides", 1)
    sizes = kernel if isinstance(kernel, (list, tuple)) else [kernel] * 3
    steps = strides if isinstance(strides, (list, tuple)) else [strides] * 3
    known = zip(sizes, steps, strict=False)
    return any(isinstance(a, int) and isinstance(b, int) and a < b for a, b in known)


def is_endless(use: Use) -> bool:
    """Neither how many sequences there are is known, nor how long they are."""
    tensor = use.tensor
    return isinstance(tensor, Tensor) and tensor.rank > 1 and tensor.shape[:2] == (None, None)


class Refusal(NamedTuple):
    """What a format does not take.

    Attributes:
        layers: names, with spaces between.
        reason: what the format lacks.
        hint: what to do.
        when: for which calls; for all by default.
    """

    layers: str
    reason: str
    hint: str = ELSE
    when: Callable[[Use], bool] = always


_RECURRENT = "SimpleRNN LSTM GRU RNN ConvLSTM1D ConvLSTM2D ConvLSTM3D"
_LOOKUP = "the converter has no lookup tables"
_HASH = "it has no hash of text"
_COUNT = "it has no op that counts values (DenseBincount)"
_TEXT = "it splits no text"
_HASHES = Refusal("Hashing HashedCrossing", _HASH)
_SPLITS = Refusal("TextVectorization", _TEXT)

REFUSED: dict[str, tuple[Refusal, ...]] = {
    "onnx": (
        Refusal("StringLookup IntegerLookup", _LOOKUP),
        _SPLITS,
        _HASHES,
        Refusal("Discretization", "the converter has no op that finds bins (Bucketize)"),
        Refusal("MelSpectrogram", "the converter has no Fourier transform (RFFT)"),
        Refusal(
            "MixUp RandomColorDegeneration RandomGrayscale RandomHue RandomPosterization "
            "RandomSaturation RandomSharpness",
            "it counts its calls even where it changes nothing, and a file keeps no state",
        ),
        Refusal(_RECURRENT, "it goes on where the last call ended, and a file keeps no state",
                "leave out `stateful`", has_state),
        Refusal("Conv2DTranspose Conv3DTranspose", "ONNX Runtime takes no stride above the kernel",
                "make `kernel_size` at least as large as `strides`", leaves_gaps),
        Refusal("Conv3D", "ONNX Runtime takes no groups in three dimensions", ELSE, is_grouped),
    ),
    "litert": (
        Refusal("StringLookup", _COUNT, ELSE, counts),
        Refusal("IntegerLookup", "it looks up text alone, no numbers"),
        _SPLITS,
        _HASHES,
        Refusal("CategoryEncoding", _COUNT, ELSE, counts),
        Refusal("MaxPooling3D AveragePooling3D AdaptiveMaxPooling3D AdaptiveAveragePooling3D",
                "it pools over one and two dimensions"),
        Refusal("Conv3D", "it has no groups in three dimensions", ELSE, is_grouped),
        Refusal("Conv1D Conv1DTranspose Conv2DTranspose Conv3D Conv3DTranspose DepthwiseConv1D "
                "SeparableConv1D", "it has no such op with the channels first", LAST,
                has_channels_first),
        Refusal(f"{_RECURRENT} Bidirectional TimeDistributed",
                "neither the length of the sequences nor how many there are is known", LENGTH,
                is_endless),
    ),
    "openvino": (
        Refusal("StringLookup", _LOOKUP, ELSE, looks_up),
        Refusal("IntegerLookup CategoryEncoding", _COUNT, ELSE, counts),
        _SPLITS,
        _HASHES,
    ),
}  # fmt: skip
"""Format to what it does not take; the others take every layer."""

PRECISIONS: dict[str, tuple[str, ...]] = {
    "onnx": ("bfloat16",),
    "litert": ("float16", "bfloat16", "float64"),
    "openvino": ("bfloat16",),
}
"""Format to the dtypes of weights that its ops do not compute in. A mixed policy keeps its weights
in float32, and is exported in it."""

INPUTS: dict[str, tuple[str, ...]] = {
    "onnx": ("bfloat16",),
    "litert": ("bfloat16", "uint64"),
    "openvino": ("bfloat16",),
}
"""Format to the dtypes that its inputs cannot have."""
