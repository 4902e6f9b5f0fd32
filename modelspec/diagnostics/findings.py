"""The list that every stage adds findings to. Sorted and deduplicated once, at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypedDict, Unpack

from .finding import Finding, Fix, Reason, Related, RelatedKind, Severity, Span

MAX_MESSAGE, MAX_RELATED = 2_000, 50
"""Characters of a message, and related locations of a finding; more are cut."""


class Details(TypedDict, total=False):
    """The optional parts of a finding."""

    hint: str
    related: tuple[Related, ...]
    reason: Reason
    replace: tuple[str, str] | None
    """The word at the span, and what to write in its place where only one word can be meant."""


class Findings:
    """Collects findings from all stages; a stage adds and goes on, it never stops at one.

    Attributes:
        errors_only: leaves out all others, so that nobody has to look for them.
    """

    def __init__(self, *, errors_only: bool = False) -> None:
        self.errors_only = errors_only
        self._items: list[Finding] = []
        self._failures: list[Finding] = []
        self._errors = 0

    def error(self, span: Span, code: str, message: str, **details: Unpack[Details]) -> None:
        """Add an error. `hint` says how to fix it, `related` gives other locations involved,
        and `replace` the wrong word at `span` with the right one."""
        self._add(Severity.ERROR, span, code, message, details)

    def warning(self, span: Span, code: str, message: str, **details: Unpack[Details]) -> None:
        """Add a warning."""
        self._add(Severity.WARNING, span, code, message, details)

    def note(self, span: Span, code: str, message: str, **details: Unpack[Details]) -> None:
        """Add a note."""
        self._add(Severity.NOTE, span, code, message, details)

    def failure(self, span: Span, code: str, message: str, **details: Unpack[Details]) -> None:
        """Add a warning that something cannot be checked.

        Beside errors it is left out: it may follow from one of them, and says nothing about the
        spec.
        """
        if not self.errors_only:
            self._failures.append(_finding(Severity.WARNING, span, code, message, details))

    def _add(
        self, severity: Severity, span: Span, code: str, message: str, details: Details
    ) -> None:
        if self.errors_only and severity is not Severity.ERROR:
            return
        self._items.append(_finding(severity, span, code, message, details))
        self._errors += severity is Severity.ERROR

    def extend(self, findings: Iterable[Finding]) -> None:
        """Add findings that another stage collected."""
        added = list(findings)
        errors = [finding for finding in added if finding.severity is Severity.ERROR]
        self._items.extend(errors if self.errors_only else added)
        self._errors += len(errors)

    def replace(self, old: Iterable[Finding], new: Iterable[Finding]) -> None:
        """Leave out what a stage found that knew less, and add what one found that knows more."""
        gone = set(old)
        kept = [finding for finding in self._items if finding not in gone]
        self._items, self._errors = [], 0
        self.extend([*kept, *new])

    @property
    def has_errors(self) -> bool:
        """Whether any finding so far is an error."""
        return self._errors > 0

    @property
    def error_count(self) -> int:
        """The number of errors so far, for a stage to tell whether it added one."""
        return self._errors

    def sorted(self) -> list[Finding]:
        """All findings in the order of the text, without duplicates.

        A finding that several uses of one block have is given once, for the first use; without
        a use where the block has it by itself.
        """
        by_common: dict[Finding, list[Finding]] = {}
        for finding in sorted(dict.fromkeys(self)):
            others = (r for r in finding.related if r.kind is not RelatedKind.BLOCK_USE)
            common = finding._replace(related=tuple(others))
            by_common.setdefault(common, []).append(finding)
        return merge_repeats(_merge_uses(common, found) for common, found in by_common.items())

    def __iter__(self) -> Iterator[Finding]:
        yield from self._items
        if not self.has_errors:
            yield from self._failures

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _finding(severity: Severity, span: Span, code: str, message: str, details: Details) -> Finding:
    given = details.get("related", ())[:MAX_RELATED]
    related = [other._replace(span=other.span._replace(via=None)) for other in given]
    use = span.via
    while use is not None:
        related.append(Related(use._replace(via=None), "used here", RelatedKind.BLOCK_USE))
        use = use.via
    return Finding(
        span._replace(via=None),
        severity,
        code,
        printable(message),
        printable(details.get("hint", "")),
        tuple(related),
        details.get("reason", Reason.UNSPECIFIED),
        _fixes(span._replace(via=None), details.get("replace")),
    )


_UNQUOTED = re.compile(r"[A-Za-z_][\w.]*|-?\d+")
"""What YAML and JSON read as written, wherever another such word stood."""


def _fixes(span: Span, replace: tuple[str, str] | None) -> tuple[Fix, ...]:
    """The replacement of a word, where the span has just this word, in quotes or without."""
    if replace is None or span.line != span.end_line or not _UNQUOTED.fullmatch(replace[1]):
        return ()
    wrong, right = replace
    quotes, rest = divmod(span.end_column - span.column - len(wrong), 2)
    if rest or quotes not in (0, 1):
        return ()
    inner = span._replace(column=span.column + quotes, end_column=span.end_column - quotes)
    return (Fix(inner, wrong, right),)


def merge_repeats(findings: Iterable[Finding]) -> list[Finding]:
    """Findings of which no two are the same.

    A warning or a note that one line of the text has several times, because it is expanded by a
    `repeat` or inherited by several specs, is given once. Such repetitions name other layers and
    sizes, so that only their places are compared. A finding on a file as a whole has no place in
    the text that could be expanded: an imported model has several notes there.
    """
    found: dict[object, list[Finding]] = {}
    for finding in dict.fromkeys(findings):
        key: object = finding
        span = finding.span
        is_of_text = (span.line, span.column) != (span.end_line, span.end_column)
        if finding.severity is not Severity.ERROR and is_of_text:
            others = tuple(r.span for r in finding.related if r.kind is RelatedKind.OTHER)
            key = (span, finding.code, others)
        found.setdefault(key, []).append(finding)
    return [_say_once(first, len(more)) for first, *more in found.values()]


def _say_once(finding: Finding, more: int) -> Finding:
    if not more:
        return finding
    times = "once more" if more == 1 else f"{more} more times"
    return finding._replace(message=f"{finding.message}, and {times} where this is expanded")


def printable(text: str) -> str:
    """A message that may quote a file, safe to print: cut in the middle where it is too long.

    Control characters, line breaks and invalid Unicode are escaped: they could steer the
    terminal, or pass for a line of output.
    """
    if len(text) > MAX_MESSAGE:
        text = f"{text[: MAX_MESSAGE // 2]}…{text[-MAX_MESSAGE // 2 :]}"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _merge_uses(common: Finding, found: list[Finding]) -> Finding:
    """One finding for all uses of a block that have it."""
    if common in found:
        return common
    first, more = found[0], len(found) - 1
    if not more:
        return first
    *others, last = first.related
    message = f"used here, and in {more} more place{'s' if more > 1 else ''}"
    last = last._replace(message=message, kind=RelatedKind.BLOCK_USES)
    return first._replace(related=(*others, last))
