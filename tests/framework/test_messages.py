"""Exceptions of Keras and TensorFlow become one readable line."""

from __future__ import annotations

import os

import pytest

from modelspec.framework import clean_message, is_out_of_memory, silenced_stderr
from modelspec.framework.messages import MAX_LENGTH

CASES = {
    "Exception encountered when calling Dense.call().\n\n\x1b[1mtoo small\x1b[0m\n\n"
    "Arguments received by Dense.call():\n  - x": "too small",
    "in user code:\n\n    File x.py, line 3\n\n    ValueError: no shape": "no shape",
    "bad units Received: config={'a': 1}": "bad units",
    "{{function_node __wrapped__MatMul}} sizes differ [Op:MatMul] name: ": "sizes differ",
    "sizes differ\n\t [[{{node a/b}}]] [Op:__inference]": "sizes differ",
    "sizes\n   differ\nStack trace for x": "sizes differ",
    "Graph execution error:\n\nDetected at node a/sub defined at (most recent call last):\n"
    '  File "x.py", line 3, in <module>\n\n  File "y.py", line 4, in call\n\n'
    "Incompatible shapes: [16] vs. [8]\n\t [[{{node a/sub}}]] [Op:__inference_f_1]": (
        "Incompatible shapes: [16] vs. [8]"
    ),
    "Graph execution error:\n\nDetected at node a defined at (most recent call last):\n"
    "<stack traces unavailable>\nDetected at node b defined at (most recent call last):\n"
    "<stack traces unavailable>\n2 root error(s) found.\n  (0) no such index\n"
    "\t [[{{node a}}]]\n  (1) cancelled": "no such index",
    "assertion failed: [too many rows] [Condition x == y did not hold element-wise:] [x (mod:0) = ]"
    " [2] [y (zeros:0) = ] [0]\n\t [[{{node a}}]]": "too many rows",
    "": "ValueError",
}


@pytest.mark.parametrize("message", CASES)
def test_what_surrounds_a_message_goes(message: str) -> None:
    assert clean_message(ValueError(message)) == CASES[message]


def test_a_long_message_is_cut() -> None:
    text = clean_message(ValueError("word " * 500))
    assert len(text) == MAX_LENGTH
    assert text.endswith("…")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (ValueError("OOM when allocating tensor"), True),
        (ValueError("the layer ROOM failed"), False),
    ],
)
def test_lack_of_memory_is_known(error: Exception, expected: bool) -> None:
    assert is_out_of_memory(error) is expected


def test_standard_error_is_silenced_below_python(capfd: pytest.CaptureFixture[str]) -> None:
    with silenced_stderr() as captured:
        os.write(2, b"from C++")
    assert captured.text == "from C++"
    assert capfd.readouterr().err == ""


def test_what_was_printed_before_a_failure_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImportError), silenced_stderr(replay_on_error=True):
        os.write(2, b"no such library")
        raise ImportError
    assert capfd.readouterr().err == "no such library"


def test_the_numbers_of_a_variable_are_left_out() -> None:
    variable = "<Variable path=a/kernel, shape=(4, 5), value=[[ 0.1 -2.]\n [1e-3 1.]]>"
    text = f"must match. Target variable: {variable}. Done"
    assert clean_message(ValueError(text)) == (
        "must match. Target variable: <Variable path=a/kernel, shape=(4, 5)>. Done"
    )
