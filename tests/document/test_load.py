"""Text to located data: the scalar rules of YAML 1.2, places, and what is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.diagnostics.findings import Findings
from modelspec.document.load import load, read
from modelspec.document.located import LocatedDict, locate


def sound(text: str) -> Any:
    findings = Findings()
    data = load(text, "f.yaml", findings)
    assert not list(findings), findings.sorted()
    return data


def codes(text: str) -> list[str]:
    findings = Findings()
    load(text, "f.yaml", findings)
    return [finding.code for finding in findings.sorted()]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("+1", 1),
        ("-0", 0),
        ("017", 17),
        ("0o17", 15),
        ("0x1F", 31),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("on", "on"),
        ("no", "no"),
        ("yes", "yes"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("~", None),
        ("null", None),
        ("", None),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("2001-01-01", "2001-01-01"),
        ("=", "="),
        ("'1'", "1"),
        ('"true"', "true"),
        ("1.2.3", "1.2.3"),
        ("0b1", "0b1"),
        ("--1", "--1"),
    ],
)
def test_plain_scalars_follow_yaml_1_2(text: str, value: Any) -> None:
    found = sound(f"key: {text}\n")["key"]
    assert found == value
    assert type(found) is type(value)


def test_not_a_number_is_read() -> None:
    assert math.isnan(sound("key: .nan\n")["key"])


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(json_values)
def test_json_is_read_as_json_is(value: Any) -> None:
    text = json.dumps({"key": value})
    if "\\ud" in text:
        return  # YAML has no pairs of surrogates; written out they are read
    assert sound(text) == {"key": value}


@given(json_values)
def test_every_value_knows_its_line(value: Any) -> None:
    text = json.dumps({"a": 1, "key": value}, indent=1, ensure_ascii=False)
    document = sound(text)
    lines = text.split("\n")
    span = locate(document, ("key",), document.span, key=True)
    assert lines[span.line - 1][span.column - 1 :].startswith('"key"')
    place = locate(document, ("key",), document.span)
    assert json.dumps(value, ensure_ascii=False)[:1] == lines[place.line - 1][place.column - 1]


def test_merge_keys_bring_in_what_is_not_there() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 0}\n"
    assert sound(text)["c"] == {"x": 0, "y": 2, "z": 4}


def test_a_merged_value_keeps_its_own_place() -> None:
    document = sound("a: &a\n  x: 1\nb:\n  <<: *a\n")
    assert locate(document, ("b", "x"), document.span).line == 2


def test_an_alias_is_the_same_data() -> None:
    document = sound("a: &a [1, {b: 2}]\nc: *a\n")
    assert document["c"] is document["a"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: !!python/name:os.system x\n", "yaml-tag"),
        ("a: !custom x\n", "yaml-tag"),
        ("a: !!str 5\n", "yaml-tag"),
        ("a: !!binary aGk=\n", "yaml-tag"),
        ("a: *b\n", "undefined-alias"),
        ("a: &a [*a]\n", "recursive-alias"),
        ("a: 1\na: 2\n", "duplicate-key"),
        ("a: {b: 1, b: 2}\n", "duplicate-key"),
        ("[" * 101 + "]" * 101, "nesting-too-deep"),
        ("[" * 100_000, "nesting-too-deep"),
        ("- " * 101 + "a", "nesting-too-deep"),
        ("a: [1\n", "yaml-syntax"),
        ("a: \x07\n", "yaml-syntax"),
        ("---\na: 1\n---\nb: 1\n", "several-documents"),
        ("", "empty-file"),
        ("x" * 10_000_001, "file-too-large"),
    ],
)
def test_what_a_spec_may_not_hold(text: str, code: str) -> None:
    assert code in codes(text)


def test_a_hundred_levels_are_fine() -> None:
    assert codes("[" * 99 + "]" * 99) == []


def test_an_alias_bomb_is_refused_before_it_goes_off() -> None:
    lines = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    assert codes("\n".join(lines)) == ["alias-bomb"]


def test_the_place_of_a_syntax_error_is_its_own() -> None:
    findings = Findings()
    load("a: 1\nb: [1, 2\nc: 3\n", "f.yaml", findings)
    assert findings.sorted()[0].span.line == 3


def test_a_document_is_plain_data_to_others() -> None:
    document = sound("a: {b: [1, null]}\n")
    assert isinstance(document, LocatedDict)
    assert json.dumps(document) == '{"a": {"b": [1, null]}}'


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("x.yaml", "byte 0 is 0x89", "save the file as UTF-8"),
        ("x.adapter.h5", "file of low-rank adapters", "adapters: x.adapter.h5}` in a spec takes"),
        ("x.weights.h5", "as Keras's weights are", "`initial_weights` in a spec takes weights"),
        ("x.keras", "this is an exported model", "`predict` and `benchmark` take one"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(
    name: str, message: str, hint: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"\x89HDF\r\n")
    findings = Findings()
    assert read(tmp_path / name, findings) is None
    (found,) = findings
    assert (found.code, message in found.message, hint in found.hint) == ("not-utf8", True, True)
