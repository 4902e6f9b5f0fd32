"""`modelspec expand`: everything in sight, the same model, and nothing left to expand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.building import build, build_opened
from modelspec.api.specs import expand_file
from modelspec.cli import run
from modelspec.compile.stages import CompiledSpec, compile_text
from modelspec.diagnostics.finding import Span
from modelspec.diagnostics.findings import Findings
from modelspec.schema.catalogue import class_schema, names_of_kind
from modelspec.spec.expressions import JOB_NAMES, words_in
from modelspec.spec.extensions import ALLOW_EXTENSIONS
from modelspec.spec.fill import fill_defaults
from modelspec.spec.model.parse import parse_object

TESTS = Path(__file__).parent.parent
SPECS = sorted((TESTS / "specs_ok").glob("*.*")) + sorted((TESTS.parent / "specs").glob("*.yaml"))


def reopened(text: str) -> CompiledSpec:
    findings = Findings()
    opened = compile_text(text, "expanded.yaml", None, findings)
    assert opened is not None, findings.sorted()
    return opened


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_expanding_twice_changes_nothing(path: Path, tmp_path: Path) -> None:
    text = expand_file(path)
    again = tmp_path / "again.yaml"
    again.write_text(text, encoding="utf-8")
    assert expand_file(again) == text


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_what_is_expanded_holds_no_expression_block_or_base(path: Path) -> None:
    document = reopened(expand_file(path)).spec.document
    assert not {"params", "blocks", "extends"} & document.keys()
    texts = json.dumps({key: item for key, item in document.items() if key != "description"})
    left = [
        text for text in re.findall(r"\$\{[^}]*\}", texts) if JOB_NAMES.isdisjoint(words_in(text))
    ]
    assert left == []
    assert '"repeat"' not in texts


@pytest.mark.tensorflow
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_what_is_expanded_builds_the_same_model(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    monkeypatch.setenv(ALLOW_EXTENSIONS, "1")
    monkeypatch.chdir(path.parent)  # a text without a file has its extensions here
    keras.utils.clear_session()
    expected = build(path)
    keras.utils.clear_session()
    made = build_opened(reopened(expand_file(path)))
    assert configuration(made) == configuration(expected)
    assert made.name == expected.name


def configuration(model: Any) -> str:
    return json.dumps(model.get_config(), sort_keys=True, default=str)


STACK = {"sequential": {"input": {"shape": [4]}, "layers": ["Flatten"]}}


def test_arguments_come_in_keras_s_order_with_every_default() -> None:
    layers = [{"Dense": {"activation": "relu", "units": 3}}, "Flatten"]
    model = {"sequential": {"input": {"shape": [4]}, "layers": layers}}
    made = fill_defaults({"modelspec": 1, "model": model}, "one")["model"]["sequential"]
    assert made["input"] == {
        "name": "input_layer", "shape": [4], "dtype": "float32", "sparse": False, "ragged": False
    }  # fmt: skip
    dense = made["layers"][0]["Dense"]
    assert list(dense)[:4] == ["units", "activation", "use_bias", "kernel_initializer"]
    assert dense["bias_initializer"] == {"Zeros": {}}
    assert (dense["name"], dense["activation"]) == ("dense", "relu")
    assert made["layers"][1]["Flatten"]["name"] == "flatten"


def test_aliases_become_keras_s_own_names_and_keep_their_layer_s_name() -> None:
    layers: list[Any] = [{"Convolution2D": {"filters": 1, "kernel_size": 3}}, "MaxPool2D"]
    layers += [{"ops.numpy.max": {"axis": -1}}]
    model = {"sequential": {"input": {"shape": [8, 8, 1]}, "layers": layers}}
    made = fill_defaults({"model": model}, "one")["model"]["sequential"]["layers"]
    assert [next(iter(layer)) for layer in made] == ["Conv2D", "MaxPooling2D", "ops.max"]
    assert made[0]["Conv2D"]["name"] == "convolution2d"


def test_tensors_of_an_op_stay_free_for_the_edges() -> None:
    layers = {"pick": {"ops.where": None}, "add": {"ops.add": {"x2": 1}}}
    graph = {"inputs": {"x": {"shape": [1]}}, "layers": layers, "edges": [], "outputs": "add"}
    made = fill_defaults({"model": {"functional": graph}}, "one")["model"]["functional"]["layers"]
    assert made == {"pick": {"ops.where": {}}, "add": {"ops.add": {"x2": 1}}}


def test_nested_models_take_no_trainable_that_was_not_written() -> None:
    inner = {"Sequential": {"layers": [{"Dense": {"units": 2, "trainable": False}}]}}
    model = {"sequential": {"input": {"shape": [4]}, "layers": [inner]}}
    (made,) = fill_defaults({"model": model}, "one")["model"]["sequential"]["layers"]
    assert "trainable" not in made["Sequential"]  # it would set that of the layers inside
    assert made["Sequential"]["name"] == "sequential"


def test_functions_keep_their_names_and_objects_get_their_defaults() -> None:
    training = {
        "optimizer": "adam",
        "loss": {"a": "mse", "b": {"Huber": None}},
        "metrics": {"a": ["mae", {"MeanMetricWrapper": None}], "b": "accuracy"},
        "callbacks": ["TerminateOnNaN", {"EarlyStopping": {"patience": 2}}],
        "loss_weights": {"a": 2},
    }
    made = fill_defaults({"model": STACK, "training": training}, "one")["training"]
    assert made["optimizer"]["Adam"]["learning_rate"] == 0.001
    assert made["loss"]["a"] == "mse"
    assert made["loss"]["b"]["Huber"]["delta"] == 1.0
    assert made["metrics"]["b"] == "accuracy"
    assert made["callbacks"][0] == {"TerminateOnNaN": {"raise_error": False}}
    assert made["callbacks"][1]["EarlyStopping"]["monitor"] == "val_loss"
    assert (made["epochs"], made["seed"], made["loss_weights"]) == (1, 0, {"a": 2})


def test_a_text_that_looks_like_an_expression_is_escaped() -> None:
    made = fill_defaults({"description": "a ${b} $${c}", "model": STACK}, "one")
    assert made["description"] == "a $${b} $$${c}"


KINDS = ("layer", "initializer", "regularizer", "constraint", "optimizer", "loss", "metric")
NOT_ALONE = ("Sequential", "Functional", "STFT", "STFTSpectrogram", "Discretization")
"""Models, what needs SciPy, and a layer that needs one of two arguments."""


@pytest.mark.tensorflow
@pytest.mark.parametrize("kind", KINDS)
def test_defaults_written_out_make_the_same_object(kind: str) -> None:
    from modelspec.building.objects import make_object
    from modelspec.spec.fill import _object

    def made(value: Any) -> str:
        item = make_object(parse_object(value, kind, Span("x", 1, 1, 1, 1), Findings()))
        config = item.get_config() if hasattr(item, "get_config") else {}
        drawn = config.get("seed") is not None  # by chance, and anew for each object
        return json.dumps({**config, **({"seed": 0} if drawn else {})}, sort_keys=True, default=str)

    tried = 0
    for name in sorted(names_of_kind(kind)):
        known = class_schema(kind, name)
        if known is None or known.name != name or known.required or name in NOT_ALONE:
            continue
        args = {"name": "one"} if "name" in known.properties else None
        assert made(_object({name: args}, kind)) == made({name: args}), name
        tried += 1
    assert tried >= 3


def test_the_command_writes_a_file_and_never_over_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, out = str(TESTS / "specs_ok" / "blocks-and-repeat.yaml"), tmp_path / "full.yaml"
    assert run(["expand", spec, "--set", "params.filters=4"]) == 0
    printed = capsys.readouterr().out
    assert run(["expand", spec, "--set", "params.filters=4", "-o", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == printed
    assert "filters: 4\n" in printed
    assert run(["expand", spec, "-o", str(out)]) == 2
    assert out.read_text(encoding="utf-8") == printed
    assert run(["expand", spec, "-o", str(out), "--force"]) == 0
    assert out.read_text(encoding="utf-8") != printed


def test_the_command_prints_the_findings_of_a_faulty_spec(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["expand", str(TESTS / "specs_bad" / "block-cycle.yaml")]) == 1
    assert "[block-cycle]" in capsys.readouterr().err
