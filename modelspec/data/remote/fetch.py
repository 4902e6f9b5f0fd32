"""Fetching remote files with fsspec."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from modelspec.diagnostics import CannotRunError, Findings, Span, SpecError
from modelspec.spec import refuse_remote
from modelspec.spec.data import WEB, has_wildcards, is_remote, problem_of, scheme_of

from .cache import RemoteCopy, add_copy, add_folder, find_copy
from .failures import DISK_ERRORS, BrokenOffError, Failure, IncompleteError, explain

AT_ONCE = 8
"""Files of a folder that are fetched at the same time."""

WAITS = [0.5, 2.0, 5.0]
"""Seconds before each further try."""

PACKAGES = {
    "http": "aiohttp",
    "https": "aiohttp",
    "s3": "s3fs",
    "gs": "gcsfs",
    "hf": "huggingface_hub",
}
"""Scheme to the package that fsspec reads its files with."""

IN_EXTRA = ("fsspec", "aiohttp", "s3fs")
"""The packages of the extra `remote`."""

_VERSION_KEYS = (
    *("ETag", "Last-Modified"),  # the web
    *("ETag", "LastModified", "VersionId"),  # s3
    *("etag", "generation", "md5Hash"),  # gs
    "blob_id",  # hf
)
"""What servers tell of the version of a file."""

_Result = TypeVar("_Result")


class _FailedError(Exception):
    """A file was not fetched."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class _Found(NamedTuple):
    """A file that a server has, and what it says of it."""

    address: str
    about: Mapping[str, Any]


def local_path(data: Path | str) -> Path:
    """The path of a file that was given by hand, which may be an address.

    Raises:
        SpecError: the file cannot be fetched.
    """
    address = str(data)
    if isinstance(data, Path) or not is_remote(address):
        return Path(data)
    findings = Findings()
    copies = find_copies(address, Span(address, 1, 1, 1, 1), findings)
    if len(copies) > 1:
        message = f'"{address}" stands for {len(copies)} files, and one is read'
        findings.error(Span(address, 1, 1, 1, 1), "no-data-file", message, hint="name one of them")
    if findings.has_errors:
        raise SpecError(findings.sorted())
    return copies[0].path


def find_copies(
    text: str, span: Span, findings: Findings, *, takes_folders: bool = False
) -> list[RemoteCopy]:
    """Copies on this machine of the files that an address stands for, sorted; fetches new ones.

    Args:
        text: an address, with wildcards where the storage can list its files.
        span: where it stands.
        findings: takes why a file is not fetched; nothing is returned then.
        takes_folders: whether the address may be that of a folder, which then is one item, with
            all that is below it.

    Raises:
        CannotRunError: the cache cannot be written.
    """
    if refuse_remote(text, span, findings):
        return []
    problem = problem_of(text, takes_folders=takes_folders)
    if problem is not None:
        findings.error(span, "wrong-value", problem[0], hint=problem[1])
        return []
    missing = [name for name in ("fsspec", PACKAGES[scheme_of(text)]) if find_spec(name) is None]
    if missing:
        _report_missing(text, missing, span, findings)
        return []
    address = text
    try:
        storage = _open(scheme_of(text))
        if takes_folders and _try(text, lambda: _is_folder(storage, text)):
            return [_bring_folder(storage, text.rstrip("/"))]
        found = [_Found(text, {})]
        if has_wildcards(text):
            found = _try(text, lambda: _list(storage, text))
        copies = []
        for one in found:
            address = one.address
            copies.append(_bring(storage, one))
    except _FailedError as error:
        code, message, hint, _ = error.failure
        findings.error(span, code, f"{address} {message}", hint=hint)
        return []
    if not copies:
        hint = "check the address; ** matches folders at any depth"
        findings.error(span, "no-data-file", f'no file matches "{text}"', hint=hint)
    return copies


def _report_missing(text: str, missing: list[str], span: Span, findings: Findings) -> None:
    message = f"{text} cannot be fetched: addresses with {scheme_of(text)}:// need "
    message += f"the package {missing[-1]}, which is not installed"
    hint = f"pip install {' '.join(missing)}"
    if set(missing) <= set(IN_EXTRA):
        hint = "pip install 'keras-modelspec[remote]'"
    findings.error(span, "needs-package", message, hint=f"install it with {hint}")


def _open(scheme: str) -> Any:
    """The storage, with neither files nor lists from an earlier call."""
    import fsspec

    options: dict[str, Any] = {}
    if scheme in WEB:
        import aiohttp

        # no limit for a whole file, which may be large, but for a server that falls silent
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=60)
        options["client_kwargs"] = {"trust_env": True, "timeout": timeout}
        options["headers"] = {"Accept-Encoding": "identity"}
    return fsspec.filesystem(scheme, skip_instance_cache=True, use_listings_cache=False, **options)


