"""A spec that starts from another one: what merges, what is replaced, and whose place is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.api.specs import expand_file
from modelspec.api.validation import validate_file
from modelspec.compile.stages import compile_file
from modelspec.diagnostics.problems import SpecError

BASE = """\
modelspec: 1
params: {width: 4, rate: 0.5}
blocks:
  cell: {params: {n: 2}, sequential: {layers: [{Dense: {units: "${n}", activation: relu}}]}}
model:
  sequential:
    input: {shape: [8]}
    layers:
      - cell
      - Dropout: {rate: "${rate}"}
      - Dense: {units: "${width}", activation: relu}
      - Dense: {units: 1}
data:
  train: {csv: [data/a.csv, /data/b.csv, "${folder}/c.csv"]}
  validation: {npz: more/v.npz}
  targets: y
training:
  optimizer: {Adam: {learning_rate: 0.1, beta_1: 0.8}}
  loss: {MeanSquaredError: {reduction: sum}}
  metrics: [mae, mse]
  initial_weights: first.weights.h5
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "shared" / "base.yaml"
    path.parent.mkdir()
    path.write_text(BASE.replace("width: 4", "width: 4, folder: here"), encoding="utf-8")
    return path


def child(
    folder: Path, text: str, name: str = "child.yaml", base: str = "shared/base.yaml"
) -> Path:
    path = folder / name
    path.write_text(f"modelspec: 1\nextends: {base}\n{text}", encoding="utf-8")
    return path


def document(path: Path, overrides: dict[str, Any] | None = None) -> Any:
    return compile_file(path, overrides).spec.document


def test_mappings_merge_and_all_else_is_replaced(base: Path, tmp_path: Path) -> None:
    made = document(
        child(
            tmp_path,
            "params: {width: 3}\ntraining: {optimizer: {Adam: {beta_1: 0.7}}, metrics: [mape]}\n",
        )
    )
    assert "extends" not in made
    assert made["model"]["sequential"]["layers"][2] == {"Dense": {"units": 3, "activation": "relu"}}
    assert made["training"]["optimizer"] == {"Adam": {"learning_rate": 0.1, "beta_1": 0.7}}
    assert made["training"]["metrics"] == ["mape"]


def test_where_one_key_stands_another_replaces_it(base: Path, tmp_path: Path) -> None:
    text = (
        "blocks: {cell: {functional: {inputs: {x: {}}, layers: {a: {Dense: {units: 3}}},"
        " edges: [x -> a], outputs: a}}}\n"
        "data: {validation: {csv: v.csv}}\n"
        "training: {optimizer: {SGD: {momentum: 0.9}}, loss: {Huber: {delta: 2.0}}}\n"
    )
    made = document(child(tmp_path, text))
    assert made["training"]["optimizer"] == {"SGD": {"momentum": 0.9}}
    assert made["training"]["loss"] == {"Huber": {"delta": 2.0}}
    assert made["data"]["validation"] == {"csv": "v.csv"}
    assert list(made["model"]["sequential"]["layers"][0]) == ["Functional"]


def test_a_source_replaces_the_share_of_the_latest_rows(tmp_path: Path) -> None:
    base = (
        "modelspec: 1\nmodel: {sequential: {input: {shape: [2]}, layers: [Dense: {units: 1}]}}\n"
        "data: {train: {csv: t.csv}, test: {share: 0.2, by: day, format: '%d'}, targets: y}\n"
    )
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    made = document(child(tmp_path, "data: {test: {csv: u.csv}}\n", base="base.yaml"))
    assert made["data"]["test"] == {"csv": "u.csv"}
    made = document(child(tmp_path, "data: {test: {share: 0.1}}\n", base="base.yaml"))
    assert made["data"]["test"] == {"share": 0.1, "by": "day", "format": "%d"}


