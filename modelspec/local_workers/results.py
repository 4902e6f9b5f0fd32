"""What a worker has come to, as text that the process which started it reads."""

from __future__ import annotations

import base64
import pickle
from typing import Any

from modelspec.diagnostics import ModelspecError
from modelspec.processes import sendable

TRAINED, FAILED = "trained", "failed"
"""The events of a worker: with the result of the training, or with the exception that ended it."""


def packed(value: Any) -> str:
    """A value as text."""
    return base64.b64encode(pickle.dumps(value)).decode("ascii")


def unpacked(text: str) -> Any:
    """The value of a text that a worker, a process of modelspec's own, has made."""
    return pickle.loads(base64.b64decode(text))


def failed(error: ModelspecError) -> str:
    """An exception as text; as its message alone where it cannot be sent."""
    return packed(sendable(error))
