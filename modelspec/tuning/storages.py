"""Where a study is kept: a journal file in its folder, or a database that Optuna knows.

Each change is one whole write, so that a killed process leaves the study before or after it.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, BinaryIO

from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.files import cannot_write
from modelspec.runs import lock_file

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


def is_url(storage: str) -> bool:
    """Whether `tune.storage` is not a file in the study folder."""
    return "://" in storage


def study_name(storage: str, folder: Path) -> str:
    """The name of a study in its storage: a database has those of many folders."""
    return folder.absolute().name if is_url(storage) else "study"


def open_storage(storage: str, folder: Path) -> Any:
    """Open Optuna's storage; a journal file or a database that does not exist is made.

    Args:
        storage: the name of a journal file in the folder, or a URL of a database.
        folder: of the study.

    Raises:
        CannotRunError: Optuna or a package of the database is missing, it refuses the connection,
            or the file cannot be written.
        UsageError: there is no such kind of database.
    """
    optuna = import_optuna()
    if not is_url(storage):
        return _journal(folder / storage)
    try:
        return optuna.storages.get_storage(storage)
    except ImportError as error:
        message = f"the storage {_shown(storage)} needs a package that is missing: {error}"
        raise CannotRunError(f"{message}. pip install sqlalchemy, and the database's driver") from (
            error
        )
    except ValueError as error:
        message = f"{_shown(storage)} is not a storage that Optuna knows: {error}"
        raise UsageError(message) from error
    except Exception as error:  # SQLAlchemy's and those of all drivers
        message = f"the storage {_shown(storage)} cannot be opened: {error}"
        raise CannotRunError(message) from error


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


def _shown(url: str) -> str:
    """A URL without its password."""
    scheme, _, rest = url.partition("://")
    account, at, place = rest.rpartition("@")
    return f"{scheme}://{account.partition(':')[0]}{at}{place}"


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


def wait_for_lock(path: Path) -> BinaryIO:
    """Lock a file, made if need be, until it is closed or this process ends."""
    wait = 0.001
    while (file := lock_file(path)) is None:
        time.sleep(wait)
        wait = min(wait * 2, 0.1)
    return file


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
