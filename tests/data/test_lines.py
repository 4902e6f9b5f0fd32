"""The source `lines`, and the options of folders of texts."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.validation import validate_file

np = pytest.importorskip("numpy")

MODEL = """
  sequential:
    input: {shape: [1], dtype: string, name: words}
    layers:
      - TextVectorization: {max_tokens: 50, output_mode: multi_hot, pad_to_max_tokens: true}
      - Dense: {units: 3, name: kind}
"""
LINES = "{train: {lines: OPTIONS}, inputs: text, targets: {kind: {column: text, labels: auto}}}"


@pytest.mark.tensorflow
@pytest.mark.parametrize("stream", ["false", "true"])
def test_a_line_is_an_example(load: Any, stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelspec.data.sources.lines.CHUNK_LINES", 2)
    files = {"a1.txt": "\ufeffone\r\n\ntwo words\nab\n", "a2.txt.gz": gzip.compress(b"three")}
    data = LINES.replace("OPTIONS", "{path: 'a*', min_length: 3}")
    made, findings = load(data[:-1] + f", stream: {stream}}}", files, MODEL)
    assert not findings
    assert made.learned.labels == {"kind": ("one", "three", "two words")}
    assert made.train.targets["kind"].ravel().tolist() == [0, 2, 1]
    found = made.train.inputs["words"]
    if stream == "true":
        found = found.make(found.references).numpy().astype(str)
    assert found.ravel().tolist() == ["one", "two words", "three"]


SPEC = f"modelspec: 1\nmodel: {MODEL}data: {LINES}\n"


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [
        (b"", "t.txt", "t.txt has no line of at least 1 character"),
        (b"a\nbb\n", "{path: t.txt, min_length: 3}", "t.txt has no line of at least 3 characters"),
        (b"caf\xe9\n", "t.txt", "t.txt is not UTF-8 text"),
    ],
)
def test_bad_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, options: str, expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.txt").write_bytes(content)
    Path("spec.yaml").write_text(SPEC.replace("OPTIONS", options))
    (finding,) = validate_file("spec.yaml", data=True)
    assert finding.message == expected


TEXTS = "{train: {texts: {path: mails, OPTIONS}}, targets: label}"
MAILS = {
    "mails/neg/1": "Subject: x\n\nbad",
    "mails/neg/2.TXT": "From: y\n\nworse",
    "mails/pos/1": "Subject: z\n\ngood\nvery",
    "mails/unsup/1.txt": "no class",
}


@pytest.mark.tensorflow
def test_classes_endings_and_headers_of_texts(load: Any) -> None:
    options = "classes: [pos, neg], endings: ['.txt', ''], skip_lines: 2"
    made, findings = load(TEXTS.replace("OPTIONS", options), MAILS, MODEL)
    assert not findings
    assert made.train.inputs["words"].ravel().tolist() == ["bad", "worse", "good\nvery"]
    assert made.learned.labels == {"kind": ("neg", "pos")}


@pytest.mark.tensorflow
def test_texts_without_such_classes_and_endings(load: Any) -> None:
    _, findings = load(TEXTS.replace("OPTIONS", "classes: [neg, poss]"), MAILS, MODEL)
    assert 'mails has no class folder `poss`; did you mean "pos"?' in "\n".join(findings)
    _, findings = load(TEXTS.replace("OPTIONS", "classes: [pos], endings: ['.md']"), MAILS, MODEL)
    assert "the class folder mails/pos has no file that can be read" in findings[0]
    assert "add files that end in .md" in findings[0]
