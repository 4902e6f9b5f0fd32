"""Where a study is kept: a journal file in its folder, or a database that Optuna knows.

Each change is one whole write, so that a killed process leaves the study before or after it.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from modelspec.diagnostics import CannotRunError, ModelspecError, UsageError
from modelspec.files import cannot_write
from modelspec.runs import wait_for_lock
from modelspec.spec.tune import is_url, password_of, scheme_of, without_password

CONNECT_SECONDS = 10
"""How long a database that does not reply is waited for."""

MOST_TEXT = 300
"""Characters of what a database says."""

GRPC = "grpc"

LOST_SECONDS = 30
"""After how long without a sign of a database a connection to it is lost: meanwhile the other
processes of the study wait for the lock that this one holds."""

_LIBPQ = {
    "connect_timeout": CONNECT_SECONDS,
    "tcp_user_timeout": 1000 * LOST_SECONDS,
    "keepalives_idle": LOST_SECONDS // 3,
    "keepalives_interval": LOST_SECONDS // 6,
    "keepalives_count": 4,
}

_MYSQL = {
    "connect_timeout": CONNECT_SECONDS,
    "read_timeout": LOST_SECONDS,
    "write_timeout": LOST_SECONDS,
}

_OPTIONS = {
    **dict.fromkeys(("postgresql", "postgresql+psycopg", "postgresql+psycopg2"), _LIBPQ),
    **dict.fromkeys(("mysql", "mysql+mysqldb", "mysql+pymysql", "mariadb+pymysql"), _MYSQL),
}
"""Arguments of drivers by the beginning of the URL; other drivers keep their own."""

_PACKAGES = {
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "pymysql": "pymysql",
    "MySQLdb": "mysqlclient",
    "grpc": "grpcio",
    "google": "protobuf",
}
"""What is imported to what is installed, where they differ or are often needed."""

_ENGINES = ("sqlalchemy", "psycopg", "psycopg2", "pymysql", "MySQLdb", "grpc")

EXTRA = "`modelspec tune` needs Optuna: pip install 'keras-modelspec[tune]'"


def import_optuna() -> Any:
    """Optuna, told to keep its log to itself.

    Raises:
        CannotRunError: it is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise CannotRunError(EXTRA) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def study_name(storage: str, folder: Path) -> str:
    """The name of a study in its storage: a database has those of many folders."""
    return folder.absolute().name if is_url(storage) else "study"


def open_storage(storage: str, folder: Path) -> Any:
    """Open Optuna's storage; a journal file or a database that does not exist is made.

    Args:
        storage: the name of a journal file in the folder, a URL of a database, or
            `grpc://HOST:PORT` of Optuna's proxy.
        folder: of the study.

    Raises:
        CannotRunError: Optuna or a package of the database is missing, it does not reply or
            refuses the connection, or the file cannot be written.
        UsageError: there is no such kind of database.
    """
    optuna = import_optuna()
    if not is_url(storage):
        return _journal(folder / storage)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the proxy is "experimental" since Optuna 4.2
            return _proxy(storage) if scheme_of(storage) == GRPC else _database(storage)
    except ImportError as error:
        raise CannotRunError(_missing_package(storage, error)) from error
    except optuna.exceptions.StorageInternalError as error:
        raise CannotRunError(_no_reply(storage, error)) from error
    except ValueError as error:
        message = f"{without_password(storage)} is not a storage that Optuna knows: {error}"
        raise UsageError(message) from error
    except Exception as error:  # SQLAlchemy's and those of all drivers
        raise CannotRunError(_no_reply(storage, error)) from error


def _database(url: str) -> Any:
    optuna = import_optuna()
    options: dict[str, Any] = {"pool_pre_ping": True}  # a server closes connections that wait long
    arguments = _OPTIONS.get(url.partition("://")[0], {})
    options["connect_args"] = {name: arguments[name] for name in arguments if name not in url}
    return optuna.storages.get_storage(optuna.storages.RDBStorage(url, engine_kwargs=options))


def _proxy(url: str) -> Any:
    optuna = import_optuna()
    host, _, port = url.partition("://")[2].rstrip("/").rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError("it needs a host and a port, grpc://HOST:PORT")
    proxy = optuna.storages.GrpcStorageProxy(host=host, port=int(port))
    proxy.wait_server_ready(CONNECT_SECONDS)
    return proxy


