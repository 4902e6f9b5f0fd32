"""`modelspec explain`: codes, Keras's names, and what is neither."""

from __future__ import annotations

import pytest

from modelspec.cli import run
from modelspec.report.code_pages import known_codes
from modelspec.report.explain_pages import class_names, class_page, classes_named


def explained(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["explain", name]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("code", sorted(known_codes()))
def test_every_code_has_a_page(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = explained(code, capsys)
    assert page.startswith(f"{code}\n")
    if "a spec that triggers it:" in page:
        assert f"[{code}]" in page, "the example does not give the code"


def test_the_page_of_a_lint_has_both_specs(capsys: pytest.CaptureFixture[str]) -> None:
    page = explained("softmax-over-one-unit", capsys)
    assert "activation: softmax" in page.partition("fixed:")[0]
    assert "activation: sigmoid" in page.partition("fixed:")[2]
    assert "example.yaml:5:45: warning: " in page


def test_a_layer_has_its_arguments_with_types_and_defaults(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = explained("Dense", capsys)
    assert page.startswith("Dense: a layer\n  Connects every input to every unit.\n")
    assert "  units: a positive integer, required\n      The size of the last axis" in page
    assert "  kernel_initializer: an initializer, by default glorot_uniform\n" in page


def test_an_alias_says_what_it_stands_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert "another name of MaxPooling2D" in explained("MaxPool2D", capsys)
    assert "adam: an optimizer, another name of Adam" in explained("adam", capsys)


def test_a_name_of_two_kinds_has_two_pages(capsys: pytest.CaptureFixture[str]) -> None:
    page = explained("mse", capsys)
    assert "mse: a loss, " in page
    assert "mse: a metric, " in page


def test_an_op_takes_tensors_from_edges(capsys: pytest.CaptureFixture[str]) -> None:
    page = explained("ops.matmul", capsys)
    assert page.startswith("ops.matmul: a function of keras.ops, used as a layer\n")
    assert "the tensors `x1` and `x2`" in page
    assert "from an edge, or a constant" in page


def test_every_name_of_keras_has_a_page() -> None:
    names = set(class_names())
    assert len(names) > 700
    for name in names:
        for schema in classes_named(name):
            assert class_page(schema, name).startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("name", "nearest"), [("Dence", "Dense"), ("unused-layers", "unused-layer"), ("adm", "adam")]
)
def test_an_unknown_name_is_refused_with_the_nearest(
    name: str, nearest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", name]) == 2
    assert f'did you mean "{nearest}"?' in capsys.readouterr().err


def test_without_a_name_all_codes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(known_codes())
    assert all(len(line.split()) > 3 for line in lines)


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("Lambda", "`extensions`"),
        ("LearningRateScheduler", "`CosineDecay`"),
        ("BackupAndRestore", "`train --resume`"),
        ("Input", "`inputs`"),
        ("ops.shape", "no tensor"),
        ("concatenate", "`Concatenate`"),
    ],
)
def test_what_a_spec_cannot_say_is_not_denied(
    name: str, instead: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = " ".join(explained(name, capsys).split())
    assert page.startswith(f"{name}: in Keras, but not in a spec A spec cannot say keras.")
    assert instead in page


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("ops.sum", "one tensor, `x`. After these, an edge may give `axis` and `keepdims` too"),
        ("ops.where", "the tensors `condition`, `x1` and `x2`.\n"),
        ("ops.concatenate", "a list of tensors. After these, an edge may give `axis` too"),
        ("ops.einsum", "any number of tensors."),
    ],
)
def test_only_the_tensors_of_an_op_are_called_tensors(
    name: str, call: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = explained(name, capsys)
    assert " ".join(call.split()) in " ".join(page.split())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("when", "when: true, false or an expression\n  Whether the layer is there."),
        ("repeat", "layers.repeat: a mapping with `times` and `layers`\n"),
        ("params", "params: a mapping from names to values\n"),
        ("units", "GRUCell, LSTM, LSTMCell, SimpleRNN and SimpleRNNCell take it.\n"),
        ("Dense.units", "Dense, a layer:\n  units: a positive integer, required\n"),
        ("multi_hot", "data.target.multi_hot: "),
        ("training.gan.discriminator_steps", "training.gan.discriminator_steps: "),
        ("Weight", "Weight: a layer\n  A learned tensor that no edge leads into"),
    ],
)
def test_keys_of_the_language_and_arguments_have_pages(
    name: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in explained(name, capsys)
