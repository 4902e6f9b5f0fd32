"""Where a search is kept: a file of the study, or a URL, whose password is shown to nobody."""

from __future__ import annotations

import re

_ACCOUNT = re.compile(r"(?<=://)([^:@/\s]*):(\S*)@")
_ARGUMENT = re.compile(r"(?<=[?&])(password|passwd|pwd)=([^&\s'\"]+)")
_STORAGE = re.compile(r"^.*\bstorage\b.*$", re.MULTILINE)
HIDDEN = "***"
"""Stands for a password in what is written and shown."""


def is_url(storage: str) -> bool:
    """Whether `tune.storage` is not a file in the study folder."""
    return "://" in storage


def scheme_of(url: str) -> str:
    """The kind of database of a URL, without the driver: "postgresql" of "postgresql+psycopg"."""
    return url.partition("://")[0].partition("+")[0]


def password_of(url: str) -> str:
    """The password in a URL; "" where there is none."""
    found = _ACCOUNT.search(url) or _ARGUMENT.search(url)
    return "" if found is None else found[2]


def without_password(text: str) -> str:
    """A text with each password of a URL in it hidden."""
    return _ARGUMENT.sub(rf"\1={HIDDEN}", _ACCOUNT.sub(rf"\1:{HIDDEN}@", text))


def hide_storage(text: str) -> str:
    """The text of a spec with the password of its storage hidden."""
    return _STORAGE.sub(lambda line: without_password(line[0]), text)
