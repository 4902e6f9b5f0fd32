"""Where forecasts of new data begin, and which groups have none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings

pytestmark = pytest.mark.tensorflow

SPEC = """
modelspec: 1
model:
  functional:
    inputs: {past: {shape: [3, 1]}, ahead: {shape: [2, 1]}}
    layers: {level: Flatten, known: Flatten, all: Concatenate, next: {Dense: {units: 2}}}
    edges: [past -> level, ahead -> known, 'level, known -> all -> next']
    outputs: next
data:
  train: {timeseries: {csv: t.csv, window: 3, horizon: 2, group: g, time: t, every: 1}}
  derive: {double: "${2 * k}"}
  inputs: {past: {columns: [x]}, ahead: {columns: [double], rows: horizon}}
  targets: {next: {columns: [x], rows: horizon}}
"""


def table(**cells: str) -> str:
    """Eight rows of the groups a and b, of which x is blank in the last two, and other cells."""
    lines = ["g,t,x,k"]
    for name in "ab":
        for day in range(8):
            x = "" if day > 5 else str(day)
            lines.append(cells.get(f"{name}{day}", f"{name},{day},{x},{10 + day}"))
    return "\n".join([*lines, ""])


def forecast(folder: Path, new: str, more: str = "", missing: str | None = None) -> Any:
    """The lines of the only chunk (or None), and the findings."""
    from modelspec.data.load import load_data
    from modelspec.data.new_data import open_new_data, preprocessing_for_new_data

    days = [f"{name},{day},{day},{day}" for name in "ab" for day in range(8)]
    (folder / "t.csv").write_text("\n".join(["g,t,x,k", *days, ""]))
    (folder / "new.csv").write_text(new)
    findings = Findings()
    opened = compile_text(SPEC + more, "spec.yaml", folder / "spec.yaml", findings)
    assert opened is not None and opened.spec.data is not None
    data = load_data(opened.spec.data, folder, opened.graph, 0, findings)
    assert data is not None
    known = preprocessing_for_new_data(opened.spec.data, opened.graph, data.learned, findings)
    assert known is not None
    made = open_new_data(known, folder / "new.csv", findings, missing=missing)
    said = [str(one).replace(f"{folder}/", "") for one in findings.sorted()]
    return None if made is None else next(iter(made.chunks(findings))), said


def ahead(chunk: Any) -> list[list[float]]:
    """What is known of the horizon of each example."""
    lazy = chunk.examples.inputs["ahead"]
    return lazy.make(lazy.references).numpy()[:, :, 0].tolist()  # type: ignore[no-any-return]


def test_each_group_has_its_horizon(tmp_path: Path) -> None:
    chunk, findings = forecast(tmp_path, table())
    assert not findings
    assert chunk.rows == 4 and chunk.example_rows.tolist() == [0, 1, 2, 3]
    assert ahead(chunk) == [[32, 34], [32, 34]]


@pytest.mark.parametrize("cell", [{"b7": "b,7,,"}, {"b4": "b,4,4,"}, {"b4": "b,4,,14"}])
@pytest.mark.parametrize("rule", ["", "  missing: {double: drop, x: drop}\n"])
def test_a_gap_leaves_a_group_without_a_forecast(
    tmp_path: Path, cell: dict[str, str], rule: str
) -> None:
    chunk, findings = forecast(tmp_path, table(**cell), rule)
    assert bool(findings) == (not rule)
    assert all("windows that take one have no prediction" in text for text in findings)
    assert chunk.rows == 4 and chunk.example_rows.tolist() == [0, 1]
    assert ahead(chunk) == [[32, 34]]
    left = chunk.without_gaps()
    assert left.rows == 2 and left.horizon == 2
    assert {name: column.values.tolist() for name, column in left.kept_columns.items()} == {
        "g": ["a", "a"],
        "t": [6, 7],
    }


def test_medians_fill_gaps_of_the_horizon(tmp_path: Path) -> None:
    chunk, [warning] = forecast(tmp_path, table(b7="b,7,,"), "  missing_new: median\n")
    assert "the medians of the training data take their place: `double` 7" in warning
    assert ahead(chunk) == [[32, 34], [32, 7]]


def test_a_row_without_a_group_is_no_group(tmp_path: Path) -> None:
    chunk, _ = forecast(tmp_path, table(a1=",1,1,11"), missing="empty")
    assert chunk.kept_columns["g"].values.tolist() == ["a", "a", "b", "b"]


def test_the_columns_that_the_horizon_needs_are_those_of_the_file(tmp_path: Path) -> None:
    made, [error] = forecast(tmp_path, table().replace("a,7,,17\n", ""))
    assert made is None
    assert "new.csv has no `k` for 7 of a, which the forecast takes" in error
    assert "add these rows with `t`, `k`, and leave" in error
