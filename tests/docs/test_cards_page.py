"""The commands of docs/cards.md, run in their order as they stand there."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from modelspec.cli import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cards.md").read_text(encoding="utf-8")
BLOCKS = [
    (command, said.splitlines())
    for command, said in re.findall(r"^\$ modelspec (.*)\n((?:(?![$`]).*\n)*)", PAGE, re.MULTILINE)
]


@pytest.mark.slow
@pytest.mark.tensorflow
def test_its_commands_say_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "specs" / "data").mkdir(parents=True)
    for name in ("penguins.yaml", "data/penguins.csv"):
        shutil.copy(ROOT / "specs" / name, tmp_path / "specs" / name)
    monkeypatch.chdir(tmp_path)
    assert [command.split()[0] for command, _ in BLOCKS] == ["train", "card", "card"]
    for command, expected in BLOCKS:
        assert run(shlex.split(command)) == 0
        said = capsys.readouterr().err.splitlines()
        assert not expected or said == expected
