"""Fourier transforms and windows over signals. Complex numbers are pairs: real, imaginary."""

from __future__ import annotations

import math

from modelspec.layers.rule import (
    FIRST_BATCH,
    GradientLimit,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    need_numbers,
    volume,
)

from .operands import setting, tensor
from .shapes import Size, need_rank_at_least, not_negative


def _pair(call: LayerCall, rank: int) -> tuple[Tensor, Tensor]:
    """The real and the imaginary part.

    Raises:
        Mismatch: not two tensors of one shape with so many axes.
    """
    value = call.named.get("x", ())
    if not isinstance(value, tuple) or len(value) != 2:
        hint = "write `{from: {x: [real, imaginary]}, to: ...}`"
        raise Mismatch("needs a list of two tensors for `x`: real and imaginary", hint=hint)
    real, imaginary = value
    if real.shape != imaginary.shape:
        raise Mismatch(f"needs two parts of one shape, got {real.shape} and {imaginary.shape}")
    need_rank_at_least(real, rank)
    need_numbers(real, imaginary)
    return real, imaginary


def transform_flops(shape: Shape, axes: int) -> int | None:
    """What complex Fourier transforms over the last axes cost: 5 n log2(n) each, as is usual."""
    elements, size = volume(shape[1:]), volume(shape[len(shape) - axes :])
    if elements is None or size is None:
        return None
    return round(5 * elements * math.log2(max(size, 1)))


def _known(shape: Shape, count: int) -> None:
    if None in shape[len(shape) - count :]:
        axes = "last axis" if count == 1 else f"last {count} axes"
        raise Mismatch(f"needs to know its {axes}, got {shape}")


def fft(call: LayerCall) -> RuleResult:
    """Over the last axis."""
    parts = _pair(call, 1)
    _known(parts[0].shape, 1)
    return RuleResult(parts, flops=transform_flops(parts[0].shape, 1))


def fft2(call: LayerCall) -> RuleResult:
    """`fft2`, `ifft2`: over the last two axes."""
    parts = _pair(call, 2)
    _known(parts[0].shape, 2)
    return RuleResult(parts, flops=transform_flops(parts[0].shape, 2))


def rfft(call: LayerCall) -> RuleResult:
    """Of real numbers: half of the frequencies."""
    x = tensor(call, "x")
    need_numbers(x)
    need_rank_at_least(x, 1)
    length = setting(call, "fft_length")
    length = x.shape[-1] if length is None else length
    part = Tensor((*x.shape[:-1], None if length is None else length // 2 + 1), x.dtype)
    return RuleResult((part, part), flops=transform_flops(part.shape, 1))


def irfft(call: LayerCall) -> RuleResult:
    """Back to real numbers."""
    real, _ = _pair(call, 1)
    length, size = setting(call, "fft_length"), real.shape[-1]
    if length is None and size is not None:
        length = 2 * (size - 1)
    output = Tensor(not_negative((*real.shape[:-1], length)), real.dtype)
    limit = _gradient_limit(size, length)
    return RuleResult(output, flops=transform_flops(real.shape, 1), gradient_limit=limit)


def _gradient_limit(size: Size, length: Size) -> GradientLimit | None:
    """Why no gradient passes back from a signal: it has those frequencies only that were used, and
    TensorFlow puts them beside all that were given."""
    if size is None or length is None or not 1 < length // 2 + 1 < size:
        return None
    why = f"has no gradient where `fft_length` uses {length // 2 + 1} of {size} frequencies"
    return GradientLimit(why, f"write `fft_length: {2 * (size - 1)}`, or cut off the others before")


def _windows(size: Size, length: int, stride: int) -> Size:
    return None if size is None else 1 + (size - length) // stride


def stft(call: LayerCall) -> RuleResult:
    """Windows over the last axis, and the frequencies of each."""
    x = tensor(call, "x")
    need_numbers(x)
    need_rank_at_least(x, 1)
    length, size = setting(call, "fft_length"), x.shape[-1]
    window = setting(call, "sequence_length")
    if length < window:
        message = f"needs an `fft_length` of at least {window}, the `sequence_length`, got {length}"
        raise Mismatch(f"{message}: {FIRST_BATCH}", "fft_length")
    if setting(call, "center") and size is not None:
        size += length // 2 * 2
    count = _windows(size, length, setting(call, "sequence_stride"))
    shape = not_negative((*x.shape[:-1], count, length // 2 + 1), "fft_length")
    return RuleResult((Tensor(shape, x.dtype),) * 2, flops=transform_flops(shape, 1))


def istft(call: LayerCall) -> RuleResult:
    """Back from windows of frequencies to a signal."""
    real, _ = _pair(call, 2)
    length, window = setting(call, "length"), setting(call, "fft_length")
    count = real.shape[-2]
    size = None  # Keras states the `length`, and a signal that is shorter stays as it is
    if count is not None:
        most = (count - 1) * setting(call, "sequence_stride") + window
        half = window // 2 if setting(call, "center") else 0
        size = most - 2 * half if length is None else min(length, most - half)
    stated = not_negative((*real.shape[:-2], size if length is None else length))
    output = Tensor(not_negative((*real.shape[:-2], size)), real.dtype).built_as(stated)
    limit = _gradient_limit(real.shape[-1], window)
    return RuleResult(output, flops=transform_flops(real.shape, 1), gradient_limit=limit)


def extract_sequences(call: LayerCall) -> RuleResult:
    """Windows over the last axis."""
    x = tensor(call, "x")
    need_rank_at_least(x, 1)
    length = setting(call, "sequence_length")
    count = _windows(x.shape[-1], length, setting(call, "sequence_stride"))
    return RuleResult(
        Tensor(not_negative((*x.shape[:-1], count, length), "sequence_length"), x.dtype)
    )


def view_as_complex(call: LayerCall) -> RuleResult:
    """The last axis, of size 2, becomes one complex number.

    Keras means it for real numbers, and adds complex ones to them without a cast.
    """
    x = tensor(call, "x")
    if not x.rank or x.shape[-1] not in (2, None):
        raise Mismatch(f"needs a last axis of 2 (real, imaginary), got {x.shape}")
    return RuleResult(Tensor(x.shape[:-1], "complex64"))


def view_as_real(call: LayerCall) -> RuleResult:
    """Each number becomes a new last axis of 2, its real and imaginary part."""
    x = tensor(call, "x")
    dtype = {"complex64": "float32", "complex128": "float64"}.get(x.dtype, x.dtype)
    return RuleResult(Tensor((*x.shape, 2), dtype))


OPS: dict[str, Rule] = {
    "extract_sequences": extract_sequences,
    "fft": fft,
    "fft2": fft2,
    "ifft2": fft2,
    "irfft": irfft,
    "istft": istft,
    "rfft": rfft,
    "stft": stft,
    "view_as_complex": view_as_complex,
    "view_as_real": view_as_real,
}
"""Rules of these ops."""
