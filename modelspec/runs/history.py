"""history.csv: one row for each epoch, on the disk as soon as the epoch ends."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.files import cannot_write, write_atomically


class History:
    """The values of all epochs so far, by name, and their csv file.

    `order` is that of the columns; names that are not in it come last.
    """

    def __init__(self, path: Path, order: Sequence[str] = ()) -> None:
        self.path = path
        self.order = {name: index for index, name in enumerate(order)}
        self.epochs: list[int] = []
        self.values: dict[str, list[float]] = {}

    def add(self, epoch: int, logs: Mapping[str, Any], seconds: float) -> dict[str, float]:
        """Take the logs of an epoch (counted from 1) and write its row; gives the row."""
        names = sorted(logs, key=lambda name: self.order.get(name, len(self.order)))
        row = scalars({name: logs[name] for name in names})
        row["seconds"] = round(seconds, 3)
        self.epochs.append(epoch)
        for name, value in row.items():
            self.values.setdefault(name, []).append(value)
        try:
            self._write(epoch, row)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        return row

    def _write(self, epoch: int, row: Mapping[str, float]) -> None:
        first = len(self.epochs) == 1
        with self.path.open("w" if first else "a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            if first:
                writer.writerow(["epoch", *self.values])
            writer.writerow([epoch, *(row.get(name, "") for name in self.values)])

    def capture(self) -> dict[str, Any]:
        """All rows so far, as plain data."""
        return {"epochs": list(self.epochs), "values": {k: list(v) for k, v in self.values.items()}}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Have the rows that `capture` gave, in the file too.

        Raises:
            CannotRunError: the disk does not take it.
        """
        self.epochs = list(state["epochs"])
        self.values = {name: list(values) for name, values in state["values"].items()}
        write_atomically(self.path, self._write_all)

    def _write_all(self, path: Path) -> None:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            if self.epochs:
                writer.writerow(["epoch", *self.values])
            writer.writerows(zip(self.epochs, *self.values.values(), strict=True))

    def curves(self) -> dict[str, list[float]]:
        """The logged values alone, as Keras's History has them."""
        return {name: values for name, values in self.values.items() if name != "seconds"}


def scalars(logs: Mapping[str, Any]) -> dict[str, float]:
    """Logged values as floats; a metric with a value for each class becomes `name_0`, `name_1`."""
    found = {}
    for name, value in logs.items():
        numbers = np.ravel(np.asarray(value))
        if len(numbers) == 1:
            found[name] = float(numbers[0])
        else:
            found |= {f"{name}_{i}": float(number) for i, number in enumerate(numbers)}
    return found


def shown(logs: Mapping[str, float]) -> str:
    """`loss 0.1234  accuracy 0.981`, four figures each."""
    return "  ".join(f"{name} {value:.4g}" for name, value in logs.items())
