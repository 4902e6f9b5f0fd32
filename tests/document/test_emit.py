"""What `emit` writes is what a person would write, and `load` reads back what it was."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.diagnostics.findings import Findings
from modelspec.document.emit import WIDTH, emit, format_scalar
from modelspec.document.load import load


def read_back(text: str) -> Any:
    findings = Findings()
    value = load(text, "test.yaml", findings)
    assert not findings.sorted()
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("relu", "relu"),
        ("on", "on"),
        ("no", "no"),
        ("12:30", "12:30"),
        ("null", '"null"'),
        ("true", '"true"'),
        ("1e-3", '"1e-3"'),
        ("017", '"017"'),
        ("0x1f", '"0x1f"'),
        (".inf", '".inf"'),
        ("", '""'),
        ("~", '"~"'),
        (" a", '" a"'),
        ("a: b", '"a: b"'),
        ("a:b", "a:b"),
        ("a #b", '"a #b"'),
        ("a#b", "a#b"),
        ("-", '"-"'),
        ("- a", '"- a"'),
        ("-a", "-a"),
        ("*", '"*"'),
        ("!tag", '"!tag"'),
        ("a\nb", '"a\\nb"'),
        ("\u2028", '"\\u2028"'),
        ("\x85", '"\\x85"'),
        ('say "hi"', 'say "hi"'),
        ("---", '"---"'),
        ("<<", '"<<"'),
        ("größe", "größe"),
        ("a, b -> add", "a, b -> add"),
        ("lstm[1] -> dense", "lstm[1] -> dense"),
        (None, "null"),
        (True, "true"),
        (1, "1"),
        (1.0, "1.0"),
        (1e-07, "1e-07"),
        (1e16, "1e+16"),
        (0.1 + 0.2, "0.30000000000000004"),
        (math.inf, ".inf"),
        (-math.inf, "-.inf"),
        (math.nan, ".nan"),
    ],
)
def test_scalars_are_quoted_only_where_they_must_be(value: Any, text: str) -> None:
    assert format_scalar(value) == text
    assert repr(read_back(f"k: {text}\n")["k"]) == repr(value)


def test_inside_brackets_more_is_quoted() -> None:
    assert emit({"a": {"b": ["x, y", "u:v", "w"]}}) == 'a:\n  b: ["x, y", "u:v", w]\n'


def test_a_spec_has_the_layout_of_the_language_reference() -> None:
    spec = {
        "modelspec": 1,
        "model": {
            "functional": {
                "inputs": {"x": {"shape": [28, 28, 1]}},
                "layers": {
                    "conv": {"Conv2D": {"filters": 64, "kernel_size": 3}},
                    "code": {"Sequential": {"layers": ["Flatten", {"Dense": {"units": 32}}]}},
                },
                "edges": ["x -> conv -> code"],
                "outputs": "code",
            }
        },
        "training": {"optimizer": {"Adam": {"learning_rate": 0.01}}, "loss": "mse"},
    }
    assert emit(spec, header="# made by hand") == (
        "# made by hand\n"
        "modelspec: 1\n"
        "model:\n"
        "  functional:\n"
        "    inputs:\n"
        "      x: {shape: [28, 28, 1]}\n"
        "    layers:\n"
        "      conv: {Conv2D: {filters: 64, kernel_size: 3}}\n"
        "      code: {Sequential: {layers: [Flatten, Dense: {units: 32}]}}\n"
        "    edges:\n"
        "      - x -> conv -> code\n"
        "    outputs: code\n"
        "training:\n"
        "  optimizer: {Adam: {learning_rate: 0.01}}\n"
        "  loss: mse\n"
    )


def test_a_stack_writes_each_layer_in_one_line() -> None:
    layers = [{"Dense": {"units": 10, "activation": "relu"}}, "Flatten"]
    spec = {"model": {"sequential": {"input": {"shape": [4]}, "layers": layers}}}
    assert emit(spec).splitlines()[2:] == [
        "    input: {shape: [4]}",
        "    layers:",
        "      - Dense: {units: 10, activation: relu}",
        "      - Flatten",
    ]


def test_what_does_not_fit_in_one_line_goes_over_several() -> None:
    long = {f"argument_{i}": f"value number {i}" for i in range(8)}
    text = emit({"a": {"layer": {"Big": long}, "items": [{"x": 1, "y": long}]}})
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "      argument_0: value number 0\n" in text
    assert "    - x: 1\n      y:\n        argument_0: value number 0\n" in text
    assert read_back(text) == {"a": {"layer": {"Big": long}, "items": [{"x": 1, "y": long}]}}


def test_long_lists_of_scalars_are_filled() -> None:
    words = [f"word{i}" for i in range(100)]
    text = emit({"a": {"vocabulary": words}})
    assert len(text.splitlines()) < 15
    assert max(map(len, text.splitlines())) <= WIDTH
    assert read_back(text) == {"a": {"vocabulary": words}}


def test_other_than_plain_data_is_refused() -> None:
    with pytest.raises(TypeError, match="got set"):
        emit({"a": {1, 2}})


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "-",
        "?",
        ":",
        "a: b",
        "a #",
        "[",
        "null",
        "1",
        "1.0",
        "- x",
        "? x",
        "<<",
        "...",
        "%x",
        "@",
        "'",
    ]
)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXT
_DATA = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_TEXT, inner, max_size=5),
    max_leaves=40,
)


@settings(max_examples=400)
@given(st.dictionaries(_TEXT, _DATA, min_size=1, max_size=4))
def test_load_reads_back_what_emit_wrote(data: dict[str, Any]) -> None:
    assert repr(read_back(emit(data))) == repr(data)  # repr tells 1 from 1.0 and true


@settings(max_examples=200)
@given(_DATA)
def test_the_places_of_a_model_read_back_too(data: Any) -> None:
    spec = {
        "modelspec": 1,
        "model": {"functional": {"layers": data, "edges": data, "outputs": data}},
    }
    assert repr(read_back(emit(spec))) == repr(spec)


@settings(max_examples=200)
@given(_DATA)
def test_emitting_twice_gives_the_same_text(data: Any) -> None:
    text = emit({"a": data})
    assert emit(read_back(text)) == text
