"""Tables as people have them: what init reads in them, leaves out, and says of it."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from modelspec import SpecError, UsageError, init, train, validate
from modelspec.cli import run

HERE = Path(__file__).parent
Row = dict[str, Any]


def drawn(rows: int, seed: int) -> Iterator[tuple[int, random.Random, Row, bool]]:
    """Rows with a number and a kind, and whether the target is yes."""
    made = random.Random(seed)
    for number in range(rows):
        size, kind = round(made.gauss(0, 1), 6), made.choice(["a", "b", "c"])
        yes = made.gauss(0, 0.7) + size + (kind == "c") > 0.5
        yield number, made, {"size": size, "kind": kind}, yes


def orders(rows: int = 300) -> Iterator[Row]:
    """Ids of rows and of customers, zip codes, American dates, seconds, a copy of the target."""
    first = datetime(2021, 1, 4)
    for number, made, row, yes in drawn(rows, 1):
        yield {
            "order id": made.randrange(10**9) * 1000 + number,
            "customer id": 500 + made.randrange(60),
            "zip": f"{made.randrange(1, 9):05}",
            "date": (first + timedelta(days=number)).strftime("%m/%d/%Y"),
            "clicked_at": 1_600_000_000 + made.randrange(10**8),
            **row,
            "refund": round(made.uniform(1, 9), 2) if yes else 0,
            "hint": round((yes or made.random() < 0.02) * 10 + made.random(), 3),
            "returned": "yes" if yes else "no",
        }


def marks(rows: int = 200) -> Iterator[Row]:
    """Question marks, -999 and stray words where numbers belong."""
    for number, made, row, _ in drawn(rows, 2):
        yield {
            "age": -999 if number % 20 == 3 else made.randrange(18, 90),
            "income": "?" if number % 9 == 2 else made.randrange(1000, 9000),
            **row,
            "Time": "unknown" if number % 50 == 7 else round(30 + 8 * row["size"], 1),
        }


def european(rows: int = 200) -> Iterator[Row]:
    """Decimal commas, points between thousands, and German words."""
    for number, made, row, yes in drawn(rows, 3):
        amount = f"{made.uniform(5, 90000):,.2f}".replace(",", " ").replace(".", ",")
        amount = "k.A." if number % 12 == 5 else amount.replace(" ", ".")
        size = str(row["size"]).replace(".", ",")
        yield {**row, "size": size, "amount": amount, "paid": "ja" if yes else "nein"}


def wide(rows: int = 120) -> Iterator[Row]:
    """More columns than rows, of numbers and of texts, with gaps."""
    for _, made, row, yes in drawn(rows, 4):
        genes = {f"gene_{i}": round(made.gauss(0, 1), 2) for i in range(150)}
        texts = {f"mark_{i}": made.choice(["low", "high", ""]) for i in range(9)}
        yield {**row, **genes, **texts, "gene_7": "" if yes else 1.5, "ill": "ny"[yes]}


def few(rows: int = 40) -> Iterator[Row]:
    """Too few rows for a test split."""
    for _, _, row, yes in drawn(rows, 5):
        yield {**row, "result": "yes" if yes else "no"}


def rare(rows: int = 400) -> Iterator[Row]:
    """A class with few rows, and one that is a slip of the pen."""
    for number, _, row, yes in drawn(rows, 6):
        grade = "typo" if number in (3, 90) else "top" if number % 33 == 0 else "mid"
        yield {**row, "grade": "low" if yes and grade == "mid" else grade}


TABLES: dict[str, tuple[Callable[[], Iterator[Row]], str]] = {
    "orders": (orders, "returned"),
    "marks": (marks, "Time"),
    "european": (european, "paid"),
    "wide": (wide, "ill"),
    "few": (few, "result"),
    "rare": (rare, "grade"),
}


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    monkeypatch.chdir(tmp_path)

    def write(name: str) -> str:
        rows = list(TABLES[name][0]())
        with Path(f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, rows[0], delimiter=";" if name == "european" else ",")
            table.writeheader()
            table.writerows(rows)
        return f"{name}.csv"

    return write


@pytest.mark.parametrize("name", TABLES)
def test_an_odd_table_gives_exactly_this_spec(
    name: str, made: Callable[[str], str], request: pytest.FixtureRequest
) -> None:
    notes: list[str] = []
    text = init(made(name), TABLES[name][1], output="spec.yaml", notes=notes)
    assert validate("spec.yaml") == []
    assert validate("spec.yaml", data=True) == []
    said = text + "\n# On stderr:\n" + "".join(f"# - {note}\n" for note in notes)
    expected = HERE / "tables" / f"{name}.yaml.out"
    if request.config.getoption("--update-out"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")


def test_what_was_found_is_said(
    made: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--data", made("few"), "--target", "result"]) == 0
    assert "- only 40 rows: folds instead of a test split" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize("name", TABLES)
def test_what_it_writes_trains(name: str, made: Callable[[str], str]) -> None:
    init(made(name), TABLES[name][1], output="spec.yaml")
    done = train("spec.yaml", output="run", overrides={"training.epochs": 2})
    assert not done.findings


def test_a_group_can_be_chosen(made: Callable[[str], str]) -> None:
    data = made("orders")
    text = init(data, "returned", group="zip", output="spec.yaml")
    assert "group: zip" in text
    assert "customer id" not in text.partition("targets:")[0].partition("left out")[2]
    with pytest.raises(UsageError, match="--group: the table has no column `zap`; did you mean"):
        init(data, "returned", group="zap")
    assert validate("spec.yaml", data=True) == []


def months() -> Iterator[Row]:
    """Two cities, month by month."""
    made = random.Random(7)
    for city in ("Oslo", "Paris"):
        level = 0.0
        for number in range(96):
            level = 0.8 * level + made.gauss(0, 1)
            yield {
                "city": city,
                "month": f"{2015 + number // 12}-{number % 12 + 1:02}-01",
                "sales": "" if number == 5 else round(100 + 10 * level, 1),
                "price": round(made.gauss(5, 1), 2),
                "note": "ok" if number % 2 else "no",
            }


def write_months() -> str:
    rows = list(months())
    with Path("months.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    return "months.csv"


def test_a_series_gives_exactly_this_spec(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    notes: list[str] = []
    data = write_months()
    text = init(data, "sales", time="month", group="city", output="spec.yaml", notes=notes)
    assert validate("spec.yaml") == []
    said = text + "\n# On stderr:\n" + "".join(f"# - {note}\n" for note in notes)
    expected = HERE / "tables" / "months.yaml.out"
    if request.config.getoption("--update-out"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("times", "every", "said"),
    [
        (
            [f"2024-{1 + i // 28:02}-{1 + i % 28:02}" for i in range(84)],
            "1 day",
            "2 steps are long",
        ),
        ([f"2024-01-01 {i // 4:02}:{i % 4 * 15:02}" for i in range(96)], "15 minutes", ""),
        ([str(10 * i) for i in range(60)], "10", ""),
        ([str(i * i) for i in range(60)], "any", "the steps of `t` differ"),
        ([str(i // 2) for i in range(60)], "", "30 rows have the same time as the row before"),
        ([f"{2015 + i // 12}{1 + i % 12:02}" for i in range(60)], "", ""),
    ],
)
def test_the_step_of_a_series_is_drafted(
    times: list[str], every: str, said: str, tmp_path: Path
) -> None:
    rows = "".join(f"{time},{i % 7}.{i}\n" for i, time in enumerate(times))
    (tmp_path / "t.csv").write_text("t,y\n" + rows)
    notes: list[str] = []
    text = init(tmp_path / "t.csv", "y", time="t", output=tmp_path / "t.yaml", notes=notes)
    found = validate(tmp_path / "t.yaml", data=True)
    assert len(found) == ("same time" in said)
    assert text.partition("time: t")[2].split("}")[0] == (f", every: {every}" if every else "")
    assert any(said in note for note in notes) and len(notes) == 1 + bool(said)


def test_spaces_and_dates_of_several_forms_are_read(tmp_path: Path) -> None:
    first = datetime(2021, 1, 1)
    rows = []
    for i in range(120):
        day = first + timedelta(hours=31 * i)
        color = ("red", " red", "Blue ", "blue")[i % 4]
        late = "no" if i % 3 else "yes"
        rows.append(f"{day:%d %B %Y};{day:%d.%m.%Y %H:%M};{color}; {i * 7 % 11};{late}\n")
    (tmp_path / "t.csv").write_text("born;Zeit;color;n;y\n" + "".join(rows))
    notes: list[str] = []
    text = init(tmp_path / "t.csv", "y", output=tmp_path / "t.yaml", notes=notes)
    assert validate(tmp_path / "t.yaml", data=True) == []
    assert "strip: true" in text and "numbers: [n, born_days, Zeit_days]" in text
    assert "zeit: {column: Zeit, date: [hour], cyclic: true}" in text
    assert '`color`: "Blue" and "blue" differ in capitals only, and are different' in notes


@pytest.mark.parametrize(("end", "count"), [("", 0), (".5", 40)])
def test_rows_that_are_there_before_are_told(end: str, count: int, tmp_path: Path) -> None:
    rows = "".join(f"{i % 60}{end},{i * i % 7},{'ab'[i % 3 > 0]}\n" for i in range(60))
    (tmp_path / "t.csv").write_text("x,z,y\n" + rows + "".join(rows.splitlines(True)[:40]))
    notes: list[str] = []
    init(tmp_path / "t.csv", "y", notes=notes)
    told = [note for note in notes if "in the file before" in note]
    assert [int(note.split()[0]) for note in told] == [count][: bool(count)]


@pytest.mark.slow
@pytest.mark.tensorflow
def test_a_series_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    init(write_months(), "sales", time="month", group="city", output="spec.yaml")
    done = train("spec.yaml", output="run", overrides={"training.epochs": 2})
    assert not done.findings


@pytest.mark.parametrize(
    ("time", "group", "target", "said"),
    [
        ("month", None, "sales", "the rows are not in the order of `month`"),
        ("note", "city", "sales", "`note` does not say the time of every row"),
        ("month", "city", "note", "`note` is not a number in every row"),
    ],
)
def test_what_is_no_series(
    time: str,
    group: str | None,
    target: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    data = write_months()
    with pytest.raises(SpecError) as raised:
        init(data, target, time=time, group=group)
    assert said in raised.value.findings[0].message
    with pytest.raises(UsageError, match="--time: the table has no column `mont`; did you mean"):
        init(data, "sales", time="mont")


def test_numbers_of_several_units_are_left_out_with_the_way_to_read_them(tmp_path: Path) -> None:
    rows = "".join(
        f"{'$€'[i % 2]}{i * 7 % 97}.5,{i * 5 % 83}%,{i % 13},{i % 4}\n" for i in range(200)
    )
    (tmp_path / "t.csv").write_text("price,rate,n,y\n" + rows, encoding="utf-8")
    notes: list[str] = []
    text = init(tmp_path / "t.csv", "y", notes=notes)
    assert notes[0].endswith("write the number without the currency sign, 0.5, in the file)")
    assert 'units: {rate: "%"}' in text


@pytest.mark.parametrize(
    ("cells", "marks"),
    [
        ([f'"{i * 37:,}"' for i in range(90)], ".,"),
        ([f"{i * 37:,}".replace(",", " ") for i in range(90)], ". "),
        ([f"{i % 9 + 1}.{i % 10:03}" for i in range(90)], "."),
        ([f'"{i % 9},{i % 10:03}"' for i in range(90)], "."),
        ([f'"{i * 37:,}"' for i in range(80)] + ["1234"] * 10, "."),
        ([f'"{i * 37:,}"' for i in range(90)] + ["n.a.", "k. A."], ".,"),
    ],
)
def test_marks_between_thousands(cells: list[str], marks: str, tmp_path: Path) -> None:
    from modelspec.tabular import guess_dialect

    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{cell},{i % 3}\n" for i, cell in enumerate(cells)))
    found = guess_dialect(path, "utf-8")
    assert found.decimal + found.thousands == marks


@pytest.mark.parametrize(
    ("name", "draw", "takes_log"),
    [
        ("income", lambda made: round(made.lognormvariate(8, 0.8), 2), True),
        ("with gaps", lambda made: made.choice(["", round(made.lognormvariate(8, 0.8), 2)]), True),
        ("even", lambda made: round(made.gauss(50, 9), 2), False),
        ("below 1", lambda made: round(made.lognormvariate(-5, 0.8), 6), False),
        ("below 0", lambda made: round(made.lognormvariate(8, 0.8) - 900, 2), False),
        ("outliers", lambda made: made.gauss(5, 1) + 90 * (made.random() < 0.01), False),
    ],
)
def test_a_long_tail_is_read_by_its_logarithm(
    name: str, draw: Callable[[random.Random], Any], takes_log: bool, tmp_path: Path
) -> None:
    """By the values of the column alone: the target has nothing to do with them."""
    made = random.Random(3)
    rows = [f"{draw(made)},{made.gauss(0, 1)},{made.choice(['no', 'yes'])}" for _ in range(300)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join([f"{name},size,ill", *rows]), encoding="utf-8")
    text = init(str(path), "ill", output=str(tmp_path / "spec.yaml"))
    assert (f"    {name}: {{log1p: {name}}}\n" in text) == takes_log
    assert validate(str(tmp_path / "spec.yaml"), data=True) == []


def test_a_column_without_a_name_is_no_group(tmp_path: Path) -> None:
    """As pandas writes the numbers of rows, and spreadsheets an empty column at the end."""
    rows = "".join(f"{i},{i * 7 % 97}.5,{'ny'[i % 2]},\n" for i in range(60))
    (tmp_path / "t.csv").write_text(f",size,ill,Unnamed\n{rows}", encoding="utf-8")
    notes: list[str] = []
    init(str(tmp_path / "t.csv"), "ill", output=str(tmp_path / "spec.yaml"), notes=notes)
    assert 'left out "" (every row has a distinct value: it identifies the row)' in notes
    assert not any("group" in note for note in notes)


def test_dates_with_half_days_are_no_lists(tmp_path: Path) -> None:
    days = [datetime(2024, 1, 1) + timedelta(hours=7 * i) for i in range(200)]
    for form, said in (("%b %d, %Y %I:%M %p", ""), ("%m/%d/%Y %I:%M %p", ", format: ")):
        rows = "".join(f'"{day.strftime(form)}",{day.hour},{"ny"[day.day % 2]}\n' for day in days)
        (tmp_path / "t.csv").write_text(f"seen,n,ill\n{rows}", encoding="utf-8")
        text = init(str(tmp_path / "t.csv"), "ill", output=str(tmp_path / "t.yaml"), force=True)
        assert f"seen: {{column: seen, date: [hour], cyclic: true{said}" in text
        assert validate(str(tmp_path / "t.yaml"), data=True) == []


def test_a_series_with_dates_of_europe(tmp_path: Path) -> None:
    days = [datetime(2023, 12, 1) + timedelta(days=i) for i in range(120)]
    rows = "".join(f"{day:%d.%m.%Y};{i * 37 % 11}\n" for i, day in enumerate(days))
    (tmp_path / "t.csv").write_text(f"day;sales\n{rows}", encoding="utf-8")
    text = init(str(tmp_path / "t.csv"), "sales", time="day", output=str(tmp_path / "t.yaml"))
    assert "time: day, every: 1 day" in text
    assert validate(str(tmp_path / "t.yaml"), data=True) == []


def test_what_is_no_table_is_told_with_a_way_on(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text("[]")
    with pytest.raises(UsageError, match=r"\.xlsx, .*save other files as one of these"):
        init(str(tmp_path / "t.json"), "y")


def test_numbers_that_float32_does_not_tell_apart_are_left_out(tmp_path: Path) -> None:
    rows = "".join(
        f"{2**60 + i * 37 % 101},{(i * 53 % 103 + 1) * 10**23},{20240000 + i * 11 % 107},"
        f"{'ny'[i % 2]}\n"
        for i in range(200)
    )
    (tmp_path / "t.csv").write_text(f"close,huge,fine,ill\n{rows}", encoding="utf-8")
    notes: list[str] = []
    text = init(str(tmp_path / "t.csv"), "ill", output=str(tmp_path / "t.yaml"), notes=notes)
    assert any(note.startswith("left out close and huge (its numbers are too") for note in notes)
    assert "inputs: [fine]" in text


@pytest.mark.parametrize("mark", ["|", ";", ","])
def test_a_target_of_lists_is_told_how_to_be_labels(mark: str, tmp_path: Path) -> None:
    """What the note says to write is a spec without problems."""
    tags = [mark.join("abc"[k] for k in range(3) if i % 7 + 1 >> k & 1) for i in range(200)]
    rows = "".join(f'{i * 37 % 101}.5,"{text}"\n' for i, text in enumerate(tags))
    (tmp_path / "t.csv").write_text(f"n,tags\n{rows}", encoding="utf-8")
    notes: list[str] = []
    text = init(str(tmp_path / "t.csv"), "tags", output=str(tmp_path / "t.yaml"), notes=notes)
    (note,) = [note for note in notes if "lists of labels" in note]
    assert f'split: "{mark}", labels: auto, multi_hot: true' in note
    target = f'    tags: {{column: tags, split: "{mark}", labels: auto, multi_hot: true}}'
    lines = [one for one in text.splitlines() if "stratify" not in one]
    before = lines[: next(i for i, one in enumerate(lines) if one.startswith("  targets"))]
    after = lines[next(i for i, one in enumerate(lines) if one.startswith("  batch_size")) :]
    spec = "\n".join([*before, "  targets:", target, *after])
    spec = spec.replace("units: 7, activation: softmax", "units: 3, activation: sigmoid")
    spec = spec.replace("sparse_categorical_crossentropy", "binary_crossentropy")
    spec = spec.replace("[accuracy]", "[binary_accuracy]")
    (tmp_path / "t.yaml").write_text(spec, encoding="utf-8")
    assert [str(one) for one in validate(str(tmp_path / "t.yaml"), data=True)] == []
