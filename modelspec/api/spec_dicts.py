"""Specs as dicts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import UsageError
from modelspec.document import emit

DICT = "<dict>"
"""What findings call a spec that is a dict; their lines are those of its YAML."""


def text_of_dict(spec: Mapping[str, Any]) -> str:
    """The YAML text of a spec that is a dict.

    Raises:
        UsageError: a value has no form in YAML.
    """
    return emit(plain_dict(spec))


def plain_dict(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A spec with values of Python alone, as another process can have it.

    Raises:
        UsageError: a value has no form in YAML.
    """
    found: dict[str, Any] = _plain(spec, "the spec")
    return found


def _plain(value: Any, path: str) -> Any:
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, (str, int, float, bool)):
                raise UsageError(f"{path} has the key {key!r}, and a key is text or a number")
        inside = "" if path == "the spec" else f"{path}."
        return {
            key if isinstance(key, str) else str(key): _plain(item, f"{inside}{key}")
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "tolist") and hasattr(value, "dtype"):  # of numpy, which need not be here
        return _plain(value.tolist(), path)
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    kind = type(value).__name__
    raise UsageError(f"`{path}` is {kind} {value!r:.60}, which no spec can say: give plain data")
