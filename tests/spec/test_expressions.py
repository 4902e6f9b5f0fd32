"""`${...}`: values as Python's own arithmetic gives them, faults at their characters."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.schema import ROOT, definition
from modelspec.spec.expressions.errors import ExpressionError
from modelspec.spec.expressions.operations import UNKNOWN
from modelspec.spec.expressions.scalars import RESERVED, escaped, names_in, value_of

NAMES: dict[str, Any] = {
    "width": 64,
    "rate": 0.25,
    "flag": True,
    "label": "cat",
    "nothing": None,
    "sizes": [8, 16, [1, 2]],
    "record": {"wide": 32, "act": "relu"},
    "open": UNKNOWN,
}

VALUES = [
    ("${width}", 64),
    ("${width // 3}", 21),
    ("${width / 2}", 32.0),
    ("${width % 5}", 4),
    ("${-2 ** 2}", -4),
    ("${2 ** -1}", 0.5),
    ("${2 ** 3 ** 2}", 512),
    ("${(1 + 2) * 3 - 4}", 5),
    ("${.5 + 1.}", 1.5),
    ("${1e-3}", 1e-3),
    ("${017}", 17),
    ("${not width == 64 or flag and rate < 1}", True),
    ("${1 < 2 < 3 != 4}", True),
    ("${width if rate > 1 else label}", "cat"),
    ("${1 if flag else 1 / 0}", 1),
    ("${null if flag else true}", None),
    ("${sizes[-1][0]}", 1),
    ('${record["wide"] + 1}', 33),
    ("${record['act'] == \"relu\"}", True),
    ("${label + 's'}", "cats"),
    ("${sizes + sizes}", [8, 16, [1, 2]] * 2),
    ("${min(3, 1, 2)} ${max(sizes[2])}", "1 2"),
    ("${round(2.5)}", 2),
    ("${round(width / 3, 1)}", 21.3),
    ("${int(-2.9)}", -2),
    ("${len(sizes) + len(record) + len(label)}", 8),
    ("stage${width}_${rate}", "stage64_0.25"),
    ("${flag} ${nothing} ${label}", "true null cat"),
    ("$${width} is ${width}", "${width} is 64"),
    ("costs $5", "costs $5"),
    ("${true == 1}", False),
    ("${'}'}", "}"),
    ("${sizes}", [8, 16, [1, 2]]),
    ("${open}", UNKNOWN),
    ("${open + 1}", UNKNOWN),
    ("a${open}", UNKNOWN),
    ("${1 if open else 2}", UNKNOWN),
    ("${open or 1}", UNKNOWN),
]

VALUES += [
    ("${[]}", []),
    ("${[1, 2 * width, 'x']}", [1, 2 * NAMES["width"], "x"]),
    ("${[[1], sizes][1]}", NAMES["sizes"]),
    ("${max([1, 5, 2]) + len([1, 2])}", 7),
    ("${[1] + [2.5]}", [1, 2.5]),
]


@pytest.mark.parametrize(("text", "expected"), VALUES, ids=[text for text, _ in VALUES])
def test_a_value(text: str, expected: Any) -> None:
    value = value_of(text, NAMES)
    assert value == expected
    assert type(value) is type(expected)


FAULTS = [
    # the text, the code, and the characters at fault
    ("${widht}", "unknown-name", "widht"),
    ("a ${width} ${widht}", "unknown-name", "widht"),
    ("${0 if flag else widht}", "unknown-name", "widht"),
    ("${index}", "unknown-name", "index"),
    ("${sum(sizes)}", "unknown-name", "sum"),
    ("${True}", "unknown-name", "True"),
    ("${width.real}", "bad-expression", "."),
    ("${(1 + 2}", "bad-expression", "}"),
    ("${1 +}", "bad-expression", "}"),
    ("${}", "bad-expression", "${}"),
    ("x ${1", "bad-expression", "${1"),
    ("${1 2}", "bad-expression", "2"),
    ("${1 if 2}", "bad-expression", "}"),
    ("${width = 3}", "bad-expression", "="),
    ("${sizes[0:1]}", "bad-expression", ":"),
    ("${min}", "bad-expression", "min"),
    ("${'a}", "bad-expression", "'a}"),
    ("${[1}", "bad-expression", "}"),
    ("${[1, ]}", "bad-expression", "]"),
    ("${[1] * 2}", "wrong-operand", "[1] * 2"),
    ("x ${[1]}", "wrong-operand", "[1]"),
    ("${1 + 2 // (3 - 3)}", "division-by-zero", "2 // (3 - 3)"),
    ("${open / 0}", "division-by-zero", "open / 0"),
    ("${5 % 0.0}", "division-by-zero", "5 % 0.0"),
    ("${0 ** -1}", "division-by-zero", "0 ** -1"),
    ("${sizes[3]}", "bad-index", "sizes[3]"),
    ("${record['wdie']}", "bad-index", "record['wdie']"),
    ("${record[0]}", "bad-index", "record[0]"),
    ("${width[0]}", "wrong-operand", "width[0]"),
    ("${sizes[1.0]}", "wrong-operand", "sizes[1.0]"),
    ("${label * 2}", "wrong-operand", "label * 2"),
    ("${flag + 1}", "wrong-operand", "flag + 1"),
    ("${-label}", "wrong-operand", "-label"),
    ("${label < 1}", "wrong-operand", "label < 1"),
    ("${sizes == sizes}", "wrong-operand", "sizes == sizes"),
    ("${(0 - 8) ** 0.5}", "wrong-operand", "(0 - 8) ** 0.5"),
    ("${min(1)}", "wrong-operand", "min(1)"),
    ("${len(1)}", "wrong-operand", "len(1)"),
    ("${int(label)}", "wrong-operand", "int(label)"),
    ("${round(1, 1000000000)}", "wrong-operand", "round(1, 1000000000)"),
    ("n_${sizes}", "wrong-operand", "sizes"),
    ("${9 ** 9 ** 9}", "too-large", "9 ** 9 ** 9"),
    ("${10 ** 40 * 10 ** 40}", "too-large", "10 ** 40 * 10 ** 40"),
    ("${1e308 * 10}", "too-large", "1e308 * 10"),
    ("${1e999}", "too-large", "1e999"),
    ("${10.0 ** 400}", "too-large", "10.0 ** 400"),
]


@pytest.mark.parametrize(("text", "code", "at"), FAULTS, ids=[text for text, _, _ in FAULTS])
def test_a_fault_has_its_code_and_its_characters(text: str, code: str, at: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        value_of(text, NAMES)
    fault = caught.value
    assert (fault.code, text[fault.start : fault.end]) == (code, at)


def test_names_are_found_without_evaluating() -> None:
    assert names_in("${a + b[c]} and ${f if min(g, 1) else 'h'} but $${not}") == set("abcfg")


@settings(derandomize=True)
@given(st.text(alphabet="${}ab "))
def test_an_escaped_text_stands_for_itself(text: str) -> None:
    assert value_of(escaped(text), {}) == text


NUMBERS = {"a": 3, "b": 7.5, "c": 0, "d": -12}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}

Tree = tuple[str, Callable[[], Any]]


class RefusedError(Exception):
    """A result that an expression may not have, told by Python's own arithmetic."""


