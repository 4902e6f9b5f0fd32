"""Model cards, read by huggingface_hub and by a parser of CommonMark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from card_runs import KIND, METRICS, SPEC, make_run
from markdown_it import MarkdownIt

import modelspec

hub = pytest.importorskip("huggingface_hub")


def read(text: str) -> Any:
    """The card as the client of the hub reads it; it refuses wrong metadata."""
    return hub.ModelCard(text, ignore_metadata_errors=False)


def test_the_hub_reads_its_metadata(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    data = read(modelspec.card(folder, license="Apache-2.0", languages=["en", "de"])).data
    assert data.library_name == "keras"
    assert data.license == "apache-2.0"
    assert data.language == ["en", "de"]
    assert data.pipeline_tag == "tabular-classification"
    assert data.model_name == "flowers"
    measured = {
        (one.dataset_split, one.metric_name.split(" ")[0]): one.metric_value
        for one in data.eval_results
    }
    expected = {(s, name): v for s, values in METRICS.items() for name, v in values.items()}
    assert measured == expected
    assert {one.dataset_name for one in data.eval_results} == {"flowers.csv"}
    assert {one.metric_type for one in data.eval_results} == {"accuracy", "loss"}
    again = hub.ModelCardData(**data.to_dict())
    assert again.to_dict()["model-index"] == data.to_dict()["model-index"]


def test_what_nobody_said_is_left_out(tmp_path: Path) -> None:
    data = read(modelspec.card(make_run(tmp_path / "run"))).data.to_dict()
    assert "license" not in data
    assert "language" not in data


def test_texts_that_yaml_reads_as_something_else(tmp_path: Path) -> None:
    text = SPEC.replace("name: flowers", 'name: "2026-01-02"').replace("flowers.csv", '"yes"', 1)
    text = text.replace('{csv: "yes"}', '{csv: "on"}')
    data = read(modelspec.card(make_run(tmp_path / "run", text), languages=["no"])).data
    assert data.model_name == "2026-01-02"
    assert data.language == ["no"]
    assert {one.dataset_name for one in data.eval_results} == {"on"}


def test_numbers_that_are_none_are_left_out(tmp_path: Path) -> None:
    metrics = {"test": {"loss": None, "accuracy": 0.5}}
    folder = make_run(tmp_path / "run", metrics=metrics)
    text = modelspec.card(folder)
    assert [one.metric_name for one in read(text).data.eval_results] == ["accuracy (test)"]
    assert "| `loss` | not a number |" in text


HOSTILE = (
    "<script>alert(1)</script> _bold_ [link](https://evil.example) ![x](y.png) `code`"
    " | cell | # head @user https://evil.example $x$ ~~no~~"
)


def hostile(quoted: str) -> str:
    name = f"'{quoted}'"
    return (
        SPEC.replace("description: Which flower it is.", f"description: {name}")
        .replace("flowers.csv", name)
        .replace("labels: [a, b, c]", f"labels: [a, b, {name}]")
        .replace("column: kind", f"column: {name}")
    )


@pytest.mark.parametrize(
    "text", [HOSTILE, "---", "1. one", "- list", "# head", "```", "a ``` b", "> quote", "| a |"]
)
def test_what_a_spec_says_is_no_markup(text: str, tmp_path: Path) -> None:
    meaning = {**KIND, "labels": ["a", "b", text], "columns": [text]}
    files = [{"path": text, "splits": ["train"], "sha256": "ab" * 32}]
    folder = make_run(
        tmp_path / "run",
        hostile(text),
        outputs={"kind": meaning},
        files=files,
        overrides=f"training.seed: '{text}'\n",
    )
    plain = make_run(tmp_path / "plain", overrides="training.seed: 3\n")
    found, expected = (structure(read(modelspec.card(one)).text) for one in (folder, plain))
    assert found == expected


def structure(markdown: str) -> list[str]:
    """The parts of a text, with what is in each line as its own kinds."""
    parser = MarkdownIt().enable("table")
    kinds = []
    for token in parser.parse(markdown):
        kinds.append(token.type)
        kinds += [
            one.type
            for one in token.children or ()
            if one.type not in ("text", "text_special", "softbreak", "code_inline")
        ]
    return kinds


def test_a_missed_expectation_is_said(tmp_path: Path) -> None:
    text = modelspec.card(make_run(tmp_path / "run"))
    assert "| `test_accuracy` | all | at least 0.9 | 0.85 | **missed** |" in text
    assert "- It misses what its spec expects of test\\_accuracy." in text


def test_limits_come_from_the_spec(tmp_path: Path) -> None:
    text = SPEC.replace("  test: 0.2\n", "  where: {length: {min: 3}}\n").partition("expect:")[0]
    card = modelspec.card(make_run(tmp_path / "run", text, metrics={"train": {"loss": 1.0}}))
    assert "It was not evaluated on a test split" in card
    assert "It was trained on the rows that meet length: " in card


def test_the_command_of_the_training_is_not_told(tmp_path: Path) -> None:
    for form in ("huggingface", "cyclonedx"):
        assert "/secret" not in modelspec.card(make_run(tmp_path / form), form=form)


def test_overrides_are_told_and_reproduced(tmp_path: Path) -> None:
    overrides = "training.epochs: 3\ndata.where: {kind: [a, 'b c']}\n"
    card = modelspec.card(make_run(tmp_path / "run", overrides=overrides))
    command = (
        """modelspec train spec.yaml --set training.epochs=3 --set 'data.where={kind: [a, b c]}'"""
    )
    assert command in card


def test_a_run_that_can_be_compared_says_how(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    assert "modelspec reproduce" not in modelspec.card(folder)
    (folder / "lock.json").write_text("{}")
    card = modelspec.card(folder)
    assert "`modelspec reproduce` with its folder" in card
    assert "| `lock.json` | what decides the bits of the training |" in card


def test_folds_have_means_and_each_model(tmp_path: Path) -> None:
    deviation = {"test": {"loss": 0.01, "accuracy": 0.02}}
    text = SPEC.replace("  test: 0.2\n", "  test: 0.2\n  folds: 2\n")
    folder = make_run(
        tmp_path / "run",
        text,
        members=["fold-1", "fold-2"],
        metrics={**METRICS, "folds": 2, "deviation": deviation},
    )
    card = modelspec.card(folder)
    assert "It was trained 2 times" in card
    assert "`fold-1/model.keras` and `fold-2/model.keras`" in card
    assert "0.85 ± 0.02" in card
    assert 'load_model("fold-1/model.keras")' in card
    assert read(card).data.eval_results


def test_a_gan_is_described_as_one(tmp_path: Path) -> None:
    specs = Path(__file__).parents[2] / "specs"
    folder = make_run(
        tmp_path / "run",
        (specs / "gan.yaml").read_text(encoding="utf-8"),
        outputs={"pixels": {"kind": "numbers", "labels": None, "columns": []}},
    )
    card = modelspec.card(folder)
    assert "It is the generator of a pair" in card
    assert "| `noise` | `[batch, 16]` |" in card
    assert "| `image` |" not in card  # is of the discriminator
    assert "pipeline_tag" not in card  # arrays could be anything
    assert read(card).data.tags == ["keras", "modelspec", "generation"]


def test_extensions_are_told(tmp_path: Path) -> None:
    text = SPEC.replace("modelspec: 1\n", "modelspec: 1\nextensions: [my_code]\n").replace(
        "Dense: {units: 3, activation: softmax, name: kind}",
        "my_code>Kinds: {name: kind}",
    )
    card = modelspec.card(make_run(tmp_path / "run", text))
    assert "The model has classes of `my_code`" in card
    assert "modelspec train spec.yaml --allow-extensions" in card
