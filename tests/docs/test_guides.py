"""The commands of docs/guides/, run in their order as they stand there, in a copy of the specs."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from modelspec.cli import run

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
NEEDS = {"tune": "optuna"}

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_its_commands_run(guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = re.findall(r"^\$ modelspec (.*)$", guide.read_text(encoding="utf-8"), re.MULTILINE)
    assert commands
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    for command in commands:
        words = shlex.split(command)
        if words[0] in NEEDS:
            pytest.importorskip(NEEDS[words[0]])
        assert run(words) == 0, command
