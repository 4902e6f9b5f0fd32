"""The examples of docs/python.md run as they are written."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from blocks import ROOT, blocks

pytest.importorskip("tensorflow")

from modelspec.cli import run

pytestmark = pytest.mark.tensorflow

QUICK = ("--set", "training.epochs=8", "--set", "expect.metrics={test_loss: {min: 0}}")


@pytest.mark.slow
def test_its_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    (commands,) = blocks("python.md", "console")
    for line in commands.splitlines():
        words = shlex.split(line.removeprefix("$ modelspec "))
        assert run([*words, *(QUICK if words[0] == "train" else ())]) == 0
    examples = blocks("python.md", "python")
    assert len(examples) == 5
    for number, code in enumerate(examples):
        exec(compile(code, f"python.md, example {number}", "exec"), {})
