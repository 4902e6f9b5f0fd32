"""docs/diff.md shows what `modelspec diff` prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from modelspec.cli import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
SHOWN = re.findall(
    r"^<!-- output: \w+ -->\n```console\n\$ modelspec ([^\n]*)\n(.*?)^```",
    PAGE,
    re.MULTILINE | re.DOTALL,
)


def test_its_examples_print_what_it_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert SHOWN
    for line, output in SHOWN:
        assert run(shlex.split(line)) == 1
        assert capsys.readouterr().out == output
