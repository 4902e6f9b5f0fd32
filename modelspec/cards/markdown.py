"""Markdown in which nothing that a spec says has a meaning of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_MARKS = re.compile(r"([\\`*_{}\[\]()#!|~$^])")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])(?=\s|$)")
_LIST_MARK = re.compile(r"^([-+=])")


def one_line(text: Any) -> str:
    """A text without breaks and characters that cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())


def escape(text: Any) -> str:
    """A text in one line that is read as it stands: no markup, no HTML, no links, no mentions."""
    line = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _MARKS.sub(r"\\\1", line).replace("@", "&#64;")
    line = re.sub(r"\b(https?|ftp|mailto|xmpp):", r"\1&#58;", line, flags=re.IGNORECASE)
    line = re.sub(r"\bwww\.", "www&#46;", line, flags=re.IGNORECASE)
    return _LIST_NUMBER.sub(r"\1\\\2", _LIST_MARK.sub(r"\\\1", line))


def code(text: Any) -> str:
    """A text as code in a line, with as many backticks around it as it needs."""
    line = one_line(text)
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else ""


def cell_code(text: Any) -> str:
    """The same in a cell of a table, where a bar would end the cell."""
    return code(text).replace("|", "\\|")


def fenced(text: str, language: str) -> str:
    """A block of code, with a fence that is longer than any inside it."""
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are escaped already."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
