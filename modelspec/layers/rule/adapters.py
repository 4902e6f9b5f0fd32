"""Low-rank adapters: what `lora_rank` adds to a layer's kernel."""

from __future__ import annotations

from .rule import Given, Mismatch, Weight
from .shapes import product, volume


def adapters(given: Given, kernel: Weight) -> tuple[Weight, tuple[Weight, ...], int | None]:
    """The kernel, frozen if there are adapters; the adapters; the operations that apply them.

    Args:
        given: what the rule is given: `lora_rank`, and `NAME_constraint` of the kernel.
        kernel: the weight (..., columns) that `lora_rank` adapts by (..., rank) @ (rank, columns).
    """
    rank = given.args["lora_rank"]
    if not rank:
        return kernel, (), 0
    constraint = f"{kernel.name}_constraint"
    if given.args[constraint] is not None:
        raise Mismatch(
            f"takes `lora_rank` or `{constraint}`, not both", "lora_rank", "remove one of them"
        )
    frozen = Weight(kernel.name, kernel.shape, kernel.dtype, trainable=False)
    prefix = "lora_embeddings" if kernel.name == "embeddings" else "lora_kernel"
    down = Weight(f"{prefix}_a", (*kernel.shape[:-1], rank))
    up = Weight(f"{prefix}_b", (rank, kernel.shape[-1]))
    return frozen, (down, up), product(2 * rank + 2, volume(kernel.shape))
