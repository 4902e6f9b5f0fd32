"""A member of an archive that is not compressed, as a file that can be sought in.

`zipfile` reads a member from its start for every step back (Python before 3.13), and HDF5 takes
thousands of them: the names and shapes in a `.keras` file of 100 MB took five seconds.
"""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

_HEADER = struct.Struct("<4s22xHH")
"""Before a member's bytes: a signature, 22 bytes, the lengths of its name and its extra field."""
_SIGNATURE = b"PK\x03\x04"


class StoredMember(io.RawIOBase):
    """The bytes of one member, read where they lie.

    Args:
        path: of the archive.
        info: of the member, which is stored and not encrypted.

    Raises:
        zipfile.BadZipFile: there is no member where the archive's table says, or not all of it.
    """

    def __init__(self, path: Path, info: zipfile.ZipInfo) -> None:
        super().__init__()
        self._file = path.open("rb")
        self._size, self._at = info.file_size, 0
        try:
            self._start = self._start_of(info)
        except zipfile.BadZipFile:
            self.close()
            raise

    def _start_of(self, info: zipfile.ZipInfo) -> int:
        self._file.seek(info.header_offset)
        header = self._file.read(_HEADER.size)
        if len(header) < _HEADER.size or not header.startswith(_SIGNATURE):
            raise zipfile.BadZipFile(f"the member {info.filename!r} is not where the archive says")
        _, name, extra = _HEADER.unpack(header)
        start = info.header_offset + _HEADER.size + int(name) + int(extra)
        if self._file.seek(0, io.SEEK_END) < start + self._size:
            raise zipfile.BadZipFile(f"the member {info.filename!r} is cut off")
        return start

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted from the member's start, from here or from its end."""
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from here on, as far as the member goes; the number of bytes read."""
        view = memoryview(buffer).cast("B")
        wanted = max(0, min(len(view), self._size - self._at))
        self._file.seek(self._start + self._at)
        read = self._file.readinto(view[:wanted])
        self._at += read
        return read

    def close(self) -> None:
        """Close the archive's file too."""
        self._file.close()
        super().close()
