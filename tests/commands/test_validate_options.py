"""The options of `modelspec validate`, and what it leaves with."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from modelspec.cli import run
from modelspec.document import find_specs

WARNS = """\
modelspec: 1
params: {width: 8}
model:
  sequential:
    input: {shape: [8]}
    layers:
      - Dense: {units: 3}
"""
FAULTY = WARNS.replace("units: 3", "units: three")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("warns.yaml").write_text(WARNS)
    Path("faulty.yaml").write_text(FAULTY)
    Path("other.yaml").write_text("services: {web: {image: nginx}}\n")
    return tmp_path


def validate(*args: str) -> int:
    return run(["validate", *args])


def shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [f["code"] for f in json.loads(capsys.readouterr().out)["findings"]]


def test_warnings_count_only_when_strict() -> None:
    assert validate("warns.yaml") == 0
    assert validate("warns.yaml", "--strict") == 1
    assert validate("faulty.yaml") == 1


def test_select_shows_only_what_it_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate("--format", "json", "--select", "unused-param", "warns.yaml") == 0
    assert shown(capsys) == ["unused-param"]
    assert validate("--format", "json", "--select", "unused-block,cycle", "warns.yaml") == 0
    assert shown(capsys) == []


def test_ignore_leaves_out_what_it_names(capsys: pytest.CaptureFixture[str]) -> None:
    args = ("--format", "json", "--ignore", "unused-block", "--ignore", "cycle,unused-param")
    assert validate(*args, "--strict", "warns.yaml") == 0
    assert shown(capsys) == []


@pytest.mark.parametrize("args", [("--ignore", "wrong-value"), ("--select", "cycle")])
def test_an_error_that_is_not_shown_counts(
    args: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert validate("faulty.yaml", *args) == 1
    out, err = capsys.readouterr()
    assert "wrong-value" not in out
    assert "1 error not shown: `wrong-value`" in err


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_code_is_refused_with_the_nearest(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert validate("warns.yaml", option, "unused-params") == 2
    err = capsys.readouterr().err
    assert 'there is no code "unused-params"; did you mean "unused-param"?' in err


def test_select_knows_lints() -> None:
    assert validate("warns.yaml", "--select", "softmax-over-one-unit") == 0


def test_an_empty_select_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate("--format", "json", "--select", "", "warns.yaml") == 0
    assert shown(capsys) == ["unused-param"]


def test_other_files_are_faults_unless_they_are_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate("other.yaml") == 1
    assert validate("other.yaml", "--skip-others") == 0
    capsys.readouterr()
    assert validate("other.yaml", "faulty.yaml", "--skip-others", "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["files"] == 1


def test_standard_input_is_a_file_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(FAULTY))
    assert validate("-", "warns.yaml", "--format", "junit") == 1
    out = capsys.readouterr().out
    assert 'name="&lt;stdin&gt;"' in out
    assert 'tests="2" failures="1"' in out


def test_findings_go_to_output_and_the_tally_to_error(capsys: pytest.CaptureFixture[str]) -> None:
    validate("warns.yaml")
    out, err = capsys.readouterr()
    assert out.startswith("warns.yaml:2:10: warning:")
    assert err == "1 warning in 1 file\n"
    validate("warns.yaml", "--format", "sarif")
    out, err = capsys.readouterr()
    assert json.loads(out)["version"] == "2.1.0"
    assert err == ""


def test_strict_reaches_the_junit_report(capsys: pytest.CaptureFixture[str]) -> None:
    validate("warns.yaml", "--format", "junit")
    assert 'failures="0"' in capsys.readouterr().out
    validate("warns.yaml", "--format", "junit", "--strict")
    assert 'failures="1"' in capsys.readouterr().out


def test_a_folder_has_the_specs_that_inherit_their_version(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = Path("more")
    folder.mkdir()
    (folder / "heir.yaml").write_text('extends: "../warns.yaml" # all of it\nname: heir\n')
    (folder / "heir.json").write_text('{"extends": "heir.yaml"}')
    (folder / "compose.yaml").write_text("extends: ../other.yaml\nservices: {}\n")
    (folder / "round.yaml").write_text("extends: round.yaml\n")
    assert find_specs(["more"]) == [str(folder / "heir.json"), str(folder / "heir.yaml")]
    assert validate("more", "--format", "json") == 0
    assert shown(capsys) == ["unused-param"]  # which the base has, and both heirs with it
    names = [str(folder / name) for name in ("compose.yaml", "heir.yaml")]
    assert validate(*names, "--skip-others", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["files"] == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_in_a_folder_is_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("pipe.yaml")  # reading it would wait for ever
    assert validate(".", "--select", "unused-param", "--format", "json") == 1
    assert "pipe.yaml" not in capsys.readouterr().out


OUTSIDE = {
    "extends: ../secret.txt\n": "the first lines of any file",
    f"{WARNS}data: {{train: {{csv: [../secret.txt]}}, targets: y}}\n": "values of any file",
    f"{WARNS}data: {{train: {{csv: '../sec*.txt'}}, targets: y}}\n": "values of what is found",
    f"{WARNS}data: {{train: {{csv: 'link*'}}, targets: y}}\n": "values of what a link leads to",
}


@pytest.mark.parametrize("spec", OUTSIDE)
def test_a_file_outside_the_root_is_not_quoted(
    spec: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = here / "project"
    root.mkdir()
    (here / "secret.txt").write_text("password: 1234\n")
    (root / "spec.yaml").write_text(spec)
    (root / "link.csv").symlink_to(here / "secret.txt")
    monkeypatch.chdir(root)
    assert validate("spec.yaml", "--data", "--root", ".", "--select", "outside-root") == 1
    output = capsys.readouterr().out
    assert "outside the folder" in output
    assert "password" not in output
    monkeypatch.setenv("CI", "true")
    assert validate("spec.yaml", "--format", "json") == 1
    assert "outside-root" in shown(capsys)
    validate("spec.yaml", "--root", "..", "--format", "json")
    assert "outside-root" not in shown(capsys)


def test_a_spec_that_links_outside_the_root_is_not_read(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = here / "project"
    root.mkdir()
    (root / "spec.yaml").symlink_to(here / "faulty.yaml")
    monkeypatch.chdir(root)
    assert validate("spec.yaml", "--root", ".", "--format", "json") == 1
    assert shown(capsys) == ["outside-root"]
    assert validate("../faulty.yaml", "--root", ".", "--format", "json") == 1
    assert "wrong-value" in shown(capsys)  # named by who runs the command
