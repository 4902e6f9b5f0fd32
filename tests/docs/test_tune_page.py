"""The examples of docs/tune.md: the specs are right, and the first search runs as it stands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from modelspec.api.validation import validate_file
from modelspec.cli import run
from modelspec.tuning import read_study

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "tune.md").read_text(encoding="utf-8")
SPECS = dict(
    re.findall(r"^<!-- \w+: (\S+) -->\n```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
)
SPEC = SPECS.pop("flowers.yaml")
COMMANDS = re.findall(r"^\$ modelspec (.*)$", PAGE, re.MULTILINE)
FLOWERS = "sepal length,sepal width,petal length,petal width,species\n" + "".join(
    f"{i % 7 + i % 3},{i % 5},{i % 3 * 2},{i % 2},{('setosa', 'versicolor', 'virginica')[i % 3]}\n"
    for i in range(60)
)


@pytest.mark.parametrize(
    "part", ["flowers", *(pytest.param(name, marks=pytest.mark.slow) for name in SPECS)]
)
def test_its_specs_are_right(part: str, tmp_path: Path) -> None:
    base, _, own = SPEC.partition("tune:\n")
    text = base + SPECS.get(part, f"tune:\n{own}")
    path = tmp_path / "flowers.yaml"
    path.write_text(text)
    assert [finding.code for finding in validate_file(path)] == ["search-space"]


def weights(run: Path) -> list[bytes]:
    """Those of the model of a run, to the bit."""
    from modelspec.training import reopen

    return [variable.numpy().tobytes() for variable in reopen(run).model.variables]


@pytest.mark.slow
@pytest.mark.tensorflow
def test_its_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("optuna")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flowers.yaml").write_text(SPEC)
    (tmp_path / "flowers.csv").write_text(FLOWERS)
    assert [line.split()[0] for line in COMMANDS] == ["validate", "tune", "train", "tune", "tune"]
    study = tmp_path / "runs" / "flowers"
    for line in COMMANDS[:3]:
        assert run(shlex.split(line)) == 0, line
    best = read_study(study).best
    assert best is not None
    assert weights(tmp_path / "runs" / "best") == weights(study / best.run)
    for line in COMMANDS[3:]:
        assert run(shlex.split(line)) == 0, line
    assert len(list(study.glob("trial-*"))) == 12
    assert "All trials" in (study / "study.html").read_text()
