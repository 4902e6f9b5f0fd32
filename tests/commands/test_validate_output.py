"""`modelspec validate --output`: findings in files, several formats in one run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from modelspec.cli import run

FAULTY = """\
modelspec: 1
params: {width: 8}
model:
  sequential:
    input: {shape: [8]}
    layers:
      - Dense: {units: three}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("faulty.yaml").write_text(FAULTY)
    return tmp_path


def validate(*args: str) -> int:
    return run(["validate", *args])


def test_a_file_takes_the_format_and_people_get_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate("--format", "sarif", "-o", "reports/found.sarif") == 1
    out, err = capsys.readouterr()
    assert out.startswith("faulty.yaml:2:10: warning:")
    assert err == "1 error, 1 warning in 1 file\n"
    log = json.loads(Path("reports/found.sarif").read_text(encoding="utf-8"))
    assert len(log["runs"][0]["results"]) == 2
    assert [path.name for path in Path("reports").iterdir()] == ["found.sarif"]


def test_one_run_writes_several_formats(capsys: pytest.CaptureFixture[str]) -> None:
    outputs = ("sarif:a", "junit:b", "gitlab:c", "rdjson:d", "checkstyle:e", "json:f", "text:g")
    options = [word for output in outputs for word in ("--output", output)]
    assert validate("--format", "github", "--strict", *options) == 1
    assert capsys.readouterr().out.startswith("::warning file=faulty.yaml,")
    assert Path("b").read_text().startswith("<?xml")
    assert Path("g").read_text().startswith("faulty.yaml:2:10: warning:")
    assert len(json.loads(Path("c").read_text())) == 2
    assert len(json.loads(Path("f").read_text())["findings"]) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["sarfi:x"], 'there is no format "sarfi"; did you mean "sarif"?'),
        (["html:x"], 'there is no format "html"; there are text, json, github,'),
        (["faulty.yaml"], "faulty.yaml is a spec that is checked"),
        (["sarif:./faulty.yaml"], "faulty.yaml is a spec that is checked"),
        (["-"], "names no file"),
        (["sarif:"], "names no file"),
        (["a", "sarif:./a"], "a is given twice"),
        (["."], "is a folder"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert validate(*(word for option in options for word in ("-o", option))) == 2
    assert message in capsys.readouterr().err
    assert Path("faulty.yaml").read_text() == FAULTY


def test_a_name_with_a_colon_is_a_path_from_the_folder() -> None:
    assert validate("-o", "./sarfi:x") == 1
    assert Path("sarfi:x").is_file()


def test_a_file_that_cannot_be_written_fails_after_the_findings_are_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("file").touch()
    assert validate("-o", "sarif:file/found.sarif") == 3
    out, err = capsys.readouterr()
    assert "faulty.yaml:7:" in out
    assert "found.sarif cannot be written" in err


@pytest.mark.skipif(not Path(os.devnull).is_char_device(), reason="there is no such device")
def test_a_device_is_written_and_not_replaced() -> None:
    assert validate("-o", f"sarif:{os.devnull}") == 1
    assert Path(os.devnull).is_char_device()
