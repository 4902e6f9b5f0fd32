"""Layers that Keras 2 made of TensorFlow functions, as functions of `keras.ops`.

Three classes of them: `TFOpLambda` (2.4 and later), `SlicingOpLambda` for `x[...]`, and
`TensorFlowOpLayer` (2.0 to 2.3), which keeps a node of TensorFlow's graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.importing.network import ConfigLayer, ConfigNode, OpCall, index_text, iter_tensors
from modelspec.importing.objects import ImportContext, drop_defaults, shorten_float, unwrap_value
from modelspec.schema import class_schema

from .tf_functions import DYNAMIC_FUNCTIONS, TF_RULES, TfRule, UnsupportedTfCallError
from .tf_nodes import convert_graph_node

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
            raise UnsupportedTfCallError(f"tf.{name} gives a size that is known only with the data")
        raise UnsupportedTfCallError(f"keras.ops has nothing that stands for tf.{name}")
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
                    f"{rule.op} has nothing for `{key}`, which is {unwrap_value(value)!r}"
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
