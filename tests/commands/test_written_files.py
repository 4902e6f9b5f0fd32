"""What commands write is a whole file, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec import files
from modelspec.cli import run

SPEC = "modelspec: 1\nmodel: {sequential: {input: {shape: [2]}, layers: [Dense: {units: 1}]}}\n"


@pytest.mark.parametrize("command", [["expand", "spec.yaml"], ["schema"]])
def test_a_file_has_its_name_once_the_disk_has_it(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    synced: list[str] = []
    monkeypatch.setattr(files, "_sync", lambda path: synced.append(path.name))
    assert run([*command, "-o", "out.txt"]) == 0
    assert synced[0] == ".draft-out.txt"
    assert Path("out.txt").stat().st_size > 0


def test_expand_overwrites_only_when_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    Path("out.yaml").write_text("mine")
    assert run(["expand", "spec.yaml", "-o", "out.yaml"]) == 2
    assert "--force" in capsys.readouterr().err
    assert Path("out.yaml").read_text() == "mine"
    assert run(["expand", "spec.yaml", "-o", "out.yaml", "--force"]) == 0
