"""Comments that ask for silence against findings: which fall silent, and which may not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from .finding import Finding, Severity, Span
from .findings import Findings
from .suggest import did_you_mean

MOST_CODES = 100
FORM, FILE_FORM = "# modelspec: ignore[CODE]", "# modelspec: ignore-file[CODE]"


class Ignore(NamedTuple):
    """One comment of a file that asks for silence.

    Attributes:
        span: the comment, from its "#".
        codes: what stands between its brackets, each with its place; empty where there is none.
        whole: whether it speaks for the whole file, rather than for its line.
        misplaced: whether it speaks for the whole file and stands below the top of it, where it
            does nothing.
    """

    span: Span
    codes: tuple[tuple[str, Span], ...]
    whole: bool = False
    misplaced: bool = False

    def covers(self, span: Span) -> bool:
        """Whether what is found at a place is under the comment."""
        if self.misplaced or span.file != self.span.file:
            return False
        return self.whole or span.line == self.span.line


def silence(
    findings: Sequence[Finding], ignores: Sequence[Ignore], known: Collection[str]
) -> list[Finding]:
    """The findings without those that a comment on their first line, or for their file, silences.

    An error is never silenced, and a comment that does nothing is a finding itself.

    Args:
        findings: sorted, of one file and the files that it starts from.
        ignores: the comments of the file itself.
        known: every code that there is.
    """
    if not ignores:
        return list(findings)
    said = Findings()
    complete = all(finding.severity is not Severity.ERROR for finding in findings)
    for ignore in ignores:
        _judge(ignore, findings, known, said, complete=complete)
    return sorted([*silent(findings, ignores), *said])


def silent(findings: Iterable[Finding], ignores: Iterable[Ignore]) -> list[Finding]:
    """The findings that are left once the comments are heard; nothing is said of the comments."""
    by_code: dict[str, list[Ignore]] = {}
    for ignore in ignores:
        for code, _ in ignore.codes:
            by_code.setdefault(code, []).append(ignore)
    return [
        finding
        for finding in findings
        if finding.severity is Severity.ERROR
        or not any(ignore.covers(finding.span) for ignore in by_code.get(finding.code, ()))
    ]


def _judge(
    ignore: Ignore,
    findings: Sequence[Finding],
    known: Collection[str],
    said: Findings,
    *,
    complete: bool,
) -> None:
    """Say of one comment what is wrong with it; `complete` where every check has run."""
    if not ignore.codes:
        hint = f"write `{FILE_FORM if ignore.whole else FORM}`"
        said.warning(ignore.span, "bad-ignore", "the comment names no code", hint=hint)
    elif ignore.misplaced:
        message = "a comment for the whole file stands above everything else, on a line of its own"
        said.warning(ignore.span, "bad-ignore", message, hint="move it to the top of the file")
        return
    under = [finding for finding in findings if ignore.covers(finding.span)]
    if len(ignore.codes) > MOST_CODES:
        message = f"the comment names more than {MOST_CODES} codes; the others are not looked at"
        said.warning(ignore.span, "bad-ignore", message, hint="name the codes that there are")
    for code, span in ignore.codes[:MOST_CODES]:
        if code not in known:
            message = f"there is no code `{code}`{did_you_mean(code, known)}"
            hint = "`modelspec explain` lists all codes"
            said.warning(span, "unknown-code", message, hint=hint)
            continue
        severities = {finding.severity for finding in under if finding.code == code}
        if Severity.ERROR in severities:
            where = "in this file" if ignore.whole else "here"
            message = f"`{code}` is an error {where}, and an error cannot be silenced"
            said.warning(span, "cannot-silence", message, hint="mend it, and remove the comment")
        elif not severities and complete and code != UNUSED and not _spared(ignore):
            message = f"nothing {'in this file' if ignore.whole else 'on this line'} gives `{code}`"
            said.warning(span, UNUSED, message, hint=_hint(code, findings, ignore.span))


UNUSED = "unused-ignore"


def _spared(ignore: Ignore) -> bool:
    """Whether the comment asks that its being unused be passed over."""
    return any(code == UNUSED for code, _ in ignore.codes)


def _hint(code: str, findings: Iterable[Finding], place: Span) -> str:
    """Where the comment belongs, if that can be told."""
    lines = [f.span.line for f in findings if f.code == code and f.span.file == place.file]
    if not lines:
        return "remove it"
    nearest = min(lines, key=lambda line: abs(line - place.line))
    return f"`{code}` is found on line {nearest}; put the comment at the end of that line"
