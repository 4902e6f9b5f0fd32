"""What `modelspec explain` prints about a class or a code."""

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
    refusals,
)

from .code_pages import Page

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
"""Kind of a Keras class to how a page calls it."""

_SPACES = {
    "ops": "a function of keras.ops, used as a layer",
    "applications": "an architecture of keras.applications, used as a layer",
}


def classes_named(name: str) -> list[ClassSchema]:
    """The classes and functions that a name refers to, at most one of each kind."""
    found = (class_schema(kind, name) for kind in KINDS)
    return [schema for schema in found if schema is not None]


SECTIONS = ("training", "data", "expect")


def key_pages(name: str) -> list[str]:
    """The pages of a key of the sections, such as `epochs` or `training.epochs`."""
    section, _, key = name.rpartition(".")
    pages = []
    for each in SECTIONS if not section else {section} & set(SECTIONS):
        file = f"{each}.schema.json"
        schema = definition(file, "")["properties"].get(key)
        if schema is None:
            continue
        meant, _ = follow(schema, file)
        purpose = schema.get("description") or meant.get("description", "")
        said = indent(fill(purpose, WIDTH - 2), "  ")
        pages.append(f"{each}.{key}: {meant.get('title', 'a key')}\n{said}\n")
    return pages


def class_names() -> Iterator[str]:
    """All names of Keras classes and functions that a spec may use."""
    for kind in KINDS:
        yield from names_of_kind(kind)


def class_page(schema: ClassSchema, name: str) -> str:
    """The page of one class or function, under the name that the user gave."""
    what = _SPACES.get(name.partition(".")[0], KINDS[schema.kind])
    called = "" if name.endswith(schema.name) else f", another name of {schema.name}"
    lines = [f"{name}: {what}{called}"]
    text = (
        definition(schema.file, schema.name).get("description") if _has_definition(schema) else None
    )
    lines += [_wrapped(text)] if text else []
    lines += _call(schema)
    if schema.properties:
        lines.append("\narguments:")
        for argument, value in schema.properties.items():
            lines += _argument(schema, argument, value)
    else:
        lines.append("\nIt takes no arguments.")
    if name.startswith("applications."):
        lines += _inside(schema)
    return "\n".join(lines) + "\n"


def _inside(schema: ClassSchema) -> list[str]:
    """The names that `outputs` of an application and `freeze` can give."""
    from modelspec.layers.applications import names_inside

    names = names_inside(schema.name)
    return ["\nlayers inside:", _wrapped(", ".join(names))] if names else []


def refusal_pages(name: str) -> list[str]:
    """A page for each thing of Keras with this name that a spec cannot say."""
    pages = []
    for space, reason in refusals(name):
        what = f"keras.{_MODULES.get(space, space)}.{name.rpartition('.')[2]}"
        text = f"A spec cannot say {what}: {reason}."
        pages.append(f"{name}: in Keras, but not in a spec\n{_wrapped(text)}\n")
    return pages


_MODULES = {"schedules": "optimizers.schedules"}


def _has_definition(schema: ClassSchema) -> bool:
    return schema.name in definition(schema.file, "").get("$defs", {})


def _call(schema: ClassSchema) -> list[str]:
    if not schema.call:
        return []
    tensors = schema.tensors
    others: tuple[str, ...] = ()
    if "parameters" in schema.call:  # an op: its call has the arguments too
        tensors = schema.operands
        others = tuple(name for name in schema.tensors if name not in tensors)
    names = join_words((f"`{name}`" for name in tensors), "and")
    form = "a list of tensors" if schema.takes_list else f"the tensors {names}"
    if not schema.takes_list and len(tensors) <= 1:
        form = f"one tensor, {names}" if tensors else "no tensor"
    if schema.call.get("variadic"):
        form = "any number of tensors"
    text = f"It is called with {form}."
    if others:
        listed = join_words((f"`{name}`" for name in others), "and")
        text += f" After these, an edge may give {listed} too, which a spec writes as a rule."
    return [_wrapped(text)]


def _argument(schema: ClassSchema, name: str, value: Schema) -> list[str]:
    title = follow(value, schema.file)[0].get("title", "")
    if "default" in value:
        default = f"by default {format_default(value['default'])}"
    else:
        default = "required"
        if name in schema.operands and name not in schema.required:
            title, default = "a tensor from an edge", f"or a constant: {title}"
    lines = [f"  {name}: {', '.join(part for part in (title, default) if part)}"]
    text = value.get("description") or argument_purpose(
        schema.name, name, is_op=schema.file == "ops.json"
    )
    if text:
        lines.append(_wrapped(text, "      "))
    return lines


def code_page(page: Page, reported: Sequence[Finding]) -> str:
    """The page of a code: its meaning, a spec that triggers it, what `validate` reports for that
    spec, and the spec fixed."""
    paragraphs = [_wrapped(part) for part in page.text.split("\n\n")]
    lines = [page.code, "\n\n".join(paragraphs)]
    if page.fails:
        lines += ["\na spec that triggers it:\n", indent(page.fails.rstrip("\n"), "    ")]
    if reported:
        lines.append("\n`modelspec validate` reports:\n")
        lines += [indent(str(finding), "    ") for finding in reported if finding.code == page.code]
    if page.passes:
        lines += ["\nfixed:\n", indent(page.passes.rstrip("\n"), "    ")]
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
