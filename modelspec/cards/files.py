"""Hashes of the files that a card names."""

from __future__ import annotations

import hashlib
from pathlib import Path

from modelspec.diagnostics import CannotRunError


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex.

    Raises:
        CannotRunError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
        raise CannotRunError(message) from error
