"""Inputs that do not fit in memory: rows in unnamed temporary files, read by row number.

A file is unlinked as soon as it is open, so that nothing is left of it however the process ends.
It is read by position, not mapped: pages that were read do not count as the process's memory.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from pickle import PicklingError
from typing import IO, Any

import numpy as np

from modelspec.diagnostics import CannotRunError

from .table import Array, LazyArray, RowNumbers

MOST_WORDS = 1 << 16
"""Distinct texts of an input that are kept in memory; more are read from their file."""

_reading = threading.Lock()

READ_AHEAD = 4
"""A span of up to so many times the wanted rows is read at once, rather than row by row."""


def disk_full_error(
    error: OSError, what: str = "data that is larger than memory", folder: Path | None = None
) -> CannotRunError:
    """The error for a temporary file that cannot be written.

    Args:
        error: of the operating system.
        what: goes through the file.
        folder: where the file is; by default that for temporary files.
    """
    reason = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
    return CannotRunError(
        f"{what} goes through a temporary file in {folder or tempfile.gettempdir()}, which cannot"
        f" be written: {reason}. Make room there, or set the environment variable TMPDIR to a"
        f" folder with room"
    )


def scratch_file(owner: object) -> IO[bytes]:
    """An unnamed temporary file, which is closed and so deleted with its owner.

    Raises:
        CannotRunError: no file can be created.
    """
    try:
        file: IO[bytes] = tempfile.TemporaryFile(prefix="modelspec-")  # noqa: SIM115
    except OSError as error:
        raise disk_full_error(error) from error
    weakref.finalize(owner, _close, file)
    return file


def _close(file: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # of a full disk: nobody reads the file again
        file.close()


class ScratchFile:
    """Bytes in an unnamed temporary file: appended, and read anywhere."""

    def __init__(self) -> None:
        self._file = scratch_file(self)
        self.size = 0

    def add(self, content: Any) -> None:
        """Append bytes, or anything with a buffer.

        Raises:
            CannotRunError: the disk is full.
        """
        try:
            self._write(content)
        except OSError as error:
            raise disk_full_error(error) from error
        self.size += memoryview(content).nbytes

    def _write(self, content: Any) -> None:
        with _reading:
            self._file.seek(0, os.SEEK_END)  # a reader on Windows has moved on
            self._file.write(content)
            self._file.flush()

    def __reduce__(self) -> tuple[Any, ...]:
        """For another process, which reads the same file while this one has it open."""
        path = Path(f"/proc/{os.getpid()}/fd/{self._file.fileno()}")
        if not path.exists():
            raise PicklingError("an unnamed file can be opened by another process on Linux alone")
        return _opened_again, (str(path), self.size)

    def read(self, start: int, size: int) -> bytes:
        """`size` bytes from `start` on; several threads may read at once."""
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), size, start)
        with _reading:  # Windows reads at the position of the file alone
            self._file.seek(start)
            return self._file.read(size)


def _opened_again(path: str, size: int) -> ScratchFile:
    """The file of another process, to be read."""
    made = ScratchFile.__new__(ScratchFile)
    made._file, made.size = Path(path).open("rb"), size  # noqa: SIM115  # closed with its owner
    weakref.finalize(made, _close, made._file)
    return made


class RowFile:
    """Rows of one shape and dtype in a temporary file."""

    def __init__(self) -> None:
        self._bytes = ScratchFile()
        self.shape: tuple[int, ...] = ()
        self.dtype = np.dtype("float32")
        self.rows = 0

    def add(self, array: Array) -> None:
        """Append rows, shape [rows, ...].

        Raises:
            CannotRunError: the disk is full.
        """
        self.shape, self.dtype = array.shape[1:], array.dtype
        if array.size:
            self._bytes.add(np.ascontiguousarray(array).data.cast("B"))
        self.rows += len(array)

    def read(self, rows: RowNumbers) -> Array:
        """The rows with these numbers, in their order, shape [len(rows), ...]."""
        size = self.dtype.itemsize * int(np.prod(self.shape))
        if not len(rows) or not size:
            return np.zeros((len(rows), *self.shape), dtype=self.dtype)
        first, last = int(rows.min()), int(rows.max())
        if last - first < READ_AHEAD * len(rows):
            whole = self._bytes.read(first * size, (last - first + 1) * size)
            return np.frombuffer(whole, self.dtype).reshape(-1, *self.shape)[rows - first]
        read = self._bytes.read
        found = b"".join([read(row * size, size) for row in rows.tolist()])
        return np.frombuffer(found, self.dtype).reshape(-1, *self.shape)

    def lazy(self) -> LazyArray:
        """The rows as an array that is read batch by batch."""
        dtype = self.dtype.name
        make = _as_tensor_function(self.read, dtype, self.shape)
        rows = np.arange(self.rows)
        return LazyArray(rows, self.shape, dtype, make, stored=True, again=(RowFile.lazy, (self,)))


class TextFile:
    """Rows of text of one shape in a temporary file: the bytes of each row, and an index of them.

    Up to `MOST_WORDS` distinct texts are in memory as well, and found by number.
    """

    def __init__(self) -> None:
        self._bytes = ScratchFile()
        self._index = RowFile()
        self._numbers = RowFile()
        self._words: dict[str, int] | None = {}
        self.shape: tuple[int, ...] = ()

    def add(self, array: Array) -> None:
        """Append rows of Python strings, shape [rows, ...].

        Raises:
            CannotRunError: the disk is full.
        """
        self.shape = array.shape[1:]
        if not len(array):
            return
        flat = array.ravel().tolist()
        self._number(flat, len(array))
        words = [word.encode() for word in flat]
        lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
        lengths = lengths.reshape(len(array), -1)
        ends = self._bytes.size + np.cumsum(lengths.sum(axis=1))
        starts = ends - lengths.sum(axis=1)
        self._index.add(np.concatenate([starts[:, np.newaxis], lengths], axis=1))
        self._bytes.add(b"".join(words))

    def _number(self, flat: list[str], rows: int) -> None:
        if self._words is None:
            return
        known = self._words
        numbers = [known.setdefault(word, len(known)) for word in flat]
        if len(known) > MOST_WORDS:
            self._words, self._numbers = None, RowFile()
            return
        self._numbers.add(np.asarray(numbers, dtype=np.int32).reshape(rows, *self.shape))

    def read(self, rows: RowNumbers) -> Array:
        """The texts of the rows with these numbers, as bytes in an object array."""
        index = self._index.read(rows)
        found = np.empty((len(rows), index.shape[1] - 1), dtype=object)
        for position, (start, *lengths) in enumerate(index.tolist()):
            line, at = self._bytes.read(start, sum(lengths)), 0
            for cell, length in enumerate(lengths):
                found[position, cell] = line[at : at + length]
                at += length
        return found.reshape(len(rows), *self.shape)

    def lazy(self) -> LazyArray:
        """The rows as an array that is read batch by batch."""
        rows = np.arange(self._index.rows)
        make = _as_tensor_function(self.read, "string", self.shape)
        if self._words is not None:
            make = self._by_number()
        again = (TextFile.lazy, (self,))
        return LazyArray(rows, self.shape, "string", make, stored=True, again=again)

    def _by_number(self) -> Callable[[Any], Any]:
        import tensorflow as tf

        numbers = _as_tensor_function(self._numbers.read, "int32", self.shape)
        with tf.device("CPU"):
            words = tf.constant(list(self._words or ()), dtype=tf.string)
        return lambda rows: tf.gather(words, numbers(rows))


def _as_tensor_function(
    read: Callable[[RowNumbers], Array], dtype: str, shape: tuple[int, ...]
) -> Callable[[Any], Any]:
    """`read` as a function of tensors that runs in a graph."""

    def make(rows: Any) -> Any:
        import tensorflow as tf

        values = tf.numpy_function(read, [rows], tf.as_dtype(dtype), stateful=False)
        return tf.ensure_shape(values, (None, *shape))

    return make
