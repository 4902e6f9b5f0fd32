"""`.keras` files: zip archives of a config and weights. Nothing but what is wanted is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath
from typing import IO

from modelspec.diagnostics import Findings, Span

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
MAX_CONFIG_BYTES = 16_000_000
MAX_MEMBERS = 10_000
_BOMB_RATIO, _BOMB_BYTES = 1000, 100_000_000


def open_archive(path: Path, span: Span, findings: Findings) -> zipfile.ZipFile | None:
    """The archive, once its list of members has nothing to fear; None with a finding otherwise."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        findings.error(span, "cannot-read", f"the archive cannot be read: {error}")
        return None
    fault = _problem(archive)
    if fault:
        findings.error(span, "bad-archive", f"{fault}, so the archive is not opened")
        archive.close()
        return None
    return archive


def _problem(archive: zipfile.ZipFile) -> str:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        return f"it has {len(members):,} members, more than any model"
    names: set[str] = set()
    for member in members:
        name = member.filename
        if _leads_out(name):
            return f"its member {name!r} leads out of the archive"
        if name in names:
            return f"its member {name!r} is there twice"
        names.add(name)
        if member.flag_bits & 1:
            return f"its member {name!r} is encrypted"
        if member.file_size > _BOMB_BYTES and member.file_size > _BOMB_RATIO * member.compress_size:
            return f"its member {name!r} claims to unpack to {member.file_size:,} bytes"
    return ""


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name


def read_member(
    archive: zipfile.ZipFile, name: str, span: Span, findings: Findings
) -> bytes | None:
    """A small member whole; None where there is none, or with a finding where it is not small."""
    try:
        with archive.open(name) as file:
            return _bounded(file, name, span, findings)
    except KeyError:
        return None
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        findings.error(span, "cannot-read", f"the member {name!r} cannot be read: {error}")
        return None


def _bounded(file: IO[bytes], name: str, span: Span, findings: Findings) -> bytes | None:
    content = file.read(MAX_CONFIG_BYTES + 1)
    if len(content) > MAX_CONFIG_BYTES:
        message = f"the member {name!r} has more than {MAX_CONFIG_BYTES:,} bytes; no config has"
        findings.error(span, "file-too-large", message)
        return None
    return content
