"""Mistakes that newcomers make, with exactly what they read: what is wrong, where, how to fix it.

`specs.yaml`, `tables.yaml` (tables and series), `fitted.yaml` (trainers, gans, adapters, learned
tensors), `data.yaml` and `commands.yaml` have the mistakes, `*.out` what is said of each. How to
fix it is in a hint, or in the message, for example as the name that was meant; `WITHOUT_HINT` has
those whose message says it in another way.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelspec.api.validation import validate_file
from modelspec.cli import run
from modelspec.report.findings import render_findings

HERE = Path(__file__).parent
COMMANDS: list[str] = yaml.safe_load((HERE / "commands.yaml").read_text(encoding="utf-8"))
DATA: dict[str, Any] = yaml.safe_load((HERE / "data.yaml").read_text(encoding="utf-8"))
TABLES: dict[str, Any] = yaml.safe_load((HERE / "tables.yaml").read_text(encoding="utf-8"))
FITTED: dict[str, Any] = yaml.safe_load((HERE / "fitted.yaml").read_text(encoding="utf-8"))
SPECS: dict[str, Any] = yaml.safe_load((HERE / "specs.yaml").read_text(encoding="utf-8"))

WITHOUT_HINT = {
    "it lists what is known, or says what the value must be": [
        "data-file",
        "layers-at-top",
        "version-of-release",
        "epochs-as-words",
        "batch-zero",
        "lags",
        "lookback",
        "dropout-p",
        "validate spec.yaml --format yaml",
        "convert spec.yaml --to keras",
        "train spec.yaml --set data.batch_size=abc",
        "init",
        "init --data flowers.csv",
        "init --data flowers.csv --target kind --time date",
    ],
    "it says what to give, or where to look": [
        "validate https://example.com/spec.yaml",
        "train https://example.com/spec.yaml",
        "train runs/first",
        "train --resume runs",
        "train --resume spec.yaml",
        "train spec.yaml --set=training.epochs",
        "evaluate spec.yaml",
        "evaluate runs",
        "evaluate flowers.csv",
        "predict flowers.csv",
        "predict spec.yaml --data flowers.csv",
        "predict runs --data flowers.csv",
        "predict runs/first",
        "predict runs/first/model.h5 --data flowers.csv",
        "export runs/first --format keras -o out.txt",
        "init --data spec.yaml --target kind",
        "runs compare runs/first",
    ],
    "there is nothing else to say than what is not there": [
        "import model.h5",
        "runs best accuracy",
        "runs list runs/first/model.keras",
    ],
}
"""Why a case needs no hint, to the cases."""

FLOWERS = "width,length,kind,color,price\n" + "".join(
    f"{i % 7}.5,{i % 5}.25,{'uvw'[i % 3]},{('red', 'green', 'blue')[i % 3]},{i}.5\n"
    for i in range(60)
)


def changed(text: str, changes: list[dict[str, str]]) -> str:
    """A spec with its mistake in it."""
    for change in changes:
        assert change["from"] in text, change
        text = text.replace(change["from"], change["to"], 1)
    return text


def compare(file: str, said: dict[str, str], request: pytest.FixtureRequest) -> None:
    """Compare what is said of each case with a file, or write it; no mistake meets silence."""
    assert all(said.values())
    actual = "".join(f"=== {name}\n{text}" for name, text in said.items())
    expected = HERE / file
    if request.config.getoption("--update-out"):
        expected.write_text(actual, encoding="utf-8")
    assert actual == expected.read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder but for the data of the sound specs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flowers.csv").write_text(FLOWERS, encoding="utf-8")
    return tmp_path


def validated(monkeypatch: pytest.MonkeyPatch) -> str:
    """What `validate --data` says where numpy is missing: it is quick.

    Of a series and of an npz, which need it, what `validate` says.
    """
    monkeypatch.setattr("modelspec.api.validation.data_check._is_installed", lambda name: False)
    text = Path("spec.yaml").read_text(encoding="utf-8")
    has_rows = not any(source in text for source in ("timeseries:", "npz:"))
    return render_findings(validate_file("spec.yaml", data=has_rows), 1)


def test_the_bases_are_sound(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bases = [text for file in (SPECS, TABLES, FITTED) for text in file["bases"].values()]
    for text in bases:
        (folder / "spec.yaml").write_text(text, encoding="utf-8")
        assert not validated(monkeypatch)


def test_mistakes_in_specs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    said = {}
    for name, case in SPECS["cases"].items():
        text = changed(SPECS["bases"][case["spec"]], case["change"])
        (folder / "spec.yaml").write_text(text, encoding="utf-8")
        said[name] = validated(monkeypatch)
    compare("specs.out", said, request)


@pytest.mark.parametrize("file", ["tables", "fitted"])
def test_mistakes_in_tables_and_in_what_is_fitted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, file: str
) -> None:
    mistakes = {"tables": TABLES, "fitted": FITTED}[file]
    said, bases = {}, {**SPECS["bases"], **mistakes["bases"]}
    for name, case in mistakes["cases"].items():
        (folder / "spec.yaml").write_text(changed(bases[case["spec"]], case["change"]), "utf-8")
        said[name] = validated(monkeypatch)
    compare(f"{file}.out", said, request)


def test_mistakes_in_data(
    folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    said = {}
    for name, case in DATA.items():
        text = changed(SPECS["bases"][case.get("spec", "table")], case["change"])
        (folder / "spec.yaml").write_text(text, encoding="utf-8")
        table = case["csv"].encode(case.get("encoding", "utf-8"))
        (folder / "flowers.csv").write_bytes(table)
        said[name] = validated(monkeypatch)
    compare("data.out", said, request)


def test_mistakes_on_the_command_line(
    folder: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    """What is said, and the exit code; no command gets as far as TensorFlow."""
    (folder / "spec.yaml").write_text(SPECS["bases"]["table"], encoding="utf-8")
    first = folder / "runs/first"
    first.mkdir(parents=True)
    (first / "run.json").write_text('{"version": 1, "status": "complete"}', encoding="utf-8")
    (first / "spec.yaml").write_text(SPECS["bases"]["table"], encoding="utf-8")
    said = {}
    for line in COMMANDS:
        code = run(line.split() if line != "modelspec" else [])
        out, err = capsys.readouterr()
        shown = (out + err).splitlines()
        said[line] = "".join(f"{one}\n" for one in shown[:18]) + f"exit {code}\n"
    compare("commands.out", said, request)


def said_of_each() -> dict[str, list[str]]:
    """Case to its findings, or to what a command prints."""
    said = {}
    for file in ("specs.out", "tables.out", "fitted.out", "data.out", "commands.out"):
        for case in (HERE / file).read_text(encoding="utf-8").split("=== ")[1:]:
            name, _, text = case.partition("\n")
            found = re.split(r"^(?=\S.*:\d+:\d+: )", text, flags=re.MULTILINE)
            said[name] = [text] if file == "commands.out" else found[1:]
    return said


def test_none_is_silent_and_each_says_how_to_fix_it() -> None:
    said = said_of_each()
    assert not [name for name, found in said.items() if not found]
    shown = re.compile(r"hint: |did you mean|; write ", re.IGNORECASE)
    without = {name for name, found in said.items() if not all(map(shown.search, found))}
    assert without == {name for names in WITHOUT_HINT.values() for name in names}
