"""What `modelspec explain` prints about a class or a code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill, indent

from modelspec.diagnostics import Finding, join_words
from modelspec.schema import (
    ROOT,
    WHEN,
    WHEN_SCHEMA,
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


SECTIONS = {
    "": (ROOT, ""),
    "sequential": (ROOT, "sequential"),
    "functional": (ROOT, "functional"),
    "layers": (ROOT, "repeat_item"),
    "repeat": (ROOT, "repeat"),
    "training": ("training.schema.json", ""),
    "data": ("data.schema.json", ""),
    "expect": ("expect.schema.json", ""),
    "tune": ("tune.schema.json", ""),
}
"""Where the keys of each section are defined; those of a file itself under ""."""


def key_pages(name: str) -> list[str]:
    """The pages of a key of the sections, such as `epochs` or `training.epochs`, or of a layer."""
    section, _, key = name.rpartition(".")
    pages = [_key_page(WHEN, WHEN_SCHEMA, ROOT)] if name == WHEN else []
    for each, (file, found) in SECTIONS.items():
        schema = definition(file, found)["properties"].get(key)
        if schema is not None and section in ("", each):
            pages.append(_key_page(f"{each}.{key}" if each else key, schema, file))
    return pages


def inner_key_pages(name: str) -> list[str]:
    """The pages of a key of a mapping in a section, such as `multi_hot` or `gan.noise`."""
    *_, around, key = ("", *name.split("."))
    pages = []
    for section, (file, _) in SECTIONS.items():
        for inner, mapping in definition(file, "")["$defs"].items() if file != ROOT else ():
            schema = mapping.get("properties", {}).get(key)
            if schema is not None and around in ("", inner):
                pages.append(_key_page(f"{section}.{inner}.{key}", schema, file))
    return pages


def _key_page(name: str, schema: Schema, file: str) -> str:
    meant, _ = follow(schema, file)
    purpose = schema.get("description") or meant.get("description", "")
    said = [_wrapped(purpose)] if purpose else []
    return "\n".join([f"{name}: {meant.get('title', 'a key')}", *said]) + "\n"


def argument_pages(name: str) -> list[str]:
    """The page of an argument of Keras, such as `units`, or that of one class, `Dense.units`."""
    owner, _, argument = name.rpartition(".")
    if owner:
        return [
            "\n".join((f"{owner}, {KINDS[schema.kind]}:", *_argument(schema, argument, value)))
            + "\n"
            for schema in classes_named(owner)
            if (value := schema.properties.get(argument)) is not None
        ]
    owners = list(dict.fromkeys(_owners(argument)))
    if not owners:
        return []
    purpose = argument_purpose("", argument, is_op=False)
    lines = [
        f"{argument}: an argument",
        *([_wrapped(purpose)] if purpose else []),
        _wrapped(f"{join_words(owners, 'and')} {'takes' if len(owners) == 1 else 'take'} it."),
        _wrapped(f"`modelspec explain {owners[0]}.{argument}` has its type and default there."),
    ]
    return ["\n".join(lines) + "\n"]


def _owners(argument: str) -> Iterator[str]:
    """The classes and functions that have an argument, without their other names."""
    for kind in KINDS:
        for name in names_of_kind(kind):
            schema = class_schema(kind, name)
            if schema is not None and name.endswith(schema.name) and argument in schema.properties:
                yield name


def class_names() -> Iterator[str]:
    """All names of Keras classes and functions that a spec may use."""
    for kind in KINDS:
        yield from names_of_kind(kind)


def class_page(schema: ClassSchema, name: str) -> str:
    """The page of one class or function, under the name that the user gave."""
    what = _SPACES.get(name.partition(".")[0], KINDS[schema.kind])
    called = "" if name.endswith(schema.name) else f", another name of {schema.name}"
    lines = [f"{name}: {what}{called}"]
    lines += [_wrapped(schema.description)] if schema.description else []
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
