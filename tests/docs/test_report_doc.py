"""docs/report.md: its commands print what it shows, but for the size of the page."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

from modelspec.cli import run

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "run_report"))

PAGE = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
SHOWN = re.findall(
    r"^<!-- run -->\n```console\n\$ modelspec ([^\n]*)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
)


def _without_size(text: str) -> str:
    return re.sub(r"\([\d,]+ kB\)", "(kB)", text)


def test_its_commands_print_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from made_runs import make_run

    monkeypatch.chdir(tmp_path)
    make_run(Path("runs/penguins"))
    make_run(Path("runs/slower"), rate=0.001)
    assert SHOWN
    for line, output in SHOWN:
        assert run(shlex.split(line)) == 0
        assert _without_size(capsys.readouterr().err) == _without_size(output)
