"""The list of findings: what several uses of a block have in common, and what its texts decide."""

from __future__ import annotations

import pickle

from modelspec.diagnostics import Finding, Findings, Reason, Related, RelatedKind, Severity, Span

USE, OTHER_USE = Span("a", 8, 1, 8, 2), Span("a", 9, 1, 9, 2)


def in_block(via: Span | None) -> Span:
    return Span("a", 2, 1, 2, 4, via)


def test_a_finding_of_two_uses_is_given_once() -> None:
    findings = Findings()
    for use in (USE, OTHER_USE):
        findings.error(in_block(use), "wrong-value", "x")
    (found,) = findings.sorted()
    (related,) = found.related
    assert related.span == USE and "1 more place" in related.message
    assert related.kind is RelatedKind.BLOCK_USES


def test_a_finding_of_the_block_itself_needs_no_use() -> None:
    findings = Findings()
    for use in (USE, None, OTHER_USE):
        findings.error(in_block(use), "wrong-value", "x")
    assert [found.related for found in findings.sorted()] == [()]


def test_only_the_kind_of_a_related_location_decides_and_not_its_message() -> None:
    """A message that reads like the use of a block does not make one."""
    findings = Findings()
    for use in (USE, OTHER_USE):
        related = (Related(use, "used here"),)
        findings.error(in_block(None), "wrong-value", "x", related=related)
    assert [found.related[0].span for found in findings.sorted()] == [USE, OTHER_USE]
    reworded = Findings()
    for use in (USE, OTHER_USE):
        related = (Related(use, "in this layer", RelatedKind.BLOCK_USE),)
        reworded.extend([Finding(in_block(None), Severity.ERROR, "x", "x", "", related)])
    assert len(reworded.sorted()) == 1


def test_the_reason_is_not_shown_and_survives_a_process() -> None:
    bare = Finding(in_block(None), Severity.ERROR, "wrong-value", "x")
    found = bare._replace(reason=Reason.WHOLE_NUMBER_EXPECTED)
    assert str(found) == str(bare) and found.to_dict() == bare.to_dict()
    assert pickle.loads(pickle.dumps(found)).reason is Reason.WHOLE_NUMBER_EXPECTED


def test_notes_on_a_file_as_a_whole_are_all_given() -> None:
    """An imported model has no place in a text: only a line that is expanded has repeats."""
    findings = Findings()
    for span in (Span("model.json", 1, 1, 1, 1), Span("a.yaml", 3, 7, 3, 12)):
        findings.note(span, "training-left-out", "a loss is left out")
        findings.note(span, "training-left-out", "an optimizer is left out")
    assert [(f.span.file, f.message) for f in findings.sorted()] == [
        ("a.yaml", "a loss is left out, and once more where this is expanded"),
        ("model.json", "a loss is left out"),
        ("model.json", "an optimizer is left out"),
    ]


def test_where_only_errors_are_wanted_all_others_are_left_out() -> None:
    every, errors = Findings(), Findings(errors_only=True)
    for findings in (every, errors):
        findings.note(USE, "search-space", "x")
        findings.failure(USE, "internal-error", "x")
    assert (len(every), len(errors)) == (2, 0)
    every.error(USE, "wrong-value", "x")
    errors.extend(every)
    assert [found.code for found in errors] == ["wrong-value"] and errors.error_count == 1