def test_another_kind_of_tokenizer_replaces_the_base_s(tmp_path: Path) -> None:
    base = (
        "modelspec: 1\nmodel: {sequential: {input: {shape: [8], dtype: int32, name: text}, layers:"
        " [Embedding: {input_dim: 9, output_dim: 2}, Flatten, Dense: {units: 1, name: y}]}}\n"
        "data:\n  train: {csv: t.csv}\n  tokens: {t: {words: 9, length: 8}}\n"
        "  inputs: {text: {column: text, tokens: t}}\n  targets: {y: y}\n"
    )
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    made = document(child(tmp_path, "data: {tokens: {t: {chars: 9}}}\n", base="base.yaml"))
    assert made["data"]["tokens"]["t"] == {"length": 8, "chars": 9}


def test_a_table_of_files_replaces_the_base_s_folder(tmp_path: Path) -> None:
    base = (
        "modelspec: 1\nmodel: {sequential: {input: {shape: [8, 8, 3]}, layers:"
        " [Flatten, Dense: {units: 1, name: y}]}}\n"
        "data: {train: {images: {path: pictures, color: rgb}}, targets: {y: label}}\n"
    )
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    made = document(child(tmp_path, "data: {train: {images: {csv: p.csv}}}\n", base="base.yaml"))
    assert made["data"]["train"] == {"images": {"color": "rgb", "csv": "p.csv"}}


@pytest.mark.usefixtures("base")
def test_phases_replace_the_epochs_of_the_base(tmp_path: Path) -> None:
    whole = child(tmp_path, "training: {epochs: 3}\n", "whole.yaml")
    phases = "training: {phases: [{epochs: 2, optimizer: adam}]}\n"
    phased = child(tmp_path, phases, "phased.yaml", base=whole.name)
    assert document(phased)["training"]["phases"] == [{"epochs": 2, "optimizer": "adam"}]
    assert "epochs" not in document(phased)["training"]
    again = document(child(tmp_path, "training: {epochs: 7}\n", base=phased.name))["training"]
    assert again["epochs"] == 7
    assert "phases" not in again


def test_losses_of_other_outputs_stand_beside_each_other(tmp_path: Path) -> None:
    model = (
        "model: {functional: {inputs: {x: {shape: [3]}}, layers: {a: {Dense: {units: 1}},"
        " b: {Dense: {units: 1}}}, edges: [x -> a, x -> b], outputs: [a, b]}}\n"
    )
    base = f"modelspec: 1\n{model}training: {{optimizer: adam, loss: {{a: mse}}}}\n"
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    path = child(tmp_path, "training: {loss: {b: mae}}\n", base="base.yaml")
    assert document(path)["training"]["loss"] == {"a": "mse", "b": "mae"}


def test_a_model_of_the_other_kind_replaces_the_base_s(base: Path, tmp_path: Path) -> None:
    text = (
        "params: {width: 4}\nmodel: {functional: {inputs: {x: {shape: [3]}}, layers:"
        " {a: {Dense: {units: '${width}', activation: relu}}, b: {Dropout: {rate: '${rate}'}},"
        " c: {cell: {n: 1}}},"
        " edges: [x -> a -> b -> c], outputs: c}}\n"
    )
    assert list(document(child(tmp_path, text))["model"]) == ["functional"]


def test_null_replaces_too(base: Path, tmp_path: Path) -> None:
    path = child(tmp_path, "training: {optimizer: {Adam: {beta_1: null}}}\n")
    (finding,) = validate_file(path)
    assert (finding.code, Path(finding.span.file), finding.span.line) == ("wrong-value", path, 3)


def test_paths_of_the_base_lead_from_the_child(base: Path, tmp_path: Path) -> None:
    made = document(child(tmp_path, "data: {stratify: y}\n"))
    assert made["data"]["train"]["csv"] == ["shared/data/a.csv", "/data/b.csv", "here/c.csv"]
    assert made["data"]["validation"] == {"npz": "shared/more/v.npz"}
    assert made["training"]["initial_weights"] == "shared/first.weights.h5"


