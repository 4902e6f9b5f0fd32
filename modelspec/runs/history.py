"""history.csv: one row an epoch, on the disk as soon as the epoch ends."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from modelspec.files import cannot_write, write_atomically

PHASE = "phase"
"""The column with the number of the phase, in the history of a training with phases."""

NOT_LOGGED = (PHASE, "seconds")
"""Columns that Keras does not log."""


class History:
    """The values of all epochs so far, by name, and their csv file; None for no file."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.epochs: list[int] = []
        self.values: dict[str, list[float]] = {}

    def add(self, epoch: int, logs: Mapping[str, float], seconds: float) -> dict[str, float]:
        """Take the logs of an epoch, counted from 1, append its row to the file and return it.

        What an epoch does not log, such as the rate in a phase without a schedule, is NaN there.

        Raises:
            CannotRunError: the file cannot be written.
        """
        row = {**logs, "seconds": round(seconds, 3)}
        is_first = not self.epochs
        late = [name for name in row if name not in self.values]  # of a later phase's callbacks
        self.values |= {name: [math.nan] * len(self.epochs) for name in late}
        self.epochs.append(epoch)
        for name, values in self.values.items():
            values.append(row.get(name, math.nan))
        if self.path is None:
            return row
        if late and not is_first:
            self._write_all()
            return row
        cells = [epoch, *(values[-1] for values in self.values.values())]
        text = _csv([self._header(), cells] if is_first else [cells])
        try:
            with self.path.open("w" if is_first else "a", newline="", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        return row

    def capture(self) -> dict[str, Any]:
        """All rows so far, as plain data for a checkpoint."""
        return {"epochs": list(self.epochs), "values": {k: list(v) for k, v in self.values.items()}}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take the rows of `capture`, and write them to the file.

        Raises:
            CannotRunError: the file cannot be written.
        """
        self.epochs = list(state["epochs"])
        self.values = {name: list(values) for name, values in state["values"].items()}
        self._write_all()

    def _write_all(self) -> None:
        if self.path is None:
            return
        rows: list[Iterable[Any]] = [self._header()] if self.epochs else []
        rows += zip(self.epochs, *self.values.values(), strict=True)
        write_atomically(self.path, _csv(rows).encode())

    def curves(self) -> dict[str, list[float]]:
        """The logged values alone, as Keras's History has them."""
        return {name: values for name, values in self.values.items() if name not in NOT_LOGGED}

    def values_of(self, at: int) -> dict[str, float]:
        """What the epoch at a position has logged, without a learning rate that only another phase
        logs."""
        values = {name: curve[at] for name, curve in self.curves().items()}
        if math.isnan(values.get("learning_rate", 0.0)):
            del values["learning_rate"]
        return values

    def _header(self) -> list[str]:
        return ["epoch", *self.values]


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
