"""The state of a training on the disk: arrays and plain data in one npz, nothing pickled.

An npz is a zip: each part has a checksum, so that a damaged file is known when it is read.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.diagnostics import first_line

VERSION = 1
_JSON = "state"
_ARRAY, _TUPLE, _SCALAR = "$array", "$tuple", "$scalar"


class DamagedStateError(Exception):
    """A file that holds no whole state; says why."""


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write plain data (see `plain_state`).

    Raises:
        OSError: the disk does not take it.
    """
    arrays: dict[str, Any] = {}
    text = json.dumps({"version": VERSION, "state": _packed(dict(state), arrays)})
    arrays[_JSON] = np.frombuffer(text.encode(), dtype=np.uint8)
    with path.open("wb") as file:
        np.savez(file, **arrays)


def read_state(path: Path) -> dict[str, Any]:
    """The state of a file.

    Raises:
        DamagedStateError: the file is cut off, changed, or of another version.
        FileNotFoundError: there is none.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            data = json.loads(bytes(found[_JSON]))
            if data["version"] != VERSION:
                raise DamagedStateError(f"it is of version {data['version']}, not {VERSION}")
            state: dict[str, Any] = _unpacked(data["state"], found)
            return state
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise DamagedStateError(first_line(error)) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise DamagedStateError(first_line(error)) from error


def _packed(value: Any, arrays: dict[str, Any]) -> Any:
    """The value for JSON; its arrays go into `arrays`."""
    if isinstance(value, (np.ndarray, np.generic)):
        name = f"a{len(arrays)}"
        # types that numpy does not know (bfloat16) are kept as their bytes, in the last axis
        whole = np.ascontiguousarray(value)
        foreign = whole.dtype.kind == "V" or whole.dtype.num > 255
        arrays[name] = np.frombuffer(whole.tobytes(), np.uint8) if foreign else whole
        kind = _SCALAR if isinstance(value, np.generic) else _ARRAY
        return {kind: [name, value.dtype.name if foreign else None, list(value.shape)]}
    if isinstance(value, tuple):
        return {_TUPLE: [_packed(item, arrays) for item in value]}
    if isinstance(value, list):
        return [_packed(item, arrays) for item in value]
    if isinstance(value, dict):
        return {key: _packed(item, arrays) for key, item in value.items()}
    return value


def _unpacked(value: Any, arrays: Any) -> Any:
    if isinstance(value, list):
        return [_unpacked(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    for kind in (_ARRAY, _SCALAR):
        if kind in value:
            name, foreign, shape = value[kind]
            array = arrays[name]
            if foreign is not None:
                array = array.view(_foreign_dtype(foreign))
            array = array.reshape(shape)
            return array[()] if kind == _SCALAR else array
    if _TUPLE in value:
        return tuple(_unpacked(item, arrays) for item in value[_TUPLE])
    return {key: _unpacked(item, arrays) for key, item in value.items()}


def _foreign_dtype(name: str) -> Any:
    import ml_dtypes  # TensorFlow brings it

    return np.dtype(getattr(ml_dtypes, name))
