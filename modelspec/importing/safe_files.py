"""Zip archives and HDF5 files, read within bounds: nothing huge is unpacked, no link followed."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath
from typing import IO, Any

from modelspec.diagnostics import CannotRunError, Findings, Span
from modelspec.unpacking import OF_MODELS

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
MAX_CONFIG_BYTES = 16_000_000
MAX_MEMBERS = 10_000


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
            return f"its member {name!r} occurs twice"
        names.add(name)
        if member.flag_bits & 1:
            return f"its member {name!r} is encrypted"
        if member.file_size > OF_MODELS.largest(member.compress_size):
            return f"its member {name!r} claims to unpack to {member.file_size:,} bytes"
    return ""


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name


def refuse_unsafe_archive(path: Path) -> None:
    """Look at a Keras archive before Keras opens it, which unpacks its config whatever its size.

    Raises:
        CannotRunError: its list of members, or the size of its config, is not that of a model.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return  # no archive; whoever opens it says what is wrong
    with archive:
        problem = _problem(archive)
        sizes = {member.filename: member.file_size for member in archive.infolist()}
    for name in (CONFIG, METADATA):
        if not problem and sizes.get(name, 0) > MAX_CONFIG_BYTES:
            problem = f"its member {name!r} has {sizes[name]:,} bytes, too many for a config"
    if problem:
        raise CannotRunError(f"{path} is not opened: {problem}; it is damaged or made to do harm")


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
        message = (
            f"the member {name!r} has more than {MAX_CONFIG_BYTES:,} bytes, too many for a config"
        )
        findings.error(span, "file-too-large", message)
        return None
    return content


_NAMES = ("model_config", "training_config", "keras_version", "backend")


def import_h5py() -> Any:
    """The h5py package.

    Raises:
        CannotRunError: it is not installed.
    """
    try:
        import h5py
    except ImportError as error:
        message = "reading HDF5 needs h5py: pip install 'keras-modelspec[tensorflow]'"
        raise CannotRunError(message) from error
    return h5py


def read_attributes(path: Path, span: Span, findings: Findings) -> dict[str, str] | None:
    """The texts that Keras keeps at the root of a whole model; None with a finding."""
    h5py = import_h5py()
    try:
        with h5py.File(path, "r") as file:
            found = {name: _attribute(file, name) for name in _NAMES}
            return {name: text for name, text in found.items() if text is not None}
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, MemoryError) as error:
        findings.error(span, "cannot-read", f"the file cannot be read as HDF5: {error}")
        return None


def _attribute(file: Any, name: str) -> str | None:
    if name not in file.attrs:
        return None
    size = file.attrs.get_id(name).get_storage_size()
    if size > MAX_CONFIG_BYTES:
        raise ValueError(f"its `{name}` has {size:,} bytes, too many for a config")
    return _text(file.attrs[name])


def get_member(group: Any, name: str) -> Any:
    """What a group holds under a name.

    Raises:
        KeyError: there is no such member, or a link that may lead to another file.
    """
    h5py = import_h5py()
    if not isinstance(group, h5py.Group) or name not in group:
        raise KeyError(f"there is no {name}")
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise KeyError(f"{name} is a link, and links are not followed")
    return group[name]


def read_array(item: Any) -> Any:
    """The numbers of a dataset, all of which must be in this file.

    Raises:
        ValueError: the item is not a dataset, or its numbers are not in this file: in other
            files, or more than the file has bytes for.
    """
    import numpy as np

    check_array(item)
    return np.asarray(item)


def check_array(item: Any) -> None:
    """Raise ValueError as `read_array` does, without reading any numbers."""
    h5py = import_h5py()
    if not isinstance(item, h5py.Dataset):
        raise ValueError(f"{item.name} is not an array")
    if item.external or item.is_virtual:
        raise ValueError(f"the numbers of {item.name} are in another file")
    if item.nbytes > OF_MODELS.largest(item.id.get_storage_size()):
        raise ValueError(f"{item.name} claims to be an array of {item.nbytes:,} bytes")


def check_members(group: Any) -> None:
    """Check everything in a group, at any depth, as `get_member` and `read_array` do.

    Raises:
        KeyError, ValueError: as they do.
    """
    h5py = import_h5py()
    waiting, seen = [group], set()
    while waiting:
        at = waiting.pop()
        place = h5py.h5o.get_info(at.id).addr  # a group may hold itself
        if place in seen:
            continue
        seen.add(place)
        for name in at:
            item = get_member(at, name)
            if isinstance(item, h5py.Group):
                waiting.append(item)
            else:
                check_array(item)


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value
    inner = getattr(value, "item", None)  # some versions of h5py give a numpy array of one text
    if inner is not None and getattr(value, "size", 0) == 1:
        return _text(inner())
    return None
