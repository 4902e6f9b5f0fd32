"""docs/configuration.md says what works: its files are read, its errors are those that are said."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from blocks import DOCS, blocks

from modelspec.cli import run
from modelspec.configuration import Configuration, configuration_schema
from modelspec.configuration.settings import ConfigurationValues

PAGE = (DOCS / "configuration.md").read_text(encoding="utf-8")
OWN, PROJECT, FAULTY, COMMENT = blocks("configuration.md", "toml")


def test_both_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "modelspec.toml").write_text(OWN)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    own = Configuration(tmp_path / "modelspec.toml").of_call.values
    assert own.per_file_ignores == (("examples/", ("unused-input",)),)
    assert own == ConfigurationValues(
        **{key.replace("-", "_"): _hashable(value) for key, value in tomllib.loads(OWN).items()}
    )
    project = Configuration(tmp_path / "pyproject.toml").of_call.values
    assert project == ConfigurationValues(paths=("models",), strict=True)


def _hashable(value: object) -> object:
    if isinstance(value, dict):
        return tuple((key, _hashable(item)) for key, item in value.items())
    return tuple(value) if isinstance(value, list) else value


def test_the_table_has_every_key() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)
    assert rows == list(configuration_schema()["properties"])


def test_the_errors_are_those_that_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("modelspec.toml").write_text(FAULTY)
    (console,) = blocks("configuration.md", "console")
    command, _, said = console.partition("\n")
    assert run(command.removeprefix("$ modelspec ").split()) == 2
    assert capsys.readouterr().err == said


def test_the_schema_for_editors_is_written_under_the_name_of_the_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command = re.search(r"`modelspec (schema --configuration [^`]*)`", PAGE)
    assert command is not None
    assert run(command[1].split()) == 0
    assert Path(COMMENT.removeprefix("#:schema ").strip()).is_file()
