"""The page of the Python functions, from their signatures and docstrings."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import modelspec

INTRODUCTION = """\
# Python

`import modelspec` imports neither TensorFlow nor any part of modelspec that is not used. Each
command has its function here; functions take paths. This page is made of the docstrings;
[From Python](language.md#from-python) has examples.
"""

SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Yields):\n", re.MULTILINE)
TITLES = {"Args": "Arguments", "Raises": "Raises", "Returns": "Returns"}
ITEM = re.compile(r"^(\S[^:\n]*): ", re.MULTILINE)


def api_page() -> str:
    """The page."""
    names = [name for name in modelspec.__all__ if not inspect.isclass(getattr(modelspec, name))]
    classes = [name for name in modelspec.__all__ if name not in names]
    parts = [INTRODUCTION, "## Functions\n", *map(_entry, names), "## Classes\n"]
    return "\n".join([*parts, *map(_entry, classes)])


def _entry(name: str) -> str:
    thing = getattr(modelspec, name)
    kind = "class" if inspect.isclass(thing) else ""
    lines = [f"### {name}\n", "```python", *_signature(name, thing, kind), "```\n"]
    return "\n".join([*lines, *_sections(inspect.getdoc(thing) or "")])


def _signature(name: str, thing: Any, kind: str) -> Iterator[str]:
    """The call as Python has it, one argument a line where it is long."""
    if kind:
        above = [one.__name__ for one in thing.__mro__[1:-1]]
        bases = [one for one in above if one in modelspec.__all__]
        base = f"({bases[0]})" if bases else ""
        yield f"class modelspec.{name}{base}"
        return
    signature = inspect.signature(thing)
    line = f"modelspec.{name}{signature}".replace("'", "")
    if len(line) <= 100:
        yield line
        return
    yield f"modelspec.{name}("
    had_star = False
    for one in signature.parameters.values():
        if one.kind is one.KEYWORD_ONLY and not had_star:
            had_star = True
            yield "    *,"
        yield f"    {one!s},".replace("'", "")
    yield f") -> {signature.return_annotation}".replace("'", "")


def _sections(docstring: str) -> Iterator[str]:
    """A docstring as markdown: paragraphs, and a list for each section."""
    parts = SECTION.split(docstring)
    yield f"{_paragraphs(parts[0])}\n"
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        inside, _, after = body.partition("\n\n")
        yield f"**{TITLES.get(title, title)}**\n"
        yield f"{_items(textwrap.dedent(inside), title)}\n"
        if after.strip():
            yield f"{_paragraphs(textwrap.dedent(after))}\n"


def _items(body: str, title: str) -> str:
    if title == "Returns":
        return _paragraphs(body)
    entries = re.split(r"\n(?=\S)", body.strip())
    lines = (ITEM.sub(r"`\1`: ", _one_line(entry), count=1) for entry in entries)
    return "\n".join(f"- {line}" for line in lines)


def _paragraphs(text: str) -> str:
    return "\n\n".join(_one_line(part) for part in re.split(r"\n\s*\n", text.strip()))


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;")
