"""`-` in place of a file: a spec on standard input, a result on standard output."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from modelspec.cli import run

SPEC = """\
modelspec: 1
name: piped
model:
  sequential:
    input: {shape: [4]}
    layers:
      - Dense: {units: 3}
"""
BAD = SPEC.replace("units", "unit")


Pipe = Callable[[str | bytes], None]


class Piped:
    """A standard input with bytes, as a pipe has."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pipe:
    monkeypatch.chdir(tmp_path)

    def put(text: str | bytes) -> None:
        content = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr(sys, "stdin", Piped(content))

    return put


COMMANDS = {
    "summarize -": "piped (tf.keras.Sequential)",
    "summarize - --format json": '"name": "piped"',
    "expand -": "units: 3",
    "expand - -o -": "units: 3",
    "convert - --to functional": "functional:",
    "convert - --to functional -o -": "functional:",
    "plot - --format mermaid": "%% piped",
    "plot - -o - --format dot": "digraph",
}


@pytest.mark.parametrize("line", COMMANDS)
def test_a_spec_on_standard_input_is_read(
    line: str, pipe: Pipe, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe(SPEC)
    assert run(line.split()) == 0
    assert COMMANDS[line] in capsys.readouterr().out
    assert not Path("-").exists()


@pytest.mark.parametrize(
    "line", ["validate -", "summarize -", "expand -", "convert - --to functional"]
)
def test_findings_call_it_stdin(line: str, pipe: Pipe, capsys: pytest.CaptureFixture[str]) -> None:
    pipe(BAD)
    assert run(line.split()) == 1
    printed = capsys.readouterr()
    assert (printed.out or printed.err).startswith("<stdin>:7:17: error: ")


@pytest.mark.parametrize("line", ["validate -", "summarize -"])
@pytest.mark.parametrize(
    ("content", "code"), [(b"\xff\xfe", "not-utf8"), (b"#" * 10_000_001, "file-too-large")]
)
def test_what_is_no_spec_is_refused(
    line: str, content: bytes, code: str, pipe: Pipe, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe(content)
    assert run(line.split()) == 1
    found = capsys.readouterr().out
    assert found.startswith("<stdin>:1:1: error: ")
    assert f"[{code}]" in found


def test_one_side_of_a_diff_may_be_standard_input(
    pipe: Pipe, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("old.yaml").write_text(SPEC.replace("units: 3", "units: 5"), encoding="utf-8")
    pipe(SPEC)
    assert run(["diff", "old.yaml", "-"]) == 1
    assert "old.yaml → <stdin>" in capsys.readouterr().out
    pipe(SPEC)
    assert run(["diff", "-", "-"]) == 2
    assert "standard input is one spec: give a file" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["train -", "tune -", "fetch -"])
def test_a_command_that_needs_a_file_says_so(
    line: str, pipe: Pipe, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe(SPEC)
    assert run(line.split()) == 2
    assert "this needs a file: write what comes on standard input" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["train s.yaml -o -", "export s.yaml --format keras -o -"])
def test_a_folder_or_model_does_not_go_to_standard_output(
    line: str, pipe: Pipe, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("s.yaml").write_text(SPEC, encoding="utf-8")
    assert run(line.split()) == 2
    assert "this cannot go to standard output; name a file" in capsys.readouterr().err


def test_a_byte_order_mark_is_no_text(pipe: Pipe, capsys: pytest.CaptureFixture[str]) -> None:
    pipe(b"\xef\xbb\xbf" + SPEC.replace("\n", "\r\n").encode())
    assert run(["summarize", "-"]) == 0
    assert "piped" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line", ["expand -", "convert - --to functional", "launch --print slurm spec.yaml"]
)
def test_errors_do_not_go_into_the_file_that_is_printed(
    line: str, pipe: Pipe, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe(BAD)
    Path("spec.yaml").write_text(BAD)
    assert run(line.split()) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "unit" in printed.err
