"""The list that every stage adds to. Sorted and freed of duplicates once, at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypedDict, Unpack

from .finding import Finding, Related, Severity, Span

USED = "used here"
"""What the place of the use of a block is called."""


LONGEST, MOST_RELATED = 2_000, 50
"""What a message may have of characters, and a finding of other places."""


class More(TypedDict, total=False):
    """What a finding may have beside its place, code and message."""

    hint: str
    related: tuple[Related, ...]


class Findings:
    """Collects findings from all stages; a stage adds and goes on, it never stops at one."""

    def __init__(self) -> None:
        self._items: list[Finding] = []
        self._errors = 0

    def error(self, span: Span, code: str, message: str, **more: Unpack[More]) -> None:
        """Add an error. `hint` says how to mend it, `related` names the other parties."""
        self._add(Severity.ERROR, span, code, message, **more)

    def warning(self, span: Span, code: str, message: str, **more: Unpack[More]) -> None:
        """Add a warning."""
        self._add(Severity.WARNING, span, code, message, **more)

    def note(self, span: Span, code: str, message: str, **more: Unpack[More]) -> None:
        """Add a note."""
        self._add(Severity.NOTE, span, code, message, **more)

    def _add(
        self, severity: Severity, span: Span, code: str, message: str, **more: Unpack[More]
    ) -> None:
        related = tuple(
            Related(other.span._replace(via=None), other.message)
            for other in more.get("related", ())[:MOST_RELATED]
        )
        use = span.via
        while use is not None:
            related = (*related, Related(use._replace(via=None), USED))
            use = use.via
        hint = _shown(more.get("hint", ""))
        place = span._replace(via=None)
        self._items.append(Finding(place, severity, code, _shown(message), hint, related))
        self._errors += severity is Severity.ERROR

    def extend(self, findings: Iterable[Finding]) -> None:
        """Add findings that another stage collected."""
        more = list(findings)
        self._items.extend(more)
        self._errors += sum(finding.severity is Severity.ERROR for finding in more)

    @property
    def has_errors(self) -> bool:
        """Whether any finding so far is an error."""
        return self._errors > 0

    @property
    def error_count(self) -> int:
        """How many errors there are so far, for a stage to tell whether it added one."""
        return self._errors

    def sorted(self) -> list[Finding]:
        """All findings in the order of the text, each once.

        What several uses of one block have in common is said for the first of them; for none
        where it was found in the block by itself.
        """
        kept: dict[Finding, list[Finding]] = {}
        for finding in sorted(dict.fromkeys(self._items)):
            bare = tuple(other for other in finding.related if other.message != USED)
            kept.setdefault(finding._replace(related=bare), []).append(finding)
        return [_for_all(bare, uses) for bare, uses in kept.items()]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def _shown(text: str) -> str:
    """A text that quotes a file, fit to be printed: without the middle of what is endless.

    What would steer a terminal, fake a line or be no Unicode is shown by its escape.
    """
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}…{text[-LONGEST // 2 :]}"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _for_all(bare: Finding, uses: list[Finding]) -> Finding:
    """One finding for all uses of a block that have it."""
    if bare in uses:
        return bare
    first, more = uses[0], len(uses) - 1
    if not more:
        return first
    *others, last = first.related
    times = f"{more} more place" + ("s" if more > 1 else "")
    return first._replace(related=(*others, last._replace(message=f"{USED}, and at {times}")))
