"""Where code of an extension was when something failed."""

from __future__ import annotations

import inspect
import re
import traceback
from typing import NamedTuple

_IN_GRAPH = re.compile(r'File "([^"]+)", line (\d+), in (\w+)')
"""A place in the stack that a compiled graph puts in front of what failed in it."""


class CodePlace(NamedTuple):
    """A line of a function."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def place_in_module(error: BaseException, found: type) -> CodePlace | None:
    """The last place in the module of a class that the stack of an error leads through."""
    file = inspect.getsourcefile(found)
    frames = traceback.extract_tb(error.__traceback__)
    places = [CodePlace(frame.filename, frame.lineno or 0, frame.name) for frame in frames]
    in_graph = _IN_GRAPH.findall(str(error))
    places += [CodePlace(path, int(line), name) for path, line, name in in_graph]
    return next((place for place in reversed(places) if place.file == file), None)
