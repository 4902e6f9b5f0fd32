"""Windows over a table: which rows they take, and that no split knows another's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

MODEL = """
  sequential:
    input: {shape: [4, 2], name: past}
    layers: [Flatten, Dense: {units: 3, name: next}]
"""


def rows(count: int, text: str = "x,y,t,g\n") -> str:
    """x counts up, y is its negative, t is the time, g changes in the middle."""
    return text + "".join(f"{i},{-i},{i},{'ab'[2 * i // count]}\n" for i in range(count))


def section(options: str = "", more: str = "") -> str:
    source = f"{{timeseries: {{csv: t.csv, window: 4, horizon: 3{options}}}}}"
    return f"{{train: {source}, inputs: [x, y], targets: x{more}}}"


def windows(examples: Any) -> Any:
    """The windows of the only input, as arrays."""
    lazy = examples.inputs["past"]
    return lazy.make(lazy.references).numpy()


def test_windows_and_targets_are_those_of_keras(load: Any) -> None:
    import keras
    import numpy as np

    data, findings = load(section(), {"t.csv": rows(30)}, MODEL)
    assert not findings
    values = np.stack([np.arange(30), -np.arange(30)], axis=1)
    batches = keras.utils.timeseries_dataset_from_array(
        values, values[4:, 0], sequence_length=4, batch_size=100
    )
    [(seen, first)] = [(x.numpy(), y.numpy()) for x, y in batches]
    count = len(data.train)
    assert count == 30 - 4 - 3 + 1
    assert np.array_equal(windows(data.train), seen[:count])
    assert np.array_equal(data.train.targets["next"], first[:count, None] + np.arange(3))
    assert data.train.table.locate(int(data.train.rows[0])) == "t.csv, row 5"


def test_gap_and_stride(load: Any) -> None:
    data, _ = load(section(", gap: 2, stride: 5"), {"t.csv": rows(30)}, MODEL)
    assert windows(data.train)[:, 0, 0].tolist() == [0, 5, 10, 15, 20]
    assert data.train.targets["next"][:, 0].tolist() == [6, 11, 16, 21, 26]


@pytest.mark.parametrize("options", ["", ", time: t", ", group: g", ", group: g, time: t"])
@pytest.mark.parametrize("shares", ["", ", validation: 0.3", ", validation: 0.3, test: 0.2"])
def test_no_split_knows_a_row_of_another(load: Any, options: str, shares: str) -> None:
    import numpy as np

    data, findings = load(section(options, shares), {"t.csv": rows(100)}, MODEL)
    assert not findings
    taken = {}
    for name in ("train", "validation", "test"):
        part = getattr(data, name)
        if part is not None:
            inputs, targets = windows(part)[:, :, 0], part.targets["next"]
            assert np.array_equal(inputs[:, -1] + 1, targets[:, 0])
            taken[name] = {*inputs.ravel().tolist(), *targets.ravel().tolist()}
    assert len(taken) == 1 + shares.count(": 0")
    names = list(taken)
    for index, later in enumerate(names):
        for earlier in names[:index]:
            assert not taken[earlier] & taken[later]
            if options != ", group: g":
                assert max(taken[earlier]) < min(taken[later])


def test_no_window_takes_rows_of_two_groups(load: Any) -> None:
    mixed = "x,y,t,g\n" + "".join(f"{i},{-i},{i},{'ab'[i % 2]}\n" for i in range(40))
    data, findings = load(section(", group: g, time: t"), {"t.csv": mixed}, MODEL)
    assert not findings
    steps = windows(data.train)[:, :, 0]
    assert {tuple(row) for row in (steps[:, 1:] - steps[:, :-1]).tolist()} == {(2, 2, 2)}
    assert len(data.train) == 2 * (20 - 6)


def test_statistics_and_labels_come_from_the_rows_of_training(load: Any) -> None:
    text = rows(40).replace("\n3,-3,", "\n3,,").replace("\n39,", "\n1000,")
    more = ", validation: 0.25, missing: {y: mean}"
    data, findings = load(section("", more), {"t.csv": text}, MODEL)
    assert not findings
    known = [-i for i in range(30) if i != 3]
    assert data.learned.fills["y"] == pytest.approx(sum(known) / len(known))
    assert windows(data.train)[3, 0, 1] == pytest.approx(data.learned.fills["y"])


def test_no_window_spans_a_row_that_is_dropped(load: Any) -> None:
    text = rows(20).replace("\n9,-9,", "\n9,,")
    data, findings = load(section("", ", missing: {y: drop}"), {"t.csv": text}, MODEL)
    assert not findings
    assert windows(data.train)[:, 0, 0].tolist() == [0, 1, 2, 10, 11, 12, 13]


def test_an_input_without_columns_takes_the_past_of_the_target_too(load: Any) -> None:
    source = "{timeseries: {csv: t.csv, window: 4, time: t, group: g}}"
    model = MODEL.replace("units: 3", "units: 1")
    data, findings = load(f"{{train: {source}, targets: x}}", {"t.csv": rows(20)}, model)
    assert not findings
    assert data.learned.unused_columns == ("x", "y")
    assert data.train.targets["next"].shape == (2 * (10 - 4), 1)


def test_several_targets_and_labels(load: Any) -> None:
    source = "{timeseries: {csv: t.csv, window: 4, horizon: 2}}"
    text = f"{{train: {source}, inputs: [x, y], targets: {{next: [x, y]}}}}"
    data, findings = load(text, {"t.csv": rows(20)}, MODEL)
    assert not findings
    assert data.train.targets["next"][0].tolist() == [[4, -4], [5, -5]]
    data, findings = load(text.replace("[x, y]}", "g}"), {"t.csv": rows(20)}, MODEL)
    assert not findings
    assert data.train.targets["next"][5].tolist() == [0, 1]


def test_bad_series(assert_messages: Any) -> None:
    table = {"t.csv": rows(30)}
    unsorted = {"t.csv": rows(30).replace("\n9,-9,9,", "\n9,-9,2,")}
    cases = {
        "short": (section(), {"t.csv": rows(6)}, MODEL),
        "no-test": (section(more=", test: 0.1"), table, MODEL),
        "strata": (section(more=", stratify: g"), table, MODEL),
        "unsorted": (section(", time: t"), unsorted, MODEL),
        "mixture": (section(more=", test: {csv: t.csv}"), table, MODEL),
        "no-time": (section(", time: when"), table, MODEL),
        "steps": (section(), table, MODEL.replace("[4, 2]", "[5, 2]")),
        "columns": (section(), table, MODEL.replace("[4, 2]", "[4, 3]")),
    }
    assert_messages("timeseries", cases)


DAYS = [f"2024-01-{day:02d}" for day in range(1, 31)]
HOURS = [f"2024-03-{day:02d} {hour:02d}:00" for day in range(1, 4) for hour in range(24)]
MONTHS = [f"{year}-{month:02d}-01" for year in range(2015, 2020) for month in range(1, 13)]


def timed(times: list[str], without: slice | None = None) -> str:
    """Rows with these times, x counting up, but for those that are left out."""
    left = list(enumerate(times))
    if without is not None:
        del left[without]
    return "x,y,t\n" + "".join(f"{i},{-i},{time}\n" for i, time in left)


@pytest.mark.parametrize(
    ("times", "step"),
    [
        (DAYS, "1 day"),
        (HOURS, "1 hour"),
        (MONTHS, "1 month"),
        ([day.replace("-", "") for day in DAYS], "1 day"),
        ([month.replace("-", "")[:6] for month in MONTHS], "1 month"),
        ([str(10 * i) for i in range(30)], "10"),
        ([f"{i}.5" for i in range(30)], "1"),
    ],
)
def test_no_window_crosses_a_hole(load: Any, times: list[str], step: str) -> None:
    data, findings = load(section(", time: t"), {"t.csv": timed(times)}, MODEL)
    assert not findings and len(data.train) == len(times) - 6
    text = timed(times, slice(12, 15))
    data, findings = load(section(", time: t"), {"t.csv": text}, MODEL)
    [warning] = findings
    assert f"`t` has steps of {step}, but goes from" in warning
    assert "(t.csv, row 13) to" in warning and "(t.csv, row 14)" in warning
    values = windows(data.train)[:, :, 0]
    assert ((values[:, 1:] - values[:, :-1]) == 1).all()
    assert (data.train.targets["next"][:, 0] - values[:, -1] == 1).all()
    assert len(data.train) == (12 - 6) + (len(times) - 15 - 6)
    assert data.learned.time_step is not None
    for every, count in ((step, len(data.train)), ("any", len(times) - 3 - 6)):
        data, findings = load(section(f", time: t, every: {every}"), {"t.csv": text}, MODEL)
        assert not findings and len(data.train) == count


def test_a_run_keeps_its_step(load: Any) -> None:
    """New rows may be too few to tell a step, and runs of earlier versions have none."""
    from modelspec.data.prepare import LearnedState

    data, _ = load(section(", time: t"), {"t.csv": timed(DAYS)}, MODEL)
    assert LearnedState.from_dict(data.learned.to_dict()).time_step == 86_400
    old = {"labels": {}, "fills": {}, "rest": []}
    assert LearnedState.from_dict(old).time_step is None


@pytest.mark.parametrize(
    ("times", "options", "said"),
    [
        (["2024-01-01"] * 2 + DAYS[1:], "", "and again in t.csv, row 3"),
        (DAYS[0::3] + DAYS[1::3] + DAYS[2::3], "", "goes back"),
        (sorted(DAYS[0::3] + DAYS[1::3]), "", "only 53% of the steps of `t` are about 1 day"),
        (DAYS, ", every: 1 hour", "most steps of `t` are about 1 day"),
        (DAYS, ", every: 1", "`every` is 1, but `t` holds dates"),
        ([str(i) for i in range(30)], ", every: 1 day", "`t` holds numbers"),
        ([f"day {i:02d}" for i in range(30)], ", every: 1 day", "is neither a number nor a date"),
    ],
)
def test_steps_that_differ_are_reported(
    load: Any, times: list[str], options: str, said: str
) -> None:
    _, findings = load(section(f", time: t{options}"), {"t.csv": timed(times)}, MODEL)
    [finding] = findings
    assert said in finding


@pytest.mark.parametrize("form", ["%d.%m.%Y", "%d.%m.%Y %H:%M", "%d %b %Y", "%d %B %Y"])
def test_dates_are_in_the_order_of_time(load: Any, form: str) -> None:
    """As text the last of January is after the first of February."""
    days = [datetime(2023, 12, 20) + timedelta(days=i) for i in range(60)]
    splits = []
    for times in ([day.strftime(form) for day in days], list(map(str, days))):
        options = section(", time: t, every: 1 day", ", validation: 0.2, test: 0.2")
        data, findings = load(options, {"t.csv": timed(times)}, MODEL)
        assert not findings
        splits.append([part.rows.tolist() for part in (data.train, data.validation, data.test)])
    assert splits[0] == splits[1] and len(splits[0][2]) == 12 - 6
