"""TensorFlow functions that `keras.ops` has too, with the names of their parameters.

Keras 2 made a layer `TFOpLambda` of each TensorFlow function on symbolic tensors. This table gives
the name of the function in a spec. What is not in it is rejected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class UnsupportedTfCallError(Exception):
    """A call of a TensorFlow function that `keras.ops` cannot express; the text says why."""


@dataclass(frozen=True, slots=True)
class TfRule:
    """One function.

    Attributes:
        op: the class of a spec: `ops.add`, or a layer's.
        parameters: TensorFlow's name of each parameter, in its order, to that of the op.
        defaults: constants that TensorFlow has by default and the op has not.
        usual: parameters that the op lacks, with the values for which that does not matter.
        change: what is done with the constants.
    """

    op: str
    parameters: dict[str, str]
    defaults: dict[str, Any] = field(default_factory=dict)
    usual: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    change: Callable[[dict[str, Any]], dict[str, Any]] | None = None


def _unary(name: str, parameter: str = "x") -> TfRule:
    return TfRule(f"ops.{name}", {parameter: "x"})


def _binary(name: str) -> TfRule:
    return TfRule(f"ops.{name}", {"x": "x1", "y": "x2"})


def _reduction(name: str) -> TfRule:
    parameters = {"input_tensor": "x", "axis": "axis", "keepdims": "keepdims"}
    return TfRule(f"ops.{name}", parameters)


def _sections(args: dict[str, Any]) -> dict[str, Any]:
    """TensorFlow gives the sizes of the parts, Keras the places between them."""
    sizes = args.get("indices_or_sections")
    if isinstance(sizes, list):
        if any(not isinstance(n, int) or n < 0 for n in sizes):
            raise UnsupportedTfCallError("one of its parts has no fixed size")
        ends = [sum(sizes[: index + 1]) for index in range(len(sizes) - 1)]
        return {**args, "indices_or_sections": ends}
    return args


def _pad(args: dict[str, Any]) -> dict[str, Any]:
    mode = str(args.get("mode", "constant")).lower()
    out = {**args, "mode": mode}
    if mode != "constant":
        out.pop("constant_values", None)
    return out


def _norm_order(args: dict[str, Any]) -> dict[str, Any]:
    order = args.get("ord")
    return {**args, "ord": None if order == "euclidean" else order}


def _one_axis(args: dict[str, Any]) -> dict[str, Any]:
    """TensorFlow lists even a single axis."""
    axis = args.get("axis")
    single = isinstance(axis, list) and len(axis) == 1
    return {**args, "axis": axis[0]} if single and isinstance(axis, list) else args


def _l2(args: dict[str, Any]) -> dict[str, Any]:
    """TensorFlow holds the square of the norm above its epsilon, Keras the norm."""
    return {**args, "epsilon": float(args.get("epsilon", 1e-12)) ** 0.5}


def _one_hot(args: dict[str, Any]) -> dict[str, Any]:
    on, off = args.pop("on_value", None), args.pop("off_value", None)
    if on not in (None, 1, 1.0) or off not in (None, 0, 0.0):
        raise UnsupportedTfCallError("it sets `on_value` or `off_value`")
    return args


def _channels(args: dict[str, Any]) -> dict[str, Any]:
    words = {"NHWC": "channels_last", "NCHW": "channels_first"}
    if "data_format" in args:
        args["data_format"] = words.get(args["data_format"], args["data_format"])
    return args


_UNARY = (
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "erf", "exp",
    "expm1", "floor", "log", "log1p", "negative", "reciprocal", "rsqrt", "sigmoid", "sign", "sin",
    "sinh", "sqrt", "square", "tan", "tanh", "is_finite", "is_inf", "is_nan", "logical_not",
)  # fmt: skip
_UNARY_NAMES = {
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan",
    "atanh": "arctanh", "is_finite": "isfinite", "is_inf": "isinf", "is_nan": "isnan",
}  # fmt: skip
_BINARY = {
    "add": "add", "subtract": "subtract", "multiply": "multiply", "divide": "divide",
    "truediv": "divide", "realdiv": "divide", "floordiv": "floor_divide", "floormod": "mod",
    "mod": "mod", "pow": "power", "maximum": "maximum", "minimum": "minimum", "greater": "greater",
    "greater_equal": "greater_equal", "less": "less", "less_equal": "less_equal",
    "equal": "equal", "not_equal": "not_equal", "logical_and": "logical_and",
    "logical_or": "logical_or", "logical_xor": "logical_xor", "divide_no_nan": "divide_no_nan",
    "atan2": "arctan2",
}  # fmt: skip
_OPERATORS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "div": "divide",
    "floordiv": "floor_divide", "mod": "mod", "pow": "power", "gt": "greater",
    "ge": "greater_equal", "lt": "less", "le": "less_equal", "eq": "equal", "ne": "not_equal",
    "and": "logical_and", "or": "logical_or", "matmul": "matmul",
}  # fmt: skip
_REDUCTIONS = {
    "reduce_sum": "sum", "reduce_mean": "mean", "reduce_max": "max", "reduce_min": "min",
    "reduce_prod": "prod", "reduce_any": "any", "reduce_all": "all", "reduce_std": "std",
    "reduce_variance": "var", "reduce_logsumexp": "logsumexp",
}  # fmt: skip
_ACTIVATIONS = {
    "relu": "features", "relu6": "features", "selu": "features", "elu": "features",
    "softplus": "features", "softsign": "features", "silu": "features", "swish": "features",
    "sigmoid": "x", "tanh": "x",
}  # fmt: skip
_ARG = {"input": "x", "axis": "axis"}
_ARG_USUAL: dict[str, tuple[Any, ...]] = {"output_type": ("int64", "int32")}

TF_RULES: dict[str, TfRule] = {
    **{f"math.{name}": _unary(_UNARY_NAMES.get(name, name)) for name in _UNARY},
    **{f"math.{name}": _binary(op) for name, op in _BINARY.items()},
    **{f"__operators__.{name}": _binary(op) for name, op in _OPERATORS.items()},
    **{f"math.{name}": _reduction(op) for name, op in _REDUCTIONS.items()},
    **{f"nn.{name}": _unary(name, parameter) for name, parameter in _ACTIVATIONS.items()},
    "math.softplus": _unary("softplus", "features"),
    "math.round": TfRule("ops.round", {"x": "x"}),
    "math.argmax": TfRule("ops.argmax", _ARG, {"axis": 0}, _ARG_USUAL),
    "math.argmin": TfRule("ops.argmin", _ARG, {"axis": 0}, _ARG_USUAL),
    "math.cumsum": TfRule(
        "ops.cumsum", {"x": "x", "axis": "axis"}, {"axis": 0},
        {"exclusive": (False,), "reverse": (False,)},
    ),
    "math.top_k": TfRule(
        "ops.top_k", {"input": "x", "k": "k", "sorted": "sorted"}, {"k": 1},
        {"index_type": ("int32",)},
    ),
    "math.l2_normalize": TfRule(
        "ops.normalize", {"x": "x", "axis": "axis", "epsilon": "epsilon"}, {}, {"dim": (None,)}, _l2
    ),
    "nn.leaky_relu": TfRule("ops.leaky_relu", {"features": "x", "alpha": "negative_slope"}),
    "nn.gelu": TfRule(
        "ops.gelu", {"features": "x", "approximate": "approximate"}, {"approximate": False}
    ),
    "nn.softmax": TfRule("ops.softmax", {"logits": "x", "axis": "axis"}),
    "nn.log_softmax": TfRule("ops.log_softmax", {"logits": "x", "axis": "axis"}),
    "nn.depth_to_space": TfRule(
        "ops.depth_to_space",
        {"input": "x", "block_size": "block_size", "data_format": "data_format"},
        change=_channels,
    ),
    "nn.space_to_depth": TfRule(
        "ops.space_to_depth",
        {"input": "x", "block_size": "block_size", "data_format": "data_format"},
        change=_channels,
    ),
    "linalg.matmul": TfRule(
        "ops.matmul", {"a": "x1", "b": "x2"}, {},
        dict.fromkeys(
            ("transpose_a", "transpose_b", "adjoint_a", "adjoint_b", "a_is_sparse", "b_is_sparse",
             "output_type"), (False,),
        ),
    ),
    "norm": TfRule(
        "ops.norm", {"tensor": "x", "ord": "ord", "axis": "axis", "keepdims": "keepdims"},
        change=_norm_order,
    ),
    "reshape": TfRule("ops.reshape", {"tensor": "x", "shape": "newshape"}),
    "transpose": TfRule("ops.transpose", {"a": "x", "perm": "axes"}, {}, {"conjugate": (False,)}),
    "expand_dims": TfRule("ops.expand_dims", {"input": "x", "axis": "axis"}),
    "squeeze": TfRule("ops.squeeze", {"input": "x", "axis": "axis"}, change=_one_axis),
    "concat": TfRule("ops.concatenate", {"values": "xs", "axis": "axis"}),
    "stack": TfRule("ops.stack", {"values": "x", "axis": "axis"}),
    "unstack": TfRule("ops.unstack", {"value": "x", "num": "num", "axis": "axis"}),
    "split": TfRule(
        "ops.split",
        {"value": "x", "num_or_size_splits": "indices_or_sections", "axis": "axis"},
        change=_sections, usual={"num": ()},
    ),
    "tile": TfRule("ops.tile", {"input": "x", "multiples": "repeats"}),
    "repeat": TfRule("ops.repeat", {"input": "x", "repeats": "repeats", "axis": "axis"}),
    "reverse": TfRule("ops.flip", {"tensor": "x", "axis": "axis"}),
    "gather": TfRule(
        "ops.take", {"params": "x", "indices": "indices", "axis": "axis"}, {"axis": 0},
        {"validate_indices": (None,), "batch_dims": (0,)},
    ),
    "cast": TfRule("ops.cast", {"x": "x", "dtype": "dtype"}),
    "clip_by_value": TfRule(
        "ops.clip", {"t": "x", "clip_value_min": "x_min", "clip_value_max": "x_max"}
    ),
    "where": TfRule("ops.where", {"condition": "condition", "x": "x1", "y": "x2"}),
    "zeros_like": TfRule(
        "ops.zeros_like", {"input": "x", "dtype": "dtype"}, {}, {"layout": (None,)}
    ),
    "ones_like": TfRule(
        "ops.ones_like", {"input": "x", "dtype": "dtype"}, {}, {"layout": (None,)}
    ),
    "one_hot": TfRule(
        "ops.one_hot",
        {"indices": "x", "depth": "num_classes", "on_value": "on_value", "off_value": "off_value",
         "axis": "axis", "dtype": "dtype"},
        change=_one_hot,
    ),
    "identity": TfRule("Identity", {"input": "inputs"}),
    "stop_gradient": TfRule("ops.stop_gradient", {"input": "variable"}),
    "pad": TfRule(
        "ops.pad",
        {"tensor": "x", "paddings": "pad_width", "mode": "mode",
         "constant_values": "constant_values"},
        change=_pad,
    ),
    "image.resize": TfRule(
        "ops.image.resize",
        {"images": "images", "size": "size", "method": "interpolation", "antialias": "antialias"},
        {}, {"preserve_aspect_ratio": (False,)},
    ),
    "image.rgb_to_grayscale": TfRule("ops.image.rgb_to_grayscale", {"images": "images"}),
}  # fmt: skip
"""The function's name in TensorFlow to its equivalent in a spec."""

TF_RULES["nn.l2_normalize"] = TF_RULES["math.l2_normalize"]
TF_RULES["linalg.l2_normalize"] = TF_RULES["math.l2_normalize"]
TF_RULES["linalg.norm"] = TF_RULES["norm"]
TF_RULES["math.sigmoid"] = TF_RULES["nn.sigmoid"]
TF_RULES["math.tanh"] = TF_RULES["nn.tanh"]

DYNAMIC_FUNCTIONS = frozenset(("shape", "size", "rank", "shape_n"))
"""Functions whose result depends on the batch, which a graph of layers has no place for."""
