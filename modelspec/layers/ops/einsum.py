"""`einsum` and `rearrange`: axes named by letters or words."""

from __future__ import annotations

import re

from modelspec.layers.rule import (
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    per_example,
    result_type,
    volume,
)

from .operands import need_numbers, setting, tensor
from .shapes import Size, fits, stretched

_TERM = r"[A-Za-z]*(\.\.\.)?[A-Za-z]*"
_SUBSCRIPTS = re.compile(rf"{_TERM}(,{_TERM})*(->{_TERM})?")
_GROUP = re.compile(r"\w+|\(.*?\)")


def einsum(call: LayerCall) -> RuleResult:
    """Sums of products over the letters that the result leaves out: `bij,bjk->bik`.

    A letter's size is the one that is known; `...` stands for all axes without a letter.
    """
    subscripts = setting(call, "subscripts")
    if not _SUBSCRIPTS.fullmatch(subscripts):
        hint = "write letters, commas, `...` and one `->`, without spaces: `bij,bjk->bik`"
        raise Mismatch(f'cannot read "{subscripts}"', "subscripts", hint)
    operands = tuple(call.named.get("", ()))
    need_numbers(*operands)
    inputs, _, output = subscripts.partition("->")
    specs = inputs.split(",")
    if len(specs) != len(operands):
        raise Mismatch(f"names {len(specs)} tensors, and {len(operands)} flow into it",
                       "subscripts")  # fmt: skip
    sizes: dict[str, Size] = {}
    rest: Shape = ()
    for spec, operand in zip(specs, operands, strict=True):
        rest = stretched(rest, _read(spec, operand.shape, sizes))
    if "->" not in subscripts:
        output = "..." + "".join(sorted(c for c in sizes if inputs.count(c) == 1))
    _check_case(output, specs)
    unknown = [c for c in output if c.isalpha() and c not in sizes]
    if unknown:
        raise Mismatch(f"has no axis `{unknown[0]}` among its inputs", "subscripts")
    before, dots, after = output.partition("...")
    shape = (
        tuple(sizes[c] for c in before) + (rest if dots else ()) + tuple(sizes[c] for c in after)
    )
    return RuleResult(Tensor(shape, _dtype(operands)), flops=_cost(operands, shape, rest, sizes))


def _check_case(output: str, specs: list[str]) -> None:
    """Keras stumbles over a capital letter that one of the tensors lacks."""
    for letter in output:
        if letter.isupper() and any(letter not in spec for spec in specs):
            raise Mismatch(f"cannot read the letter {letter}", "subscripts", "write small letters")


def _read(spec: str, shape: Shape, sizes: dict[str, Size]) -> Shape:
    """Record each letter's size, and return the axes of `...`."""
    before, dots, after = spec.partition("...")
    letters = len(before) + len(after)
    if letters > len(shape) or (not dots and letters != len(shape)):
        raise Mismatch(f"names {letters} axes in `{spec}` for {shape}", "subscripts")
    end = len(shape) - len(after)
    named = (*zip(before, shape[: len(before)], strict=True), *zip(after, shape[end:], strict=True))
    seen: set[str] = set()
    for letter, size in named:
        known = sizes.setdefault(letter, size)
        if letter in seen and fits(known, size):
            continue  # a diagonal: the first of its axes counts
        seen.add(letter)
        if known in (None, 1):
            sizes[letter] = size if known == 1 or size != 1 else known
        elif size not in (None, 1, known):
            raise Mismatch(f"has sizes {known} and {size} for the axis `{letter}`", "subscripts")
    return shape[len(before) : end]


def _dtype(operands: tuple[Tensor, ...]) -> str:
    dtypes = dict.fromkeys(operand.dtype for operand in operands)
    return "int32" if list(dtypes) == ["int8"] else result_type(*dtypes)


def _cost(
    operands: tuple[Tensor, ...], shape: Shape, rest: Shape, sizes: dict[str, Size]
) -> int | None:
    """Multiply-adds over all letters but the batch, the result's first axis."""
    every = volume((*rest, *sizes.values()))
    if shape and shape[0] is None:
        known = [*rest, *sizes.values()]
        known.remove(None)
        every = volume(known)
    elif every is not None and shape and shape[0]:
        every //= shape[0]
    if every is None or len(operands) == 1:
        return per_example(operands[0].shape) if len(operands) == 1 else None
    return 2 * every * (len(operands) - 1)


def rearrange(call: LayerCall) -> RuleResult:
    """Axes split, joined and moved by words: `b (h w) c -> b h w c`."""
    x = tensor(call, "tensor")
    left, arrow, right = setting(call, "pattern").partition("->")
    if not arrow or "->" in right:
        hint = "write `b h w c -> b (h w) c`"
        raise Mismatch("needs one arrow in its pattern", "pattern", hint)
    _check_words(re.findall(r"\w+", left), re.findall(r"\w+", right))
    lengths = dict(call.args.get("axes_lengths") or {})
    sizes = _sizes(_GROUP.findall(left), x.shape, lengths)
    shape = tuple(_together(group, sizes) for group in _GROUP.findall(right))
    return RuleResult(Tensor(shape, x.dtype))


def _sizes(groups: list[str], shape: Shape, lengths: dict[str, int]) -> dict[str, Size]:
    sizes: dict[str, Size] = {}
    if len(groups) > len(shape) or volume(shape[len(groups) :]) != 1:
        raise Mismatch(f"names {len(groups)} axes for {shape}", "pattern")
    for group, size in zip(groups, shape, strict=False):
        words = re.findall(r"\w+", group)
        if not group.startswith("("):
            sizes[group] = size
            continue
        open_words = [word for word in words if word not in lengths]
        known = volume(lengths[word] for word in words if word in lengths)
        if len(open_words) > 1 or (open_words and size is None):
            raise Mismatch(
                f"cannot work out the sizes in {group}", "axes_lengths", "write all but one of them"
            )
        if size is not None and known and (size % known or (not open_words and size != known)):
            raise Mismatch(f"cannot split {size} into {group} by {lengths}", "axes_lengths")
        sizes.update({word: lengths[word] for word in words if word in lengths})
        if open_words and size is not None and known:
            sizes[open_words[0]] = size // known
    return sizes


def _together(group: str, sizes: dict[str, Size]) -> Size:
    joined = volume(sizes[word] for word in re.findall(r"\w+", group))
    if joined is None:
        raise Mismatch(
            f"does not know the size of {group}, and Keras needs it, the batch size too",
            hint="use `ops.transpose` and `ops.reshape`, or give the input a `batch_size`",
        )
    return joined


def _check_words(left: list[str], right: list[str]) -> None:
    for word in (*left, *right):
        if (word in left) != (word in right):
            side = "right" if word in left else "left"
            raise Mismatch(f"has no axis `{word}` on the {side} of its arrow", "pattern")
        if left.count(word) > 1 or right.count(word) > 1:
            raise Mismatch(f"names the axis `{word}` twice on one side", "pattern")


OPS: dict[str, Rule] = {"einsum": einsum, "rearrange": rearrange}
"""Rules of these ops."""
