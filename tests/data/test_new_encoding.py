"""New data in another encoding than that of the training data, which none would notice."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data.new_data.encoding import BLOCK, OtherEncoding, check_encoding, other_encoding
from modelspec.diagnostics import Findings, Span
from modelspec.spec.data import Source

CITIES = "city,x\nBern,1\nZürich,2\nGenève,3\n"


def write(folder: Path, text: str, encoding: str, name: str = "new.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_each_is_found_out_where_it_is_read_as_the_other(tmp_path: Path) -> None:
    path = write(tmp_path, CITIES, "cp1252")
    assert other_encoding(path, "utf-8") == OtherEncoding("cp1252", 3, "Zürich")
    assert other_encoding(path, "cp1252") is None
    path = write(tmp_path, CITIES, "utf-8")
    assert other_encoding(path, "cp1252") == OtherEncoding("utf-8", 3, "Zürich", "ZÃ¼rich")
    assert other_encoding(path, "latin-1") is not None
    assert other_encoding(path, "utf-8") is None
    path = write(tmp_path, CITIES, "utf-16")
    assert other_encoding(path, "UTF-8") == OtherEncoding("utf-16", 1)
    assert other_encoding(path, "utf-16") is None


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_plain_ascii_is_every_encoding(encoding: str, tmp_path: Path) -> None:
    path = write(tmp_path, "city,x\nBern,1\n", "ascii")
    assert other_encoding(path, encoding) is None


def test_what_is_neither_is_left_to_those_who_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_bytes(b"city,x\nZ\x81rich,1\n")  # 81 is not a letter of cp1252
    assert other_encoding(path, "utf-8") is None
    assert other_encoding(path, "cp1252") is None


def test_a_letter_far_down_in_a_compressed_file(tmp_path: Path) -> None:
    rows = "Bern,1\n" * (BLOCK // 7 * 2)
    for encoding, other in (("utf-8", "cp1252"), ("cp1252", "utf-8")):
        path = tmp_path / "new.csv.gz"
        path.write_bytes(gzip.compress(f"{rows}Zürich,1\n".encode(encoding), 1))
        found = other_encoding(path, other)
        assert found is not None
        assert (found.name, found.line, found.word) == (encoding, BLOCK // 7 * 2 + 1, "Zürich")


@settings(max_examples=50, deadline=None)
@given(text=st.text(st.sampled_from("ab,\nüéß€ñ"), max_size=30))
def test_a_file_in_its_own_encoding_is_never_reported(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("t")
    assert other_encoding(write(folder, text, "utf-8"), "utf-8") is None
    found = other_encoding(write(folder, text, "utf-8"), "cp1252")
    assert (found is None) == text.isascii()
    found = other_encoding(write(folder, text, "cp1252"), "utf-8")
    assert found is None or found.name == "cp1252"


MESSAGES = """\
new.csv is cp1252 text ("Zürich" in line 3), but the training data was utf-8
save it as utf-8, such as with `iconv -f cp1252 -t utf-8 new.csv > converted.csv`
new.csv is utf-8 text ("Zürich" in line 3), but the training data was cp1252, in which that reads \
"ZÃ¼rich"
save it as cp1252, such as with `iconv -f utf-8 -t cp1252 new.csv > converted.csv`
new.csv is utf-16 text, but the training data was utf-8
save it as utf-8, such as with `iconv -f utf-16 -t utf-8 new.csv > converted.csv`
"""


def test_the_messages(tmp_path: Path) -> None:
    start, said = Span("new.csv", 1, 1, 1, 1), []
    for written, read in (("cp1252", "utf-8"), ("utf-8", "cp1252"), ("utf-16", "utf-8")):
        path = write(tmp_path, CITIES, written)
        findings = Findings()
        source = Source("csv", (str(path),), (start,), start, {"encoding": read})
        check_encoding(source, path, start, findings)
        (finding,) = findings.sorted()
        said += [finding.message, finding.hint]
    assert "\n".join([*said, ""]) == MESSAGES


def test_other_kinds_of_files_are_not_looked_at(tmp_path: Path) -> None:
    start, findings = Span("new.parquet", 1, 1, 1, 1), Findings()
    path = write(tmp_path, CITIES, "cp1252", "new.parquet")
    check_encoding(Source("parquet", (str(path),), (start,), start), path, start, findings)
    check_encoding(Source("csv", ("none.csv",), (start,), start), Path("none.csv"), start, findings)
    assert not findings.sorted()
