"""The report of run folders as a training leaves them: what is on the page, and that it is safe."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_runs import KINDS, PIXEL, Page, class_predictions, make_run, number_predictions, split_of

import modelspec
from modelspec import UsageError
from modelspec.cli import run
from modelspec.evaluation import (
    Confusion,
    Counted,
    OutputPredictions,
    curves_of,
    measure_calibration,
)
from modelspec.run_report import (
    ExportFacts,
    RunContent,
    ShownExample,
    ShownMask,
    read_content,
    report_page,
)
from modelspec.run_report.charts.axis import Axis
from modelspec.runs import OutputKind

BAD = '<script>alert("1")</script>'


def page_of(*runs: Path) -> Page:
    return Page(modelspec.report_runs(list(runs), predict=False).html)


def test_a_complete_run_has_all_its_sections(tmp_path: Path) -> None:
    page = page_of(make_run(tmp_path / "insects"))
    for words in (
        "1 of 2 expectations missed: test_accuracy",
        "Which insect it is",
        "at least 0.8 0.75 missed",
        "at most 1 0.62 met",
        "where val_loss is 0.6",
        "No column of another split differs from the training split",
        "the input x",
        "git checkout " + "a" * 40,
        "pip install keras==3.15.1 tensorflow==2.21.0",
        "modelspec train insects.yaml",
        "Files that git tracks had changes",
        "No export of this run lies in its folder or beside it",
        "b" * 64,
    ):
        assert words in page.text, words
    assert {0.4, 0.9, 0.62, 0.75} <= set(page.values)
    assert all(link.startswith("#") for link in page.links)
    assert page.scripts == 1


def test_its_columns_are_those_of_the_file(tmp_path: Path) -> None:
    content = modelspec.api.reports.page_of_runs._content(
        make_run(tmp_path / "insects"), predict=False, say=print
    )
    assert content.counts == {"train": 42, "test": 18}
    found = {one.name: one for one in content.columns}
    assert set(found) == {"length", "width", "place", "kind"}
    assert sum(one.missing for one in found["length"].splits.values()) == 1
    assert set(found["kind"].words) == set(KINDS)
    assert sum(one.rows for one in found["kind"].splits.values()) == 60


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "insects")
    first = modelspec.report_runs(folder, tmp_path / "a.html", predict=False)
    again = modelspec.report_runs(str(folder), tmp_path / "b.html", predict=False)
    assert first.path is not None and again.path is not None
    assert first.path.read_bytes() == again.path.read_bytes() == first.html.encode()


def test_texts_of_spec_data_and_log_stay_text(tmp_path: Path) -> None:
    folder = make_run(
        tmp_path / "insects", name="x", description=BAD, odd=BAD, state="failed", accuracy=0.9
    )
    text = (folder / "spec.expanded.yaml").read_text()
    (folder / "spec.expanded.yaml").write_text(text.replace("name: x", f"name: '{BAD}'"))
    environment = json.loads((folder / "environment.json").read_text())
    environment |= {"command": BAD, "platform": BAD, "packages": {BAD: BAD}, "commit": {"id": BAD}}
    (folder / "environment.json").write_text(json.dumps(environment))
    html = modelspec.report_runs(folder, predict=False).html
    page = Page(html)
    assert page.scripts == 1
    assert page.text.count("alert(") >= 6
    assert "<b>killed</b>" in page.text
    assert BAD not in html


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("failed", "failed"),
        ("interrupted", "was interrupted"),
        ("running", "was interrupted"),  # no process trains it
        ("paused", "is paused"),
    ],
)
def test_a_run_that_is_not_complete_has_what_there_is(
    tmp_path: Path, state: str, shown: str
) -> None:
    page = page_of(make_run(tmp_path / "insects", state=state))
    assert f"The run {shown} after epoch 4 of 4" in page.text
    assert "not decided" in page.text
    assert f"the run {shown}, and they are measured at its end" in page.text


FILES = ("spec.expanded.yaml", "history.csv", "metrics.json", "data.json", "environment.json")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe{", b"[1, 2]", b"{}", b"a: [", b"1"])
def test_a_damaged_file_leaves_a_part_out(tmp_path: Path, name: str, content: bytes | None) -> None:
    folder = make_run(tmp_path / "insects")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    assert "Origin" in page_of(folder).text


def test_an_empty_run_folder_says_why_each_part_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    (folder / "run.json").write_text('{"status": "failed"}')
    page = page_of(folder)
    for words in ("There are no metrics", "No epoch was completed", "cannot be read", "is missing"):
        assert words in page.text, words


def test_data_that_is_gone_is_said(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "insects")
    (tmp_path / "data.csv").rename(tmp_path / "data2.csv")
    said = 'The data could not be read: there is no file "data.csv"; did you mean "data2.csv"? '
    page = page_of(folder)
    assert said in page.text and str(tmp_path) not in page.text


def test_runs_stand_side_by_side(tmp_path: Path) -> None:
    one = make_run(tmp_path / "a" / "insects")
    other = make_run(tmp_path / "b" / "insects", accuracy=0.9, rate=0.1)
    page = page_of(one, other)
    for words in (
        "insects (1)",
        "insects (2)",
        "training.optimizer.Adam.learning_rate 0.01 0.1",
        "test_accuracy 0.75 0.9",
        "1 of 2 expectations missed",
        "All 2 expectations met",
    ):
        assert words in page.text, words


def test_folds_have_a_curve_each(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "insects")
    (folder / "run.json").write_text('{"status": "complete", "folds": 2}')
    (folder / "history.csv").unlink()
    make_run(folder / "fold-1")
    make_run(folder / "fold-2")
    page = page_of(folder)
    assert "2 folds" in page.text
    assert "fold-1" in page.text and "fold-2" in page.text


def test_the_command_writes_into_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_run(tmp_path / "insects")
    assert run(["report", "--no-predict", str(folder)]) == 0
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert f"wrote {folder / 'report.html'}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "there is no run nowhere"),
        (["insects", "-o", "a.pdf"], "a report is a file that ends in .html, got a.pdf"),
        (["insects", "spec.yaml"], "spec.yaml is a spec, and a run is needed"),
        (["insects", "insects/model.keras"], "give the html file"),
        (["nowhere.onnx"], "there is no run nowhere.onnx"),
        (["spec.yaml", "-o", "a.html"], "spec.yaml is a spec, and a run is needed"),
        (["insects", "-o", "folder.html"], "folder.html is a folder"),
        (["study", "-o", "a.html"], "is the folder of a study"),
    ],
)
def test_what_is_no_run_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    make_run(Path("insects"))
    Path("spec.yaml").write_text("modelspec: 1\n")
    Path("folder.html").mkdir()
    Path("study").mkdir()
    Path("study/study.json").write_text("{}")
    assert run(["report", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_nine_runs_are_too_many(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="8 runs at most"):
        modelspec.report_runs([tmp_path] * 9)


def test_a_notebook_shows_it_in_a_frame(tmp_path: Path) -> None:
    shown = modelspec.report_runs(make_run(tmp_path / "insects"), predict=False)._repr_html_()
    assert shown.startswith("<iframe ") and "<script" not in shown


def test_neither_tensorflow_nor_keras_is_imported(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "insects")
    code = (
        "import sys\nfrom modelspec.cli import run\n"
        f"assert run(['report', '--no-predict', {str(folder)!r}]) == 0\n"
        "print([name for name in ('tensorflow', 'keras', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_report_needs_no_more_than_the_files(tmp_path: Path) -> None:
    content = read_content(make_run(tmp_path / "insects"))
    assert isinstance(content, RunContent)
    assert "The data was not read." in Page(report_page([content])).text


def of_predictions(tmp_path: Path, *outputs: OutputPredictions, **columns: object) -> Page:
    content = read_content(make_run(tmp_path / "insects"))
    return Page(
        report_page([replace(content, predictions={"test": split_of(*outputs, **columns)})])
    )


def test_classes_are_counted_as_they_are_predicted(tmp_path: Path) -> None:
    output = class_predictions()
    page = of_predictions(tmp_path, output)
    decided = output.scores.argmax(axis=1)
    for truth, label in enumerate(KINDS):
        counts = [int(((output.truth == truth) & (decided == said)).sum()) for said in range(3)]
        total = sum(counts)
        cells = " ".join(f"{count} {count / total:.0%}" if count else "0" for count in counts)
        assert f"{label} {cells}" in page.text
    calibration = measure_calibration(output)
    curves = curves_of(output)
    assert calibration is not None and curves is not None
    accuracy = float((decided == output.truth).mean())
    expected = {calibration.ece, calibration.brier, curves.roc_auc, accuracy}
    assert expected <= set(page.values)


def test_masks_have_their_matrix_and_the_worst_examples(tmp_path: Path) -> None:
    counts = np.array([[900, 50, 0], [30, 200, 10], [0, 0, 0]])
    confusion = Confusion("mask", ("ground", BAD, "square"), counts, None, Counted.PIXELS, 7)
    masks = [ShownMask(f"example 4, {BAD}", 0.25, PIXEL, PIXEL, PIXEL)]
    content = read_content(make_run(tmp_path / "insects"))
    content = replace(content, confusions={"test": [confusion]}, masks={"test": {"mask": masks}})
    html = report_page([content])
    page = Page(html)
    assert "1,190 pixels of 7 examples of the test split, accuracy 0.9244" in page.text
    assert "class IoU precision recall F1 pixels" in page.text
    assert {900 / 980, 200 / 290, confusion.mean_iou} <= set(page.values)
    assert "IoU 0.25" in page.text and page.scripts == 1 and html.count(PIXEL) == 3
    assert "Predictions" not in page.text, "which would say why there are none"
    assert "--importance" not in page.text, "which is of predictions"
    none = replace(confusion, counts=np.zeros((3, 3), np.int64))
    content = replace(content, confusions={"test": [none]}, masks={})
    assert "No pixel of the test split has a class that counts" in Page(report_page([content])).text


@pytest.mark.parametrize("least", [0.0, 0.686, 1e-7, 5e6, -3e9])
@pytest.mark.parametrize("span", [1e-7, 3e-5, 0.2, 7.0, 1e8])
def test_the_ticks_of_an_axis_have_names_of_their_own(least: float, span: float) -> None:
    axis = Axis.around([least, least + span], "loss")
    assert len(set(axis.labels)) == len(axis.labels) >= 2
    for tick, label in zip(axis.ticks, axis.labels, strict=True):
        assert float(label.replace(",", "")) == pytest.approx(tick, rel=1e-6, abs=span / 100)


def test_many_classes_are_a_list_of_confusions(tmp_path: Path) -> None:
    labels = tuple(f"class {number}" for number in range(60))
    page = of_predictions(tmp_path, class_predictions(600, labels))
    assert "The most frequent confusions of kind, which has 60 classes" in page.text
    assert "Drawn are the 8 classes with the smallest areas" in page.text


def test_numbers_have_their_errors(tmp_path: Path) -> None:
    output = number_predictions()
    page = of_predictions(tmp_path, output)
    for title in ("prediction against truth", "errors against predictions", "the largest errors"):
        assert f"size: {title}" in page.text
    mae = float(abs(output.scores - output.truth).mean())
    assert any(value == pytest.approx(mae, rel=1e-12) for value in page.values)


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_few_rows_are_no_trouble(tmp_path: Path, rows: int) -> None:
    page = of_predictions(tmp_path, class_predictions(rows), number_predictions(rows))
    said = "No row of the test split has a class that counts"
    if rows:
        said = f"{rows} row{'' if rows == 1 else 's'} of the test split, accuracy"
    assert said in page.text
    assert "Origin" in page.text


def test_numbers_that_are_none_are_no_trouble(tmp_path: Path) -> None:
    output = number_predictions(10)
    output.scores[3] = np.nan
    output.scores[4] = np.inf
    page = of_predictions(tmp_path, output)
    assert "Errors" in page.text
    assert "2 of 10 predictions are not numbers but NaN or infinite." in page.text
    output.scores[:] = np.nan
    (tmp_path / "all").mkdir()
    page = of_predictions(tmp_path / "all", output)
    assert "No prediction of the test split is a number" in page.text
    assert "There are no mistakes" not in page.text and "below –" not in page.text


def test_labels_have_scores(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    truth = draw.random((40, 3)) > 0.5
    output = OutputPredictions(
        "tags", OutputKind.LABELS, truth, draw.random((40, 3)), KINDS, threshold=(0.4, 0.5, 0.6)
    )
    assert "Scores of the labels of tags" in of_predictions(tmp_path, output).text


def test_what_rows_and_labels_say_stays_text(tmp_path: Path) -> None:
    labels = (BAD, "bee", "cat")
    place = np.array([BAD, "hill", "wood"] * 30, dtype=object)
    content = read_content(make_run(tmp_path / "insects"))
    examples = {row: ShownExample(BAD, text=BAD) for row in range(90)}
    importance = {
        "outputs": {
            BAD: {"measure": BAD, "features": [{"feature": BAD, "mean": 1, "deviation": 0}]}
        }
    }
    exports = [ExportFacts(BAD, BAD, 1, {"accepted": False, "error": BAD, "note": BAD}, BAD)]
    content = replace(
        content,
        predictions={"test": split_of(class_predictions(labels=labels), place=place)},
        examples={"test": examples},
        importance=importance,
        exports=exports,
    )
    html = report_page([content])
    assert BAD not in html and Page(html).scripts == 1
    side = report_page([content, content])
    assert BAD not in side and Page(side).scripts == 1


def test_runs_have_their_roc_in_one_chart(tmp_path: Path) -> None:
    contents = [
        replace(
            read_content(make_run(tmp_path / name / "insects")),
            predictions={"test": split_of(class_predictions())},
        )
        for name in "ab"
    ]
    assert "kind, test split: ROC, mean over its classes" in Page(report_page(contents)).text


def test_exports_show_their_parity(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "insects")
    (folder / "insects.weights.h5").write_bytes(b"0" * 2048)
    check = {
        "version": 1,
        "format": "weights",
        "accepted": True,
        "tolerance": 1e-5,
        "samples": {"count": 64, "from": "validation"},
        "outputs": [{"output": "kind", "absolute": 1e-7, "relative": 2e-7, "decisions": 1.0}],
    }
    (folder / "insects.weights.h5.check.json").write_text(json.dumps(check))
    (tmp_path / "other.onnx").write_bytes(b"0")
    (tmp_path / "other.onnx.check.json").write_text(json.dumps(check))
    page = page_of(folder)
    assert "insects.weights.h5 weights 2 KiB yes 2e-07 100.00% 64 validation" in page.text
    assert "other.onnx" not in page.text


ODD = (None, -1, 1.5, "", "x", [], {}, [1], {"a": 1}, True, 1e999)


def _changed(value: Any, draw: random.Random) -> Any:
    """A value with something in it that does not belong there."""
    if isinstance(value, dict) and value and draw.random() < 0.85:
        key = draw.choice(list(value))
        return {**value, key: _changed(value[key], draw)}
    if isinstance(value, list) and value and draw.random() < 0.7:
        place = draw.randrange(len(value))
        return [*value[:place], _changed(value[place], draw), *value[place + 1 :]]
    return draw.choice(ODD)


@pytest.mark.parametrize("seed", range(25))
def test_values_that_do_not_belong_end_in_no_traceback(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    folder = make_run(tmp_path / "insects", accuracy=0.9)
    for path in draw.sample(sorted(folder.glob("*.json")), 2):
        path.write_text(json.dumps(_changed(json.loads(path.read_text()), draw)))
    assert "Origin" in page_of(folder).text
