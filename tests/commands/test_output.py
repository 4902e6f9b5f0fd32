"""Output of every encoding, names that would steer a terminal, and a reader that goes away."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from modelspec.diagnostics import one_line, prepare_output, printable_lines
from modelspec.diagnostics.finding import Finding, Severity, Span
from modelspec.training.fit.progress import Event, LineProgress, LogProgress

SPEC = """\
modelspec: 1
description: größe
model:
  sequential:
    input: {shape: [2]}
    layers:
      - Dense: {units: 2, name: ausgang}
      - Densé: {units: 2}
"""
GOOD = SPEC.replace("      - Densé: {units: 2}\n", "")
ENCODINGS = ("cp1252", "latin-1", "ascii", "cp437")


def modelspec(folder: Path, encoding: str, *args: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "modelspec", *args]
    return subprocess.run(command, capture_output=True, cwd=folder, env=environment, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("output")
    (path / "bad.yaml").write_text(SPEC, encoding="utf-8")
    (path / "good.yaml").write_text(GOOD, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "encoding",
    ["cp1252", "ascii", *(pytest.param(e, marks=pytest.mark.slow) for e in ("latin-1", "cp437"))],
)
@pytest.mark.parametrize(
    "args",
    [
        ("summarize", "good.yaml"),
        ("summarize", "good.yaml", "--format", "markdown"),
        ("expand", "good.yaml"),
        ("convert", "good.yaml", "--to", "functional"),
        ("explain", "Dense"),
        ("validate", "bad.yaml"),
        ("validate", "bad.yaml", "--format", "github"),
    ],
)
def test_no_encoding_ends_in_a_traceback(
    folder: Path, encoding: str, args: tuple[str, ...]
) -> None:
    done = modelspec(folder, encoding, *args)
    assert b"Traceback" not in done.stderr
    assert done.returncode == (1 if "bad.yaml" in args else 0), done.stderr
    assert done.stdout


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_programs_read_is_utf8(folder: Path, encoding: str) -> None:
    for form in ("json", "sarif"):
        done = modelspec(folder, encoding, "validate", "bad.yaml", "--format", form)
        assert "Densé" in str(json.loads(done.stdout.decode("utf-8")))
    done = modelspec(folder, encoding, "validate", "bad.yaml", "--format", "junit")
    assert "Densé" in str(ElementTree.fromstring(done.stdout).find(".//failure").attrib)  # type: ignore[union-attr]
    done = modelspec(folder, encoding, "expand", "good.yaml")
    assert "description: größe" in done.stdout.decode("utf-8")


def test_what_a_terminal_lacks_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp437")
    monkeypatch.setattr(sys, "stdout", stream)
    prepare_output()
    stream.write("─ é \u20ac \U0001f600 …")
    stream.flush()
    assert raw.getvalue().decode("cp437") == r"─ é \u20ac \U0001f600 ..."


def test_a_name_cannot_steer_the_terminal() -> None:
    span = Span("a\x1b[31m\n::error::x.yaml", 1, 2, 1, 3)
    text = str(Finding(span, Severity.ERROR, "bad-name", "no \x07 `\u202ea`\r", "write \n::b"))
    assert text.splitlines() == [
        r"a\x1b[31m\n::error::x.yaml:1:2: error: no \x07 `\u202ea`\r [bad-name]",
        r"    hint: write \n::b",
    ]


def test_text_of_several_lines_holds_no_command_of_github() -> None:
    text = "there is no file a\n  ::error::b\nnext line\x9b"
    assert printable_lines(text) == "there is no file a\n\\n  ::error::b\nnext line\\x9b"
    assert one_line("größe, 大小") == "größe, 大小"


def test_a_missing_file_with_such_a_name_is_said_in_one_line(folder: Path) -> None:
    done = modelspec(folder, "utf-8", "validate", "x\n::error::y\x1b[2J.yaml")
    lines = done.stderr.decode().splitlines() + done.stdout.decode().splitlines()
    assert lines
    assert not any(line.startswith("::") or "\x1b" in line for line in lines)


class Closed(io.StringIO):
    """A pipe whose reader is gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def test_a_reader_that_goes_away_ends_no_training(tmp_path: Path) -> None:
    progress = LogProgress(LineProgress(Closed()), tmp_path / "train.log")
    progress.begin_epoch(1, 2, 3)
    for line in ("one", "two"):
        progress.report(Event.warning(line))
    progress.close()
    assert [
        line.split(" ", 1)[1] for line in (tmp_path / "train.log").read_text().splitlines()
    ] == [
        "warning: one",
        "warning: two",
    ]
