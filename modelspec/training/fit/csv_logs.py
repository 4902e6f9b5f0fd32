"""Files of Keras's CSVLogger, which begins its file anew with each training, a resumed one too."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from modelspec.files import cannot_write, write_atomically


def go_on(callbacks: Sequence[Any], epochs: int) -> None:
    """Have each CSVLogger add to its file, after the rows of the epochs that are done.

    Args:
        callbacks: those of the spec, before the training begins.
        epochs: how many are done. Rows beyond them come from a process that ended after it had
            written the row and before it had saved the epoch.

    Raises:
        CannotRunError: the disk does not take a file.
    """
    for logger in _loggers(callbacks):
        logger.append = True
        path = Path(logger.filename)
        try:
            _keep(path, logger.sep, epochs)
        except OSError as error:
            raise cannot_write(path, error) from error


def close(callbacks: Sequence[Any]) -> None:
    """Close the files, which Keras leaves open when a training ends before its time."""
    for logger in _loggers(callbacks):
        if logger.csv_file is not None:
            logger.csv_file.close()


def _loggers(callbacks: Sequence[Any]) -> list[Any]:
    import keras

    return [callback for callback in callbacks if isinstance(callback, keras.callbacks.CSVLogger)]


def _keep(path: Path, separator: str, epochs: int) -> None:
    if not path.is_file():
        return
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter=separator))
    kept = [row for row in rows[1:] if row and row[0].isdigit() and int(row[0]) < epochs]

    def write(draft: Path) -> None:
        with draft.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=separator, lineterminator="\n")
            writer.writerows([*rows[:1], *kept])

    write_atomically(path, write)
