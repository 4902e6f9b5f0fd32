"""Layers that Keras 2 made of TensorFlow functions, as functions of `keras.ops`.

Three classes of them: `TFOpLambda` (2.4 and later), `SlicingOpLambda` for `x[...]`, and
`TensorFlowOpLayer` (2.0 to 2.3), which keeps a node of TensorFlow's graph.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from modelspec.importing.keras_config import (
    ConfigLayer,
    ConfigNode,
    ImportContext,
    OpCall,
    drop_defaults,
    index_text,
    iter_tensors,
    shorten_float,
    unwrap_value,
)
from modelspec.schema import class_schema

from .tf_functions import DYNAMIC_FUNCTIONS, TF_RULES, TfRule, UnsupportedTfCallError

_CLASSES = frozenset(("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"))
_HINT = "write what it does with `ops.`, or as a layer of your own in an extension"


def is_tf_call(layer: ConfigLayer) -> bool:
    """Whether a layer of the config is a TensorFlow function's."""
    return layer.raw.get("class_name") in _CLASSES


def convert_tf_call(layer: ConfigLayer, node: ConfigNode, ctx: ImportContext) -> OpCall | None:
    """The function of `keras.ops` for a call; None with a finding where there is none."""
    class_name = str(layer.raw["class_name"])
    config = layer.raw.get("config")
    config = config if isinstance(config, dict) else {}
    try:
        if class_name == "TensorFlowOpLayer":
            found = convert_graph_node(config, node)
        elif class_name == "SlicingOpLambda":
            return _slicing(layer, node, ctx)
        else:
            found = _function(str(config.get("function")), node)
    except UnsupportedTfCallError as reason:
        where = ctx.describe(layer.name, class_name)
        ctx.error("unknown-op", f"{where}: {reason}", _HINT)
        return None
    known = class_schema("layer", found.name)
    assert known is not None, found.name
    constants = {k: shorten_float(v) for k, v in found.constants.items() if k in known.properties}
    return found._replace(constants=drop_defaults(known, constants))


def _slicing(layer: ConfigLayer, node: ConfigNode, ctx: ImportContext) -> OpCall | None:
    where = ctx.describe(layer.name, "SlicingOpLambda")
    key = node.kwargs.get("slice_spec", node.args[1] if len(node.args) > 1 else None)
    if isinstance(key, dict) and set(key) != {"start", "stop", "step"} and "class_name" not in key:
        key = list(key.values())
    text = index_text(key, where, ctx)
    return None if text is None else OpCall("ops.get_item", {"key": text}, {"x": node.args[0]})


def _function(name: str, node: ConfigNode) -> OpCall:
    short = name.removeprefix("compat.v1.")
    rule = TF_RULES.get(short) or TF_RULES.get(f"math.{short}")
    if rule is None:
        if short in DYNAMIC_FUNCTIONS:
            raise UnsupportedTfCallError(f"tf.{name} returns a size that is known only at run time")
        raise UnsupportedTfCallError(f"keras.ops has no equivalent of tf.{name}")
    given = dict(zip(rule.parameters, node.args, strict=False))
    given.update({key: value for key, value in node.kwargs.items() if key != "name"})
    return apply_rule(rule, given)


def apply_rule(rule: TfRule, given: Mapping[str, Any]) -> OpCall:
    """A call with TensorFlow's names in the words of `keras.ops`.

    Raises:
        UnsaidError: it has an argument that the op does not have.
    """
    constants: dict[str, Any] = dict(rule.defaults)
    found: dict[str, Any] = {}
    for key, value in given.items():
        if key not in rule.parameters:
            if value is not None and value not in rule.usual.get(key, ()):
                raise UnsupportedTfCallError(
                    f"{rule.op} has no argument for `{key}`, which is {unwrap_value(value)!r}"
                )
        elif next(iter_tensors(value), None) is not None:
            found[rule.parameters[key]] = value
            constants.pop(rule.parameters[key], None)
        elif value is not None:
            constants[rule.parameters[key]] = unwrap_value(value)
    if rule.change is not None:
        constants = rule.change(constants)
    order = {name: index for index, name in enumerate(rule.parameters.values())}
    return OpCall(rule.op, constants, dict(sorted(found.items(), key=lambda item: order[item[0]])))


