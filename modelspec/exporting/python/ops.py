"""Functions of `keras.ops` as Python expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Findings, SpecError
from modelspec.schema import ClassSchema, class_schema
from modelspec.spec.model import LayerSpec, parse_index

from .layout import Group, Node, flat
from .names import text_literal
from .values import Values


def op_node(
    spec: LayerSpec, tensors: Mapping[str, Node], several: list[Node], values: Values
) -> Node:
    """The call of a node `ops.NAME`, inside one of `named` that gives the node its name.

    Args:
        spec: the node; its arguments are the constants.
        tensors: parameter name to expression.
        several: the tensors of a variadic function.
        values: writes the constants.
    """
    known = class_schema("layer", spec.object.class_name)
    name = known.name if known is not None else spec.object.class_name.removeprefix("ops.")
    given = {key: value for key, value in spec.object.args.items() if key != "name"}
    if known is not None and "spread" in known.call:
        given.update(given.pop(known.call["spread"], {}))
    options = {key: values.node(_constant(key, value, known)) for key, value in given.items()}
    positional: list[Node] = []
    if name == "get_item":
        result: Node = f"{flat(tensors['x'])}[{_index(spec, given['key'])}]"
    else:
        if name == "einsum":
            positional.append(options.pop("subscripts"))
        positional += several
        options.update(tensors)
        if known is not None and not several:
            positional += _leading(options, tensors, known.tensors)
        items = [("", node) for node in positional]
        items += [(f"{key}=", node) for key, node in options.items()]
        result = Group(f"{values.module.use('ops')}.{name}(", tuple(items), ")")
    inner = (("", text_literal(spec.name)), ("", result))
    return Group(f"{values.module.use('named')}(", inner, ")")


def _constant(key: str, value: Any, known: ClassSchema | None) -> Any:
    """A constant; where Keras takes only a tuple, a list becomes one."""
    as_tuple = known is not None and known.python_type_of(key) == "tuple"
    return tuple(value) if as_tuple and isinstance(value, list) else value


def _leading(
    options: dict[str, Node], tensors: Mapping[str, Any], parameters: tuple[str, ...]
) -> list[Node]:
    """Take the parameters up to the last tensor out of the options: they go by position, and so
    does an operand such as `x2`."""
    given: list[Node] = []
    for parameter in parameters:
        operand = parameter[:1] == "x" and parameter[1:].isdecimal()
        last = not operand and not any(key in options for key in tensors)
        if parameter not in options or last:
            break
        given.append(options.pop(parameter))
    return given


def _index(spec: LayerSpec, key: Any) -> str:
    try:
        return index_text(key)
    except ValueError as error:
        findings = Findings()
        span = spec.object.arg_spans.get("key", spec.span)
        findings.error(span, "bad-index", f"`key` of {spec.object.class_name}: {error}")
        raise SpecError(findings.sorted()) from error


def index_text(key: Any) -> str:
    """An index as Python writes it, always a tuple: `:, 0`, `..., -1`, `::2,`."""
    parts = [_part(part) for part in parse_index(key)]
    return ", ".join(parts) + ("," if len(parts) == 1 else "")


def _part(part: Any) -> str:
    if part is Ellipsis:
        return "..."
    if not isinstance(part, slice):
        return str(part)
    start, stop, step = ("" if n is None else str(n) for n in (part.start, part.stop, part.step))
    return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
