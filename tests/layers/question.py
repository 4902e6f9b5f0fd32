"""A question that can be put both to a rule and to Keras: a layer, its arguments, its tensors.

Nothing here imports TensorFlow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from modelspec.diagnostics.finding import Span
from modelspec.diagnostics.findings import Findings
from modelspec.layers import RULES
from modelspec.layers.rule.rule import (
    LayerCall,
    Mismatch,
    Policy,
    Rule,
    RuleResult,
    Shape,
    Structure,
    Tensor,
)
from modelspec.schema.catalogue import class_schema
from modelspec.spec.model.model import KerasObject
from modelspec.spec.model.parse import parse_object, parse_value

NOWHERE = Span("question", 1, 1, 1, 1)
POLICIES = {
    "mixed_float16": Policy("float16", "float32"),
    "mixed_bfloat16": Policy("bfloat16", "float32"),
}


@dataclass(frozen=True)
class Question:
    """One call of a fresh layer, or of an op.

    Attributes:
        layer: the class name, "Dense", or an op, "ops.add".
        args: its arguments as a spec writes them; an inner layer is a one-key mapping.
        inputs: the positional arguments of the call: tensors, tuples or dicts of them. Ops take
            all of theirs by name.
        named: tensors by the name of the call's parameter.
        call: plain arguments of the call.
        policy: the name of the layer's dtype policy.
    """

    layer: str
    args: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[Structure, ...] = ()
    named: Mapping[str, Structure] = field(default_factory=dict)
    call: Mapping[str, Any] = field(default_factory=dict)
    policy: str = "float32"

    @property
    def is_op(self) -> bool:
        return self.layer.startswith("ops.")


@dataclass(frozen=True)
class Refusal:
    """The answer "no", in the words of whoever gave it."""

    words: str


@dataclass(frozen=True)
class Answer:
    """The answer "yes".

    Attributes:
        output: the structure of the results.
        weights: (name, shape, dtype, trainable) of all weights.
        ran: whether it was seen to run. If not, the output is what Keras states: nothing that was
            put in for the unknown sizes fits, or a size is 0.
    """

    output: Structure
    weights: tuple[tuple[str, Shape, str, bool], ...]
    ran: bool = True


_TENSOR = re.compile(r"\(([^)]*)\)\s*(\w+)?")


def read_tensor(text: Any) -> Structure:
    """`"(null, 8) int32"` as a Tensor; lists and mappings of such texts as tuples and dicts."""
    if isinstance(text, Mapping):
        return {key: read_tensor(item) for key, item in text.items()}
    if isinstance(text, (list, tuple)):
        return tuple(read_tensor(item) for item in text)
    match = _TENSOR.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a tensor: {text!r}")
    sizes = [size.strip() for size in match.group(1).split(",") if size.strip()]
    shape = tuple(None if size == "null" else int(size) for size in sizes)
    return Tensor(shape, match.group(2) or "float32")


def write_tensor(value: Structure) -> Any:
    """The opposite of read_tensor."""
    if isinstance(value, Mapping):
        return {key: write_tensor(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [write_tensor(item) for item in value]
    sizes = ", ".join("null" if size is None else str(size) for size in value.shape)
    return f"({sizes})" if value.dtype == "float32" else f"({sizes}) {value.dtype}"


def flat(value: Structure) -> Iterator[Tensor]:
    """All tensors of a structure."""
    if isinstance(value, Tensor):
        yield value
        return
    for item in value.values() if isinstance(value, Mapping) else value:
        yield from flat(item)


def policy_of(name: str) -> Policy:
    return POLICIES.get(name, Policy(name, name))


def as_object(name: str, args: Mapping[str, Any]) -> KerasObject:
    """The layer as the parser of specs makes it, with KerasObjects in its arguments."""
    found = parse_object(name, "layer", NOWHERE, Findings())
    known = class_schema("layer", name)
    kinds = {key: known.kind_of(key) if known is not None else None for key in args}
    parsed = {key: parse_value(args[key], kinds[key], NOWHERE, Findings()) for key in args}
    return replace(found, args=parsed, as_text=False)


def complete_args(item: KerasObject) -> dict[str, Any]:
    """All arguments of a layer: what is left out has the schema's default."""
    known = class_schema("layer", item.class_name)
    if known is None:
        raise LookupError(item.class_name)
    defaults = {
        key: _default(schema["default"], known.kind_of(key))
        for key, schema in known.properties.items()
        if "default" in schema
    }
    return {**defaults, **item.args}


def _default(value: Any, kind: str | None) -> Any:
    return parse_value(value, kind, NOWHERE, Findings())


def rule_of(name: str) -> Rule:
    known = class_schema("layer", name)
    if known is None:
        raise LookupError(name)
    if name.startswith("ops."):
        from modelspec.layers.ops import OPS

        return OPS[known.name]
    return RULES[known.name]


def cast(value: Structure, dtype: str) -> Structure:
    """Floating tensors in a layer's compute dtype, as Keras casts what a layer is called on."""
    if isinstance(value, Tensor):
        floating = value.dtype.startswith(("float", "bfloat"))
        return Tensor(value.shape, dtype) if floating else value
    if isinstance(value, Mapping):
        return {key: cast(item, dtype) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(cast(item, dtype) for item in value)
    return value


def ask_rule(question: Question) -> RuleResult | Refusal:
    """What the rule answers."""
    item = as_object(question.layer, question.args)
    policy = policy_of(question.policy)
    try:
        return _facts(item, question.inputs, question.named, question.call, policy)
    except Mismatch as mismatch:
        return Refusal(mismatch.message)


def _facts(
    item: KerasObject,
    inputs: tuple[Structure, ...],
    named: Mapping[str, Structure],
    call: Mapping[str, Any],
    policy: Policy,
) -> RuleResult:
    def apply(inner: KerasObject, *tensors: Structure, **more: Any) -> RuleResult:
        own = inner.args.get("dtype")
        name = own.class_name if isinstance(own, KerasObject) else own or "float32"
        return _facts(inner, tensors, more, {}, policy_of(name))

    is_op = item.class_name.startswith("ops.")
    given = LayerCall(
        complete_args(item),
        inputs if is_op else cast(inputs, policy.compute),
        named if is_op else cast(named, policy.compute),
        call,
        policy,
        apply,
    )
    return rule_of(item.class_name)(given)