_UNARY = {
    "Abs": "abs", "Ceil": "ceil", "Cos": "cos", "Elu": "elu", "Erf": "erf", "Exp": "exp",
    "Floor": "floor", "Log": "log", "Log1p": "log1p", "Neg": "negative", "Reciprocal": "reciprocal",
    "Relu": "relu", "Relu6": "relu6", "Rsqrt": "rsqrt", "Selu": "selu", "Sigmoid": "sigmoid",
    "Sign": "sign", "Sin": "sin", "Softmax": "softmax", "Softplus": "softplus",
    "Softsign": "softsign", "Sqrt": "sqrt", "Square": "square", "Tanh": "tanh", "Identity": "copy",
    "LogSoftmax": "log_softmax", "Round": "round",
}  # fmt: skip
_BINARY = {
    "Add": "add", "AddV2": "add", "Sub": "subtract", "Mul": "multiply", "RealDiv": "divide",
    "Div": "divide", "Maximum": "maximum", "Minimum": "minimum", "Pow": "power",
    "FloorDiv": "floor_divide", "FloorMod": "mod", "Greater": "greater", "Less": "less",
    "GreaterEqual": "greater_equal", "LessEqual": "less_equal", "Equal": "equal",
    "NotEqual": "not_equal", "LogicalAnd": "logical_and", "LogicalOr": "logical_or",
    "MatMul": "matmul", "BatchMatMul": "matmul", "BatchMatMulV2": "matmul",
}  # fmt: skip
_REDUCTIONS = {
    "Mean": "mean",
    "Sum": "sum",
    "Max": "max",
    "Min": "min",
    "Prod": "prod",
    "Any": "any",
    "All": "all",
}
_WITH_CONSTANT = {
    "Transpose": ("transpose", "axes"),
    "Reshape": ("reshape", "newshape"),
    "ExpandDims": ("expand_dims", "axis"),
    "Tile": ("tile", "repeats"),
}
"""Nodes of one tensor and one constant."""


def _attribute(attributes: Mapping[str, Any], name: str, kind: str) -> Any:
    """An attribute as protobuf writes it into JSON: `{"i": "2"}`, `{"s": "TkhXQw=="}`."""
    value = attributes.get(name)
    if not isinstance(value, dict) or kind not in value:
        raise UnsupportedTfCallError(f"its node lacks the attribute `{name}`")
    return value[kind]


def _block_size(attributes: Mapping[str, Any]) -> int:
    return int(_attribute(attributes, "block_size", "i"))


def _data_format(attributes: Mapping[str, Any]) -> str:
    if "data_format" not in attributes:
        return "channels_last"
    written = str(_attribute(attributes, "data_format", "s"))
    formats = {"NHWC": "channels_last", "NCHW": "channels_first"}
    try:
        return formats.get(written) or formats[base64.b64decode(written).decode()]
    except (ValueError, KeyError) as error:
        raise UnsupportedTfCallError(f"it has the data format {written!r}") from error


def _cast_dtype(attributes: Mapping[str, Any]) -> str:
    dtype = str(_attribute(attributes, "DstT", "type"))
    if dtype not in _DTYPES:
        raise UnsupportedTfCallError(f"it casts to {dtype}")
    return _DTYPES[dtype]


_DTYPES = {
    "DT_HALF": "float16", "DT_BFLOAT16": "bfloat16", "DT_FLOAT": "float32",
    "DT_DOUBLE": "float64", "DT_BOOL": "bool",
    **{f"DT_{name.upper()}": name for name in ("int8", "int16", "int32", "int64")},
    **{f"DT_{name.upper()}": name for name in ("uint8", "uint16", "uint32", "uint64")},
}  # fmt: skip
_MOVES_CHANNELS = {"block_size": _block_size, "data_format": _data_format}
_WITH_ATTRIBUTES: dict[str, tuple[str, dict[str, Callable[[Mapping[str, Any]], Any]]]] = {
    "DepthToSpace": ("depth_to_space", {**_MOVES_CHANNELS}),
    "SpaceToDepth": ("space_to_depth", {**_MOVES_CHANNELS}),
    "LeakyRelu": (
        "leaky_relu",
        {"negative_slope": lambda given: float(dict(given.get("alpha") or {}).get("f", 0.2))},
    ),
    "Cast": ("cast", {"dtype": _cast_dtype}),
}
"""Nodes of one tensor whose settings are attributes, each with how an argument is read."""


