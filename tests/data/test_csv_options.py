"""Csv files without a header, with several marks, comments, spaces: held, streamed and light agree.

Each file is written from known rows, so what is read is compared with these.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelspec.data.sources import find_files
from modelspec.data.sources.csv_text import csv_columns, data_rows
from modelspec.data.sources.files import DataFile
from modelspec.diagnostics import Findings, Span
from modelspec.spec.data import Source, options_of
from modelspec.tabular import plain_csv

HERE = Span("spec.yaml", 1, 1, 1, 1)


def file_of(path: Path, **options: Any) -> DataFile:
    source = Source("csv", (path.name,), (HERE,), HERE, {**options_of("csv"), **options})
    return find_files(source, path.parent, Findings())[0]


def light(file: DataFile) -> tuple[list[str] | None, list[list[str]]]:
    """The columns and the rows as Python reads them."""
    findings = Findings()
    found = csv_columns(file, findings), list(data_rows(file, findings))
    assert not findings, [one.message for one in findings]
    return found


def held(file: DataFile, *, streams: bool = False) -> list[list[str]]:
    """The rows as pyarrow reads them."""
    pytest.importorskip("pyarrow")
    from modelspec.data.sources.csv import read_csv, stream_csv
    from modelspec.data.table import TEXT, ColumnUse, Purpose, column_names, read_whole

    findings = Findings()
    names = csv_columns(file, findings) or []
    uses = [ColumnUse(name, TEXT, Purpose.INPUT, HERE) for name in names]
    chunks = (stream_csv if streams else read_csv)(file, uses, findings)
    assert not findings, [one.message for one in findings]
    assert chunks is not None
    table = read_whole(chunks, uses)
    columns = [table.columns[name].values.tolist() for name in column_names(uses)]
    return [list(row) for row in zip(*columns, strict=True)]


def agree(file: DataFile, names: list[str], rows: list[list[str]]) -> None:
    assert light(file) == (names, rows)
    assert held(file) == rows
    assert held(file, streams=True) == rows


def test_no_header_and_quotes_that_are_text(tmp_path: Path) -> None:
    path = tmp_path / "fra.txt"
    path.write_text('Go.\tVa !\tCC "2"\n"Hi\tSalut"\tx\n\nRun!\t"Cours !"\ty\n')
    rows = [["Go.", "Va !", 'CC "2"'], ['"Hi', 'Salut"', "x"], ["Run!", '"Cours !"', "y"]]
    options = {"delimiter": "\t", "quote": "none"}
    agree(file_of(path, header=["en", "fr", "by"], **options), ["en", "fr", "by"], rows)
    agree(file_of(path, header=False, **options), ["0", "1", "2"], rows)


def test_several_marks_and_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "movies.dat"
    path.write_bytes('1::Léon: "x"::a|b\n2::Toy::c\n'.encode("latin-1"))
    rows = [["1", 'Léon: "x"', "a|b"], ["2", "Toy", "c"]]
    options = {"header": ["id", "title", "kinds"], "delimiter": "::", "encoding": "latin-1"}
    agree(file_of(path, **options), ["id", "title", "kinds"], rows)


def test_comments_and_spaces(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    text = '\ufeff# made by hand\n a , b\t\n#x,y\n 1 ,"p , #q\n# r"\r\n2, s \n\t3,\n'
    path.write_bytes(text.encode())
    file = file_of(path, comment="#", strip=True)
    assert light(file) == (["a", "b"], [["1", "p , #q\n# r"], ["2", "s"], ["3", ""]])
    assert held(file) == light(file)[1]


def test_single_quotes(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n'x,y',\"z\n")
    agree(file_of(path, quote="'"), ["a", "b"], [["x,y", '"z']])


CELLS = st.text(st.sampled_from("ab1 \té.'-"), min_size=1, max_size=5).map(lambda x: f"x{x}x")
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=9)
)


OPTIONS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([";", "::", "|", "||"]),
        "encoding": st.sampled_from(["utf-8", "utf-16", "latin-1"]),
        "strip": st.booleans(),
    },
    optional={"comment": st.just("%")},
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_all_readers_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    rows, options = data.draw(TABLES), data.draw(OPTIONS)
    monkeypatch.setattr(plain_csv, "BLOCK", data.draw(st.integers(1, 20)))
    space = " \t" if options["strip"] else ""
    lines = [options["delimiter"].join(f"{space}{cell}{space}" for cell in row) for row in rows]
    comment = f"{options['comment']} no row\n" if "comment" in options else ""
    text = "".join(f"{line}\n{comment}\n" for line in lines)
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(options["encoding"]))
    names = [f"c{index}" for index in range(len(rows[0]))]
    agree(file_of(path, header=names, **options), names, rows)


def test_a_new_file_may_have_a_row_of_names(tmp_path: Path) -> None:
    from modelspec.data.new_data.open_file import source_for_new_data

    (tmp_path / "t.txt").write_text("go::va\n")
    trained = file_of(tmp_path / "t.txt", header=["en", "fr"], delimiter="::")
    new = tmp_path / "new.txt"
    for text, names, rows in (
        ("en\ngo\n", ["en"], [["go"]]),
        ("fr::en\nva::go\n", ["fr", "en"], [["va", "go"]]),
        ("go::va\n", ["en", "fr"], [["go", "va"]]),
    ):
        new.write_text(text)
        source = source_for_new_data(trained.source, new, Span(str(new), 1, 1, 1, 1))
        assert source is not None
        assert light(DataFile(new, str(new), HERE, source)) == (names, rows)
