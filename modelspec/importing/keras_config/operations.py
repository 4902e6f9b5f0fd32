"""Op nodes of Keras 3 as functions of `keras.ops`.

Keras keeps `ops.mean(x, axis=1)` as an object of its class `Mean`, with `axis` in its config and
`x` among the arguments of its call. Together they have the names of the function's parameters.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from modelspec.schema import ClassSchema, class_schema
from modelspec.spec.model import snake_case

from .context import ImportContext
from .network import ConfigLayer, ConfigNode, ConfigTensor, iter_tensors
from .objects import convert_argument, drop_defaults
from .serialized import is_serialized, unwrap_value

OP_NAMES: dict[str, str] = {
    "AllClose": "allclose",
    "BatchNorm": "batch_normalization",
    "CDist": "cdist",
    "HSVToRGB": "image.hsv_to_rgb",
    "IsIn": "isin",
    "LayerNorm": "layer_normalization",
    "RGBToGrayscale": "image.rgb_to_grayscale",
    "RGBToHSV": "image.rgb_to_hsv",
    "RMSNorm": "rms_normalization",
    "SSIM": "image.ssim",
    "SearchSorted": "searchsorted",
}
"""Classes whose function is not their name in lower case."""

OPS_AS_ACTIVATIONS: dict[str, str] = {"Mish": "mish"}
"""Op classes without a function in `keras.ops`, and the activation that does the same."""

_DTYPES_OF_LITERALS = ("float32", "int32", "bool")


class OpCall(NamedTuple):
    """One function of `keras.ops` on tensors.

    Attributes:
        name: the class of a spec: `ops.add`, or a layer's where no function does it.
        constants: arguments that are plain data.
        tensors: parameter to a Tensor or a list of them; "" holds those of a variadic function.
    """

    name: str
    constants: dict[str, Any]
    tensors: dict[str, Any]


def is_op(layer: ConfigLayer) -> bool:
    """Whether a node of the config is a function's rather than a layer's.

    The class alone does not tell: there is a layer `Add`, and an op `Add`.
    """
    module = str(layer.raw.get("module") or "")
    return module.startswith("keras.src.ops.") or module == "keras.src.activations.activations"


def convert_op(layer: ConfigLayer, node: ConfigNode, ctx: ImportContext) -> OpCall | None:
    """The function of an op node; None with a finding where a spec cannot express it."""
    class_name = str(layer.raw.get("class_name"))
    where = ctx.describe(layer.name, class_name)
    if class_name in OPS_AS_ACTIVATIONS:
        return OpCall(
            "Activation", {"activation": OPS_AS_ACTIVATIONS[class_name]}, {"inputs": node.args[0]}
        )
    config = layer.raw.get("config")
    config = {k: v for k, v in config.items() if k != "name"} if isinstance(config, dict) else {}
    if class_name == "ReLU":
        return OpCall("ReLU", config, {"inputs": node.args[0]})
    known = op_schema(class_name)
    if known is None:
        message = f"{where}: keras.ops has no function for it that a spec can name"
        ctx.error("unknown-op", message)
        return None
    return _bind(known, config, node, where, ctx)


def op_schema(class_name: str) -> ClassSchema | None:
    """The function that a class of op nodes belongs to, or None."""
    name = OP_NAMES.get(class_name, snake_case(class_name))
    return class_schema("layer", f"ops.{name}") or class_schema("layer", f"ops.image.{name}")


def _bind(
    known: ClassSchema, config: dict[str, Any], node: ConfigNode, where: str, ctx: ImportContext
) -> OpCall | None:
    free = [name for name in known.tensors if name not in config]
    variadic = bool(known.call.get("variadic"))
    if known.name == "get_item":
        free = ["x", "key"]
    if "spread" in known.call:
        free.append(known.call["spread"])
    given: dict[str, Any] = {}
    if variadic:
        given[""] = list(node.args)
    elif len(node.args) > len(free):
        ctx.error("unknown-op", f"{where}: ops.{known.name} takes {len(free)} tensors at most")
        return None
    else:
        given.update(zip(free, node.args, strict=False))
    given.update(node.kwargs)
    constants = {}
    for key, value in config.items():
        if key in known.properties:
            constants[key] = convert_argument(known, key, value, where, ctx)
    tensor_args: dict[str, Any] = {}
    for key, value in given.items():
        if next(iter_tensors(value), None) is not None:
            tensor_args[key] = _only_tensors(value, where, ctx)
        elif key == "key" and known.name == "get_item":
            constants[key] = index_text(value, where, ctx)
        elif value is not None:
            constants[key] = _constant(value, where, ctx)
    return OpCall(f"ops.{known.name}", drop_defaults(known, constants), tensor_args)


def _only_tensors(value: Any, where: str, ctx: ImportContext) -> Any:
    """A tensor or a list of tensors; a constant in the list is an error."""
    if isinstance(value, list):
        return [_only_tensors(item, where, ctx) for item in value]
    if isinstance(value, ConfigTensor):
        return value
    message = f"{where}: a list of tensors holds the constant {unwrap_value(value)!r}"
    ctx.error("constant-in-list", message, "pass each constant to a separate function")
    return None


def _constant(value: Any, where: str, ctx: ImportContext) -> Any:
    if is_serialized(value):
        dtype = value["config"].get("dtype") if isinstance(value["config"], dict) else None
        if value["class_name"] not in ("__numpy__", "__tensor__", "__tuple__"):
            ctx.error("unsayable-argument", f"{where}: an argument is a {value['class_name']}")
            return None
        if dtype is not None and dtype not in _DTYPES_OF_LITERALS:
            message = f"{where}: a constant of dtype {dtype} is taken in the dtype of its digits"
            ctx.warning("constant-dtype", message)
    return unwrap_value(value)


def index_text(key: Any, where: str, ctx: ImportContext) -> Any:
    """An index as a spec writes it: `:, 0`, `..., -1`, `None, ::2`."""
    parts = key if isinstance(key, list) else [key]
    texts = [_index_part(part) for part in parts]
    if any(text is None for text in texts):
        message = f"{where}: the index {unwrap_value(key)!r} is not made of numbers and slices"
        ctx.error("unsayable-argument", message, "use `ops.take` or `ops.take_along_axis`")
        return None
    return ", ".join(map(str, texts))


def _index_part(part: Any) -> str | None:
    if part is None:
        return "None"
    if isinstance(part, int) and not isinstance(part, bool):
        return str(part)
    if not isinstance(part, dict):
        return None
    if part.get("class_name") == "__ellipsis__":
        return "..."
    ends = part.get("config") if part.get("class_name") == "__slice__" else part
    if not isinstance(ends, dict) or not set(ends) <= {"start", "stop", "step"}:
        return None
    start, stop, step = (ends.get(name) for name in ("start", "stop", "step"))
    if any(not (n is None or isinstance(n, int)) for n in (start, stop, step)):
        return None
    text = f"{'' if start is None else start}:{'' if stop is None else stop}"
    return text if step is None else f"{text}:{step}"


def arrange_tensors(found: OpCall) -> tuple[list[Any], dict[str, Any]]:
    """Tensors of a function by position where its free parameters have that order, else by name."""
    if "" in found.tensors:
        return list(found.tensors[""]), {}
    known = class_schema("layer", found.name)
    if known is None or "parameters" not in known.call:
        return list(found.tensors.values()), {}
    free = [name for name in known.tensors if name not in found.constants]
    given = list(found.tensors)
    if free[: len(given)] != given:
        return [], dict(found.tensors)
    values = list(found.tensors.values())
    if known.takes_list and len(values) == 1 and isinstance(values[0], list):
        return values[0], {}
    return (
        (values, {})
        if all(isinstance(v, ConfigTensor) for v in values)
        else ([], dict(found.tensors))
    )
