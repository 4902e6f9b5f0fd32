"""How a csv file is written: its delimiter, its decimal mark and its encoding."""

from __future__ import annotations

import re
from typing import NamedTuple

from modelspec.spec.data import CSV, Source, options_of

_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space", ":": "colon"}

OTHER_DELIMITERS = ";\t|"
"""Delimiters to look for in a header that commas do not split."""

DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+(?:[eE][-+]?[0-9]+)?\Z")
"""A number with a decimal comma."""


def delimiter_name(delimiter: str) -> str:
    """What messages call a delimiter; one without a name is quoted."""
    return _NAMES.get(delimiter, f'"{delimiter}"')


class Dialect(NamedTuple):
    """How a csv file is written; its fields are the options of the source `csv`."""

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"

    @property
    def delimiter_name(self) -> str:
        """What messages call the delimiter."""
        return delimiter_name(self.delimiter)

    @property
    def is_utf8(self) -> bool:
        """Whether files are UTF-8, in which bytes can be split into lines before decoding."""
        return self.encoding.lower().replace("_", "-") in ("utf-8", "utf8")

    @property
    def written_options(self) -> dict[str, str]:
        """The options that differ from their defaults, which a spec has to write."""
        defaults = Dialect()._asdict()
        return {key: value for key, value in self._asdict().items() if value != defaults[key]}

    @property
    def description(self) -> str:
        """What a comment in a drafted spec says of the options; empty for the defaults."""
        words = [f"separated by {self.delimiter_name}s"] if self.delimiter != "," else []
        words += ["with decimal commas"] if self.decimal != "." else []
        if self.encoding == "cp1252":
            words.append("not UTF-8: cp1252 is a guess, so check that all text reads well")
        elif self.encoding != "utf-8":
            words.append(f"in {self.encoding}")
        return ", ".join(words)

    def with_point(self, value: str) -> str:
        """A cell with a decimal point in place of a comma where it is a number."""
        if self.decimal == ".":
            return value
        return value.replace(",", ".") if DECIMAL_COMMA.match(value) else value


def dialect_of(source: Source) -> Dialect:
    """The dialect of a `csv` source; the default one for a source of another kind."""
    options = {**options_of(CSV), **(source.options if source.kind == CSV else {})}
    return Dialect(options["delimiter"], options["decimal"], options["encoding"])


def csv_option(key: str, value: str) -> str:
    """How a spec writes an option of a csv source, for hints."""
    shown = {"\t": '"\\t"', ",": '","', ";": '";"', "|": '"|"'}.get(value, value)
    return f"{{csv: {{path: …, {key}: {shown}}}}}"
