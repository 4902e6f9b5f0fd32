"""Names of a spec as names of Python: `block1-conv` becomes the variable `block1_conv`."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable

from modelspec.spec.model import UniqueNames

RESERVED = frozenset(dir(builtins)) | {
    *("keras", "layers", "ops", "name", "named", "number_masks"),
    *("l", "I", "O"),
}
"""What a variable must not hide, or be mistaken for."""

FUNCTIONS = ("build_", "compile_")
"""How the functions of a file begin. A variable that would begin so ends in `_`."""


class Identifiers:
    """The names taken so far in one scope."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._names = UniqueNames({*RESERVED, *taken}, first=2)

    def variable(self, wanted: str) -> str:
        """A free name for a variable, as near to the wanted one as Python allows."""
        name = identifier(wanted)
        if name in RESERVED or name.startswith(FUNCTIONS):
            name += "_"
        return self._names.unique(name, name.rstrip("_"))

    def function(self, wanted: str) -> str:
        """A free name for a function that builds something."""
        return self._names.unique(f"build_{identifier(wanted).rstrip('_')}")


def identifier(text: str) -> str:
    """A text with all that no name of Python may have made into `_`."""
    text = unicodedata.normalize("NFKC", text)  # as Python itself reads names
    name = re.sub(r"_+", "_", re.sub(r"\W", "_", text)).strip("_") or "x"
    if name[0].isdigit():
        name = f"x{name}"
    if not name.isidentifier():  # digits and marks of other scripts
        name = re.sub(r"[^A-Za-z0-9_]", "", name).strip("_") or "x"
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) else name


def text_literal(text: str) -> str:
    """A text in the quotes that formatters prefer: double ones, unless that escapes more."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_character(character, quote) for character in text) + quote


def _character(character: str, quote: str) -> str:
    if character in "\"'":
        return f"\\{character}" if character == quote else character
    return repr(character)[1:-1]