def convert_graph_node(config: Mapping[str, Any], node: ConfigNode) -> OpCall:
    """The function of `keras.ops` for one node.

    Raises:
        UnsaidError: there is none, or not with these settings.
    """
    definition = config.get("node_def")
    if isinstance(definition, str):
        try:
            definition = json.loads(definition)
        except ValueError:
            definition = None
    if not isinstance(definition, dict):
        raise UnsupportedTfCallError("its `node_def` cannot be read")
    op, attributes = str(definition.get("op")), definition.get("attr")
    attributes = attributes if isinstance(attributes, dict) else {}
    inputs = _inputs(config.get("constants"), node)
    if op in _WITH_ATTRIBUTES:
        name, readers = _WITH_ATTRIBUTES[op]
        constants = {key: read(attributes) for key, read in readers.items()}
        return OpCall(f"ops.{name}", constants, {"x": inputs[0]})
    if any(op in table for table in (_BINARY, _REDUCTIONS, _WITH_CONSTANT)) and len(inputs) < 2:
        raise UnsupportedTfCallError("its node lacks an input")
    if op in _UNARY:
        return OpCall(f"ops.{_UNARY[op]}", {}, {"x": inputs[0]})
    if op in _BINARY:
        if any(
            _flag(attributes, name) for name in ("transpose_a", "transpose_b", "adj_x", "adj_y")
        ):
            raise UnsupportedTfCallError(f"the node {op} transposes its operands")
        return _call(_BINARY[op], {"x1": inputs[0], "x2": inputs[1]})
    if op in _REDUCTIONS:
        call = _call(_REDUCTIONS[op], {"x": inputs[0], "axis": inputs[1]})
        keep = {"keepdims": True} if _flag(attributes, "keep_dims") else {}
        return call._replace(constants={**call.constants, **keep})
    if op in _WITH_CONSTANT:
        name, parameter = _WITH_CONSTANT[op]
        return _call(name, {"x": inputs[0], parameter: inputs[1]})
    return _convert_other_node(op, attributes, inputs)


_OTHER_NODES = frozenset(("Squeeze", "ConcatV2", "Pack", "StridedSlice"))


def _convert_other_node(op: str, attributes: Mapping[str, Any], inputs: list[Any]) -> OpCall:
    if op == "Squeeze":
        axes = [int(n) for n in _numbers(attributes.get("squeeze_dims"))]
        return OpCall(
            "ops.squeeze", {"axis": axes[0] if len(axes) == 1 else axes or None}, {"x": inputs[0]}
        )
    if op == "ConcatV2":
        return _call("concatenate", {"xs": inputs[:-1], "axis": inputs[-1]})
    if op == "Pack":
        axis = int(dict(attributes.get("axis") or {}).get("i", 0))
        return OpCall("ops.stack", {"axis": axis}, {"x": inputs})
    if op == "StridedSlice":
        return _strided_slice(attributes, inputs)
    raise UnsupportedTfCallError(f"keras.ops has no equivalent of the node {op}")


class _Constant:
    def __init__(self, value: Any) -> None:
        self.value = value


def _inputs(constants: Any, node: ConfigNode) -> list[Any]:
    """Inputs by position: tensors, and constants marked as such."""
    found = {int(key): _Constant(unwrap_value(value)) for key, value in (constants or {}).items()}
    first = node.args[0] if node.args else []
    waiting = list(first) if isinstance(first, list) else [first]
    out: list[Any] = []
    while waiting or len(out) in found:
        out.append(found[len(out)] if len(out) in found else waiting.pop(0))
    if not out:
        raise UnsupportedTfCallError("its node has no inputs")
    return out


def _call(name: str, given: Mapping[str, Any]) -> OpCall:
    constants, tensors = {}, {}
    for key, value in given.items():
        if isinstance(value, _Constant):
            constants[key] = value.value
        elif isinstance(value, list) and any(isinstance(item, _Constant) for item in value):
            raise UnsupportedTfCallError("a list of tensors holds a constant")
        else:
            tensors[key] = value
    return OpCall(f"ops.{name}", constants, tensors)


def _flag(attributes: Mapping[str, Any], name: str) -> bool:
    value = attributes.get(name)
    return bool(isinstance(value, dict) and value.get("b"))


def _numbers(value: Any) -> list[Any]:
    """An attribute that lists whole numbers: `{"list": {"i": ["1"]}}`."""
    inner = value.get("list") if isinstance(value, dict) else None
    found = inner.get("i") if isinstance(inner, dict) else None
    return found if isinstance(found, list) else []


def _strided_slice(attributes: Mapping[str, Any], inputs: list[Any]) -> OpCall:
    """`x[a:b:c]`, which TensorFlow keeps as three lists and five bit masks."""
    bounds = [item.value if isinstance(item, _Constant) else None for item in inputs[1:4]]
    if len(bounds) < 3 or any(not isinstance(item, list) for item in bounds):
        raise UnsupportedTfCallError("its slice depends on the data")
    masks = {
        name: int(dict(attributes.get(name) or {}).get("i", 0))
        for name in ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
    }
    parts = []
    for index, (begin, end, step) in enumerate(zip(*bounds, strict=True)):
        bit = 1 << index
        if masks["ellipsis_mask"] & bit:
            parts.append("...")
        elif masks["new_axis_mask"] & bit:
            parts.append("None")
        elif masks["shrink_axis_mask"] & bit:
            parts.append(str(begin))
        else:
            first = "" if masks["begin_mask"] & bit else str(begin)
            last = "" if masks["end_mask"] & bit else str(end)
            parts.append(f"{first}:{last}" + ("" if step == 1 else f":{step}"))
    return OpCall("ops.get_item", {"key": ", ".join(parts)}, {"x": inputs[0]})
