"""Comments that suppress findings: `# modelspec: ignore[code, code]` for the line that it ends,
and `# modelspec: ignore-file[code]` above everything else for the whole file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from modelspec.diagnostics import Finding, Findings, Severity, Span, suggest

from .load import read
from .yaml_loader import SpecLoader

MAX_CODES = 100
"""Codes of one comment that are checked."""

UNUSED = "unused-ignore"
LINE_FORM, FILE_FORM = "# modelspec: ignore[CODE]", "# modelspec: ignore-file[CODE]"

_WORD = "ignore"
_COMMENT = r"(?m)(?:^|(?<=\s))#[ \t]*modelspec:[ \t]*ignore(-file)?\b(?:[ \t]*\[([^\]#\r\n]*)\])?"
_CODE = r"[^\s,]+"
_BLOCK_STYLES = ("|", ">")

Region = tuple[tuple[int, int], tuple[int, int]]


class Suppression(NamedTuple):
    """One comment that suppresses findings.

    Attributes:
        span: the comment, from its "#".
        codes: the codes between its brackets, each with its location; empty without brackets.
        whole_file: whether it covers the whole file, rather than its line.
        misplaced: whether it is for the whole file but stands below other text, where it has no
            effect.
    """

    span: Span
    codes: tuple[tuple[str, Span], ...]
    whole_file: bool = False
    misplaced: bool = False

    def covers(self, span: Span) -> bool:
        """Whether findings at a location are covered by the comment."""
        if self.misplaced or span.file != self.span.file:
            return False
        return self.whole_file or span.line == self.span.line


def apply_suppressions(
    findings: Sequence[Finding], text: str, file: str, known: Callable[[], Collection[str]]
) -> list[Finding]:
    """The findings of a file that its comments leave, and findings about the comments themselves.

    What was found in another file, which this one extends, is suppressed by the comments there.
    Errors are never suppressed.

    Args:
        findings: sorted.
        text: the file's text.
        file: the name that findings give to it.
        known: returns every code that exists; called only where a comment names one.
    """
    left = list(findings)
    for other in sorted({finding.span.file for finding in findings} - {file}):
        base = read(Path(other), Findings())
        if base is not None:
            left = _without_suppressed(left, find_suppressions(base, other))
    found = find_suppressions(text, file)
    if not found:
        return left
    about_comments = check_suppressions(left, found, known())
    return sorted([*_without_suppressed(left, found), *about_comments])


def _without_suppressed(
    findings: Iterable[Finding], suppressions: Iterable[Suppression]
) -> list[Finding]:
    by_code: dict[str, list[Suppression]] = {}
    for suppression in suppressions:
        for code, _ in suppression.codes:
            by_code.setdefault(code, []).append(suppression)
    return [
        finding
        for finding in findings
        if finding.severity is Severity.ERROR
        or not any(found.covers(finding.span) for found in by_code.get(finding.code, ()))
    ]


def check_suppressions(
    findings: Sequence[Finding], suppressions: Iterable[Suppression], known: Collection[str]
) -> Findings:
    """Warnings about comments that have no effect, or may not have the one they ask for.

    Args:
        findings: of the file, before anything is suppressed.
        suppressions: the comments of the file.
        known: every code that exists.
    """
    warnings = Findings()
    for suppression in suppressions:
        if _is_well_formed(suppression, warnings):
            _check_codes(suppression, findings, known, warnings)
    return warnings


def _is_well_formed(suppression: Suppression, warnings: Findings) -> bool:
    span = suppression.span
    if not suppression.codes:
        hint = f"write `{FILE_FORM if suppression.whole_file else LINE_FORM}`"
        warnings.warning(span, "bad-ignore", "the comment names no code", hint=hint)
    elif suppression.misplaced:
        message = "a comment for the whole file must come first, on a line by itself"
        warnings.warning(span, "bad-ignore", message, hint="move it to the top of the file")
        return False
    if len(suppression.codes) > MAX_CODES:
        message = f"the comment names more than {MAX_CODES} codes; the others are not checked"
        warnings.warning(span, "bad-ignore", message, hint="name only codes that occur")
    return True


def _check_codes(
    suppression: Suppression,
    findings: Sequence[Finding],
    known: Collection[str],
    warnings: Findings,
) -> None:
    # after an error some checks did not run, and what they would find is not known
    all_ran = all(finding.severity is not Severity.ERROR for finding in findings)
    covered = [finding for finding in findings if suppression.covers(finding.span)]
    reports_unused = all_ran and all(code != UNUSED for code, _ in suppression.codes)
    scope = "in this file" if suppression.whole_file else "on this line"
    for code, span in suppression.codes[:MAX_CODES]:
        if code not in known:
            close = suggest(code, known)
            message = f"there is no code `{code}`{close.text}"
            hint = "`modelspec explain` lists all codes"
            warnings.warning(span, "unknown-code", message, hint=hint, replace=close.replace)
            continue
        severities = {finding.severity for finding in covered if finding.code == code}
        if Severity.ERROR in severities:
            message = f"`{code}` is an error {scope}, and errors cannot be suppressed"
            hint = "fix it, and remove the comment"
            warnings.warning(span, "cannot-silence", message, hint=hint)
        elif not severities and reports_unused:
            message = f"`{code}` is not reported {scope}"
            hint = _where_instead(code, findings, suppression.span)
            warnings.warning(span, UNUSED, message, hint=hint)


def _where_instead(code: str, findings: Iterable[Finding], span: Span) -> str:
    """Where the comment belongs, if that can be told."""
    lines = [f.span.line for f in findings if f.code == code and f.span.file == span.file]
    if not lines:
        return "remove it"
    nearest = min(lines, key=lambda line: abs(line - span.line))
    return f"`{code}` is reported on line {nearest}: put the comment at the end of that line"


def find_suppressions(text: str, file: str) -> list[Suppression]:
    """All such comments of a text, in order; quoted texts and block scalars have none.

    Costs one search where the text has no such words.
    """
    if _WORD not in text:
        return []
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|[\n\r\x85\u2028\u2029]", text))]
    regions: list[Region] | None = None
    found = []
    for match in re.finditer(_COMMENT, text):
        row = bisect_right(starts, match.start()) - 1
        if regions is None:
            regions = _text_regions(text)
        position = (row, match.start() - starts[row])
        if not any(start <= position < end for start, end in regions):
            found.append(_read_comment(match, file, row + 1, starts[row]))
            if found[-1].whole_file and not _is_at_top(text[: match.start()]):
                found[-1] = found[-1]._replace(misplaced=True)
    return found


def _is_at_top(before: str) -> bool:
    """Whether a comment has nothing before it but other comments, each on a line by itself."""
    *lines, indent = before.split("\n")
    return not indent.strip() and all(not line.strip() or line.lstrip()[0] == "#" for line in lines)


def _read_comment(match: re.Match[str], file: str, line: int, start: int) -> Suppression:
    """`start` is the offset of the line in the text."""

    def span(first: int, last: int) -> Span:
        return Span(file, line, first - start + 1, line, last - start + 1)

    codes: tuple[tuple[str, Span], ...] = ()
    if match.group(2) is not None:
        offset = match.start(2)
        codes = tuple(
            (code.group(), span(offset + code.start(), offset + code.end()))
            for code in re.finditer(_CODE, match.group(2))
        )
    return Suppression(span(match.start(), match.end()), codes, match.group(1) is not None)


def _text_regions(text: str) -> list[Region]:
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
        pass  # not YAML from here on, which `load` reports
    finally:
        loader.dispose()
    return regions
