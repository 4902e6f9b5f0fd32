"""A vocabulary that stands in a file: found from the spec's folder, read, and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.api.specs import summarize
from modelspec.api.validation import validate_file
from modelspec.diagnostics.finding import Finding

SPEC = """\
modelspec: 1
model:
  sequential:
    input: {{shape: [1], dtype: {dtype}}}
    layers:
      - {layer}: {{vocabulary: words/w.txt{more}}}
      - Dense: {{units: 1}}
"""


def check(
    folder: Path,
    content: bytes | None,
    more: str = ", output_mode: multi_hot",
    layer: str = "StringLookup",
    dtype: str = "string",
) -> list[Finding]:
    (folder / "words").mkdir(exist_ok=True)
    if content is not None:
        (folder / "words" / "w.txt").write_bytes(content)
    (folder / "spec.yaml").write_text(SPEC.format(layer=layer, more=more, dtype=dtype))
    return validate_file(folder / "spec.yaml")


@pytest.mark.parametrize(
    ("content", "width"),
    [(b"a\nb\nc\n", 4), (b"a\nb\nc", 4), (b"a\r\nb\r\n", 3), (b"[UNK]\na\n", 3)],
)
def test_its_lines_are_the_tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, width: int
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)  # a path leads from the spec, wherever one stands
    assert check(tmp_path, content) == []
    assert summarize(tmp_path / "spec.yaml").params["total"] == width + 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "words/w.txt cannot be read: No such file or directory"),
        (b"", "words/w.txt has nothing in line 1"),
        (b"a\n\nb\n", "words/w.txt has nothing in line 2"),
        (b"caf\xe9\n", "words/w.txt is not UTF-8 text"),
        (b"a\nb\na\n", "has the token 'a' twice"),
    ],
)
def test_a_bad_file_is_said_at_the_path(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    (finding,) = check(tmp_path, content)
    assert message in finding.message
    assert (finding.span.line, finding.span.column) == (6, 36)


def test_more_tokens_than_padding_has_room_for(tmp_path: Path) -> None:
    more = ", output_mode: multi_hot, max_tokens: 3, pad_to_max_tokens: true"
    (finding,) = check(tmp_path, b"a\nb\nc\n", more)
    assert "has a file of 4 tokens, and `max_tokens` is 3" in finding.message
    assert check(tmp_path, b"a\nb\n", more) == []


def test_no_table_of_whole_numbers_comes_from_a_file(tmp_path: Path) -> None:
    (finding,) = check(tmp_path, b"1\n2\n", layer="IntegerLookup", dtype="int64")
    assert "reads no whole numbers from a file" in finding.message


def test_a_base_in_another_folder_brings_its_file(tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    assert check(base, b"a\nb\n") == []
    child = tmp_path / "child.yaml"
    child.write_text("modelspec: 1\nextends: base/spec.yaml\n")
    assert validate_file(child) == []
