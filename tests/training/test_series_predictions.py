"""Predictions of a series: a line for each step with its group and time, kept columns, metrics."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from modelspec.api import evaluate_in_detail, predict, predictions_of

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.slow,
    pytest.mark.xdist_group("series-predictions"),
]

CITIES = {"Bonn": 10, "Kiel": 30, "Ulm": 5}
DAYS = 24
SPEC = """
modelspec: 1
model:
  functional:
    inputs: {past: {shape: [3, 1]}, ahead: {shape: [2, 1]}}
    layers:
      seen: Flatten
      known: Flatten
      both: Concatenate
      sales: {Dense: {units: 2}}
      wide: {Dense: {units: 4}}
      range: {Reshape: {target_shape: [2, 2]}}
    edges:
      - past -> seen
      - ahead -> known
      - seen, known -> both -> sales
      - both -> wide -> range
    outputs: [sales, range]
data:
  train:
    timeseries:
      {csv: t.csv, window: 3, horizon: 2, group: city, time: day, every: 1 day, season: 2}
  test: 0.3
  inputs: {past: [sales], ahead: {columns: [open], rows: horizon}}
  targets: {sales: sales, range: sales}
training:
  optimizer: {SGD: {learning_rate: 0.0001}}
  loss: {sales: mse, range: {Quantile: {quantiles: [0.2, 0.6]}}}
  metrics: {sales: [mae, mape, R2Score]}
"""


def day(number: int) -> str:
    return f"2024-{number // 28 + 1:02d}-{number % 28 + 1:02d}"


def table(blank: int = 0) -> str:
    """The series; with `blank` more rows of each city in which the sales are not known."""
    lines = ["city,region,day,sales,open"]
    for city, base in CITIES.items():
        for number in range(DAYS + blank):
            sold = base + number * 7 % 5 if number < DAYS else ""
            lines.append(f"{city},{city[0]},{day(number)},{sold},{number % 2}")
    return "\n".join([*lines, ""])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from modelspec.api.training import train

    folder = tmp_path_factory.mktemp("series")
    (folder / "t.csv").write_text(table())
    (folder / "spec.yaml").write_text(SPEC)
    return Path(train(folder / "spec.yaml", output=folder / "run").path)


def test_a_split_has_a_line_for_each_step_with_the_time_of_the_step(run: Path) -> None:
    stream = io.BytesIO()
    predict(run, None, stream, split="test", keep=["open"])
    rows = list(csv.DictReader(io.StringIO(stream.getvalue().decode())))
    assert list(rows[0])[:5] == ["row", "step", "city", "day", "open"]
    assert list(rows[0])[5:] == [
        *("sales_truth", "sales", "sales_error"),
        *("range_truth", "range_q0.2", "range_q0.6", "range_error", "range_inside"),
    ]
    written = list(csv.DictReader(io.StringIO(table())))
    for number, row in enumerate(rows):
        line = written[int(row["row"]) - 2]
        assert (row["city"], row["day"], row["open"]) == (line["city"], line["day"], line["open"])
        assert float(row["sales_truth"]) == float(row["range_truth"]) == float(line["sales"])
        assert row["step"] == str(number % 2 + 1)
    error = np.mean([abs(float(row["sales_error"])) for row in rows])
    assert error == pytest.approx(evaluate_in_detail(run).metrics["test_sales_mae"], rel=1e-4)


def test_a_split_is_kept_with_a_row_for_each_step(run: Path) -> None:
    said, found = predict(run, split="test"), predictions_of(run)
    assert list(found.places) == ["row", "step"]
    for name in found.places:
        assert found.places[name].tolist() == said[name].tolist()
    assert found.columns["city"].tolist() == said["city"].tolist()
    sales, span = found.outputs["sales"], found.outputs["range"]
    assert sales.truth[:, 0] == pytest.approx(said["sales_truth"])
    assert sales.scores[:, 0] == pytest.approx(said["sales"], rel=1e-5)
    assert span.quantiles == (0.2, 0.6) and span.scores.shape == (len(found), 1, 2)
    assert span.scores[:, 0, 1] == pytest.approx(said["range_q0.6"], rel=1e-5)


def test_the_metrics_of_the_spec_stand_by_step_and_group_beside_forecasts_without_a_model(
    run: Path,
) -> None:
    found = evaluate_in_detail(run)
    errors, quantiles = found.forecasts
    metrics = ["mape", "R2Score"]
    columns = ["mae", "rmse", *metrics]
    for forecast in ("naive", "seasonal_naive"):
        columns += [f"{forecast}_{name}" for name in ("mae", *metrics)]
    assert list(errors.whole) == columns
    for name in metrics:
        assert errors.whole[name] == pytest.approx(found.metrics[f"test_sales_{name}"], rel=1e-4)
    for name in ("mape", "naive_mape"):
        steps = [step[name] for step in errors.steps]
        assert np.mean(steps) == pytest.approx(errors.whole[name], rel=1e-4)
        groups = [group[name] for group in errors.groups.values()]
        assert np.mean(groups) == pytest.approx(errors.whole[name], rel=1e-4)
    assert "seasonal naive  seasonal mape" in errors.text()
    assert quantiles.quantile == 0.6
    assert "range: errors of q0.6 by step" in quantiles.text()
    [scores] = found.quantiles
    assert scores.output == "range" and len(scores.losses) == 2


def test_a_forecast_keeps_columns_of_the_horizon_and_those_that_do_not_change(
    run: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new.csv"
    new.write_text(table(blank=2))
    said = predict(run, new, keep=["open", "region", "sales"])
    assert list(said)[:5] == ["city", "day", "open", "region", "sales_given"]
    assert said["city"].tolist() == [city for city in CITIES for _ in range(2)]
    assert said["day"].tolist()[:2] == [day(DAYS), day(DAYS + 1)]
    assert said["region"].tolist() == [city[0] for city in CITIES for _ in range(2)]
    assert said["open"].tolist() == [DAYS % 2, (DAYS + 1) % 2] * 3
    assert np.isnan(said["sales_given"]).all()
    assert np.isfinite(said["sales"]).all()
