"""What is said of a configuration with errors: `cases/NAME.toml`, and `NAME.out`."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from modelspec.cli import run
from modelspec.configuration import Configuration, configuration_schema
from modelspec.configuration.read import CHECKS
from modelspec.configuration.settings import ConfigurationValues
from modelspec.diagnostics import ConfigurationError

CASES = Path(__file__).parent / "cases"
BAD = sorted(path.name for path in CASES.glob("*.toml"))

GOOD = """\
paths = ["models", "a/*.yaml"]
exclude = ["old/", "!old/kept.yaml"]
respect-gitignore = false
select = ["unused-param", "softmax-over-one-unit"]
ignore = []
strict = true
format = "github"

[per-file-ignores]
"models/old/*" = ["cycle"]
"""


@pytest.mark.parametrize("name", BAD)
def test_each_mistake_is_said_at_its_place(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text((CASES / name).read_text(encoding="utf-8"), encoding="utf-8")
    assert run(["validate", "--config", name]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    expected = CASES / f"{Path(name).stem}.out"
    if request.config.getoption("--update-out"):
        expected.write_text(err, encoding="utf-8")
    assert err == expected.read_text(encoding="utf-8")
    assert err.count(" error: ") == err.count("    hint: ")


@pytest.mark.parametrize("name", BAD)
def test_the_schema_refuses_what_is_refused(name: str) -> None:
    if name == "outside.toml":
        pytest.skip("a schema does not know folders")
    try:
        document = tomllib.loads((CASES / name).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError:
        return
    assert not jsonschema.Draft202012Validator(configuration_schema()).is_valid(document)


def test_the_schema_has_every_key_with_its_default_and_takes_what_is_taken(tmp_path: Path) -> None:
    schema = configuration_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == list(CHECKS)
    defaults = {
        name.replace("_", "-"): value for name, value in ConfigurationValues()._asdict().items()
    }
    written = {name: entry["default"] for name, entry in schema["properties"].items()}
    assert json.loads(json.dumps(defaults)) == {**written, "per-file-ignores": []}
    jsonschema.Draft202012Validator(schema).validate(tomllib.loads(GOOD))
    (tmp_path / "modelspec.toml").write_text(GOOD)
    assert Configuration(tmp_path / "modelspec.toml").of_call.values == ConfigurationValues(
        paths=("models", "a/*.yaml"),
        exclude=("old/", "!old/kept.yaml"),
        respect_gitignore=False,
        select=("unused-param", "softmax-over-one-unit"),
        strict=True,
        format="github",
        per_file_ignores=(("models/old/*", ("cycle",)),),
    )


@pytest.mark.parametrize(
    ("text", "has_table"),
    [
        ("[tool.modelspec]\nstrict = true\n", True),
        ('[ tool . "modelspec" ]\nstrict = true\n', True),
        ("[tool]\nmodelspec = {strict = true}\n", True),
        ("[tool]\nmodelspec.strict = true\n", True),
        ("tool.modelspec.strict = true\n", True),
        ("tool = {modelspec = {strict = true}}\n", True),
        ("[tool.modelspec]\n", True),
        ("[tool.ruff]\nline-length = 100\n", False),
        ('[project.scripts]\nmodelspec = "modelspec.cli:main"\n', False),
        ("[tool.modelspec-other]\nx = 1\n", False),
    ],
)
def test_every_way_to_write_the_table_is_found(text: str, has_table: bool, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    (tmp_path / ".git").mkdir()
    settings = Configuration().of_folder(str(tmp_path))
    assert (settings.file is not None) == has_table
    assert settings.values.strict == ("strict" in text)


def test_a_broken_project_file_is_an_error_only_if_it_is_ours(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project.scripts]\nmodelspec = "a\n')
    assert Configuration().of_folder(str(tmp_path)).file is None
    (tmp_path / "pyproject.toml").write_text("[tool.modelspec]\nstrict = yes\n")
    with pytest.raises(ConfigurationError, match=r"pyproject.toml:2:10: error: not TOML"):
        Configuration().of_folder(str(tmp_path))


def test_a_file_without_the_table_can_be_named_by_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    assert run(["validate", "--config", str(tmp_path / "pyproject.toml")]) == 2
    assert "has no table [tool.modelspec]" in capsys.readouterr().err
