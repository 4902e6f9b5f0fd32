"""The comments of a text that ask for silence: `# modelspec: ignore[code, code]` for a line, and
`# modelspec: ignore-file[code]` above everything else for the whole file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import yaml

from modelspec.diagnostics import Finding, Findings, Ignore, Span, silence, silent

from .load import read
from .loader import SpecLoader

_WORD = "ignore"
_COMMENT = r"(?m)(?:^|(?<=\s))#[ \t]*modelspec:[ \t]*ignore(-file)?\b(?:[ \t]*\[([^\]#\r\n]*)\])?"
_CODE = r"[^\s,]+"
_BLOCK_STYLES = ("|", ">")

Region = tuple[tuple[int, int], tuple[int, int]]


def hear(
    findings: Sequence[Finding], text: str, file: str, known: Callable[[], Collection[str]]
) -> list[Finding]:
    """The findings of a file once the comments that silence are heard.

    What was found in another file, which this one starts from, obeys the comments there.

    Args:
        findings: sorted.
        text: the file's text.
        file: the name that findings give to it.
        known: gives every code that there is; called only where a comment names one.
    """
    left = list(findings)
    for other in sorted({finding.span.file for finding in findings} - {file}):
        base = read(Path(other), Findings())
        if base is not None:
            left = silent(left, find_ignores(base, other))
    ignores = find_ignores(text, file)
    return silence(left, ignores, known()) if ignores else left


def find_ignores(text: str, file: str) -> list[Ignore]:
    """All such comments, in order; text in quotes and in block scalars holds none.

    Costs nothing but one search where the text has no such words.
    """
    if _WORD not in text:
        return []
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|[\n\r\x85\u2028\u2029]", text))]
    regions: list[Region] | None = None
    found = []
    for match in re.finditer(_COMMENT, text):
        row = bisect_right(starts, match.start()) - 1
        if regions is None:
            regions = _quoted(text)
        at = (row, match.start() - starts[row])
        if not any(start <= at < end for start, end in regions):
            found.append(_ignore(match, file, row + 1, starts[row]))
            if found[-1].whole and not _stands_above(text[: match.start()]):
                found[-1] = found[-1]._replace(misplaced=True)
    return found


def _stands_above(before: str) -> bool:
    """Whether a comment has nothing before it but other comments, each on a line of its own."""
    *lines, indent = before.split("\n")
    return not indent.strip() and all(not line.strip() or line.lstrip()[0] == "#" for line in lines)


def _ignore(match: re.Match[str], file: str, line: int, start: int) -> Ignore:
    def span(first: int, last: int) -> Span:
        return Span(file, line, first - start + 1, line, last - start + 1)

    codes: tuple[tuple[str, Span], ...] = ()
    if match.group(2) is not None:
        offset = match.start(2)
        codes = tuple(
            (code.group(), span(offset + code.start(), offset + code.end()))
            for code in re.finditer(_CODE, match.group(2))
        )
    return Ignore(span(match.start(), match.end()), codes, match.group(1) is not None)


def _quoted(text: str) -> list[Region]:
    """From where to where (row and column from 0) a "#" is text and begins no comment."""
    regions: list[Region] = []
    loader = SpecLoader(text)
    try:
        while loader.check_token():
            token = loader.get_token()
            if isinstance(token, yaml.ScalarToken) and not token.plain:
                start, end = token.start_mark, token.end_mark
                first = (start.line, start.column)
                if token.style in _BLOCK_STYLES:
                    first = (start.line + 1, 0)  # a comment may stand behind the "|" itself
                regions.append((first, (end.line, end.column)))
    except (yaml.YAMLError, ValueError, RecursionError):
        pass  # the text is not YAML from here on, which is said elsewhere
    finally:
        loader.dispose()
    return regions
