"""Which rows of a series inputs and targets take: steps, the horizon, the last row, history."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

MODEL = """
  functional:
    inputs: {past: {shape: [3, 1]}, ahead: {shape: [2, 1]}, place: {shape: [1], dtype: string}}
    layers:
      code: {StringLookup: {output_mode: one_hot, max_tokens: 9, pad_to_max_tokens: true}}
      level: Flatten
      known: Flatten
      all: Concatenate
      next: {Dense: {units: 2}}
    edges: [past -> level, ahead -> known, place -> code, 'level, known, code -> all -> next']
    outputs: next
"""
INPUTS = (
    "{past: {columns: [x]}, ahead: {columns: [k], rows: horizon}, place: {column: g, rows: last}}"
)
ONE = """
  sequential:
    input: {shape: [3, 1], name: past}
    layers: [Flatten, Dense: {units: 2, name: next}]
"""


def rows(groups: dict[str, list[int]]) -> str:
    """x and k tell the group and the day: 100 for each group, and 0.5 more in k."""
    lines = ["g,t,x,k"]
    for number, (name, days) in enumerate(groups.items()):
        lines += [f"{name},{day},{100 * number + day},{100 * number + day}.5" for day in days]
    return "\n".join([*lines, ""])


def section(options: str = "", more: str = "", inputs: str = INPUTS, target: str = "") -> str:
    every = "" if "every" in options else ", every: 1"
    source = f"{{timeseries: {{csv: t.csv, window: 3, group: g, time: t{every}{options}}}}}"
    target = target or "{columns: [x], rows: horizon}"
    return f"{{train: {source}, inputs: {inputs}, targets: {{next: {target}}}{more}}}"


def made(examples: Any, name: str) -> Any:
    lazy = examples.inputs[name]
    return lazy.make(lazy.references).numpy()


def test_what_is_known_ahead_and_what_does_not_change(load: Any) -> None:
    files = {"t.csv": rows({"a": list(range(8)), "b": list(range(8))})}
    data, findings = load(section(", horizon: 2, gap: 1"), files, MODEL)
    assert not findings
    past, ahead = made(data.train, "past")[:, :, 0], made(data.train, "ahead")[:, :, 0]
    assert past[0].tolist() == [0, 1, 2] and ahead[0].tolist() == [4.5, 5.5]
    assert data.train.targets["next"][0].tolist() == [[4], [5]]
    places = made(data.train, "place")
    assert places.shape == (len(past), 1)
    assert [place.decode() for place in places[:, 0]] == ["a"] * 3 + ["b"] * 3
    assert past[3].tolist() == [100, 101, 102]


def test_steps_within_the_window(load: Any) -> None:
    files = {"t.csv": rows({"a": list(range(12))})}
    inputs = "{past: {columns: [x]}}"
    data, findings = load(section(", horizon: 2, step: 3", inputs=inputs), files, ONE)
    assert not findings
    assert made(data.train, "past")[:, :, 0].tolist() == [
        [0, 3, 6],
        [1, 4, 7],
        [2, 5, 8],
        [3, 6, 9],
    ]
    assert data.train.targets["next"][:, :, 0].tolist() == [[7, 8], [8, 9], [9, 10], [10, 11]]
    assert data.train.table.locate(int(data.train.rows[0])) == "t.csv, row 8"


def test_the_window_as_target_needs_no_later_row(load: Any) -> None:
    files = {"t.csv": rows({"a": list(range(5))})}
    inputs, model = "{past: {columns: [x]}}", ONE.replace("units: 2", "units: 3")
    target = "{columns: [x], rows: window}"
    data, findings = load(section(inputs=inputs, target=target), files, model)
    assert not findings
    assert data.train.targets["next"][:, :, 0].tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    target = "{column: x, rows: last}"
    model = ONE.replace("units: 2", "units: 1")
    data, findings = load(section(inputs=inputs, target=target), files, model)
    assert not findings
    assert data.train.targets["next"].ravel().tolist() == [2, 3, 4]


def test_history_gives_a_short_split_its_first_windows(load: Any) -> None:
    files = {"t.csv": rows({"a": list(range(20))})}
    more = ", validation: 0.2, test: 0.2"
    data, _ = load(section(", horizon: 2", more), files, MODEL)
    assert data is None  # four rows hold no window of five
    data, findings = load(section(", horizon: 2, history: true", more), files, MODEL)
    assert not findings
    assert made(data.validation, "past")[:, :, 0].tolist() == [
        [9, 10, 11],
        [10, 11, 12],
        [11, 12, 13],
    ]
    assert data.test.targets["next"][:, :, 0].tolist() == [[16, 17], [17, 18], [18, 19]]
    assert data.train.targets["next"].max() == 11
    data, _ = load(section(", horizon: 2, history: true, stride: 2", more), files, MODEL)
    assert data.test.targets["next"][:, 0, 0].tolist() == [16, 18]
    assert made(data.train, "past")[:, 0, 0].tolist() == [0, 2, 4, 6]


@pytest.mark.parametrize("seed", range(40))
def test_no_window_crosses_a_group_or_a_hole_and_no_split_knows_a_later_target(
    load: Any, seed: int
) -> None:
    import numpy as np

    random = np.random.default_rng(seed)
    groups = {
        name: sorted(random.choice(60, size=int(random.integers(35, 61)), replace=False).tolist())
        if random.random() < 0.3
        else [day for day in range(60) if day not in random.integers(0, 60, size=3)]
        for name in "abcd"[: int(random.integers(1, 5))]
    }
    step, gap, horizon = (int(random.integers(1, 3)), int(random.integers(0, 2)), 2)
    history = ["", ", history: true"][seed % 2]
    options = f", horizon: {horizon}, gap: {gap}, step: {step}{history}"
    data, findings = load(
        section(options, ", validation: 0.2, test: 0.2"), {"t.csv": rows(groups)}, MODEL
    )
    if data is None:  # too many holes: said, and nothing else
        assert all("no window of" in finding or "most steps" in finding for finding in findings)
        return
    names = list(groups)
    cut = -1
    for split in (data.train, data.validation, data.test):
        past, ahead = made(split, "past")[:, :, 0], made(split, "ahead")[:, :, 0]
        truth, places = split.targets["next"][:, :, 0], made(split, "place")[:, 0]
        for window, known, later, place in zip(past, ahead, truth, places, strict=True):
            number = names.index(place.decode())
            first, last = int(window[0]) - 100 * number, int(later[-1]) - 100 * number
            assert set(range(first, last + 1)) <= set(groups[names[number]])
            assert np.diff(window).tolist() == [step] * 2
            assert later[0] - window[-1] == gap + 1 and later[1] - later[0] == 1
            assert (known == later + 0.5).all()
            assert (later % 100).min() > cut
            if not history:
                assert first > cut
        cut = int((truth % 100).max()) if len(truth) else cut


def test_a_time_that_comes_twice_is_a_warning(load: Any) -> None:
    twice = {"t.csv": rows({"a": [*range(10), 9, *range(10, 20)]})}
    _, [finding] = load(section(", horizon: 2"), twice, MODEL)
    assert "`t` is 9 in t.csv, row 11 and again in t.csv, row 12" in finding


def test_bad_rows_of_series(assert_messages: Any) -> None:
    table = {"t.csv": rows({"a": list(range(20)), "b": list(range(20))})}
    back = {"t.csv": rows({"a": list(range(10)), "b": [*range(10), 8, *range(10, 20)]})}
    cases = {
        "ahead-shape": (section(), table, MODEL),
        "back": (section(", horizon: 2"), back, MODEL),
        "missing-ahead": (
            section(", horizon: 2"),
            {"t.csv": table["t.csv"].replace("\na,7,7,7.5\n", "\na,7,7,\n")},
            MODEL,
        ),
        "no-window": (
            section(", horizon: 2, step: 9"),
            {"t.csv": rows({"a": list(range(9))})},
            MODEL,
        ),
    }
    assert_messages("series_rows", cases)


@pytest.mark.parametrize("history", ["", ", history: true"])
@pytest.mark.parametrize("test", [0, 0.2])
def test_each_fold_is_validated_on_what_comes_after_all_that_it_is_trained_on(
    load: Any, history: str, test: float
) -> None:
    files = {"t.csv": rows({"a": list(range(40)), "b": list(range(40))})}
    trained_before, validated = 0, list[int]()
    for fold in (1, 2, 3):
        more = f", folds: 3, fold: {fold}" + (f", test: {test}" if test else "")
        inputs = "{past: {columns: [x]}}"
        data, findings = load(section(", horizon: 2" + history, more, inputs), files, ONE)
        assert not findings
        days = {
            name: split.targets["next"].ravel() % 100
            for name in ("train", "validation", "test")
            if (split := getattr(data, name)) is not None
        }
        assert days["train"].max() < days["validation"].min()
        assert days["train"].max() == days["validation"].min() - (1 if history else 4)
        assert days["train"].max() > trained_before
        trained_before = days["train"].max()
        validated += sorted(set(days["validation"]))
        assert ("test" in days) == bool(test)
        if test:
            assert days["validation"].max() < days["test"].min()
            assert days["test"].max() == 39
    assert len(validated) == len(set(validated))
    assert validated[-1] == (39 if not test else 31)
