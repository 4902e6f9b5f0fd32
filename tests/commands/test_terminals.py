"""Colours, widths, encodings and readers that go away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modelspec.console import is_colour_on

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "tests" / "specs_bad" / "ten-errors.yaml"


class Stream:
    def __init__(self, is_terminal: bool) -> None:
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


@pytest.mark.parametrize(
    ("variables", "on_a_terminal", "elsewhere"),
    [
        ({}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_colours(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    on_a_terminal: bool,
    elsewhere: bool,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert is_colour_on(Stream(True)) is on_a_terminal
    assert is_colour_on(Stream(False)) is elsewhere


@pytest.mark.skipif(os.name == "nt", reason="needs a shell and a pipe of Unix")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("validate --format json {spec} {spec}", 1),
        ("explain", 0),
        ("schema", 0),
        ("--help", 0),
        ("validate nowhere.yaml 2>&1", 2),
        ("validate --nowhere 2>&1", 2),
    ],
)
def test_the_exit_code_is_that_of_the_command_where_the_reader_goes(line: str, code: int) -> None:
    command = f'"{sys.executable}" -m modelspec {line.format(spec=SPEC)}'
    # the reader has closed its end before the command writes
    script = f"{{ sleep 1; {command}; echo code $? >&2; }} | true"
    done = subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == f"code {code}\n"


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
)
@pytest.mark.parametrize(
    "line", ["summarize specs/digits.yaml", "diff specs/vae.yaml specs/gan.yaml"]
)
@pytest.mark.slow
def test_no_encoding_makes_a_command_fail(variables: dict[str, str], line: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "modelspec", *line.split()],
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1)
    assert b"Traceback" not in done.stderr
    assert done.stdout
