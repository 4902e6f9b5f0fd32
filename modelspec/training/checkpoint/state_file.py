"""The state of a training on disk: arrays and plain data in one npz, nothing pickled.

An npz is a zip: each part has a checksum, which tells when a file is damaged.
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
from modelspec.runs import RunFile

VERSION = 1
_JSON = "state"
_ARRAY, _TUPLE, _SCALAR = "$array", "$tuple", "$scalar"


class DamagedStateError(Exception):
    """A file does not hold a complete state; the message says why."""


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write plain data: numbers, text, arrays, lists, tuples and dicts with text keys.

    Raises:
        OSError: the file cannot be written.
    """
    arrays: dict[str, Any] = {}
    text = json.dumps({"version": VERSION, "state": _pack(dict(state), arrays)})
    arrays[_JSON] = np.frombuffer(text.encode(), dtype=np.uint8)
    with path.open("wb") as file:
        np.savez(file, **arrays)


def read_state(path: Path) -> dict[str, Any]:
    """Read a state.

    Raises:
        DamagedStateError: the file is truncated, changed, or of another version.
        FileNotFoundError: there is no such file.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            data = json.loads(bytes(found[_JSON]))
            if data["version"] != VERSION:
                raise DamagedStateError(f"it is of version {data['version']}, not {VERSION}")
            state: dict[str, Any] = _unpack(data["state"], found)
            return state
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise DamagedStateError(first_line(error)) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise DamagedStateError(first_line(error)) from error


def newest_state(run: Path) -> tuple[dict[str, Any] | None, list[str]]:
    """The newest state of a run that can be read, and a sentence for each damaged one.

    Args:
        run: its folder.
    """
    damaged: list[str] = []
    for name in (RunFile.LAST_STATE, RunFile.PREVIOUS_STATE):
        try:
            return read_state(run / name), damaged
        except FileNotFoundError:
            continue
        except DamagedStateError as error:
            damaged.append(f"{run / name} is damaged ({error}); the state before it is used")
    return None, damaged


def _pack(value: Any, arrays: dict[str, Any]) -> Any:
    """The value for JSON; its arrays go into `arrays`."""
    if isinstance(value, (np.ndarray, np.generic)):
        name = f"a{len(arrays)}"
        # types that numpy does not know (bfloat16) are saved as their bytes
        whole = np.ascontiguousarray(value)
        foreign = whole.dtype.kind == "V" or whole.dtype.num > 255
        arrays[name] = np.frombuffer(whole.tobytes(), np.uint8) if foreign else whole
        kind = _SCALAR if isinstance(value, np.generic) else _ARRAY
        return {kind: [name, value.dtype.name if foreign else None, list(value.shape)]}
    if isinstance(value, tuple):
        return {_TUPLE: [_pack(item, arrays) for item in value]}
    if isinstance(value, list):
        return [_pack(item, arrays) for item in value]
    if isinstance(value, dict):
        return {key: _pack(item, arrays) for key, item in value.items()}
    return value


def _unpack(value: Any, arrays: Any) -> Any:
    if isinstance(value, list):
        return [_unpack(item, arrays) for item in value]
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
        return tuple(_unpack(item, arrays) for item in value[_TUPLE])
    return {key: _unpack(item, arrays) for key, item in value.items()}


def _foreign_dtype(name: str) -> Any:
    import ml_dtypes  # TensorFlow brings it

    return np.dtype(getattr(ml_dtypes, name))
