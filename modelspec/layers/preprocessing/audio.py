"""Audio preprocessing: MelSpectrogram and STFTSpectrogram."""

from __future__ import annotations

from modelspec.layers.rule import (
    CHANNELS_FIRST,
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Tensor,
    Weight,
    need_min_rank,
    need_numbers,
    need_rank,
    product,
    slide,
    total,
    volume,
)

HALF_OR_MORE = ("float16", "float32", "float64")


def mel_spectrogram(call: LayerCall) -> RuleResult:
    """MelSpectrogram: (..., samples) -> (..., num_mel_bins, frames).

    Keras announces (batch, num_mel_bins, frames) however many axes the signal has, and one frame
    too many where `sequence_stride` divides the number of samples and one.
    """
    from modelspec.layers.ops import transform_flops  # with all ops, which few specs need

    x, args = call.x, call.args
    need_numbers(x)
    need_min_rank(x, 1, "samples")
    length, size = args["sequence_length"] or args["fft_length"], args["fft_length"]
    if size < length:
        hint = f"write a `sequence_length` of at most {size}"
        raise Mismatch(
            f"needs an `fft_length` of at least {length}, got {size}", "fft_length", hint
        )
    if call.policy.compute == "float64" and args["power_to_db"]:
        message = f"makes no decibels in float64: {FIRST_BATCH}"
        raise Mismatch(message, "power_to_db", "write `dtype: float32` at this layer")
    *others, samples = x.shape
    length_at = x.shape[min(1, x.rank - 1)]  # Keras takes this axis for the samples
    _need_samples(samples, size)
    stride, bins = args["sequence_stride"], args["num_mel_bins"]
    # half a transform is mirrored at both ends; what is left over after the last step is dropped
    frames = None if samples is None else 1 + (samples - size % 2) // stride
    announced = None if length_at is None else (length_at + stride + 1) // stride
    output = Tensor((*others, bins, frames), call.policy.compute)
    output = output.built_as((*x.shape[: min(1, x.rank - 1)], bins, announced))
    transforms = product(frames, transform_flops((None, size), 1))
    one = total(transforms, product(2, frames, size // 2 + 1, bins))
    return RuleResult(output, flops=product(volume(others[1:]), one))


def _need_samples(samples: int | None, size: int) -> None:
    half = size // 2
    if samples is None or samples > half:
        return
    known = f"mirrors {half} samples at both ends, and has only {samples} in its last axis"
    hint = "the last axis holds the samples; write channels before it"
    if samples > 1:
        hint = f"write an `fft_length` of at most {2 * samples - 1}, or give it more samples"
    message = f"{known}: {FIRST_BATCH}"
    raise Mismatch(message, "fft_length", hint)


def stft_spectrogram(call: LayerCall) -> RuleResult:
    """STFTSpectrogram: (batch, samples, channels) -> (batch, frames, frequencies * channels), or
    with `expand_dims` (batch, frames, frequencies, channels).

    Weights: real_kernel and imag_kernel (frame_length, 1, frequencies), as its `mode` needs them.
    """
    x, args = call.x, call.args
    length, step = args["frame_length"], args["frame_step"]
    if step is not None and step > length:
        hint = f"write at most {length}"
        raise Mismatch(
            f"steps over {step} samples, more than a frame of {length}", "frame_step", hint
        )
    if step is None and length < 2:
        message = "steps by half a frame, and half a frame of 1 sample is 0"
        raise Mismatch(message, "frame_length", "write `frame_step: 1`")
    size = args["fft_length"]
    if size is not None and size < length:
        raise Mismatch(f"needs at least the length of a frame, {length}, got {size}", "fft_length")
    need_rank(x, "batch, samples, channels")
    need_numbers(x)
    if x.dtype not in HALF_OR_MORE:
        hint = "a Rescaling before it makes floats of whole numbers"
        raise Mismatch(f"needs float16, float32 or float64, got {x.dtype}", hint=hint)
    first = args["data_format"] == CHANNELS_FIRST
    channels, samples = (x.shape[1], x.shape[2]) if first else (x.shape[2], x.shape[1])
    if channels is None:
        raise Mismatch(f"needs a known number of channels, got {x.shape}")
    frames = slide(samples, length, step or length // 2, args["padding"])
    half = _transform_size(length, size) // 2 + 1
    shown = 2 * half if args["mode"] == "stft" else half
    kernels = [name for name in ("real", "imag") if args["mode"] in (name, *_BOTH)]
    weights = tuple(
        Weight(f"{name}_kernel", (length, 1, half), call.policy.variable) for name in kernels
    )
    output = Tensor(
        _shape(x.shape[0], frames, shown, channels, (first, bool(args["expand_dims"]))),
        call.policy.compute,
    )
    macs = total(*(volume(weight.shape) for weight in weights))
    return RuleResult(output, weights, product(2, frames, channels, macs))


_BOTH = ("log", "magnitude", "psd", "angle", "stft")
"""Modes that need the real and the imaginary part."""


def _transform_size(frame: int, asked: int | None) -> int:
    """The size of the transform; by default the next power of two."""
    return asked or 1 << (frame - 1).bit_length()


def _shape(
    batch: int | None, frames: int | None, shown: int, channels: int, form: tuple[bool, bool]
) -> tuple[int | None, ...]:
    channels_first, expanded = form
    if expanded:
        rest = (frames, shown)
        return (batch, channels, *rest) if channels_first else (batch, *rest, channels)
    wide = shown * channels
    return (batch, wide, frames) if channels_first else (batch, frames, wide)


RULES: dict[str, Rule] = {"MelSpectrogram": mel_spectrogram, "STFTSpectrogram": stft_spectrogram}
