"""Tokenizers: what they learn, texts to numbers and back, as inputs and as targets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.compile.stages import compile_text
from modelspec.data.tokens import Tokenizer, learn_tokenizer
from modelspec.diagnostics.findings import Findings
from modelspec.spec.data import TokenizerSpec

FRENCH = ["Le chat dort.", "le chien dort", "Le chat voit le chien !"]

MODEL = """{functional: {
  inputs: {seen: {shape: [5], dtype: int32}},
  layers: {code: {Embedding: {input_dim: 40, output_dim: 2}}, norm: LayerNormalization, join: Add,
           word: {Dense: {units: 40, activation: softmax}}},
  edges: [seen -> code -> norm, "code, norm -> join -> word"], outputs: word}}"""
PAIR = (
    "inputs: {seen: {column: fr, tokens: french, drop: last}}, "
    "targets: {word: {column: fr, tokens: french, drop: first}}}"
)
WORDS = 'tokens: {french: {words: 40, length: 6, start: "[start]", end: "[end]"}}'


def tokenizer_spec(options: str) -> TokenizerSpec:
    findings = Findings()
    text = (
        f"modelspec: 1\nmodel: {MODEL}\ndata: {{train: {{csv: t.csv}}, "
        f"tokens: {{french: {{{options}}}}}, {PAIR}\n"
    )
    opened = compile_text(text, "spec.yaml", Path("spec.yaml"), findings)
    assert opened is not None, [str(finding) for finding in findings]
    assert opened.spec.data is not None
    return opened.spec.data.tokens["french"]


def learned(options: str, *texts: str, folder: Path = Path()) -> Tokenizer:
    findings = Findings()
    spec = tokenizer_spec(f"{options}, length: 6")
    made = learn_tokenizer(spec, lambda: iter([list(texts)]), folder, findings)
    assert made is not None, [str(finding) for finding in findings]
    return made


def test_words_are_numbered_by_how_often_they_occur() -> None:
    made = learned("words: 40", *FRENCH)
    assert made.tokens == ("", "[UNK]", "le", "chat", "chien", "dort", "voit")
    ids = made.encode(["le CHIEN, dort!", "une souris", "", "le le le le le le le le"])
    assert ids.tolist() == [[2, 4, 5, 0, 0, 0], [1, 1, 0, 0, 0, 0], [0] * 6, [2] * 6]
    assert ids.dtype == np.int32
    assert made.decode(ids) == ["le chien dort", "[UNK] [UNK]", "", "le le le le le le"]


def test_no_more_tokens_than_asked_for() -> None:
    made = learned('words: 5, start: "[start]", end: "[end]"', *FRENCH)
    assert made.tokens == ("", "[UNK]", "[start]", "[end]", "le")
    assert made.encode(["le chat"]).tolist() == [[2, 4, 1, 3, 0, 0]]


def test_start_and_end_count_and_a_long_text_loses_its_end() -> None:
    made = learned('words: 40, start: "[start]", end: "[end]"', *FRENCH)
    ids = made.encode(["le chat", "le le le le le", ""])
    assert ids.tolist() == [[2, 4, 5, 3, 0, 0], [2, 4, 4, 4, 4, 4], [2, 3, 0, 0, 0, 0]]
    assert made.decode(ids) == ["le chat", "le le le le le", ""]
    assert made.decode(ids[:, 1:]) == ["le chat", "le le le le le", ""]


def test_what_is_replaced_and_standardized() -> None:
    made = learned('words: 40, standardize: lower, replace: {"<br />": " "}', "Ein Hund.<br />Er")
    assert made.tokens[2:] == ("ein", "er", "hund.")
    made = learned("words: 40, standardize: none", "Ein Hund.")
    assert made.tokens[2:] == ("Ein", "Hund.")


def test_characters() -> None:
    made = learned("chars: auto", "aab", "bać")
    assert made.tokens == ("", "[UNK]", "a", "b", "ć")
    assert made.encode(["cab"]).tolist() == [[1, 2, 3, 0, 0, 0]]
    assert made.decode(np.asarray([[2, 4, 3, 0]])) == ["aćb"]
    assert learned("chars: 4", "aab", "bac").tokens == ("", "[UNK]", "a", "b")


def test_bytes_of_all_texts() -> None:
    made = learned('bytes: true, start: "<s>", end: "</s>"')
    assert made.size == 259
    ids = made.encode(["a€", "\U0001f600!"])
    assert ids.tolist()[0] == [1, 3 + 97, 3 + 0xE2, 3 + 0x82, 3 + 0xAC, 2]
    assert made.decode(ids) == ["a€", "\U0001f600!"]
    assert made.decode(ids[:, :4]) == ["a\ufffd", "\ufffd"]  # cut inside a character


def test_wordpieces_are_the_same_each_time_and_at_most_as_many() -> None:
    pytest.importorskip("tokenizers")
    texts = [f"running runner runs {a}{b}ing walked" for a in "bcdfg" for b in "aeiou"]
    first, second = (learned("wordpiece: 60", *texts) for _ in range(2))
    assert first.tokens == second.tokens
    assert len(first.tokens) <= 60
    assert first.tokens[:2] == ("", "[UNK]")
    assert first.decode(first.encode(["running walked"])) == ["running walked"]
    assert learned("wordpiece: 12", *texts).size == 12


def test_vocabulary_files(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("le\nchat\n", encoding="utf-8")
    made = learned("vocabulary: words.txt, standardize: lower", folder=tmp_path)
    assert made.tokens == ("", "[UNK]", "le", "chat")
    assert made.encode(["Le chien"]).tolist() == [[2, 1, 0, 0, 0, 0]]
    (tmp_path / "letters.txt").write_text("a\nb\n \n", encoding="utf-8")
    made = learned("vocabulary: letters.txt, split: chars", folder=tmp_path)
    assert made.encode(["b a"]).tolist() == [[3, 4, 2, 0, 0, 0]]


def test_a_vocabulary_of_bert_keeps_its_numbers(tmp_path: Path) -> None:
    pytest.importorskip("tokenizers")
    lines = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "play", "##ing", "."]
    (tmp_path / "vocab.txt").write_text("\n".join(lines), encoding="utf-8")
    options = 'vocabulary: vocab.txt, start: "[CLS]", end: "[SEP]"'
    made = learned(options, folder=tmp_path)
    assert made.encode(["playing.", "é"]).tolist() == [[3, 5, 6, 7, 4, 0], [3, 2, 4, 0, 0, 0]]
    assert made.decode(made.encode(["playing ."])) == ["playing."]


def test_a_model_of_sentencepiece(tmp_path: Path) -> None:
    package = pytest.importorskip("sentencepiece")
    texts = [f"the {a} sees the {b}" for a in ("cat", "dog", "bird") for b in ("cat", "mouse")]
    prefix = str(tmp_path / "small")
    package.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_prefix=prefix, vocab_size=20, minloglevel=2
    )
    options = 'sentencepiece: small.model, start: "<s>", end: "</s>"'
    made = learned(options, folder=tmp_path)
    ids = made.encode(["the cat"])
    assert made.tokens[:4] == ("", "<unk>", "<s>", "</s>")
    assert (ids[0, 0], made.size) == (2, 21)
    assert made.decode(ids) == ["the cat"]
    again = Tokenizer.from_dict(made.to_dict())
    assert again.encode(["the dog"]).tolist() == made.encode(["the dog"]).tolist()


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6), st.integers(2, 9))
@settings(max_examples=60, deadline=None)
def test_numbers_are_below_the_size_and_padding_is_at_the_end(texts: list[str], most: int) -> None:
    for options in (f"words: {most + 3}", "chars: auto", "bytes: true"):
        spec = replace(tokenizer_spec(f'{options}, length: 6, end: "[end]"'), length=most)
        made = learn_tokenizer(spec, lambda: iter([texts]), Path(), Findings())
        if made is None:  # no text has a token
            assert spec.kind != "bytes"
            continue
        ids = made.encode(texts)
        assert ids.shape == (len(texts), most)
        assert (ids >= 0).all() and (ids < made.size).all()
        assert (np.diff((ids == 0).astype(int), axis=1) >= 0).all()
        again = Tokenizer.from_dict(made.to_dict())
        assert again == made
        if spec.kind == "bytes":
            whole = [len(text.encode()) < most for text in texts]
            found = made.decode(ids)
            assert all(a == b for a, b, fits in zip(found, texts, whole, strict=True) if fits)


def test_an_input_and_a_target_of_one_text(load: Any) -> None:
    files = {"t.csv": "fr\n" + "\n".join(['"le chat, dort"', "le chien", "Le chien dort"]) + "\n"}
    data, findings = load(f"{{train: {{csv: t.csv}}, {WORDS}, {PAIR}", files, MODEL)
    assert findings == []
    seen, word = data.train.inputs["seen"], data.train.targets["word"]
    assert seen.tolist()[0] == [2, 4, 7, 6, 3]
    assert (seen[:, 1:] == word[:, :-1]).all()
    made = data.learned.tokenizers["french"]
    assert made.decode(word) == ["le chat dort", "le chien", "le chien dort"]


def test_the_vocabulary_is_of_the_training_split_alone(load: Any) -> None:
    rows = "\n".join(f"word{number}" for number in range(20))
    section = f"{{train: {{csv: t.csv}}, validation: 0.5, {WORDS}, {PAIR}"
    data, _ = load(section, {"t.csv": f"fr\n{rows}\n"}, MODEL)
    made = data.learned.tokenizers["french"]
    assert len(made.tokens) == 4 + len(data.train)
    assert (data.train.inputs["seen"] != 1).all()
    assert (data.validation.inputs["seen"][:, 1] == 1).all()


@pytest.mark.parametrize("stream", ["true", "false"])
@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_every_table_gives_the_same(load: Any, tmp_path: Path, kind: str, stream: str) -> None:
    import pyarrow as pa
    import pyarrow.json
    import pyarrow.parquet as pq

    texts = [f"le chat {number % 7} dort" for number in range(50)]
    files: dict[str, Any] = {"t.csv": "fr\n" + "\n".join(texts) + "\n"}
    files["t.jsonl"] = "".join(f'{{"fr": "{text}"}}\n' for text in texts)
    pq.write_table(pa.table({"fr": texts}), tmp_path / "t.parquet", row_group_size=20)
    section = f"{{train: {{{kind}: t.{kind}}}, validation: 0.3, stream: {stream}, {WORDS}, {PAIR}"
    data, findings = load(section, files, MODEL)
    assert findings == []
    made = data.learned.tokenizers["french"]
    rows = data.train.rows
    assert made.decode(data.train.targets["word"]) == [texts[row] for row in rows]
    assert set(made.tokens[4:]) == {"le", "chat", "dort", *map(str, range(7))}


def test_a_missing_text_follows_its_rule(load: Any) -> None:
    files = {"t.csv": "n,fr\n1,le chat\n2,\n3,le chien\n"}
    section = f"{{train: {{csv: t.csv}}, {WORDS}, {PAIR}"
    data, findings = load(section, files, MODEL)
    assert data is None
    assert "values are missing: `fr` 1" in findings[0]
    filled = section[:-1] + ', missing: {fr: ""}}'
    data, findings = load(filled, files, MODEL)
    assert findings == []
    assert data.train.targets["word"].tolist()[1] == [3, 0, 0, 0, 0]
    dropped = section[:-1] + ", missing: {fr: drop}}"
    data, findings = load(dropped, files, MODEL)
    assert len(data.train) == 2


def test_messages_of_bad_tokenizers(assert_messages: Any) -> None:
    pytest.importorskip("sentencepiece")
    rows = {"t.csv": "fr\nle chat\nle chien\n", "sub/vocab.txt": "le\nchat\nle\n"}

    def case(tokens: str, **files: Any) -> tuple[str, dict[str, Any], str]:
        section = f"{{train: {{csv: t.csv}}, tokens: {{french: {{{tokens}, length: 6}}}}, {PAIR}"
        return section, rows | files, MODEL

    empty = {"t.csv": 'fr\n"!"\n"?"\n'}
    assert_messages(
        "tokens",
        {
            "no file": case("vocabulary: sub/vocabs.txt"),
            "twice in a vocabulary": case("vocabulary: sub/vocab.txt"),
            "an empty vocabulary": case("vocabulary: empty.txt", **{"empty.txt": ""}),
            "not text": case("vocabulary: bad.txt", **{"bad.txt": b"\xff\xfe\x00"}),
            "not a model": case("sentencepiece: sub/vocab.txt"),
            "no token": case("words: 9", **empty),
            "no text column": (
                f"{{train: {{npz: t.npz}}, {WORDS}, {PAIR}",
                {"t.npz": {"fr": np.zeros((3, 2))}},
                MODEL,
            ),
        },
    )


TOO_SMALL = """
modelspec: 1
data:
  train: {csv: sentences.csv}
  tokens:
    letters: {chars: auto, length: 12, start: "<s>", end: "</s>"}
  inputs:
    so_far: {column: text, tokens: letters, drop: last}
  targets:
    letter: {column: text, tokens: letters, drop: first}
model:
  sequential:
    input: {shape: [11], dtype: int32, name: so_far}
    layers:
      - Embedding: {input_dim: 6, output_dim: 8}
      - GRU: {units: 8, return_sequences: true}
      - Dense: {units: 8, activation: softmax, name: letter}
training: {optimizer: adam, loss: sparse_categorical_crossentropy}
"""


@pytest.mark.tensorflow
def test_what_is_learned_has_a_row_and_a_unit(tmp_path: Path) -> None:
    from modelspec.api.validation import validate_file

    (tmp_path / "sentences.csv").write_text("text\na cat\na dog\nno bird\n", encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(TOO_SMALL, encoding="utf-8")
    found = [
        str(finding).split(" [")[0] for finding in validate_file(tmp_path / "spec.yaml", data=True)
    ]
    assert [text.partition("error: ")[2] for text in found] == [
        "the tokenizer `letters` has 15 tokens after learning, and the output `letter` has 8 units",
        "6 rows are too few: the tokenizer `letters` has 15 tokens after learning",
    ]
