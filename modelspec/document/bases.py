"""Which files a spec begins from, by `extends`: told from the text, before a schema sees it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from modelspec.diagnostics import Findings

from .load import load, read

_HEAD_BYTES = 65_536
_EXTENDS = re.compile(
    rb"""^(?:[{]?\s*["']extends["']\s*:|extends\s*:)[ \t]*(?:(?P<one>"""
    rb""""[^"\n]*"|'[^'\n]*'|[^\s#"'{\[][^#\n]*?)"""
    rb"""\s*(?:[,}#]|$)|(?P<other>))""",
    re.MULTILINE,
)


def head_of(path: Path) -> bytes:
    """The first bytes of a regular file; none of a pipe or a device, which may never end."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except (OSError, ValueError):  # not readable; a name too long, or with a NUL
        return b""


def bases_of(path: Path, head: bytes) -> list[Path]:
    """The files that the key `extends` of a file names.

    Args:
        path: of the file.
        head: its first bytes, by `head_of`.
    """
    match = _EXTENDS.search(head)
    if match is None:
        return []
    if match["one"] is not None:
        written = [match["one"].strip(b"\"'").decode("utf-8", "replace")]
    else:
        written = _several(path)
    return [Path(os.path.normpath(path.parent / one)) for one in written]


def _several(path: Path) -> list[str]:
    """The value of `extends` where it is not on one line: a list, as YAML reads it."""
    text = read(path, Findings())
    document = None if text is None else load(text, str(path), Findings())
    value = document.get("extends") if isinstance(document, dict) else None
    given = value if isinstance(value, list) else [value]
    return [one for one in given if isinstance(one, str)]


def heirs_of(files: Iterable[str], specs: Iterable[str]) -> list[str]:
    """Those of `specs` that extend one of `files`, through others too, and are not among them."""
    bases = _Bases({os.path.realpath(file) for file in files})
    return [
        spec
        for spec in specs
        if os.path.realpath(spec) not in bases.wanted and bases.leads_to_wanted(Path(spec))
    ]


class _Bases:
    def __init__(self, wanted: Collection[str]) -> None:
        self.wanted = wanted
        self._found: dict[str, bool] = {}

    def leads_to_wanted(self, path: Path) -> bool:
        """Whether a file extends a wanted one, however many others lie between."""
        place = os.path.realpath(path)
        if place not in self._found:
            self._found[place] = False  # meanwhile: a circle leads nowhere
            self._found[place] = any(
                os.path.realpath(base) in self.wanted or self.leads_to_wanted(base)
                for base in bases_of(path, head_of(path))
            )
        return self._found[place]
