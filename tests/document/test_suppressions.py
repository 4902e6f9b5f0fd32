"""Comments that suppress findings: where they are found, and what they suppress."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.api.validation import validate_file, validate_text
from modelspec.diagnostics.finding import Finding, Severity, Span
from modelspec.document.suppressions import apply_suppressions, find_suppressions

SPEC = """\
modelspec: 1
params: {{width: 8}}{comment}
model:
  sequential:
    input: {{shape: [8]}}
    layers:
      - Dense: {{units: 3}}
"""


def codes_of(text: str) -> list[str]:
    return [code for ignore in find_suppressions(text, "a") for code, _ in ignore.codes]


def said(comment: str) -> list[str]:
    return [str(f) for f in validate_text(SPEC.format(comment=comment), "a.yaml")]


@pytest.mark.parametrize(
    "text",
    [
        "a: 1  # modelspec: ignore[x]",
        "a: 1 #modelspec: ignore[x]",
        "a: 1\t#  modelspec:  ignore [ x ]",
        "# modelspec: ignore[x]\na: 1",
        "a: |  # modelspec: ignore[x]\n  text\n",
        "a: >\n  text\n# modelspec: ignore[x]\nb: 1\n",
        "a: 'it''s'  # modelspec: ignore[x]",
        'a: "\\"" # modelspec: ignore[x]',
        "a: [1, # modelspec: ignore[x]\n 2]",
        "a: b#c # modelspec: ignore[x]",
        "a: 1 # why, see above; # modelspec: ignore[x]",
        "a: [1  # modelspec: ignore[x]\nb",
    ],
)
def test_a_comment_is_found(text: str) -> None:
    assert codes_of(text) == ["x"]


@pytest.mark.parametrize(
    "text",
    [
        "a: b# modelspec: ignore[x]",
        'a: " # modelspec: ignore[x]"',
        "a: ' # modelspec: ignore[x]'",
        'a: "one\n  # modelspec: ignore[x]\n  two"',
        "a: |\n  # modelspec: ignore[x]\n  text\n",
        "a: >-\n\n  text # modelspec: ignore[x]\n",
        "a: 1  # modelspec: ignored[x]",
        "a: 1  # modelspec ignore[x]",
        '{"a": " # modelspec: ignore[x]"}',
    ],
)
def test_text_is_no_comment(text: str) -> None:
    assert find_suppressions(text, "a") == []


def test_places_are_those_of_the_comment_and_of_each_code() -> None:
    (ignore,) = find_suppressions("é: 1\r\nb: 𝛼  # modelspec: ignore[one, two]\n", "f")
    assert ignore.span == Span("f", 2, 7, 2, 36)
    assert ignore.codes == (("one", Span("f", 2, 27, 2, 30)), ("two", Span("f", 2, 32, 2, 35)))


def test_a_finding_is_silenced_on_its_line() -> None:
    assert "[unused-param]" in said("")[0]
    assert said("  # modelspec: ignore[unused-param]") == []


def test_another_code_does_not_silence() -> None:
    found = said("  # modelspec: ignore[unused-block]")
    assert any("[unused-param]" in line for line in found)
    assert any("[unused-ignore]" in line for line in found)


def test_an_ignore_on_another_line_is_told_where_it_belongs() -> None:
    text = SPEC.format(comment="") + "# modelspec: ignore[unused-param]\n"
    unused = validate_text(text, "a.yaml")[-1]
    assert unused.code == "unused-ignore"
    assert "reported on line 2" in unused.hint


def test_unused_ignore_can_be_silenced_beside_it() -> None:
    text = SPEC.format(comment="").replace("modelspec: 1\n", "modelspec: 1  #{}\n", 1)
    comment = " modelspec: ignore[unused-block, unused-ignore]"
    assert [f.code for f in validate_text(text.replace("#{}", f"#{comment}"), "a")] == [
        "unused-param"
    ]


def test_an_error_is_not_silenced() -> None:
    comment = "  # modelspec: ignore[unknown-key]"
    found = validate_text(f"modelspec: 1\nmodle: {{}}{comment}\n", "a")
    assert {"unknown-key", "cannot-silence"} <= {f.code for f in found}


def test_while_there_are_errors_no_ignore_is_called_unused() -> None:
    text = SPEC.format(comment="").replace("units: 3", "units: no") + "x: 1"
    found = validate_text(text.replace("model:", "model:  # modelspec: ignore[dead-relu]"), "a")
    assert "unused-ignore" not in {f.code for f in found}


def test_an_unknown_code_names_the_nearest() -> None:
    found = said("  # modelspec: ignore[unused-params]")
    assert any('no code `unused-params`; did you mean "unused-param"?' in line for line in found)


@pytest.mark.parametrize("comment", ["ignore", "ignore[]", "ignore[ , ]", "ignore(x)"])
def test_a_comment_without_a_code_is_a_finding(comment: str) -> None:
    assert any("[bad-ignore]" in line for line in said(f"  # modelspec: {comment}"))


def test_only_findings_that_start_on_the_line_are_silenced() -> None:
    here = Finding(Span("a", 2, 1, 4, 1), Severity.WARNING, "w", "starts here")
    through = Finding(Span("a", 1, 1, 4, 1), Severity.WARNING, "w", "goes through")
    text = "a:\nb: 1 # modelspec: ignore[w]\n"
    assert apply_suppressions([through, here], text, "a", lambda: {"w"}) == [through]


def test_comments_of_a_base_hold_in_the_base(tmp_path: Path) -> None:
    base, spec = tmp_path / "base.yaml", tmp_path / "spec.yaml"
    spec.write_text("modelspec: 1\nextends: base.yaml\n")
    base.write_text(SPEC.format(comment=""))
    assert [f.code for f in validate_file(spec)] == ["unused-param"]
    base.write_text(SPEC.format(comment="  # modelspec: ignore[unused-param]"))
    assert validate_file(spec) == []


HEAD = "# modelspec: ignore-file[unused-param]\n"


@pytest.mark.parametrize("above", ["", "# a word first\n", "\n\n", "#\r\n"])
def test_a_comment_at_the_top_speaks_for_the_file(above: str) -> None:
    text = SPEC.format(comment="").replace("width: 8", "width: 8,\n  depth: 2")
    assert [f.code for f in validate_text(text, "a")] == ["unused-param", "unused-param"]
    assert validate_text(above + HEAD + text, "a") == []


@pytest.mark.parametrize("below", ["modelspec: 1  {}", "modelspec: 1\n{}", "---\n{}modelspec: 1"])
def test_it_stands_above_everything_else_or_does_nothing(below: str) -> None:
    text = SPEC.format(comment="").replace("modelspec: 1\n", below.format(HEAD) + "\n", 1)
    assert {f.code for f in validate_text(text, "a")} == {"bad-ignore", "unused-param"}


def test_for_a_file_too_an_error_is_not_silenced_and_what_is_unused_is_said() -> None:
    text = "# modelspec: ignore-file[unknown-key]\nmodelspec: 1\nmodle: {}\n"
    assert {"unknown-key", "cannot-silence"} <= {f.code for f in validate_text(text, "a")}
    found = validate_text(HEAD.replace("param", "block") + SPEC.format(comment=""), "a")
    assert [(f.code, f.span.line) for f in found] == [("unused-ignore", 1), ("unused-param", 3)]
    spared = HEAD.replace("param", "block, unused-ignore") + SPEC.format(comment="")
    assert [f.code for f in validate_text(spared, "a")] == ["unused-param"]


def test_the_comment_of_a_base_speaks_for_the_base_alone(tmp_path: Path) -> None:
    base, spec = tmp_path / "base.yaml", tmp_path / "spec.yaml"
    base.write_text(HEAD + SPEC.format(comment=""))
    spec.write_text("modelspec: 1\nextends: base.yaml\nparams: {mine: 1}\n")
    assert [f.span.file for f in validate_file(spec)] == [str(spec)]
