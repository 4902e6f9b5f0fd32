"""The pages of `modelspec explain`, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill, indent

from modelspec.diagnostics import Finding, join_words
from modelspec.schema import (
    ClassSchema,
    Schema,
    argument_purpose,
    class_schema,
    definition,
    follow,
    format_default,
    names_of_kind,
)

from .pages import Page

WIDTH = 88

KINDS = {
    "layer": "a layer",
    "activation": "an activation",
    "optimizer": "an optimizer",
    "schedule": "a learning rate schedule",
    "loss": "a loss",
    "metric": "a metric",
    "callback": "a callback",
    "initializer": "an initializer",
    "regularizer": "a regularizer",
    "constraint": "a constraint",
    "dtype_policy": "a dtype policy",
}
"""Where a name of Keras's may stand, and what it is there."""

_SPACES = {
    "ops": "a function of keras.ops, used as a layer",
    "applications": "an architecture of keras.applications, used as a layer",
}


def classes_called(name: str) -> list[ClassSchema]:
    """What a name stands for in each place where it may stand."""
    found = (class_schema(kind, name) for kind in KINDS)
    return [schema for schema in found if schema is not None]


def class_names() -> Iterator[str]:
    """All names of Keras's that a spec may use."""
    for kind in KINDS:
        yield from names_of_kind(kind)


def class_page(schema: ClassSchema, name: str) -> str:
    """What one class or function takes, under the name that was asked for."""
    what = _SPACES.get(name.partition(".")[0], KINDS[schema.kind])
    called = "" if name.endswith(schema.name) else f", another name of {schema.name}"
    lines = [f"{name}: {what}{called}"]
    text = definition(schema.file, schema.name).get("description") if _has(schema) else None
    lines += [_wrapped(text)] if text else []
    lines += _call(schema)
    if schema.properties:
        lines.append("\narguments:")
        for argument, value in schema.properties.items():
            lines += _argument(schema, argument, value)
    else:
        lines.append("\nIt takes no arguments.")
    return "\n".join(lines) + "\n"


def _has(schema: ClassSchema) -> bool:
    return schema.name in definition(schema.file, "").get("$defs", {})


def _call(schema: ClassSchema) -> list[str]:
    if not schema.call:
        return []
    names = join_words((f"`{name}`" for name in schema.tensors), "and")
    form = "a list of tensors" if schema.takes_list else f"the tensors {names}"
    if not schema.takes_list and len(schema.tensors) == 1:
        form = f"one tensor, {names}"
    return [_wrapped(f"A call of it takes {form}.")]


def _argument(schema: ClassSchema, name: str, value: Schema) -> list[str]:
    title = follow(value, schema.file)[0].get("title", "")
    if "default" in value:
        default = f"by default {format_default(value['default'])}"
    else:
        default = "required" if name in schema.required else "from an edge, or a constant"
    lines = [f"  {name}: {', '.join(part for part in (title, default) if part)}"]
    text = value.get("description") or argument_purpose(
        schema.name, name, is_op=schema.file == "ops.json"
    )
    if text:
        lines.append(_wrapped(text, "      "))
    return lines


def code_page(page: Page, said: Sequence[Finding]) -> str:
    """What a code means, a spec that gives it, and what `validate` says of that spec."""
    paragraphs = [_wrapped(part) for part in page.text.split("\n\n")]
    lines = [page.code, "\n\n".join(paragraphs)]
    if page.fails:
        lines += ["\na spec that gives it:\n", indent(page.fails.rstrip("\n"), "    ")]
    if said:
        lines.append("\nwhat is said of it:\n")
        lines += [indent(str(finding), "    ") for finding in said if finding.code == page.code]
    if page.passes:
        lines += ["\nmended:\n", indent(page.passes.rstrip("\n"), "    ")]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, margin: str = "  ") -> str:
    return fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )
