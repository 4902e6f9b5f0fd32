"""A first spec from a table: what it says, that it is sound, and what is said of bad tables."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

import pytest

from modelspec import UsageError, init, validate
from modelspec.cli import run
from modelspec.diagnostics.findings import Findings
from modelspec.diagnostics.problems import SpecError
from modelspec.drafting.spec_draft import Asked, draft_spec
from modelspec.report.findings import render_findings

HERE = Path(__file__).parent
SPECS = HERE.parents[1] / "specs"
BAD = sorted((HERE / "bad").glob("*.csv"))
TABLES = {
    "penguins": (SPECS / "data" / "penguins.csv", "species"),
    "mpg": (SPECS / "data" / "mpg.csv", "mpg"),
    "everything": (HERE / "tables" / "everything.csv", "will buy"),
}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_table_gives_exactly_this_message(
    path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    with pytest.raises(SpecError) as raised:
        init(path.name, "b")
    said = render_findings(raised.value.findings, [path.name])
    expected = path.with_suffix(".out")
    if request.config.getoption("--update-out"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")
    assert len(raised.value.findings) == 1


@pytest.mark.parametrize("name", TABLES)
def test_a_table_gives_exactly_this_spec(
    name: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, target = TABLES[name]
    monkeypatch.chdir(tmp_path)
    Path(data.name).symlink_to(data)
    (tmp_path / "spec.yaml").write_text(init(data.name, target), encoding="utf-8")
    assert validate("spec.yaml") == []
    expected = HERE / "tables" / f"{name}.yaml.out"
    if request.config.getoption("--update-out"):
        expected.write_text(Path("spec.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert Path("spec.yaml").read_text(encoding="utf-8") == expected.read_text(encoding="utf-8")


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "name", ["penguins", pytest.param("mpg", marks=pytest.mark.slow), "everything"]
)
def test_what_it_writes_trains(name: str, tmp_path: Path) -> None:
    from modelspec import predict, train

    data, target = TABLES[name]
    init(data, target, output=tmp_path / "spec.yaml")
    epochs = {"training.epochs": 15}  # the whole training is in benchmarks/init_tables.py
    done = train(tmp_path / "spec.yaml", output=tmp_path / "run", overrides=epochs)
    assert not done.findings
    if name == "mpg":
        assert done.metrics["test_R2Score"] > 0.7
    else:
        assert done.metrics["test_accuracy"] > {"penguins": 0.9, "everything": 0.7}[name]
    assert len(predict(done, data)) == {"penguins": 2, "mpg": 1, "everything": 2}[name]


KINDS = {
    "number": lambda r, _: f"{r.gauss(0, 5):.4g}",
    "count": lambda r, _: str(r.randrange(100)),
    "grade": lambda r, _: str(r.randrange(1, 5)),
    "kind": lambda r, _: r.choice(["a", "b: c", "- d", "true", "1e3", "#"]),
    "flag": lambda r, _: r.choice(["True", "False"]),
    "town": lambda r, _: f"t{r.randrange(25)}",
    "words": lambda r, _: " ".join(r.choice(["one", "two", "three", "four"]) for _ in range(5)),
    "id": lambda _, row: f"row-{row}",
    "day": lambda r, _: f"2020-0{r.randrange(1, 9)}-1{r.randrange(9)}",
    "none": lambda _, __: "",
    "genres": lambda r, _: "|".join(r.sample(["drama", "war", "a b", "2"], r.randrange(1, 4))),
    "time": lambda r, _: f"{r.randrange(24):02}:30",
}
NAMES = [
    "x",
    "X",
    "x y",
    "features",
    "numbers",
    "a,b",
    "a: b",
    "1st",
    "é",
    "-",
    "#",
    "true",
    "null",
]
NAMES += ["hidden1", "scaled", "dropout", "a -> b", "{}", "[q]", "x" * 90, '"q"', "${x}", "name"]


@pytest.mark.parametrize("seed", range(60))
def test_any_table_gives_a_spec_without_a_finding(seed: int, tmp_path: Path) -> None:
    made = random.Random(seed)
    names = made.sample(NAMES, made.randrange(3, 9))
    kinds = [made.choice(list(KINDS)) for _ in names]
    kinds[0] = made.choice(["number", "grade", "kind", "flag", "town", "count"])
    kinds[1] = made.choice(["number", "kind", "words"])
    holes = [made.choice([0, 0.1]) for _ in names]
    rows = [
        [
            "" if made.random() < hole else KINDS[k](made, row)
            for k, hole in zip(kinds, holes, strict=True)
        ]
        for row in range(made.choice([60, 200, 1500]))
    ]
    with (tmp_path / "t.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, *rows])
    init(tmp_path / "t.csv", names[0], output=tmp_path / "spec.yaml")
    found = validate(tmp_path / "spec.yaml")
    assert found == [], (tmp_path / "spec.yaml").read_text()


def test_a_task_can_be_chosen(tmp_path: Path) -> None:
    rows = "".join(f"{i % 17},{i % 4}\n" for i in range(200))
    (tmp_path / "t.csv").write_text("a,b\n" + rows)
    classes = init(tmp_path / "t.csv", "b")
    numbers = init(tmp_path / "t.csv", "b", task="regression")
    assert "sparse_categorical_crossentropy" in classes
    assert "labels: [0, 1, 2, 3]" in classes
    assert "mean_squared_error" in numbers
    assert "labels" not in numbers


def test_uneven_classes_are_measured_without_accuracy(tmp_path: Path) -> None:
    rows = "".join(f"{i * 37 % 101},{'rare' if i % 9 == 0 else 'common'}\n" for i in range(180))
    (tmp_path / "t.csv").write_text("a,b\n" + rows)
    text = init(tmp_path / "t.csv", "b")
    assert "class_weight:" not in text
    assert "metrics: [AUC, AUC: {curve: PR, name: AUC_PR}, Precision, Recall]" in text
    assert "labels: [common, rare]" in text  # the rare class is the positive one
    assert '"rare" has 20 rows and "common" 160' in text


def test_a_parquet_file_is_read_by_its_types(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    columns: dict[str, Any] = {
        "n": [i * 0.37 % 1 if i % 10 else None for i in range(100)],
        "digits as text": [str(i % 3) for i in range(100)],
        "pair": [[i, i] for i in range(100)],
        "when": pa.array(range(100), pa.timestamp("s")),
        "took": pa.array(range(100), pa.duration("s")),
        "empty": pa.nulls(100),
        "sold": [i * i % 7 < 3 for i in range(100)],
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    findings = Findings()
    made = draft_spec(tmp_path / "t.parquet", Asked("sold"), tmp_path, findings)
    assert made is not None
    assert list(made.left_out) == ["pair", "when", "took", "empty"]
    assert made.left_out["took"].startswith("it holds duration")
    assert made.left_out["empty"] == "no row has a value"
    assert "train: {parquet: t.parquet}" in made.text
    assert "digits_as_text_code: {StringLookup" in made.text
    assert "labels: [false, true]" in made.text
    assert "n: median" in made.text


@pytest.mark.parametrize(("mark", "encoding"), [(";", "cp1252"), ("\t", "utf-16"), ("|", "utf-8")])
def test_other_marks_and_encodings_are_written_down(
    mark: str, encoding: str, tmp_path: Path
) -> None:
    data, target = TABLES["penguins"]
    with data.open(newline="", encoding="utf-8") as file:
        rows = [[cell.replace(".", ",") for cell in row] for row in csv.reader(file)]
    text = "\n".join(mark.join(row) for row in rows).replace("Dream", "Träume")
    (tmp_path / "penguins.csv").write_bytes(text.encode(encoding))
    spec = tmp_path / "spec.yaml"
    made = init(tmp_path / "penguins.csv", target, output=spec)
    usual = init(data, target).splitlines()
    [train] = [line for line in made.splitlines() if line not in usual and "train:" in line]
    shown = {"\t": "\\t"}.get(mark, mark)
    assert f'path: penguins.csv, delimiter: "{shown}", decimal: ","' in train
    assert (f", encoding: {encoding}}}" in train) == (encoding != "utf-8")
    assert len(made.splitlines()) - len(usual) in (0, 1, 2)  # a comment above, where it is long
    assert validate(spec, data=True) == []


def test_commas_that_may_divide_thousands_are_left(tmp_path: Path) -> None:
    rows = "".join(f"{i % 7},{i % 10:03};{i % 5};{i % 3}\n" for i in range(90))
    (tmp_path / "t.csv").write_text("a;c;b\n" + rows)
    made = init(tmp_path / "t.csv", "b", output=tmp_path / "s.yaml")
    assert 'train: {csv: {path: t.csv, delimiter: ";"}} # separated by semicolons' in made


def test_a_compressed_csv_is_read(tmp_path: Path) -> None:
    import gzip

    rows = "".join(f"{i % 17},{i % 4}\n" for i in range(200))
    with gzip.open(tmp_path / "t.csv.gz", "wt") as file:
        file.write("a,b\n" + rows)
    assert "train: {csv: t.csv.gz}" in init(tmp_path / "t.csv.gz", "b", output=tmp_path / "s.yaml")


def test_a_spec_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    data = str(TABLES["penguins"][0])
    assert run(["init", "--data", data, "--target", "species"]) == 0
    said = capsys.readouterr().err
    assert "wrote penguins.yaml" in said
    assert "modelspec train penguins.yaml" in said
    Path("penguins.yaml").write_text("mine")
    assert run(["init", "--data", data, "--target", "species"]) == 2
    assert Path("penguins.yaml").read_text() == "mine"
    assert run(["init", "--data", data, "--target", "species", "--force"]) == 0
    assert run(["init", "--data", data, "--target", "species", "-o", "-"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "  seed: 7"


@pytest.mark.parametrize("data", ["t.txt", "absent.csv", "folder.csv"])
def test_what_is_no_table(data: str, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("a,b\n1,2\n")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UsageError):
        init(tmp_path / data, "b")


def test_a_csv_without_a_header_is_numbered_where_that_is_sure(tmp_path: Path) -> None:
    from modelspec.tabular import guess_dialect

    def has_header(text: str) -> bool:
        path = tmp_path / "t.csv"
        path.write_text(text)
        return guess_dialect(path, "utf-8").header is True

    rows = "".join(f"{i}.5,{i},{'ab'[i % 2]}\n" for i in range(8))
    assert not has_header(rows)
    assert not has_header(rows.replace(",", ";"))
    assert has_header("x,y,kind\n" + rows)
    assert has_header("kind,1990,1991\n" + "".join(f"a,{i},{i}\n" for i in range(8)))
    assert has_header(rows[:20])  # too few to be sure


def write_films(path: Path) -> None:
    """Films with a day, an hour and several genres each; gaps in each column."""
    made = random.Random(0)
    genres = ["crime", "drama", "sci-fi", "war"]
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["shown on", "starts at", "genres", "sold out"])
        for number in range(200):
            day = f"{made.randrange(1, 29):02}.{made.randrange(1, 13):02}.2021"
            chosen = made.sample(genres, made.randrange(1, 4))
            row = [day, f"{made.randrange(12, 23)}:30", " | ".join(chosen)]
            row = ["" if made.random() < 0.05 else cell for cell in row]
            rows.writerow([*row, "yes" if "war" in chosen or number % 9 == 0 else "no"])


def test_dates_and_lists_are_read(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    write_films(tmp_path / "films.csv")
    made = init(tmp_path / "films.csv", "sold out", output=tmp_path / "spec.yaml")
    made = made.replace(f"{tmp_path}/", "")
    assert validate(tmp_path / "spec.yaml", data=True) == []
    expected = HERE / "tables" / "films.yaml.out"
    if request.config.getoption("--update-out"):
        expected.write_text(made, encoding="utf-8")
    assert made == expected.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.tensorflow
def test_dates_and_lists_train(tmp_path: Path) -> None:
    from modelspec import predict, train

    write_films(tmp_path / "films.csv")
    init(tmp_path / "films.csv", "sold out", output=tmp_path / "spec.yaml")
    done = train(tmp_path / "spec.yaml", output=tmp_path / "run", overrides={"training.epochs": 40})
    assert not done.findings
    assert done.metrics["test_accuracy"] > 0.8
    assert "sold_out" in predict(done, tmp_path / "films.csv")
