"""JUnit reports: well-formed, one test for each file, failures where the check fails."""

from __future__ import annotations

from xml.etree import ElementTree

from awkward import FILES, FINDINGS, ODD, OTHER, SOUND

from modelspec.report.findings import render_findings


def suite(*, strict: bool = False) -> ElementTree.Element:
    text = render_findings(FINDINGS, FILES, "junit", strict=strict)
    root = ElementTree.fromstring(text.encode())
    assert root.tag == "testsuites"
    (only,) = root
    return only


def test_each_file_is_a_test() -> None:
    cases = list(suite())
    assert [case.get("name") for case in cases] == [SOUND, ODD, OTHER]
    assert [case.get("file") for case in cases] == [SOUND, ODD, OTHER]
    assert len(cases[0]) == 0


def test_errors_are_one_failure_and_the_rest_is_output() -> None:
    odd, other = list(suite())[1:]
    assert [part.tag for part in odd] == ["failure", "system-out"]
    failure = odd[0]
    assert failure.get("type") == "duplicate-name"
    assert failure.get("message", "").startswith("line 3: two layers are called")
    assert failure.get("message", "").endswith("(and 1 more)")
    assert failure.text is not None
    assert f'{ODD}:3:5: error: two layers are called "<out> & {{0}}"' in failure.text
    assert "[wrong-value]" in failure.text
    assert [part.tag for part in other] == ["system-out"]


def test_strict_makes_warnings_failures_but_not_notes() -> None:
    odd, other = list(suite(strict=True))[1:]
    assert [part.tag for part in odd] == ["failure"]
    assert "[unused-param]" in (odd[0].text or "")
    assert [part.tag for part in other] == ["system-out"]


def test_the_numbers_add_up() -> None:
    numbers = {key: suite().get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert numbers == {"tests": "3", "failures": "1", "errors": "0", "skipped": "0"}


def test_what_xml_cannot_hold_is_written_out_and_the_rest_survives() -> None:
    text = suite()[1][1].text or ""
    assert r"𝛼\x07\tβ" in text
    assert "]]>" in (suite()[2][0].text or "")


def test_a_finding_in_a_file_that_was_not_named_is_not_lost() -> None:
    text = render_findings(FINDINGS, [SOUND], "junit")
    assert 'tests="3" failures="1"' in text
