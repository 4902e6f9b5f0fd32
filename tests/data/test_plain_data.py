"""Pickles are read as plain data: whatever they hold, nothing that they name is imported or run."""

from __future__ import annotations

import collections
import io
import pickle
import random
import sys
from contextlib import suppress
from typing import Any

import keras_files
import pytest

np = pytest.importorskip("numpy")

from modelspec.data.datasets import UnreadableError  # noqa: E402
from modelspec.data.datasets.plain_data import read_archive, read_plain  # noqa: E402


def read(content: bytes) -> Any:
    return read_plain(io.BytesIO(content))


PLAIN = [
    {b"data": b"\x00\xff" * 300, b"labels": [1, 2**40, -3], "name": "Äpfel", "none": None},
    [(1, 2.5, True), [], {}, [[1], [2, 3]]],
]
ARRAYS = [
    np.arange(24, dtype=np.uint8).reshape(2, 3, 4),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(5, dtype=">i4"),
    np.asarray(["a", "bcd"]),
]


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("value", PLAIN)
def test_plain_values_are_read(value: Any, protocol: int) -> None:
    assert read(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{array.shape}")
def test_arrays_are_read(array: Any, protocol: int) -> None:
    found = read(pickle.dumps(array, protocol))
    assert found.shape == array.shape
    np.testing.assert_array_equal(found, array)


def test_python_2_and_lists_in_arrays_are_read() -> None:
    batch = {b"data": ARRAYS[0], b"labels": [1, 2]}
    found = read(keras_files.as_python_2(batch))
    np.testing.assert_array_equal(found[b"data"], ARRAYS[0])
    lists = keras_files.lists([[1, 2], [3]])
    assert read(pickle.dumps(lists, 4)).tolist() == [[1, 2], [3]]


class Calls:
    """Has a pickle call something."""

    def __init__(self, function: Any, *args: Any) -> None:
        self.call = function, args

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


OTHERS = [
    Calls(eval, "1"),
    Calls(print, "run"),
    Calls(np.frombuffer, b"12345678"),
    Calls(getattr, "a", "upper"),
    Calls(np.dtype, "i4,f8"),
    collections.OrderedDict(a=1),
    {1, 2},
    1j,
    np.float64(3),
    np.datetime64("2020-01-01"),
    print,
    np.ndarray,
]


@pytest.mark.parametrize("value", OTHERS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("protocol", [2, 4])
def test_all_else_is_refused(value: Any, protocol: int, capsys: Any) -> None:
    with pytest.raises(UnreadableError):
        read(pickle.dumps(value, protocol))
    with pytest.raises(UnreadableError):
        read(pickle.dumps([1, {"a": value}], protocol))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "content",
    [
        b"cnumpy\ndtype\n}(S'a'\nI1\nub.",
        b"cnumpy\ndtype\n(N}S'__module__'\nS'x'\nstb.",
        b"cnumpy.core.multiarray\n_reconstruct\n(N}S'make'\nI1\nstb.",
        b"cnumpy\nndarray\n(tR.",
        b"Pid\n.",
        b"]r\xff\xff\xff\xff.",
        b"]p99999999999\n.",
        b"\x80\x02\x82\x01.",
        b"c__main__\nx\n.",
        b"inumpy\nload\n.",
        b"(I1\n",
        b"",
    ],
)
def test_tricks_are_refused(content: bytes) -> None:
    """Changes of what a pickle may name, calls of it, references to the outside, ends."""
    with pytest.raises(UnreadableError):
        read(content)


def test_nothing_is_imported() -> None:
    with pytest.raises(UnreadableError, match=r"names `antigravity\.x`"):
        read(b"cantigravity\nx\n.")
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize("seed", range(20))
def test_damage_is_never_more_than_an_error(seed: int) -> None:
    draw = random.Random(seed)
    whole = keras_files.as_python_2({b"data": ARRAYS[0], b"labels": [1, 2], b"x": [[1.5], "a"]})
    for _ in range(50):
        content = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            content[draw.randrange(len(content))] = draw.randrange(256)
        del content[draw.randint(len(content) // 2, len(content)) :]
        with suppress(UnreadableError):
            read(bytes(content))


@pytest.mark.parametrize("seed", range(10))
def test_damaged_archives_are_never_more_than_an_error(seed: int) -> None:
    draw = random.Random(seed)
    file = io.BytesIO()
    np.savez(file, x=keras_files.lists([[1, 2], [3]]), y=np.arange(2))
    whole = file.getvalue()
    found = read_archive(io.BytesIO(whole), ("x", "y"))
    assert found["x"].tolist() == [[1, 2], [3]]
    for _ in range(30):
        content = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            content[draw.randrange(len(content))] = draw.randrange(256)
        with suppress(UnreadableError):
            read_archive(io.BytesIO(bytes(content)), ("x", "y"))
