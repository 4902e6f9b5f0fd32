"""What an expression gave is checked again, and the finding names the expression."""

from __future__ import annotations

from modelspec.diagnostics import Finding, Reason, Severity, Span
from modelspec.spec.expansion.expand import Origin, _explained

PLACE = Span("a", 2, 1, 2, 9)
DIVISION = Origin("${width / 2}", None)


def hint(message: str, reason: Reason = Reason.UNSPECIFIED) -> str:
    finding = Finding(PLACE, Severity.ERROR, "wrong-value", message, reason=reason)
    return _explained(finding, DIVISION, 0).hint


def test_whole_division_is_offered_for_the_reason_and_not_for_words_of_the_message() -> None:
    assert "//" in hint("`units` has to count something", Reason.WHOLE_NUMBER_EXPECTED)
    assert "//" not in hint("`integer` must be a whole number: an integer")
