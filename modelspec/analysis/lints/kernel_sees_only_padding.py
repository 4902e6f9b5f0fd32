"""A convolution whose kernel reaches past its whole input.

With `padding: same` a kernel may be larger than what it slides over. Once it is so large (or so
far dilated) that some of its weights lie on the padding wherever it stands, these weights take
part in nothing and learn nothing: a 3 by 3 kernel with a dilation of 12 on a map of 8 by 8 is a
1 by 1 kernel.

To fix it, choose a smaller `kernel_size` or `dilation_rate`, or shrink the map less before.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8, 8, 3]}
        layers:
          - Conv2D: {filters: 16, kernel_size: 3, padding: same, dilation_rate: 12}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8, 8, 3]}
        layers:
          - Conv2D: {filters: 16, kernel_size: 3, padding: same, dilation_rate: 2}
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from modelspec.analysis.arguments import complete
from modelspec.analysis.lints.context import Lint, LintContext, ModelView
from modelspec.graph import Call
from modelspec.layers import classes_with, traits_of
from modelspec.spec import Spec

CODE = "kernel-sees-only-padding"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such convolution."""
    for model in context.models:
        for call in model.calls_of(*classes_with("kernel_axes")):
            if not model.called_once(call):
                continue
            live, sizes = _live(model, call)
            kernel = [size for size, _ in live]
            if all(used == size for size, used in live):
                continue
            left = prod(size for size, _ in live) - prod(used for _, used in live)
            message = (
                f"{left} of the kernel's {prod(kernel)} positions see only padding:"
                f" the input has the size {_by(sizes)}"
            )
            item = model.layer(call).object
            spans = item.arg_spans
            span = spans.get("dilation_rate", spans.get("kernel_size", item.span))
            hint = "choose a smaller `kernel_size` or `dilation_rate`"
            yield Lint(span, message, hint)


def _live(model: ModelView, call: Call) -> tuple[list[tuple[int, int]], list[int | None]]:
    """For each axis the kernel's size and how many of its positions ever see the input."""
    args = complete(model.layer(call).object)
    tensor = model.input(call)
    axes = traits_of(model.kind(call)).kernel_axes
    if tensor is None or tensor.rank != axes + 2 or args["padding"] not in ("same", "causal"):
        return [], []
    first = 2 if args.get("data_format") == "channels_first" else 1
    sizes = list(tensor.shape[first : first + axes])
    keys = ("kernel_size", "strides", "dilation_rate")
    each = zip(*(_each(args[key], axes) for key in keys), strict=True)
    return [
        (kernel, kernel if size is None else _used(size, kernel, stride, dilation, args["padding"]))
        for size, (kernel, stride, dilation) in zip(sizes, each, strict=True)
    ], sizes


def _used(size: int, kernel: int, stride: int, dilation: int, padding: str) -> int:
    """How many positions of a kernel lie on the input for at least one of its places."""
    reach = (kernel - 1) * dilation
    last = (-(-size // stride) - 1) * stride
    before = reach if padding == "causal" else max(last + reach + 1 - size, 0) // 2
    # a position p starts at p * dilation - before, and must lie from -last to size - 1
    first = max(-(-(before - last) // dilation), 0)
    end = min(-(-(size + before) // dilation), kernel)
    return max(end - first, 0)


def _each(value: int | list[int], axes: int) -> tuple[int, ...]:
    return (value,) * axes if isinstance(value, int) else tuple(value)


def _by(sizes: list[int | None]) -> str:
    return " by ".join("unknown" if size is None else str(size) for size in sizes)
