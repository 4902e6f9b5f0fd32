"""Losses and scores as functions: crossentropies, CTC, PSNR."""

from __future__ import annotations

from modelspec.layers.rule import (
    FLOATX,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Tensor,
    find_axis,
    is_whole,
    need_numbers,
    per_example,
    product,
    result_type,
)

from .operands import operand, setting, tensor
from .shapes import need_rank_at_least, need_ranks


def _target_and_output(call: LayerCall) -> tuple[Tensor, Tensor]:
    target, output = tensor(call, "target"), tensor(call, "output")
    need_numbers(target, output)
    return target, output


def binary_crossentropy(call: LayerCall) -> RuleResult:
    """One loss for each element."""
    target, output = _target_and_output(call)
    _same_shape(target, output)
    return RuleResult(output, flops=product(4, per_example(output.shape)))


def categorical_crossentropy(call: LayerCall) -> RuleResult:
    """One loss for each row; Keras announces that the last axis goes, whatever `axis`."""
    target, output = _target_and_output(call)
    _same_shape(target, output)
    need_rank_at_least(target, 1, "target")
    flops = product(4, per_example(output.shape))
    return RuleResult(Tensor(output.shape[:-1], output.dtype), flops=flops)


def _same_shape(target: Tensor, output: Tensor) -> None:
    if target.shape != output.shape:
        raise Mismatch(
            f"needs `target` and `output` of one shape, got {target.shape} and {output.shape}"
        )


def sparse_categorical_crossentropy(call: LayerCall) -> RuleResult:
    """One loss for each row; targets are class indices."""
    target, output = _target_and_output(call)
    need_rank_at_least(output, 1, "output")
    axis = find_axis(setting(call, "axis"), output.shape)
    rest = output.shape[:axis] + output.shape[axis + 1 :]
    rows = target.shape[:-1] if target.rank == output.rank and target.shape[-1] == 1 else None
    if rest not in (target.shape if rows is None else rows, rows):
        raise Mismatch(f"needs a `target` of shape {rest}, got {target.shape}")
    return RuleResult(Tensor(rest, output.dtype), flops=product(4, per_example(output.shape)))


def ctc_loss(call: LayerCall) -> RuleResult:
    """One loss for each example."""
    names = ("target", "output", "target_length", "output_length")
    found = {name: tensor(call, name) for name in names}
    for name, x in found.items():
        need_rank_at_least(x, 1, name)
    if len({x.shape[0] for x in found.values()}) > 1:
        shapes = ", ".join(str(x.shape) for x in found.values())
        raise Mismatch(f"needs one batch size in all four tensors, got {shapes}")
    dtype = result_type(found["output"].dtype, FLOATX)
    return RuleResult(Tensor(found["target"].shape[:1], dtype), flops=None)


def ctc_decode(call: LayerCall) -> RuleResult:
    """The most likely sequences and their scores."""
    x = tensor(call, "inputs")
    operand(call, "sequence_lengths")
    need_ranks(x, 3, name="inputs")
    paths = 1 if setting(call, "strategy") == "greedy" else setting(call, "top_paths")
    batch, steps = x.shape[:2]
    sequences = Tensor((paths, batch, steps), "int32")
    return RuleResult((sequences, Tensor((batch, paths), result_type(x.dtype, FLOATX))), flops=None)


def psnr(call: LayerCall) -> RuleResult:
    """One number for two images."""
    x1, x2 = tensor(call, "x1"), tensor(call, "x2")
    need_numbers(x1, x2)
    if x1.rank != x2.rank:
        raise Mismatch(f"needs as many axes in both, got {x1.shape} and {x2.shape}")
    dtype = FLOATX if is_whole(x1.dtype) else x1.dtype
    return RuleResult(Tensor((), dtype), flops=product(3, per_example(x1.shape)))


OPS: dict[str, Rule] = {
    "binary_crossentropy": binary_crossentropy,
    "categorical_crossentropy": categorical_crossentropy,
    "ctc_decode": ctc_decode,
    "ctc_loss": ctc_loss,
    "psnr": psnr,
    "sparse_categorical_crossentropy": sparse_categorical_crossentropy,
}
"""Rules of these ops."""
