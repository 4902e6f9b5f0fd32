"""The card of a training: what the run records for it, and its commands, run as they stand."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

import modelspec
from modelspec.api import evaluate_in_detail
from modelspec.cli import run

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("card")]

SPECS = Path(__file__).parents[2] / "specs"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("card") / "run"
    slices = {"min": 0.5, "slices": {"island": {"min": 0.999}}}
    changed = {"training.epochs": 2, "expect.metrics.test_sex_accuracy": slices}
    modelspec.train(SPECS / "penguins.yaml", output=folder, overrides=changed)
    return folder


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def published(folder: Path, to: Path) -> str:
    """Put the card and the files that it names, and no others, into another folder."""
    text = modelspec.card(folder)
    section = text.partition("| file | what it has | SHA-256 |")[2]
    names = re.findall(r"^\| `([^`]+)` \|[^|]*\| `([0-9a-f]{64})` \|$", section, re.MULTILINE)
    assert {"model.keras", "spec.yaml", "run.json"} <= {name for name, _ in names}
    for name, digest in names:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        shutil.copy(folder / name, to / name)
    return text


def test_the_run_counts_its_examples_and_hashes_its_files(trained: Path) -> None:
    data = json.loads((trained / "data.json").read_text(encoding="utf-8"))
    rows = sum(data["examples"].values())
    assert rows == 216 + 50 + 67
    content = (SPECS / "data" / "penguins.csv").read_bytes()
    splits = ["train", "validation", "test"]
    digest = hashlib.sha256(content).hexdigest()
    assert data["files"] == [{"path": "data/penguins.csv", "splits": splits, "sha256": digest}]
    card = modelspec.card(trained)
    assert "| test | data/penguins.csv | 67 |" in card
    assert digest in card
    assert digest in modelspec.card(trained, form="cyclonedx")


def test_it_has_what_the_kept_predictions_say(trained: Path) -> None:
    """The figures of `evaluate`, which counts in another way, and those of slices that decided."""
    found = evaluate_in_detail(trained)
    card, bom = modelspec.card(trained), json.loads(modelspec.card(trained, form="cyclonedx"))
    metrics = bom["metadata"]["component"]["modelCard"]["quantitativeAnalysis"]
    told = {(one["slice"], one["type"]): one for one in metrics["performanceMetrics"]}
    for confusion in found.confusions:
        for score in confusion.classes:
            where = f"test split, {confusion.output} is {score.label}"
            for name in ("precision", "recall", "f1"):
                value = getattr(score, name)
                assert value is None or float(told[where, name]["value"]) == pytest.approx(value)
            assert f"| `{score.label}` | " in card
    interval = told["test split", "species_accuracy"]["confidenceInterval"]
    accuracy = found.metrics["test_species_accuracy"]
    assert float(interval["lowerBound"]) < accuracy < float(interval["upperBound"])
    assert told["test split, island is Biscoe", "sex accuracy"]["confidenceInterval"]
    assert "| `test_sex_accuracy` | \\`island\\` Biscoe | at least 0.999 |" in card
    assert "| `test_sex_accuracy` | all | at least 0.5 |" in card


@pytest.mark.slow
def test_its_commands_run_on_the_files_that_it_names(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = published(trained, tmp_path)
    monkeypatch.chdir(tmp_path)
    shutil.copy(SPECS / "data" / "penguins.csv", "new.csv")
    (python,) = blocks(text, "python")
    names: dict[str, object] = {}
    exec(python, names)
    assert [tensor.name for tensor in names["model"].inputs] == ["measures", "island"]  # type: ignore[attr-defined]
    predict, reproduce = (block.splitlines()[1] for block in blocks(text, "bash"))
    assert run(shlex.split(predict)[1:]) == 0
    assert Path("predictions.csv").read_text().startswith("species,")
    shutil.copytree(SPECS / "data", "data", ignore=lambda _, all_: set(all_) - {"penguins.csv"})
    assert run(shlex.split(reproduce)[1:]) in (0, 4)
    again = json.loads(Path("runs/penguins/metrics.json").read_text())
    assert again == json.loads(Path("metrics.json").read_text())
