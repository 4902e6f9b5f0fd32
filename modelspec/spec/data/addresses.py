"""Addresses of remote files, which a source may name in place of paths."""

from __future__ import annotations

import re

from modelspec.diagnostics import join_words

WEB = ("http", "https")

SCHEMES = (*WEB, "s3", "gs", "hf")
"""What the addresses of files that can be fetched begin with."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
"""At least two letters: one is a drive of Windows."""


def is_remote(path: str) -> bool:
    """Whether a path as written is an address; what is not stays on this machine in every case."""
    return _SCHEME.match(path) is not None


def scheme_of(address: str) -> str:
    """What an address begins with, in lower case."""
    match = _SCHEME.match(address)
    return "" if match is None else match[1].lower()


def has_wildcards(address: str) -> bool:
    """Whether an address stands for several files; in that of a web server `?` is none."""
    marks = "*[" if scheme_of(address) in WEB else "*?["
    rest = address.partition("://")[2].partition("/")[2]
    return any(mark in rest for mark in marks)


def file_name_of(address: str) -> str:
    """The name of the file that an address leads to, for a file on this machine."""
    path = address.partition("://")[2]
    if scheme_of(address) in WEB:
        path = re.split(r"[?#]", path)[0]
    name = re.sub(r"[^A-Za-z0-9._-]", "_", path.rpartition("/")[2])[-100:]
    return name.lstrip(".") or "file"


def problem_of(address: str, *, takes_folders: bool = False) -> tuple[str, str] | None:
    """What is wrong with an address, and how to fix it; None if it can be fetched.

    Args:
        address: of a file.
        takes_folders: whether it may be the address of a folder as well.
    """
    scheme = scheme_of(address)
    if scheme == "file":
        return (
            f'"{address}" is an address, and a path is expected',
            f"write {address.partition('://')[2]}",
        )
    if scheme not in SCHEMES:
        known = join_words((f"{name}://" for name in SCHEMES), "or")
        message = f'"{address}" begins with {scheme}://, and remote files begin with {known}'
        return message, "save the file on this machine, and name the copy"
    if scheme in WEB and has_wildcards(address):
        message = f'"{address}" has wildcards, and the files of a web server cannot be listed'
        hint = "list the address of each file; a * that belongs to the address is written %2A"
        return message, hint
    host, _, path = address.partition("://")[2].partition("/")
    if scheme in WEB and "@" in host:
        message = "an address with a login is refused: it would be recorded with each run"
        return (
            message,
            f'remove what stands before "@{host.rpartition("@")[2]}", and write it into ~/.netrc',
        )
    if takes_folders and scheme in WEB and host and "." not in file_name_of(address):
        message = f'"{address}" is a folder of a web server, whose files cannot be listed'
        hint = "save the folder on this machine, and name the copy; folders are fetched from"
        return message, f"{hint} s3://, gs:// and hf://"
    if takes_folders and scheme not in WEB and host:
        return None
    if not host or not path or path.endswith("/"):
        hint = "write the address of a file"
        if scheme not in WEB:
            hint += f', or wildcards such as "{address.rstrip("/")}/*"' if host else ""
        return f'"{address}" names no file', hint
    return None
