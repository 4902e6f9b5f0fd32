"""Pickled arrays, lists and text, read without running anything that the file names.

A pickle is a program: it calls what it names. Here it can name what numpy's arrays are made of, and
each of these is a plain record of its arguments, from which the array is made afterwards.
Everything else is refused before it is imported.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from math import prod
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from .opcodes import find_unknown_instruction

Array = npt.NDArray[Any]

PLAIN_KINDS = "biufSU"
"""Kinds of numpy dtypes that are numbers or text."""


class UnreadableError(Exception):
    """A file of a data set is damaged, or not what its name says; the text says how."""


class _Dtype:
    """The arguments of a dtype in a pickle."""

    def __init__(self, text: Any, *_: Any) -> None:
        self.text = text
        self.order: Any = ""

    def __setstate__(self, state: Any) -> None:
        self.order = state[1]

    def to_numpy(self) -> np.dtype[Any]:
        """The dtype; of numbers, text or objects alone.

        Raises:
            UnreadableError: it is of another kind.
        """
        found = np.dtype(_text(self.text))
        if _text(self.order) == ">":
            found = found.newbyteorder(">")
        if found.kind not in PLAIN_KINDS + "O" or found.itemsize == 0:
            raise UnreadableError(f"it has an array of {found}")
        return found


def _text(value: Any) -> str:
    return value.decode("ascii") if isinstance(value, bytes) else str(value)


class _ArrayRecord:
    """The arguments of an array in a pickle."""

    state: tuple[Any, ...] = ()

    def __init__(self, *_: Any) -> None:
        """What numpy allocates here is of no use: the state has it all."""

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def to_numpy(self) -> Array:
        """The array; of objects, one with plain values in it.

        Raises:
            UnreadableError: sizes and content disagree.
        """
        try:
            _, shape, dtype, is_fortran, content = self.state
        except ValueError:
            raise UnreadableError("it has an array without content") from None
        if not isinstance(dtype, _Dtype) or not _is_shape(shape):
            raise UnreadableError("it has an array without a size or a dtype")
        kind, order = dtype.to_numpy(), "F" if is_fortran else "C"
        if kind.hasobject:
            return _array_of_objects(content, shape, order)
        if isinstance(content, str):  # what Python 2 wrote, read as latin-1
            content = content.encode("latin-1")
        if not isinstance(content, bytes) or len(content) != prod(shape) * kind.itemsize:
            raise UnreadableError("it has an array whose content is not of its size")
        return np.frombuffer(content, kind).reshape(shape, order=order)  # type: ignore[call-overload,no-any-return]


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, tuple) and all(type(size) is int and size >= 0 for size in shape)


def _array_of_objects(content: Any, shape: tuple[int, ...], order: str) -> Array:
    if not isinstance(content, list) or len(content) != prod(shape):
        raise UnreadableError("it has an array whose content is not of its size")
    values = np.empty(len(content), dtype=object)
    values[:] = [_plain(value) for value in content]
    return values.reshape(shape, order=order)  # type: ignore[call-overload,no-any-return]


def _encode(text: Any, encoding: Any) -> bytes:
    """What Python 3 calls for bytes in the older protocols."""
    if not isinstance(text, str) or encoding != "latin1":
        raise UnreadableError("it has bytes in an unknown form")
    return text.encode("latin-1")


def _refuse_call(*_: Any) -> None:
    """`numpy.ndarray` is an argument only."""
    raise UnreadableError("it makes an array in an unknown way")


class _Named:
    """Something that a pickle may name: it can be called and passed on, and never be changed."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make

    def __call__(self, *args: Any) -> Any:
        return self._make(*args)

    def __setstate__(self, state: Any) -> None:
        del state
        raise UnreadableError("it changes a function")


_ALLOWED = {
    ("numpy", "ndarray"): _Named(_refuse_call),
    ("numpy", "dtype"): _Named(_Dtype),
    ("numpy.core.multiarray", "_reconstruct"): _Named(_ArrayRecord),
    ("numpy._core.multiarray", "_reconstruct"): _Named(_ArrayRecord),
    ("_codecs", "encode"): _Named(_encode),
}
"""What a pickle may name, and what stands for it."""


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> Any:
        found = _ALLOWED.get((module, name))
        if found is None:
            message = (
                f"it names `{module}.{name}`, and only arrays, lists, dictionaries, numbers and"
                " text are read; nothing in it was run"
            )
            raise UnreadableError(message)
        return found

    def persistent_load(self, pid: Any, /) -> Any:
        del pid
        raise UnreadableError("it refers to something outside of the file")


def read_plain(stream: IO[bytes], encoding: str = "bytes") -> Any:
    """The value that a pickle holds: arrays, lists, tuples, dictionaries, numbers and text.

    Args:
        stream: at the start of the pickle.
        encoding: of what Python 2 wrote as text; "bytes" leaves it as bytes.

    Raises:
        UnreadableError: the pickle is damaged or holds anything else.
    """
    content = stream.read()
    place = find_unknown_instruction(content)
    if place is not None:
        raise UnreadableError(
            f"it is damaged, or no plain data, from byte {place} of its values on"
        )
    try:
        return _plain(_PlainUnpickler(io.BytesIO(content), encoding=encoding).load())
    except UnreadableError:
        raise
    except Exception as error:  # a damaged pickle raises all kinds
        raise UnreadableError(f"it is damaged ({type(error).__name__})") from error


def _plain(value: Any) -> Any:
    """The value with arrays in place of their records."""
    if isinstance(value, _ArrayRecord):
        return value.to_numpy()
    if isinstance(value, dict):
        return {_plain(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        if all(type(each) is int for each in value):  # a list of words: millions of numbers
            return value
        return type(value)(_plain(each) for each in value)
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return value
    raise UnreadableError("it holds something other than arrays, lists, numbers and text")


def read_archive(stream: IO[bytes], names: tuple[str, ...]) -> dict[str, Array]:
    """Some arrays of an npz archive, those of plain Python objects too.

    Args:
        stream: the archive.
        names: of the arrays.

    Raises:
        UnreadableError: it is damaged, lacks an array, or holds anything but plain values.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            found = {}
            for name in names:
                with archive.open(f"{name}.npy") as member:
                    found[name] = _read_array(member)
            return found
    except KeyError:
        raise UnreadableError(f"it lacks one of {', '.join(names)}") from None
    except UnreadableError:
        raise
    except Exception as error:  # zipfile, zlib and numpy raise all kinds
        raise UnreadableError(f"it is damaged ({type(error).__name__})") from error


def _read_array(stream: IO[bytes]) -> Array:
    """An array as `numpy.save` writes it."""
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0
    if version != (1, 0):
        read_header = np.lib.format.read_array_header_2_0
    shape, is_fortran, dtype = read_header(stream)
    if dtype.hasobject:
        found = read_plain(stream)
        if not isinstance(found, np.ndarray):
            raise UnreadableError("it has something other than an array")
        return found
    if dtype.kind not in PLAIN_KINDS:
        raise UnreadableError(f"it has an array of {dtype}")
    content = stream.read()
    if len(content) != prod(shape) * dtype.itemsize:
        raise UnreadableError("it has an array whose content is not of its size")
    return np.frombuffer(content, dtype).reshape(shape, order="F" if is_fortran else "C")