def _missing_package(storage: str, error: BaseException) -> str:
    """Which package a storage needs, with the command that installs it."""
    module = ""
    cause: BaseException | None = error
    while cause is not None and not module:
        module = (getattr(cause, "name", None) or "").partition(".")[0]
        cause = cause.__cause__ or cause.__context__
    package = _PACKAGES.get(module, module)
    if not package:
        return f"the storage {without_password(storage)} needs a package that is missing: {error}"
    where = f"the storage {without_password(storage)} needs the package {module}"
    return f"{where}, which is not installed: pip install '{package}'"


def _no_reply(storage: str, error: BaseException) -> str:
    """That a database cannot be used and why, in one line without its password."""
    reason = getattr(error, "orig", None) or error
    if isinstance(reason, import_optuna().exceptions.StorageInternalError):
        reason = getattr(error.__cause__, "orig", None) or error.__cause__ or error
    details = getattr(reason, "details", None)  # of gRPC, whose text is a page
    text = str(details() if callable(details) else reason).strip()
    first = text.partition("\n")[0].rstrip()
    text = " ".join(text.split()) if first.endswith(":") else first
    password = password_of(storage)
    text = text.replace(password, "***") if password else text
    return f"the storage {without_password(storage)} cannot be used: {text[:MOST_TEXT].rstrip('.')}"


@contextmanager
def database_errors(storage: str, folder: Path) -> Iterator[None]:
    """While a database is used: one that is lost ends the study, which can be resumed.

    Raises:
        CannotRunError: the database cannot be used any more.
    """
    try:
        yield
    except ModelspecError:
        raise
    except Exception as error:
        if not is_url(storage) or not is_of_database(error):
            raise
        advice = f"when it can, resume with: modelspec tune --resume {folder}"
        raise CannotRunError(f"{_no_reply(storage, error)}; {advice}") from error


def is_of_database(error: BaseException) -> bool:
    """Whether SQLAlchemy, its driver, gRPC or Optuna's storage has raised an error."""
    if isinstance(error, import_optuna().exceptions.StorageInternalError):
        return True
    return any(one.__module__.partition(".")[0] in _ENGINES for one in type(error).__mro__)


def require_free(storage: Any, name: str, *, force: bool) -> None:
    """See to it that a storage has no study of a name: a database outlives the study folder.

    Raises:
        UsageError: it has one, and `force` is false.
    """
    try:
        found = storage.get_study_id_from_name(name)
    except KeyError:
        return
    if not force:
        message = (
            f"the storage has a study {name} already. Who works on it shares its folder, and joins"
            " with --resume; for another study choose another name for the folder"
        )
        raise UsageError(f"{message}, or replace that one with --force")
    storage.delete_study(found)


def require_known(storage: Any, place: str, folder: Path) -> None:
    """See to it that a storage has the study whose trials are in a folder.

    Args:
        storage: as opened.
        place: of it, as `tune.storage` has it.
        folder: of the study.

    Raises:
        UsageError: it has not: another storage is named, or it was deleted.
    """
    try:
        storage.get_study_id_from_name(study_name(place, folder))
    except KeyError as error:
        message = f"the storage {without_password(place)} knows nothing of the trials in {folder}"
        raise UsageError(f"{message}: bring back what it had, or start another study") from error


def _journal(path: Path) -> Any:
    optuna = import_optuna()
    try:
        lock = _JournalLock(path)
        backend = optuna.storages.journal.JournalFileBackend(str(path), lock_obj=lock)
        lock.acquire()
        lock.release()
        return optuna.storages.JournalStorage(backend)
    except OSError as error:
        raise cannot_write(path, error) from error
    except (ValueError, KeyError, AttributeError) as error:
        raise CannotRunError(f"{path} is damaged: {error}") from error


class _JournalLock:
    """The lock of Optuna's journal, which ends with its process.

    Optuna's own ones are files that a killed process leaves behind, and that are waited for half a
    minute.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: BinaryIO | None = None

    def acquire(self) -> bool:
        """Take it, and with it take away what a killed process has half written."""
        self._held = wait_for_lock(self.path.with_name(f"{self.path.name}.lock"))
        _remove_torn_line(self.path)
        return True

    def release(self) -> None:
        """Give it back."""
        if self._held is not None:
            self._held.close()
            self._held = None


def _remove_torn_line(path: Path) -> None:
    """Cut off what follows the last line break: a process was killed while it wrote that line."""
    if not path.exists():
        return
    with path.open("rb+") as file:
        end = file.seek(0, os.SEEK_END)
        if end == 0:
            return
        file.seek(end - 1)
        if file.read(1) == b"\n":
            return
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
