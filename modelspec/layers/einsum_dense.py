"""EinsumDense: a kernel applied by an equation such as "abc,cd->abd"."""

from __future__ import annotations

import re
from typing import NamedTuple

from modelspec.layers.rule import (
    FIRST_BATCH,
    LayerCall,
    Mismatch,
    RuleResult,
    Shape,
    Tensor,
    Weight,
    broadcast,
    lora_weights,
    need_known,
    need_numbers,
    product,
    total,
    volume,
)

from .activations import activation_flops, after_activation, limit_activation

FORMS = (
    re.compile(r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)(?:\.\.\.)?"),
    re.compile(r"\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)"),
    re.compile(r"([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\."),
)
"""Without an ellipsis (a stray one at the end stands for nothing), with one on the left, with one
on the right."""


class Equation(NamedTuple):
    """The letters of an equation, and the axes of the input that its ellipsis stands for.

    Attributes:
        left: whether the ellipsis stands before the letters.
    """

    input: str
    kernel: str
    output: str
    rest: int
    left: bool


def read_equation(text: str, x: Tensor) -> Equation:
    """An equation for this input; a Mismatch where they do not go together."""
    for form in FORMS:
        match = form.fullmatch(text.rstrip())
        if match is None:
            continue
        letters, kernel, output = match.groups()
        rest = x.rank - len(letters)
        elided = form is not FORMS[0]
        if rest < 0 or (rest and not elided):
            need = f"at least {len(letters)}" if elided else str(len(letters))
            raise Mismatch(f'"{text}" needs {need} axes, got {x.shape}', "equation")
        return Equation(letters, kernel, output, rest, form is FORMS[1])
    hint = 'the forms are "ab,bc->ac", "...b,bc->...c" and "ab...,bc->ac..."'
    raise Mismatch(f'cannot use the equation "{text}"', "equation", hint)


class Projection(NamedTuple):
    """The result of an equation for an input."""

    output: Shape
    kernel: tuple[int, ...]
    bias: tuple[int, ...] | None


def project(equation: Equation, x: Tensor, sizes: Shape, bias_axes: str | None) -> Projection:
    """The shapes of the output, the kernel and the bias.

    Args:
        equation: the equation.
        x: the input.
        sizes: `output_shape`: the output's sizes but the batch and those of the ellipsis; None
            takes the input's size.
        bias_axes: letters of the output that the bias has.
    """
    output = _output(equation, x.shape, sizes)
    # Keras counts the output's letters from behind the ellipsis, and the input's too if the
    # ellipsis is on the left.
    before = equation.rest if equation.left else 0
    ours = {c: x.shape[i + before] for i, c in enumerate(equation.input)}
    theirs: dict[str, int | None] = {}
    for i, letter in enumerate(equation.output):
        if i + before >= len(output):
            raise Mismatch(
                f"the output has {len(equation.output)} letters, and `output_shape` {list(sizes)} "
                f"with the batch gives {len(output)} sizes",
                "output_shape",
            )
        theirs[letter] = output[i + before]
    _need_sources(equation)
    _need_equal_shared(ours, theirs)
    kernel = []
    for letter in equation.kernel:
        if letter not in theirs and letter not in ours:
            raise Mismatch(
                f"the kernel's `{letter}` is in neither the input nor the output", "equation"
            )
        size = theirs[letter] if letter in theirs else ours[letter]
        kernel.append(need_known(size, f"size of `{letter}`", x.shape))
    return Projection(output, tuple(kernel), _bias(equation, theirs, bias_axes))


def _output(equation: Equation, shape: Shape, sizes: Shape) -> Shape:
    if not shape:
        raise Mismatch(f"needs a batch axis, got {shape}")
    rest = equation.rest
    if not rest:
        return (shape[0], *sizes)
    if equation.left:
        return (shape[0], *reversed(shape[1:rest]), *sizes)
    return (shape[0], *sizes, *shape[len(shape) - rest :])


def _need_sources(equation: Equation) -> None:
    for letter in equation.output:
        if letter not in equation.input and letter not in equation.kernel:
            raise Mismatch(
                f"the output's `{letter}` is in neither the input nor the kernel", "equation"
            )


def _need_equal_shared(ours: dict[str, int | None], theirs: dict[str, int | None]) -> None:
    for letter, size in ours.items():
        wanted = theirs.get(letter)
        if wanted is not None and wanted != size:
            raise Mismatch(
                f"`{letter}` is {size} in the input and {wanted} in the output",
                "output_shape",
                "write null there to take the input's size",
            )


