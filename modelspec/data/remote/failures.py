"""Why a remote file could not be fetched, from what fsspec and the packages under it raise."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from http import HTTPStatus
from typing import NamedTuple

from modelspec.spec.data import WEB, scheme_of

DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)
"""What goes wrong on this machine while a file is written."""

_CREDENTIALS = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; for a public bucket "
    "set FSSPEC_S3_ANON=true",
    "gs": "run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS; "
    "for a public bucket set FSSPEC_GS_TOKEN=anon",
    "hf": "run `hf auth login`, or set HF_TOKEN",
}
"""Scheme to how its packages are given credentials."""

_ON_THE_WEB = (
    "write a login for the host into ~/.netrc, or save the file on this machine and name the copy"
)


class IncompleteError(Exception):
    """A file has not as many bytes as the server said."""


class BrokenOffError(Exception):
    """Reading from a server failed; the cause is what was raised."""


class Failure(NamedTuple):
    """Why a file was not fetched.

    Attributes:
        code: of the finding.
        message: without the address.
        hint: how to fix it.
        may_pass: whether another try can succeed.
    """

    code: str
    message: str
    hint: str
    may_pass: bool = False


def explain(error: BaseException, address: str) -> Failure:
    """Why a file was not fetched."""
    causes = list(_causes(error))
    scheme = scheme_of(address)
    status = next(filter(None, map(_status, causes)), None)
    if status in (404, 410) or (status is None and _is_missing(causes, scheme)):
        said = f": the server says {_shown(status)}" if status else ""
        return Failure("no-data-file", f"is not there{said}", "check the address")
    if status in (401, 403) or any(isinstance(one, PermissionError) for one in causes):
        said = f" with {_shown(status)}" if status else ""
        hint = _CREDENTIALS.get(scheme, _ON_THE_WEB)
        return Failure("bad-data-file", f"is refused by the server{said}", hint)
    if any("Credentials" in type(one).__name__ for one in causes):
        return Failure("bad-data-file", "needs credentials, and none are set", _CREDENTIALS[scheme])
    if any("Redirect" in type(one).__name__ for one in causes):
        message = (
            "cannot be fetched: the server redirects to an address that is neither http nor https"
        )
        return Failure("bad-data-file", message, "write the address that the file itself has")
    if status is not None and status < 500 and status not in (408, 429):
        message = f"cannot be fetched: the server says {_shown(status)}"
        return Failure("bad-data-file", message, "check the address")
    reason = _shown(status) if status else _reason(causes)
    hint = "check the connection and the address, and run the command again"
    return Failure("bad-data-file", f"cannot be fetched: {reason}", hint, may_pass=True)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and what it was raised from."""
    found: BaseException | None = error
    while found is not None:
        if not isinstance(found, BrokenOffError):
            yield found
        found = found.__cause__


def _reason(causes: list[BaseException]) -> str:
    """What an error says, in one line."""
    if any("Payload" in type(one).__name__ for one in causes):
        return "the connection ended before the whole file had come"
    last = causes[-1]
    said = str(getattr(last, "strerror", None) or last)
    return " ".join(said.split()) or type(last).__name__


def _status(error: BaseException) -> int | None:
    """The status of HTTP that an error of aiohttp or botocore has."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) or None
    status = getattr(error, "status", None)
    return status if isinstance(status, int) and status >= 400 else None


def _is_missing(causes: list[BaseException], scheme: str) -> bool:
    """Whether a file is not there; for the web fsspec says so of every error, with the cause."""
    return isinstance(causes[-1 if scheme in WEB else 0], FileNotFoundError)


def _shown(status: int | None) -> str:
    try:
        return f"{status} {HTTPStatus(status or 0).phrase}"
    except ValueError:
        return str(status)
