"""Calls that compute forward and not backward: TensorFlow has no gradient for what they do.

Keras builds them. With weights before such a call, the first step of training fails; where
the gradient is merely cut, these weights stay as they are.
"""

from __future__ import annotations

from .dtypes import is_floating
from .rule import GradientLimit


def resizing_limit(
    interpolation: str, dtype: str, *, antialias: bool = False
) -> GradientLimit | None:
    """What a way of resizing images lacks in a dtype.

    `area` has no kernel for a gradient. Those of `lanczos3`, `lanczos5` and all that smooths before
    it makes images smaller compute in float32 and take no other dtype, and bicubic in half
    precision goes through a float32 that is cut off.
    """
    with_it = f"with `interpolation: {interpolation}`"
    hint = "use `interpolation: bilinear`"
    if interpolation == "area":
        return GradientLimit(f"has no gradient {with_it}", hint)
    if not is_floating(dtype):
        return None
    if interpolation.startswith("lanczos") and dtype != "float32":
        return GradientLimit(f"has no gradient {with_it} in {dtype}", hint)
    if antialias and interpolation in ("bilinear", "bicubic") and dtype != "float32":
        why = f"has no gradient with `antialias: true` in {dtype}"
        return GradientLimit(why, "leave `antialias` out")
    if interpolation == "bicubic" and dtype in ("float16", "bfloat16"):
        return GradientLimit(f"has no gradient {with_it} in {dtype}", hint, fails=False)
    return None


def moving_limit(dtype: str) -> GradientLimit | None:
    """What moving the pixels of images by a matrix (rotation, zoom, shear) lacks in a dtype."""
    if dtype != "bfloat16":
        return None
    hint = "compute it in float32, or put it before all layers with weights"
    return GradientLimit(f"has no gradient in {dtype}", hint)