def test_paths_lead_from_where_the_expanded_text_will_stand(base: Path, tmp_path: Path) -> None:
    text = expand_file(base, folder=tmp_path)
    assert "npz: shared/more/v.npz" in text
    assert "npz: more/v.npz" in expand_file(base)


def test_a_chain_and_set_after_it(base: Path, tmp_path: Path) -> None:
    child(tmp_path, "params: {width: 5}\n", "middle.yaml")
    last = child(tmp_path, "params: {rate: 0.1}\n", "last.yaml", "middle.yaml")
    layers = document(last)["model"]["sequential"]["layers"]
    assert layers[1:3] == [
        {"Dropout": {"rate": 0.1}},
        {"Dense": {"units": 5, "activation": "relu"}},
    ]
    assert compile_file(last).spec.name == "last"
    layers = document(last, {"params.width": 6})["model"]["sequential"]["layers"]
    assert layers[2] == {"Dense": {"units": 6, "activation": "relu"}}


def test_set_may_choose_the_base(base: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("modelspec: 1\nparams: {width: 9}\n", encoding="utf-8")
    layers = document(path, {"extends": "shared/base.yaml"})["model"]["sequential"]["layers"]
    assert layers[2] == {"Dense": {"units": 9, "activation": "relu"}}


def test_a_fault_in_the_base_names_the_base_and_the_param_of_the_child(
    base: Path, tmp_path: Path
) -> None:
    path = child(tmp_path, "params: {rate: 7}\n")
    with pytest.raises(SpecError) as caught:
        compile_file(path)
    (finding,) = caught.value.findings
    assert (Path(finding.span.file), finding.span.line) == (base, 10)
    assert [Path(place.span.file) for place in finding.related] == [path]


def test_of_several_a_later_one_counts_before_an_earlier_one(base: Path, tmp_path: Path) -> None:
    more = "training: {epochs: 5, seed: 3}\nblocks:\n  unused: {sequential: {layers: [Flatten]}}\n"
    (tmp_path / "shared" / "more.yaml").write_text(more, encoding="utf-8")
    path = child(tmp_path, "training: {seed: 4}\n", base="[shared/base.yaml, shared/more.yaml]")
    found = document(path)
    assert (found["training"]["epochs"], found["training"]["seed"]) == (5, 4)
    assert found["training"]["loss"] == {"MeanSquaredError": {"reduction": "sum"}}
    assert "unused-block" not in {finding.code for finding in validate_file(path)}


def test_blocks_are_imported_from_files_of_blocks_alone(tmp_path: Path) -> None:
    for name, units in (("small", 2), ("large", 9)):
        block = f"blocks:\n  {name}: {{sequential: {{layers: [{{Dense: {{units: {units}}}}}]}}}}\n"
        (tmp_path / f"{name}.yaml").write_text(block, encoding="utf-8")
    model = "model: {sequential: {input: {shape: [4]}, layers: [small, large]}}\n"
    path = child(tmp_path, model, base="[small.yaml, large.yaml]")
    assert validate_file(path) == []
    (output,) = compile_file(path).analysis.outputs.values()
    assert output.shape == (None, 9)


def test_paths_of_a_base_of_a_base_lead_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    text = BASE.replace("/data/b.csv", "b.csv").replace(', "${folder}/c.csv"', "")
    (tmp_path / "a" / "b" / "deep.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "a" / "near.yaml").write_text("extends: b/deep.yaml\n", encoding="utf-8")
    found = document(child(tmp_path, "", base="a/near.yaml"))
    assert found["data"]["train"]["csv"] == ["a/b/data/a.csv", "a/b/b.csv"]


def test_lists_that_extend_lists_end(tmp_path: Path) -> None:
    for number in range(19):
        text = f"extends: [n{number + 1}.yaml, n{number + 1}.yaml]\n"
        (tmp_path / f"n{number}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "n19.yaml").write_text("params: {a: 1}\n", encoding="utf-8")
    found = validate_file(child(tmp_path, "", base="n0.yaml"))
    assert [finding.message for finding in found] == ["more than 100 files are read for `extends`"]
