"""Quantiles and medians, with the limits of TensorFlow's own on axes and on a graph."""

from __future__ import annotations

from typing import Any

from modelspec.layers.rule import (
    FIRST_BATCH,
    FLOATX,
    LayerCall,
    Mismatch,
    Rule,
    RuleResult,
    Shape,
    Tensor,
    floating,
    is_floating,
    need_few_axes,
)

from .kernels import FLOATS, need_dtype
from .operands import need_numbers, setting, tensor
from .reductions import DtypeRule, cost_of, float_dtype, reduction
from .shapes import reduced


def median(call: LayerCall) -> RuleResult:
    """The median along axes, or of all elements."""
    _need_few_axes_to_keep(call, tensor(call, "x"), ())
    return reduction(floating)(call)


def _need_few_axes_to_keep(call: LayerCall, x: Tensor, front: Shape) -> None:
    """Refuse quantiles that leave too many axes to pick from."""
    need_few_axes(len(reduced(x.shape, setting(call, "axis"), False)) + len(front))


def nan_median(call: LayerCall) -> RuleResult:
    """The median of what is a number."""
    _need_whole_tensor(call, tensor(call, "x"))
    return reduction(float_dtype)(call)


def _need_whole_tensor(call: LayerCall, x: Tensor) -> None:
    """`nanmedian`, `nanquantile` and `nanpercentile` in a graph, which `fit` runs in.

    Raises:
        Mismatch: they are to work along an axis, whose result has no static shape there; or on
            whole numbers, which cannot be NaN.
    """
    need_dtype(x, FLOATS)
    if setting(call, "axis") is not None:
        hint = "`ops.median`, `ops.quantile` and `ops.percentile` have an axis"
        raise Mismatch(f"cannot work along an axis in a graph: {FIRST_BATCH}", "axis", hint)


def quantile(dtype_rule: DtypeRule, states_one: bool, of_numbers_only: bool = False) -> Rule:
    """The rule of `quantile`, `percentile` and kin: a list of `q`, even of one, gives a first axis.

    Args:
        dtype_rule: the dtype of the result.
        states_one: whether Keras states that axis for a list of one too.
        of_numbers_only: whether it leaves out what is not a number (NaN).
    """

    def rule(call: LayerCall) -> RuleResult:
        x, q = tensor(call, "x"), call.named.get("q", call.args.get("q"))
        need_numbers(x, q)
        if of_numbers_only:
            _need_whole_tensor(call, x)
            _need_one_share(q)
        shape = reduced(x.shape, setting(call, "axis"), setting(call, "keepdims"))
        front = _front(q)
        if setting(call, "axis") is not None:
            _need_few_axes_to_keep(call, x, front)
        stated = front if states_one or front != (1,) or isinstance(q, Tensor) else ()
        output = Tensor(front + shape, dtype_rule(x.dtype)).built_as(stated + shape)
        return RuleResult(output, flops=cost_of(x))

    return rule


def _need_one_share(q: Any) -> None:
    """`nanquantile` and `nanpercentile` of several `q` have no static shape in a graph either."""
    if _front(q):
        message = "gives several `q` at once without a shape in a graph, even a list of one"
        hint = "write one number, and a layer for each, joined by `ops.stack`"
        raise Mismatch(f"{message}: {FIRST_BATCH}", "q", hint)


def _front(q: Any) -> Shape:
    if isinstance(q, Tensor):
        return q.shape[:1]
    return (len(q),) if isinstance(q, list) else ()


def _percentile(dtype: str) -> str:
    return dtype if is_floating(dtype) else FLOATX


OPS: dict[str, Rule] = {
    "median": median,
    "nanmedian": nan_median,
    "nanpercentile": quantile(_percentile, states_one=True, of_numbers_only=True),
    "nanquantile": quantile(floating, states_one=False, of_numbers_only=True),
    "percentile": quantile(_percentile, states_one=True),
    "quantile": quantile(floating, states_one=False),
}
"""Rules of these ops."""
