"""`modelspec card`: what it writes where, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from card_runs import SPEC, make_run

import modelspec
from modelspec.cards import FOR_A_PERSON
from modelspec.cli import run


def test_a_card_is_printed_without_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_run(tmp_path / "run")
    assert run(["card", str(folder)]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("---\n")
    assert printed.out == modelspec.card(folder)
    assert printed.err == ""


def test_a_card_is_written_and_says_what_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, card = make_run(tmp_path / "run"), tmp_path / "README.md"
    assert run(["card", str(folder), "-o", str(card)]) == 0
    places = card.read_text(encoding="utf-8").count(FOR_A_PERSON)
    assert places == 5
    assert f"wrote {card}" in (said := capsys.readouterr().err)
    assert f"{places} places are marked" in said


def test_a_file_that_is_there_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, card = make_run(tmp_path / "run"), tmp_path / "README.md"
    card.write_text("mine")
    assert run(["card", str(folder), "-o", str(card)]) == 2
    assert card.read_text() == "mine"
    assert "exists; --force overwrites it" in capsys.readouterr().err
    assert run(["card", str(folder), "-o", str(card), "--force"]) == 0
    assert card.read_text(encoding="utf-8").startswith("---\n")


def test_the_ending_says_the_format(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    assert run(["card", str(folder), "-o", str(tmp_path / "bom.json")]) == 0
    assert json.loads((tmp_path / "bom.json").read_text())["bomFormat"] == "CycloneDX"
    assert (
        run(["card", str(folder), "-o", str(tmp_path / "card.txt"), "--format", "huggingface"]) == 0
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{run}", "-o", "card.txt"], "says no format: huggingface is .md"),
        (["{run}", "-o", "."], "is a folder: name a file in it"),
        (["{run}", "--license", "my own licence"], "such as apache-2.0"),
        (["{run}", "--language", "English"], "such as en or deu"),
        (["{run}x"], "did you mean"),
        (["{spec}"], "is a spec, and a run is needed"),
    ],
)
def test_wrong_usage(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_run(tmp_path / "run")
    spec = tmp_path / "flowers.yaml"
    spec.write_text(SPEC)
    given = [one.replace("{run}", str(folder)).replace("{spec}", str(spec)) for one in arguments]
    assert run(["card", *given]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("status", ["interrupted", "failed", "paused"])
def test_a_run_that_is_not_complete_has_no_card(
    status: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_run(tmp_path / "run", status=status)
    assert run(["card", str(folder)]) == 2
    said = capsys.readouterr().err
    assert f"not complete: {status}" in said
    assert f"modelspec train --resume {folder}" in said


def test_a_damaged_spec_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_run(tmp_path / "run")
    (folder / "spec.expanded.yaml").write_text("modelspec: [")
    assert run(["card", str(folder)]) == 1
    assert "spec.expanded.yaml:2:1: error: invalid YAML" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["data.json", "environment.json", "metrics.json", "history.csv"])
def test_what_is_missing_in_a_run_is_left_out(name: str, tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    (folder / name).unlink()
    assert modelspec.card(folder).startswith("---\n")
    assert json.loads(modelspec.card(folder, form="cyclonedx"))["components"]


def test_the_model_of_a_run_stands_for_it(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    assert modelspec.card(folder / "model.keras") == modelspec.card(folder)


def test_no_tensorflow_is_started(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    code = (
        "import sys, modelspec\n"
        f"modelspec.card({str(folder)!r})\n"
        f"modelspec.card({str(folder)!r}, form='cyclonedx')\n"
        "print([name for name in ('tensorflow', 'keras', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_base_install_writes_one_of_a_run_that_keeps_predictions(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    expected = modelspec.card(folder)
    (folder / "predictions.parquet").write_bytes(b"which takes numpy and pyarrow to read")
    code = (
        "import sys\n"
        "sys.modules |= {'numpy': None, 'pyarrow': None, 'tensorflow': None}\n"
        f"import modelspec\nsys.stdout.write(modelspec.card({str(folder)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == expected