def _bias(
    equation: Equation, output: dict[str, int | None], axes: str | None
) -> tuple[int, ...] | None:
    if axes is None:
        return None
    missing = [letter for letter in axes if letter not in output]
    if missing or not axes:
        what = f"`{missing[0]}` is not in the output" if missing else "needs a letter"
        raise Mismatch(f'{what} "{equation.output}"', "bias_axes")
    first = min(equation.output.find(letter) for letter in axes)
    sizes = [output[c] if c in axes else 1 for c in equation.output[first:]]
    if not equation.left:
        sizes += [1] * equation.rest
    return tuple(
        need_known(size, "size on each of the bias's axes", tuple(sizes)) for size in sizes
    )


def einsum_dense(call: LayerCall) -> RuleResult:
    """EinsumDense: (batch, ...) -> (batch, *output_shape), as the equation says.

    Weights: kernel with the sizes of the equation's second term, bias with those of `bias_axes`.
    """
    x, sizes = call.x, call.args["output_shape"]
    need_numbers(x)
    equation = read_equation(call.args["equation"], x)
    sizes = (sizes,) if isinstance(sizes, int) else tuple(sizes)
    found = project(equation, x, sizes, call.args["bias_axes"])
    kernel, lora, flops = lora_weights(call, Weight("kernel", found.kernel, call.policy.variable))
    size = made_by(equation, x.shape, found)
    flops = total(flops, projection_flops(equation, x.shape, found))
    flops = total(flops, activation_flops(call.args["activation"], size))
    bias: tuple[Weight, ...] = ()
    if found.bias is not None:
        bias = (Weight("bias", found.bias, call.policy.variable),)
    made = Tensor(_run_shape(equation, x.shape, found), call.policy.compute)
    output = after_activation(call, made.built_as(found.output))
    return limit_activation(call, RuleResult(output, (kernel, *bias, *lora), flops))


def _run_shape(equation: Equation, shape: Shape, found: Projection) -> Shape:
    """The shape that the product has.

    The kernel is built for `found.output`, which is what Keras states: there the axes of an
    ellipsis on the left are turned round, and all of `output_shape` counts. A run gives the axes
    that the equation has. What Keras states as unknown is left unknown.

    Raises:
        Mismatch: the kernel and the input, or the bias and the output, do not fit together.
    """
    before = equation.rest if equation.left else 0
    sizes: dict[str, int | None] = dict(zip(equation.kernel, found.kernel, strict=True))
    for i, letter in enumerate(equation.input):
        size = shape[i + before]
        if None not in (size, sizes.get(letter)) and sizes[letter] != size:
            raise Mismatch(
                f"`{letter}` is {size} in the input and {sizes[letter]} in the kernel; Keras "
                "builds this, but its first batch fails",
                "output_shape",
                "write one size for each letter of the output but the batch",
            )
        sizes.setdefault(letter, size)
    letters = tuple(sizes[letter] for letter in equation.output)
    elided = shape[:before] if equation.left else shape[len(shape) - equation.rest :]
    out = (*elided, *letters) if equation.left else (*letters, *elided)
    if found.bias is not None:
        out = _with_bias(out, found.bias)
    if len(out) != len(found.output):
        return out
    pairs = zip(found.output, out, strict=True)
    return tuple(None if stated is None else size for stated, size in pairs)


def _with_bias(out: Shape, bias: Shape) -> Shape:
    try:
        return broadcast(out, bias)
    except Mismatch as mismatch:
        raise Mismatch(
            f"its bias of shape {bias} does not fit the output {out}: {FIRST_BATCH}",
            "bias_axes",
        ) from mismatch


def made_by(equation: Equation, shape: Shape, found: Projection) -> int | None:
    """How many elements one example of the output has.

    Keras does not know sizes of the output that `output_shape` leaves to the input; they are
    known here if the input's are.
    """
    return product(_letters(equation, shape, found, equation.output), _elided(equation, shape))


def projection_flops(equation: Equation, shape: Shape, found: Projection) -> int | None:
    """Two for each element of the output and each index that is summed over; one for the bias."""
    letters = "".join(dict.fromkeys(equation.input + equation.kernel))
    pairs = product(_letters(equation, shape, found, letters), _elided(equation, shape))
    bias = 0 if found.bias is None else made_by(equation, shape, found)
    return total(product(2, pairs), bias)


def _letters(equation: Equation, shape: Shape, found: Projection, letters: str) -> int | None:
    """The product of the sizes of letters, without the batch."""
    before = equation.rest if equation.left else 0
    sizes = {c: shape[i + before] for i, c in enumerate(equation.input)}
    sizes |= dict(zip(equation.kernel, found.kernel, strict=True))
    if not before:
        sizes[equation.input[0]] = 1
    return volume(sizes[letter] for letter in letters)


def _elided(equation: Equation, shape: Shape) -> int | None:
    """The product of the sizes of the ellipsis, without the batch."""
    if not equation.rest:
        return 1
    return volume(shape[1 : equation.rest] if equation.left else shape[-equation.rest :])
