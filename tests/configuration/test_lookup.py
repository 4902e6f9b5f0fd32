"""Which configuration holds for a file, and what it changes in each command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modelspec.cli import run

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
    """A repository with two projects; the current folder is its root."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    for name in ("a/one.yaml", "a/old/two.yaml", "b/three.yaml"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(WARNS)
    Path(".git").mkdir()
    return tmp_path


def validate(*args: str) -> int:
    return run(["validate", *args])


def shown(capsys: pytest.CaptureFixture[str], *args: str) -> list[str]:
    capsys.readouterr()
    validate("--format", "json", *args)
    found = json.loads(capsys.readouterr().out)["findings"]
    return [finding["file"] for finding in found]


def test_paths_are_checked_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("modelspec.toml").write_text('paths = ["a", "b/*.yaml"]\nexclude = ["old/"]\n')
    assert shown(capsys) == ["a/one.yaml", "b/three.yaml"]
    assert shown(capsys, "b") == ["b/three.yaml"]
    assert shown(capsys, "a/old/two.yaml") == ["a/old/two.yaml"]  # named, so it is checked
    assert shown(capsys, "--no-config") == ["a/one.yaml", "a/old/two.yaml", "b/three.yaml"]
    monkeypatch.chdir("b")
    assert shown(capsys) == ["../a/one.yaml", "three.yaml"]
    assert shown(capsys, ".") == ["three.yaml"]


def test_a_path_that_leads_nowhere_says_whose_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    Path("modelspec.toml").write_text('paths = ["c"]\n')
    assert validate() == 2
    err = capsys.readouterr().err
    assert "there is no file or folder c" in err
    assert "(of `paths` in modelspec.toml)" in err


def test_the_nearest_configuration_holds_for_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("modelspec.toml").write_text('ignore = ["unused-param"]\n')
    assert shown(capsys) == []
    Path("b/pyproject.toml").write_text("[tool.modelspec]\nstrict = true\n")
    assert shown(capsys) == ["b/three.yaml"]  # nothing is merged
    assert validate() == 1
    assert validate("a") == 0
    assert validate("--no-strict") == 0
    assert validate("--strict", "a") == 0  # its warnings are hidden
    Path("b/pyproject.toml").write_text("[tool.other]\n")
    assert shown(capsys) == []


def test_the_search_ends_at_the_root_of_the_repository(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("modelspec.toml").write_text('ignore = ["unused-param"]\n')
    (here / "b" / ".git").mkdir()
    assert shown(capsys, "a/one.yaml", "b/three.yaml") == ["b/three.yaml"]


def test_the_command_line_wins(capsys: pytest.CaptureFixture[str]) -> None:
    Path("modelspec.toml").write_text(
        'select = ["cycle"]\nignore = ["unused-block"]\nstrict = true\nformat = "junit"\n'
    )
    assert validate("a/one.yaml") == 0
    assert capsys.readouterr().out.startswith("<?xml")
    assert validate("a/one.yaml", "--select", "unused-param") == 1
    assert shown(capsys, "a/one.yaml", "--select", "") == ["a/one.yaml"]
    assert shown(capsys, "a/one.yaml", "--select", "", "--ignore", "unused-param") == []


def test_codes_are_hidden_in_the_files_of_a_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    Path("modelspec.toml").write_text('[per-file-ignores]\n"old/" = ["unused-param"]\n')
    assert shown(capsys) == ["a/one.yaml", "b/three.yaml"]
    assert shown(capsys, "a/old/two.yaml") == []


def test_an_error_that_the_configuration_hides_still_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("a/one.yaml").write_text(FAULTY)
    Path("modelspec.toml").write_text('ignore = ["wrong-value"]\n')
    for command in ("validate", "summarize", "expand", "train --smoke"):
        assert run([*command.split(), "a/one.yaml"]) == 1, command
        out, err = capsys.readouterr()
        assert "wrong-value" not in out, command
        assert "1 error not shown: `wrong-value`" in err, command
    assert run(["summarize", "a/one.yaml", "--no-config"]) == 1
    assert "[wrong-value]" in capsys.readouterr().out


def test_config_names_a_file_and_its_paths_lead_from_the_current_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("modelspec.toml").write_text('ignore = ["unused-param"]\n')
    Path("b/ci.toml").write_text('paths = ["a"]\nexclude = ["/a/old"]\n')
    assert shown(capsys, "--config", "b/ci.toml") == ["a/one.yaml"]
    assert validate("--config", "b/ci.toml", "--no-config") == 2
    assert "exclude each other" in capsys.readouterr().err
    assert validate("--config", "no.toml") == 2


def test_two_configurations_in_one_folder_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("modelspec.toml").write_text("strict = true\n")
    Path("pyproject.toml").write_text("[tool.modelspec]\nstrict = false\n")
    assert validate() == 2
    assert "two configurations" in capsys.readouterr().err
    assert validate("--no-config") == 0
    assert validate("--config", "pyproject.toml") == 0


def test_skipping_others_skips_what_is_excluded(capsys: pytest.CaptureFixture[str]) -> None:
    Path("modelspec.toml").write_text('exclude = ["a/old/"]\n')
    files = ["a/one.yaml", "a/old/two.yaml"]
    assert shown(capsys, *files) == files
    assert shown(capsys, "--skip-others", *files) == ["a/one.yaml"]


def test_in_ci_the_specs_of_paths_may_read_below_the_folder_of_the_configuration(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    Path("a/one.yaml").write_text("extends: ../b/three.yaml\n")
    Path("a/old/two.yaml").write_text("modelspec: 1\nextends: ../../../secret.yaml\n")
    Path("modelspec.toml").write_text('paths = ["a"]\n')
    monkeypatch.chdir("a")
    validate()
    out = capsys.readouterr().out
    assert "two.yaml:2:10: error:" in out
    assert out.count("[outside-root]") == 1
    validate("one.yaml")
    assert capsys.readouterr().out.count("[outside-root]") == 1


@pytest.mark.slow
def test_doctor_shows_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    run(["doctor"])
    assert "no configuration: " in capsys.readouterr().out
    Path("modelspec.toml").write_text('paths = ["a"]\n[per-file-ignores]\n"x" = ["cycle"]\n')
    run(["doctor"])
    out = capsys.readouterr().out
    assert "configuration: modelspec.toml\n" in out
    assert '  paths = ["a"]\n' in out
    assert '  per-file-ignores = {"x": ["cycle"]}\n' in out
    Path("modelspec.toml").write_text("paths = 1\n")
    assert run(["doctor"]) == 2


def test_an_only_spec_is_found_without_those_that_are_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["summarize"]) == 2
    Path("modelspec.toml").write_text('exclude = ["old/", "b/"]\n')
    assert run(["summarize"]) == 0
    assert capsys.readouterr().out.startswith("one ")
