"""Ops that give back the very tensor that they are called on, where there is nothing to do.

What Keras notes at a tensor, its mask, then stays there: a layer behind such an op meets it.
"""

from __future__ import annotations

from dataclasses import replace

from modelspec.layers.rule import LayerCall, RuleResult, Tensor, find_axes, is_whole, standard

WITHOUT_IMAGINARY = frozenset(("conj", "conjugate", "real"))
WITHOUT_FRACTION = frozenset(("nan_to_num", "round", "trunc"))
WITHOUT_SIGN = frozenset(("abs", "absolute"))
TO_DTYPE = frozenset(("array", "cast", "convert_to_tensor"))


def with_own_mask(op: str, call: LayerCall, found: RuleResult) -> RuleResult:
    """The result of a call, with the mask of its tensor where it is that tensor."""
    x = next(iter(call.named.values()), None)
    if not isinstance(x, Tensor) or not isinstance(found.output, Tensor):
        return found
    if not (x.mask is not None or x.padded_channels) or not _returns(op, call, x):
        return found
    output = replace(found.output, mask=x.mask, padded_channels=x.padded_channels)
    return replace(found, output=output)


def _returns(op: str, call: LayerCall, x: Tensor) -> bool:
    args = call.args
    if op in WITHOUT_IMAGINARY:
        return not x.dtype.startswith("complex")
    if op in WITHOUT_FRACTION:
        return is_whole(x.dtype)
    if op in WITHOUT_SIGN:
        return x.dtype == "bool" or x.dtype.startswith("uint")
    if op in TO_DTYPE:
        return args["dtype"] is None or standard(args["dtype"]) == x.dtype
    if op == "moveaxis":
        source, target = args["source"], args["destination"]
        return find_axes(source, x.shape) == find_axes(target, x.shape)
    if op == "swapaxes":
        return find_axes(args["axis1"], x.shape) == find_axes(args["axis2"], x.shape)
    if op == "rot90":
        return not args["k"] % 4
    return (op == "diff" and not args["n"]) or (op == "expand_dims" and args["axis"] == [])
