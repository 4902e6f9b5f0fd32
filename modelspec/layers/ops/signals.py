"""Fourier transforms and windows over signals. Complex numbers are pairs: real, imaginary."""

from __future__ import annotations

import math

from modelspec.layers.rule import Facts, Given, Mismatch, Rule, Shape, Tensor, need_numbers, volume

from .operands import setting, tensor
from .shapes import Size, need_rank_at_least, not_negative


def _pair(given: Given, rank: int) -> tuple[Tensor, Tensor]:
    """The real and the imaginary part.

    Raises:
        Mismatch: not two tensors of one shape with so many axes.
    """
    value = given.named.get("x", ())
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


def fft(given: Given) -> Facts:
    """Over the last axis."""
    parts = _pair(given, 1)
    _known(parts[0].shape, 1)
    return Facts(parts, flops=transform_flops(parts[0].shape, 1))


def fft2(given: Given) -> Facts:
    """`fft2`, `ifft2`: over the last two axes."""
    parts = _pair(given, 2)
    _known(parts[0].shape, 2)
    return Facts(parts, flops=transform_flops(parts[0].shape, 2))


def rfft(given: Given) -> Facts:
    """Of real numbers: half of the frequencies."""
    x = tensor(given, "x")
    need_numbers(x)
    need_rank_at_least(x, 1)
    length = setting(given, "fft_length")
    length = x.shape[-1] if length is None else length
    part = Tensor((*x.shape[:-1], None if length is None else length // 2 + 1), x.dtype)
    return Facts((part, part), flops=transform_flops(part.shape, 1))


def irfft(given: Given) -> Facts:
    """Back to real numbers."""
    real, _ = _pair(given, 1)
    length, size = setting(given, "fft_length"), real.shape[-1]
    if length is None and size is not None:
        length = 2 * (size - 1)
    output = Tensor(not_negative((*real.shape[:-1], length)), real.dtype)
    return Facts(output, flops=transform_flops(real.shape, 1))


def _windows(size: Size, length: int, stride: int) -> Size:
    return None if size is None else 1 + (size - length) // stride


def stft(given: Given) -> Facts:
    """Windows over the last axis, and the frequencies of each."""
    x = tensor(given, "x")
    need_numbers(x)
    need_rank_at_least(x, 1)
    length, size = setting(given, "fft_length"), x.shape[-1]
    if setting(given, "center") and size is not None:
        size += length // 2 * 2
    count = _windows(size, length, setting(given, "sequence_stride"))
    shape = not_negative((*x.shape[:-1], count, length // 2 + 1), "fft_length")
    return Facts((Tensor(shape, x.dtype),) * 2, flops=transform_flops(shape, 1))


def istft(given: Given) -> Facts:
    """Back from windows of frequencies to a signal."""
    real, _ = _pair(given, 2)
    length, window = setting(given, "length"), setting(given, "fft_length")
    count = real.shape[-2]
    if length is None and count is not None:
        length = (count - 1) * setting(given, "sequence_stride") + window
        length -= window // 2 * 2 if setting(given, "center") else 0
    output = Tensor(not_negative((*real.shape[:-2], length)), real.dtype)
    return Facts(output, flops=transform_flops(real.shape, 1))


def extract_sequences(given: Given) -> Facts:
    """Windows over the last axis."""
    x = tensor(given, "x")
    need_rank_at_least(x, 1)
    length = setting(given, "sequence_length")
    count = _windows(x.shape[-1], length, setting(given, "sequence_stride"))
    return Facts(Tensor(not_negative((*x.shape[:-1], count, length), "sequence_length"), x.dtype))


def view_as_complex(given: Given) -> Facts:
    """The last axis, of size 2, becomes one complex number."""
    x = tensor(given, "x")
    if not x.rank or x.shape[-1] not in (2, None):
        raise Mismatch(f"needs a last axis of 2 (real, imaginary), got {x.shape}")
    return Facts(Tensor(x.shape[:-1], "complex64"))


def view_as_real(given: Given) -> Facts:
    """Each complex number becomes a new last axis of 2."""
    x = tensor(given, "x")
    return Facts(Tensor((*x.shape, 2), "float32"))


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
