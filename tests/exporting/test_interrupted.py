"""At no moment of an export does a file lie there that looks whole and is not."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from modelspec.exporting.formats.format import ExportSettings
from modelspec.exporting.formats.formats import FORMATS

from .models import ROOT
from .test_check import here, need, subject

__all__ = ["here"]

KILLED = """
import os, sys
from modelspec.cli import run

left = int(sys.argv[1])

def count(event, args):
    global left
    if event in {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}:
        if ".export-" in " ".join(map(str, args)):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), 9)

sys.addaudithook(count)
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.parametrize("before", [None, "old"])
def test_a_file_that_is_killed_at_any_step_is_old_or_whole(
    before: str | None, tmp_path: Path
) -> None:
    out = tmp_path / "model.py"
    spec = ROOT / "tests" / "specs_ok" / "chain.yaml"
    seen = set()
    for steps in range(50):
        out.unlink(missing_ok=True)
        if before is not None:
            out.write_text(before, encoding="utf-8")
        args = ["export", str(spec), "--format", "python", "-o", str(out), "--force"]
        done = subprocess.run([sys.executable, "-c", KILLED, str(steps), *args], check=False)
        seen.add(out.read_text(encoding="utf-8") if out.exists() else None)
        if done.returncode == 0:
            break
        assert done.returncode == -9
        drafts = {path.name for path in tmp_path.iterdir()} - {"model.py"}
        assert all(name.startswith(".export-") for name in drafts)
    assert steps > 2
    whole = out.read_text(encoding="utf-8")
    assert "def build_model():" in whole
    assert seen == {before, whole}


Seen = dict[str, str]
"""Name to hash of all that a look into the folder shows, hidden drafts left out."""


class Watch:
    """Looks into a folder before every step that a program takes in it, as a kill there would
    leave it. Python cannot take a hook away; it is told to rest."""

    STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.move")

    def __init__(self, folder: Path) -> None:
        self.folder, self.seen, self.awake = folder, list[Seen](), False
        sys.addaudithook(self.hook)

    def hook(self, event: str, args: tuple[Any, ...]) -> None:
        if self.awake and event in self.STEPS and str(self.folder) in " ".join(map(str, args)):
            self.awake = False
            self.seen.append(self.look())
            self.awake = True

    def look(self) -> Seen:
        return {
            path.name: _hash(path)
            for path in self.folder.iterdir()
            if not path.name.startswith((".export-", ".draft-"))
        }


def _hash(path: Path) -> str:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    found = hashlib.sha256()
    for file in files:
        found.update(str(file).encode() + (file.read_bytes() if file.is_file() else b""))
    return found.hexdigest()


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    (tmp_path / "out").mkdir()
    found = Watch(tmp_path / "out")
    yield found
    found.awake = False


@pytest.mark.tensorflow
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "form", ["keras", "saved_model", "litert", pytest.param("openvino", marks=pytest.mark.slow)]
)
def test_at_every_step_all_that_is_there_belongs_together(
    form: str, tmp_path: Path, watch: Watch
) -> None:
    from modelspec.exporting.export import export_model

    need(form)
    path = watch.folder / f"model{FORMATS[form].suffix}"
    states = [{}]
    for scale in (1.0, 2.0):
        made = subject(tmp_path, scale)
        labels = [f"{name}-{scale}" for name in "abc"]
        named = replace(made, meanings={"kind": {**made.meanings["kind"], "labels": labels}})
        watch.awake = True
        assert export_model(named, form, path, ExportSettings(), force=True).accepted
        watch.awake = False
        states.append(watch.look())
    assert len(watch.seen) > 10
    assert path.name in states[1] and states[1] != states[2]
    for seen in watch.seen:
        if path.name in seen:
            assert any(seen.items() <= state.items() for state in states), seen
            assert (set(states[2]) - set(seen)) <= {f"{path.name}.check.json"}
