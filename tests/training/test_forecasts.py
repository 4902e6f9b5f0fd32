"""Forecasts of the housing spec: better than the year before, by step, city and date."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from training_cases import SPECS

from modelspec.api.predicting import evaluate_in_detail, predict
from modelspec.diagnostics import SpecError

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.slow,
    pytest.mark.xdist_group("trained-runs"),
]

DATA = SPECS / "data" / "txhousing.csv"


def sales() -> list[dict[str, str]]:
    with DATA.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_it_beats_the_seasonal_naive_forecast(trained: Any) -> None:
    run = trained("housing")
    [errors] = evaluate_in_detail(run.path).forecasts
    assert errors.season == 12 and errors.season_share == 1
    assert errors.whole["mae"] == pytest.approx(run.metrics["test_mae"], rel=1e-4)
    assert errors.whole["mae"] < 0.9 * errors.whole["seasonal_naive_mae"]
    assert errors.whole["seasonal_naive_mae"] < errors.whole["naive_mae"]
    assert len(errors.steps) == 6 and len(errors.groups) == 46
    assert all(step["mae"] < step["seasonal_naive_mae"] for step in errors.steps)
    written = json.loads((run.path / "metrics.json").read_text())["forecasts"]
    assert set(written) == {"validation", "test"}
    found = written["test"]["sales"]
    assert found["mae"] == pytest.approx(errors.whole["mae"])
    assert [step["step"] for step in found["steps"]] == [1, 2, 3, 4, 5, 6]
    assert {one["group"] for one in found["groups"]} == {row["city"] for row in sales()}
    assert "seasonal naive that of 12 rows before" in errors.text()


def test_forecasts_go_on_after_the_last_row_of_each_city(trained: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    predict(trained("housing"), DATA, out)
    with out.open(encoding="utf-8") as file:
        said = list(csv.DictReader(file))
    assert list(said[0]) == ["city", "date", "sales"]
    assert len(said) == 46 * 6
    assert [row["date"] for row in said[:6]] == [
        *(f"2015-{month:02d}-01" for month in range(8, 13)),
        "2016-01-01",
    ]
    assert all(row["sales"] for row in said if row["city"] == "Austin")


def test_rows_without_sales_are_those_to_come(trained: Any, tmp_path: Path) -> None:
    rows = [row for row in sales() if row["city"] in ("Austin", "Dallas")]
    until = [row for row in rows if row["date"] < "2015-02-01"]
    blank = [row if row["date"] < "2015-02-01" else row | {"sales": ""} for row in rows]
    short = predict(trained("housing"), write(tmp_path / "short.csv", until))
    longer = predict(trained("housing"), write(tmp_path / "longer.csv", blank))
    assert short["date"].tolist() == longer["date"].tolist()
    assert short["date"][0] == "2015-02-01"
    assert short["sales"].tolist() == longer["sales"].tolist()


def test_a_city_with_a_hole_before_its_end_has_no_forecast(trained: Any, tmp_path: Path) -> None:
    import numpy as np

    rows = [row for row in sales() if row["city"] in ("Austin", "Dallas")]
    rows = [r for r in rows if not (r["city"] == "Dallas" and r["date"] == "2014-12-01")]
    found = predict(trained("housing"), write(tmp_path / "hole.csv", rows))
    assert found["city"].tolist() == ["Austin"] * 6 + ["Dallas"] * 6
    assert np.isnan(found["sales"].astype(float)).tolist() == [False] * 6 + [True] * 6
    rows = [row for row in rows if row["city"] == "Dallas"]
    with pytest.raises(SpecError, match="no window of 24 rows fits"):
        predict(trained("housing"), write(tmp_path / "none.csv", rows))
