"""The one finding type. Text, JSON, GitHub, SARIF and JUnit are views of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple


class Severity(StrEnum):
    """How much a finding matters: errors stop a build, warnings and notes do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Span(NamedTuple):
    """A stretch of text in a file. Lines and columns count from 1; the end is exclusive.

    What came out of a block has its place in the block here, and the place of the use in `via`.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    via: Span | None = None


class Related(NamedTuple):
    """The other party of a finding, for instance the first use of a duplicated name."""

    span: Span
    message: str


class Finding(NamedTuple):
    """One thing that is wrong, in one place, with the way to mend it.

    A named tuple rather than a dataclass: it sorts, it hashes, and it costs no import time.
    """

    span: Span
    severity: Severity
    code: str
    message: str
    hint: str = ""
    related: tuple[Related, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The finding in the JSON form of the language reference, section 9."""
        return {
            "file": self.span.file,
            "line": self.span.line,
            "column": self.span.column,
            "end_line": self.span.end_line,
            "end_column": self.span.end_column,
            "severity": str(self.severity),
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "related": [
                {
                    **({} if r.span.file == self.span.file else {"file": r.span.file}),
                    "line": r.span.line,
                    "column": r.span.column,
                    "message": r.message,
                }
                for r in self.related
            ],
        }

    def __str__(self) -> str:
        """`file:line:column: severity: message [code]`, then the hint and the other places."""
        place = f"{self.span.file}:{self.span.line}:{self.span.column}"
        lines = [f"{place}: {self.severity}: {self.message} [{self.code}]"]
        for other in self.related:
            where = f"{other.span.file}:{other.span.line}:{other.span.column}"
            lines.append(f"    {where}: {other.message}")
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        return "\n".join(lines)
