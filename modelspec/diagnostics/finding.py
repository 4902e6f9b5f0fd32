"""The one finding type. Text, JSON, GitHub, SARIF and JUnit are views of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from .printable import one_line


class Severity(StrEnum):
    """How much a finding matters: errors stop a build, warnings and notes do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Span(NamedTuple):
    """A range of text in a file. Lines and columns count from 1; the end is exclusive.

    For what was expanded from a block, this is the location in the block, and `via` is the
    location where the block is used.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    via: Span | None = None


class RelatedKind(StrEnum):
    """What a related location is to its finding. Code reads this and never the message."""

    OTHER = "other"
    BLOCK_USE = "block-use"
    BLOCK_USES = "block-uses"
    """The first of several uses; the message counts the others."""


class Related(NamedTuple):
    """Another location that a finding involves, such as the first use of a duplicated name."""

    span: Span
    message: str
    kind: RelatedKind = RelatedKind.OTHER


class Reason(StrEnum):
    """Why a finding was made, for code that acts on it. It is not shown to the user."""

    UNSPECIFIED = ""
    WHOLE_NUMBER_EXPECTED = "whole-number-expected"
    """A float was given where only an integer is accepted."""


class Fix(NamedTuple):
    """A replacement that is enough to make a finding go away.

    Attributes:
        span: the text to replace, on one line.
        wrong: this text, without quotes.
        text: what to write there.
    """

    span: Span
    wrong: str
    text: str


class Finding(NamedTuple):
    """One problem at one location, and how to fix it.

    A named tuple rather than a dataclass: it sorts, it hashes, and it costs no import time.
    """

    span: Span
    severity: Severity
    code: str
    message: str
    hint: str = ""
    related: tuple[Related, ...] = ()
    reason: Reason = Reason.UNSPECIFIED
    fixes: tuple[Fix, ...] = ()
    """At most one: what stands here can be replaced by one text only."""

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
        """`file:line:column: severity: message [code]`, then related locations and the hint."""
        return self.to_text(str(self.severity))

    def to_text(self, severity: str) -> str:
        """The text form; `severity` is the word to show, which a terminal may show in colour."""
        place = f"{one_line(self.span.file)}:{self.span.line}:{self.span.column}"
        lines = [f"{place}: {severity}: {one_line(self.message)} [{self.code}]"]
        for other in self.related:
            where = f"{one_line(other.span.file)}:{other.span.line}:{other.span.column}"
            lines.append(f"    {where}: {one_line(other.message)}")
        if self.hint:
            lines.append(f"    hint: {one_line(self.hint)}")
        return "\n".join(lines)