def reference(sign: str, left: Any, right: Any) -> Any:
    whole = isinstance(left, int) and isinstance(right, int)
    if sign == "**" and whole and abs(left) > 1 and right * math.log2(abs(left)) > 300:
        raise RefusedError
    try:
        value = BINARY[sign](left, right)
    except OverflowError:
        raise RefusedError from None
    if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
        raise RefusedError
    if isinstance(value, int) and value.bit_length() > 256:
        raise RefusedError
    return value


def leaves() -> st.SearchStrategy[Tree]:
    integers = st.integers(0, 99).map(lambda n: (str(n), lambda: n))
    floats = st.sampled_from([0.0, 0.5, 1.25, 1e-3, 33.0]).map(lambda x: (repr(x), lambda: x))
    names = st.sampled_from(sorted(NUMBERS)).map(lambda n: (n, lambda: NUMBERS[n]))
    return integers | floats | names


def branches(below: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    def binary(sign: str, left: Tree, right: Tree) -> Tree:
        return f"({left[0]} {sign} {right[0]})", lambda: reference(sign, left[1](), right[1]())

    def choice(then: Tree, left: Tree, right: Tree, other: Tree) -> Tree:
        text = f"({then[0]} if {left[0]} < {right[0]} else {other[0]})"
        return text, lambda: then[1]() if left[1]() < right[1]() else other[1]()

    def extreme(name: str, left: Tree, right: Tree) -> Tree:
        function = min if name == "min" else max
        return f"{name}({left[0]}, {right[0]})", lambda: function(left[1](), right[1]())

    return (
        st.builds(binary, st.sampled_from(sorted(BINARY)), below, below)
        | st.builds(choice, below, below, below, below)
        | st.builds(extreme, st.sampled_from(["min", "max"]), below, below)
        | below.map(lambda tree: (f"(-{tree[0]})", lambda: -tree[1]()))
    )


def outcome(compute: Callable[[], Any]) -> Any:
    try:
        return compute()
    except (ZeroDivisionError, RefusedError) as error:
        return type(error)


def own_outcome(text: str) -> Any:
    try:
        return value_of("${" + text + "}", NUMBERS)
    except ExpressionError as fault:
        assert fault.code in ("division-by-zero", "too-large", "wrong-operand"), fault.message
        return ZeroDivisionError if fault.code == "division-by-zero" else RefusedError


@settings(derandomize=True, max_examples=1500)
@given(st.recursive(leaves(), branches, max_leaves=10))
def test_arithmetic_is_python_s(tree: Tree) -> None:
    text, compute = tree
    expected, found = outcome(compute), own_outcome(text)
    assert type(found) is type(expected)
    assert found == expected


SIGNS = ["+", "-", "*", "//", "%", "<", "<=", "==", "!=", "and", "or"]


@settings(derandomize=True, max_examples=1000)
@given(
    st.lists(
        st.tuples(st.sampled_from(["", "-", "not "]), st.integers(1, 9)), min_size=2, max_size=9
    ),
    st.lists(st.sampled_from(SIGNS), min_size=8, max_size=8),
)
def test_precedence_is_python_s(operands: list[tuple[str, int]], signs: list[str]) -> None:
    text = ""
    for position, (before, number) in enumerate(operands):
        sign = f" {signs[position - 1]} " if position else ""
        may_negate = sign.strip() in ("", "and", "or")
        text += f"{sign}{before if before != 'not ' or may_negate else ''}{number}"
    try:
        expected = eval(text)  # made of numbers and signs alone, just above
    except ZeroDivisionError:
        with pytest.raises(ExpressionError, match="division by zero"):
            value_of("${" + text + "}", {})
        return
    found = value_of("${" + text + "}", {})
    assert found == expected and math.isfinite(found)


def test_the_schema_reserves_the_words_of_expressions() -> None:
    pattern = definition(ROOT, "param_name")["pattern"]
    reserved = re.match(r"\^\(\?!\(\?:([a-z|]+)\)\$\)", pattern)
    assert reserved is not None
    assert set(reserved.group(1).split("|")) == RESERVED
