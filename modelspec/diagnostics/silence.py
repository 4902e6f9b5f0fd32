"""Comments `# modelspec: ignore[code]` against findings: which fall silent, and which may not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from .finding import Finding, Severity, Span
from .findings import Findings
from .suggest import did_you_mean

FORM = "# modelspec: ignore[CODE]"


class Ignore(NamedTuple):
    """One comment of a file that asks for silence.

    Attributes:
        span: the comment, from its "#".
        codes: what stands between its brackets, each with its place; empty where there is none.
    """

    span: Span
    codes: tuple[tuple[str, Span], ...]


def silence(
    findings: Sequence[Finding], ignores: Sequence[Ignore], known: Collection[str]
) -> list[Finding]:
    """The findings without those that a comment on their first line silences.

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
    quiet = {
        (ignore.span.file, ignore.span.line, code) for ignore in ignores for code, _ in ignore.codes
    }
    return [
        finding
        for finding in findings
        if finding.severity is Severity.ERROR
        or (finding.span.file, finding.span.line, finding.code) not in quiet
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
        said.warning(ignore.span, "bad-ignore", "the comment names no code", hint=f"write `{FORM}`")
    place = ignore.span[:2]
    on_line = [finding for finding in findings if finding.span[:2] == place]
    for code, span in ignore.codes:
        if code not in known:
            message = f"there is no code `{code}`{did_you_mean(code, known)}"
            hint = "`modelspec explain` lists all codes"
            said.warning(span, "unknown-code", message, hint=hint)
            continue
        severities = {finding.severity for finding in on_line if finding.code == code}
        if Severity.ERROR in severities:
            message = f"`{code}` is an error here, and an error cannot be silenced"
            said.warning(span, "cannot-silence", message, hint="mend it, and remove the comment")
        elif not severities and complete and code != UNUSED and not _spared(ignore):
            message = f"nothing on this line gives `{code}`"
            said.warning(span, UNUSED, message, hint=_hint(code, findings, place))


UNUSED = "unused-ignore"


def _spared(ignore: Ignore) -> bool:
    """Whether the comment asks that its being unused be passed over."""
    return any(code == UNUSED for code, _ in ignore.codes)


def _hint(code: str, findings: Iterable[Finding], place: tuple[str, int]) -> str:
    """Where the comment belongs, if that can be told."""
    lines = [f.span.line for f in findings if f.code == code and f.span.file == place[0]]
    if not lines:
        return "remove it"
    nearest = min(lines, key=lambda line: abs(line - place[1]))
    return f"`{code}` is found on line {nearest}; put the comment at the end of that line"