def _is_folder(storage: Any, text: str) -> bool:
    """Whether a storage that can list its files has files below an address."""
    if scheme_of(text) in WEB or has_wildcards(text):
        return False
    return bool(storage.info(text.rstrip("/")).get("type") == "directory")


def _bring_folder(storage: Any, address: str) -> RemoteCopy:
    """The copy of a folder: of all files below it, in its folders, without hidden ones."""
    found = _try(address, lambda: _files_below(storage, address))
    versions = {name: _version(one.about) for name, one in found.items()}
    is_known = None not in versions.values()
    version = json.dumps(versions, sort_keys=True) if is_known else None
    known = find_copy(address, version)
    if known is not None:
        return known
    with ThreadPoolExecutor(AT_ONCE) as pool:
        copies = pool.map(lambda one: _bring(storage, one), found.values())
        return add_folder(address, version, dict(zip(found, copies, strict=True)))


def _files_below(storage: Any, address: str) -> dict[str, _Found]:
    """The name of each file below a folder to the file.

    Raises:
        _FailedError: there is none, or one whose name leads out of the folder.
    """
    scheme, top = scheme_of(address), address.partition("://")[2] + "/"
    files: dict[str, _Found] = {}
    for path, about in sorted(storage.find(address, detail=True).items()):
        name = path.removeprefix(top)
        parts = name.split("/")
        if about.get("type") == "directory" or not parts[-1]:
            continue
        if name == path or not {"", ".", ".."}.isdisjoint(parts) or "\\" in name:
            hint = "rename it there, or save the files on this machine"
            raise _FailedError(Failure("bad-data-file", f"has a file {name!r}", hint))
        if not any(part.startswith(".") for part in parts):
            files[name] = _Found(f"{scheme}://{path}", about)
    if not files:
        raise _FailedError(Failure("empty-data", "has no files", "check the address"))
    return files


def _list(storage: Any, text: str) -> list[_Found]:
    scheme = scheme_of(text)
    found = storage.glob(text, detail=True)
    return [
        _Found(f"{scheme}://{name}", about)
        for name, about in sorted(found.items())
        if about.get("type") != "directory"
    ]


def _bring(storage: Any, found: _Found) -> RemoteCopy:
    """The copy of a file, from the cache if that has the version of the server."""

    def bring() -> RemoteCopy:
        about = storage.info(found.address)
        if about.get("type") == "directory":
            hint = f'write "{found.address}/*" for the files in it'
            raise _FailedError(Failure("no-data-file", "is a folder; a source names files", hint))
        version = _version(about)
        return find_copy(found.address, version) or add_copy(
            found.address, version, lambda draft: _fill(storage, found.address, about, draft)
        )

    known = find_copy(found.address, _version(found.about))
    return known or _try(found.address, bring)


def _version(about: Mapping[str, Any]) -> str | None:
    """What a server tells of the version of a file; None if nothing but its size."""
    told = {key: str(about[key]) for key in _VERSION_KEYS if about.get(key)}
    return json.dumps({**told, "size": about.get("size")}) if told else None


def _fill(storage: Any, address: str, about: Mapping[str, Any], draft: Path) -> None:
    """Write a file, all of it.

    Raises:
        OSError: the disk does not take it.
        BrokenOffError: the server did not give it.
        IncompleteError: it is not as long as the server said.
    """
    try:
        storage.get_file(address, str(draft))
    except Exception as error:  # each storage raises its own
        if isinstance(error, OSError) and error.errno in DISK_ERRORS:
            raise
        raise BrokenOffError from error
    size, expected = draft.stat().st_size, about.get("size")
    if expected is not None and size != expected:
        raise IncompleteError(f"{size} of {expected} bytes came")


def _try(address: str, action: Callable[[], _Result]) -> _Result:
    """Do it again where the connection was lost.

    Raises:
        _FailedError: it cannot be done.
    """
    for wait in (*WAITS, None):
        try:
            return action()
        except (CannotRunError, _FailedError):
            raise
        except Exception as error:  # each storage raises its own
            failure = explain(error, address)
            if wait is None and failure.may_pass:
                message = f"{failure.message} (after {len(WAITS) + 1} tries)"
                raise _FailedError(failure._replace(message=message)) from error
            if not failure.may_pass:
                raise _FailedError(failure) from error
        time.sleep(wait or 0)
    raise AssertionError("the last try returns or raises")
