"""The report at the end of a training: its numbers are those of `evaluate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from made_runs import Page

import modelspec
from modelspec.cli import run

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("report-of-training")]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "penguins"
    more = {"training.epochs": 4, "training.report": True}
    modelspec.train(ROOT / "specs" / "penguins.yaml", output=folder, overrides=more)
    return folder


def test_a_training_writes_it_where_the_spec_says_so(trained: Path) -> None:
    page = Page((trained / "report.html").read_text(encoding="utf-8"))
    assert "67 rows of the test split" in page.text
    assert "216 train, 50 validation, 67 test" in page.text
    assert (trained / "predictions.parquet").is_file()


def test_its_numbers_are_those_of_evaluate(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["evaluate", str(trained), "--format", "json"]) in (0, 4)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    page = Page((trained / "report.html").read_text(encoding="utf-8"))
    values = page.values
    for name, value in found["metrics"].items():
        assert any(shown == pytest.approx(value, rel=1e-6) for shown in values), name
    for output in found["outputs"].values():
        assert any(shown == pytest.approx(output["accuracy"], rel=1e-9) for shown in values)
        labels, counts = output["labels"], output["confusion"]
        for label, row in zip(labels, counts, strict=True):
            total = sum(row)
            cells = " ".join(f"{n} {n / total:.0%}" if n else "0" for n in row)
            assert f"{label} {cells}" in page.text
        for one in output["classes"]:
            for key in ("precision", "recall", "f1"):
                if one[key] is not None:
                    assert any(shown == pytest.approx(one[key], rel=1e-9) for shown in values)


def test_predictions_are_made_once_and_it_is_said(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (trained / "predictions.parquet").unlink()
    said = "the predictions of the test split are not saved yet: TensorFlow makes them once"
    for is_said in (True, False):
        assert run(["report", str(trained)]) == 0
        assert (said in capsys.readouterr().err) == is_said


def test_saved_predictions_give_the_same_page_again(trained: Path) -> None:
    again = modelspec.report_runs(trained, predict=False)
    assert again.html == (trained / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_an_export_beside_the_run_is_on_the_page(trained: Path) -> None:
    modelspec.export(trained, "keras", trained.parent / "penguins.keras")
    page = Page(modelspec.report_runs(trained, predict=False).html)
    assert "../penguins.keras keras" in page.text
    carried = Page(modelspec.report_runs(trained.parent / "penguins.keras").html)
    assert "penguins.keras is an exported model: it has no data" in carried.text
    assert "Species and sex of a penguin" in carried.text


def test_the_key_is_true_or_false(trained: Path) -> None:
    text = (trained / "spec.expanded.yaml").read_text(encoding="utf-8")
    assert "report: true" in text
    with pytest.raises(modelspec.SpecError, match="true or false"):
        modelspec.summarize(ROOT / "specs/penguins.yaml", overrides={"training.report": "often"})
