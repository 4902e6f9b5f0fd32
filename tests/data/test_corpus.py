"""The source `corpus`: windows over a text, the token after each, and splits in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.api.validation import validate_file

pytest.importorskip("numpy")

MODEL = """
  sequential:
    input: {shape: [3], dtype: int32, name: seen}
    layers:
      - Embedding: {input_dim: 30, output_dim: 4}
      - Flatten
      - Dense: {units: 30, activation: softmax, name: follows}
"""
DATA = "{train: {corpus: {path: 't*.txt', window: 3@}}, targets: next, inputs: text}"


def examples(made: Any, split: str) -> list[tuple[str, str]]:
    """Windows and targets as text; ? for unknown tokens."""
    part = getattr(made, split)
    found = part.inputs["seen"]
    windows = found.make(found.references).numpy() if hasattr(found, "make") else found
    (labels,) = made.learned.labels.values()
    words = ["?", *labels[1:]]
    follows = part.targets["follows"].ravel().tolist()
    seen = ["".join(words[number] for number in window) for window in windows.tolist()]
    return list(zip(seen, [words[number] for number in follows], strict=True))


@pytest.mark.tensorflow
def test_windows_of_characters(load: Any) -> None:
    made, findings = load(DATA.replace("@", ""), {"t1.txt": "abcde\r\n", "t2.txt": "eébca"}, MODEL)
    assert not findings
    expected = [("abc", "d"), ("bcd", "e"), ("cde", "\n"), ("eéb", "c"), ("ébc", "a")]
    assert examples(made, "train") == expected
    assert made.learned.labels == {"follows": ("[UNK]", "\n", "a", "b", "c", "d", "e", "é")}


@pytest.mark.tensorflow
def test_the_training_part_has_the_vocabulary_and_no_window_crosses_a_border(load: Any) -> None:
    text = "abcab" * 4 + "xabcx"
    data = DATA.replace("@", "")[:-1] + ", test: 0.2}"
    made, findings = load(data, {"t.txt": text}, MODEL)
    assert not findings
    assert made.learned.labels == {"follows": ("[UNK]", "a", "b", "c")}
    assert examples(made, "train") == [(text[i : i + 3], text[i + 3]) for i in range(17)]
    assert examples(made, "test") == [("?ab", "c"), ("abc", "?")]


@pytest.mark.tensorflow
def test_words_strides_and_the_most_frequent(load: Any) -> None:
    text = "to be or  not to\nbe to see"
    data = DATA.replace("@", ", tokens: words, stride: 2, most: 2")
    made, findings = load(data, {"t.txt": text}, MODEL)
    assert not findings
    assert made.learned.labels == {"follows": ("[UNK]", "be", "to")}
    assert examples(made, "train") == [("tobe?", "?"), ("??to", "be"), ("tobeto", "?")]


@pytest.mark.tensorflow
def test_a_prompt_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from modelspec.api.predicting import predict
    from modelspec.api.training import train

    monkeypatch.chdir(tmp_path)
    Path("t.txt").write_text("abcd" * 60)
    Path("spec.yaml").write_text(
        f"modelspec: 1\nmodel: {MODEL.replace('30', '5')}"
        f"data: {DATA.replace('@', ', stride: 3')[:-1]}, test: 0.2}}\n"
        "training: {epochs: 30, optimizer: {Adam: {learning_rate: 0.05}},"
        " loss: sparse_categorical_crossentropy, metrics: [accuracy]}\n"
    )
    run = train("spec.yaml", output="run")
    assert run.metrics["test_accuracy"] == 1
    Path("prompt.txt").write_text("dabcd")
    predict("run", "prompt.txt", output="out.csv")
    lines = Path("out.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["", "", "c", "d", "a"]


BAD = {
    "no-text": ({"t.txt": " \n"}, "", "t.txt has no text"),
    "short": ({"t.txt": "abc"}, "", "no window of 4 tokens fits into the train split of t.txt"),
    "not-text": ({"t.txt": b"\xff"}, "", "t.txt is not UTF-8 text"),
    "folds": ({"t.txt": "abcdef"}, "folds: 3", "`folds` would train on the future of a text"),
    "tokens": (
        {"t.txt": "abcdef"},
        "tokens: {t: {chars: auto}}",
        "a corpus is divided into tokens already",
    ),
    "where": ({"t.txt": "abcdef"}, "where: {text: a}", "a corpus has no columns for `where`"),
    "strata": ({"t.txt": "abc"}, "stratify: next", "a text is split in order, so `stratify`"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    files, more, expected = BAD[name]
    monkeypatch.chdir(tmp_path)
    for file, content in files.items():
        Path(file).write_bytes(content if isinstance(content, bytes) else content.encode())
    data = DATA.replace("@", "")[:-1] + f"{', ' * bool(more)}{more}}}"
    if name == "tokens":
        data = data.replace("inputs: text", "inputs: {seen: {column: text, tokens: t}}")
    Path("spec.yaml").write_text(f"modelspec: 1\nmodel: {MODEL}data: {data}\n")
    found = validate_file("spec.yaml", data=True)
    assert expected in found[0].message


def test_an_input_of_another_size_than_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = DATA.replace("window: 3@", "window: 5")
    Path("spec.yaml").write_text(f"modelspec: 1\nmodel: {MODEL}data: {data}\n")
    (finding,) = validate_file("spec.yaml")
    assert "the first axis of a text is its window, 5 tokens" in finding.message
    assert "give the input a shape [5]" in finding.hint
