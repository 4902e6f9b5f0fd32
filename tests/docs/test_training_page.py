"""The example of low-rank adapters in docs/training.md, run as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from modelspec.api.validation import validate_file
from modelspec.cli import run

DOCS = Path(__file__).parents[2] / "docs"

PAGE = (DOCS / "training.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Low-rank adapters")[2].partition("\n## ")[0]
SPECS = dict(
    re.findall(r"^<!-- \w+: (\S+) -->\n```yaml\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
)
COMMANDS = re.findall(r"^\$ modelspec (.*)$", SECTION, re.MULTILINE)
HEADER = "sepal length,sepal width,petal length,petal width,species\n"
KINDS = ("setosa", "versicolor", "virginica")


def write_files(folder: Path) -> None:
    for name in ("pretrain.yaml", "tuned.yaml"):
        (folder / name).write_text(SPECS[name])
    for number, name in enumerate(("garden.csv", "meadow.csv")):
        rows = [[i % 7 + number, i % 5, i % 3, i % 2, KINDS[i % 3]] for i in range(30)]
        text = "".join(",".join(map(str, row)) + "\n" for row in rows)
        (folder / name).write_text(HEADER + text)


def test_its_specs_are_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    assert len(COMMANDS) == 4
    assert not list(validate_file("pretrain.yaml"))
    assert [finding.code for finding in validate_file("tuned.yaml")] == ["no-weights"]


@pytest.mark.slow
@pytest.mark.tensorflow
def test_its_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    for line in COMMANDS:
        assert run(shlex.split(line)) == 0, line
    again = SPECS["tuned.yaml"].replace(
        "  initial_weights: runs/pretrain", SPECS["adapters"].removeprefix("training:\n").rstrip()
    )
    assert "adapters" in again
    (tmp_path / "again.yaml").write_text(again)
    assert not list(validate_file("again.yaml"))
