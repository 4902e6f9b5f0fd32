"""What the kernels that compute a layer do not take, although Keras builds the layer.

Keras infers shapes without running anything, so that these tensors pass until a batch arrives.
"""

from __future__ import annotations

from dataclasses import replace

from .dtypes import is_whole
from .rule import Mismatch, RuleResult, Tensor
from .shapes import need_numbers

FIRST_BATCH = "Keras builds this, but its first batch fails"
IN_TRAINING = "Keras builds this, but the first batch of a training fails"
FIRST_STEP = "Keras builds this, but the first step of training fails"

SOFTMAX_AXES = 5
"""What oneDNN's softmax takes, by which TensorFlow computes it on a CPU."""

KERNEL_AXES = 8
"""What TensorFlow takes in most kernels that pick elements: SelectV2, StridedSlice, Reverse."""


def need_floats(x: Tensor, when: str = FIRST_BATCH) -> None:
    """Refuse text, whole numbers and booleans.

    Keras casts floating tensors to the dtype of a layer and leaves the others as they are.

    Args:
        x: the tensor.
        when: what fails, for the message.
    """
    need_numbers(x)
    if is_whole(x.dtype):
        raise Mismatch(f"needs floating numbers, got {x.dtype}: {when}", hint=_to_floats(x.dtype))


def need_no_booleans(x: Tensor) -> None:
    """Refuse text and booleans."""
    need_numbers(x)
    if x.dtype == "bool":
        raise Mismatch(f"needs numbers, got bool: {FIRST_BATCH}", hint=_to_floats(x.dtype))


def _to_floats(dtype: str) -> str:
    pixels = "" if dtype == "bool" else " (for pixels `{scale: 0.00392}`, which is 1/255)"
    return (
        f"put `Rescaling: {{scale: 1}}` before it{pixels}, or leave `dtype` out of the input, "
        "which makes it float32"
    )


def need_features(count: int | None, x: Tensor) -> None:
    """Refuse a matrix product over no features, at which oneDNN's kernel ends the process."""
    if count == 0:
        hint = "give the input a last axis of at least 1"
        raise Mismatch(f"needs at least one feature, got {x.shape}: {FIRST_BATCH}", hint=hint)


def need_steps(x: Tensor) -> None:
    """Refuse a loop over no steps: it has no first one."""
    if x.rank > 1 and x.shape[1] == 0:
        hint = "give the input at least one step, or null for a number that varies"
        raise Mismatch(f"needs at least one step, got {x.shape}: {FIRST_BATCH}", hint=hint)


def need_no_empty_axis(x: Tensor, when: str = FIRST_BATCH) -> None:
    """Refuse a tensor without elements."""
    if 0 in x.shape[1:]:
        hint = "give each axis of the input a size of at least 1"
        raise Mismatch(f"needs at least one element, got {x.shape}: {when}", hint=hint)


def need_few_axes(axes: int, most: int = KERNEL_AXES) -> None:
    """Refuse what is computed on more axes than its kernel takes.

    Kernels that pick elements are behind more than it seems: sums of exponentials leave out an
    infinite maximum with SelectV2. All devices are alike.
    """
    if axes > most:
        message = f"computes on {axes} axes what TensorFlow computes on at most {most}"
        hint = "join some of the axes with Reshape before it"
        raise Mismatch(f"{message}: {FIRST_BATCH}", hint=hint)


def limit_softmax(found: RuleResult, axes: int) -> RuleResult:
    """The result of a layer that computes a softmax along one axis of a tensor of so many axes."""
    if axes <= SOFTMAX_AXES:
        return found
    limit = f"TensorFlow's softmax on a CPU takes at most {SOFTMAX_AXES} axes, and this one {axes}"
    hint = "join some of the axes that it is not computed along with Reshape before it"
    return replace(found, device_limit=limit, device_hint=hint)
