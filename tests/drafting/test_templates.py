"""Templates: each is silent, takes a step as it is, and is written where nothing stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec import UsageError, init, smoke, validate
from modelspec.cli import run
from modelspec.drafting.template import TEMPLATES

FOLDER = Path(__file__).parents[2] / "modelspec" / "drafting" / "templates"
LONG = {"cnn", "rnn", "transformer"}
"""Those that the slow tests run."""


def test_the_table_and_the_folder_are_alike() -> None:
    assert sorted(TEMPLATES) == sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_no_finding(name: str, tmp_path: Path) -> None:
    init(template=name, output=tmp_path / "spec.yaml")
    assert validate(tmp_path / "spec.yaml") == []


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow if n in LONG else ()) for n in TEMPLATES]
)
def test_a_template_takes_a_step(name: str, tmp_path: Path) -> None:
    init(template=name, output=tmp_path / "spec.yaml")
    found = smoke(tmp_path / "spec.yaml")
    assert found["loss"] > 0
    assert [path.name for path in tmp_path.iterdir()] == ["spec.yaml"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "give --data FILE --target COLUMN, or --template with one of"),
        (["--template", "cn"], 'there is no template "cn"; did you mean "cnn"?'),
        (["--template", "mlp", "--data", "t.csv"], "give one of the two"),
        (["--template", "mlp", "--target", "y"], "a template has its own"),
        (["--data", "t.csv"], "t.csv does not exist"),
    ],
)
def test_wrong_use(
    args: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", *args]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_does_not_overwrite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "--template", "mlp"]) == 0
    assert run(["init", "--template", "mlp"]) == 2
    with pytest.raises(UsageError, match="exists"):
        init(template="mlp", output="mlp.yaml")
