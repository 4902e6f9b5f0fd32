"""Whether two runs have the same bits: their epochs, then the variables of their models."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.diagnostics import CannotRunError
from modelspec.runs import RunFile, read_record

WEIGHTS = "model.weights.h5"


def first_difference(before: Path, now: Path) -> str | None:
    """The first thing in which a run differs from another one, as a sentence; None for none.

    Epochs are compared by what is logged of them, with all its digits; then every variable of the
    models, bit by bit.

    Args:
        before: the folder of the run that was recorded.
        now: that of the run that was trained again.

    Raises:
        CannotRunError: a model is missing or damaged.
    """
    return _first_epoch(before, now) or _first_variable(before, now)


def _first_epoch(before: Path, now: Path) -> str | None:
    one, other = read_record(before), read_record(now)
    if len(one.epochs) != len(other.epochs):
        return f"{len(one.epochs)} epochs were trained before, {len(other.epochs)} now"
    for index, epoch in enumerate(one.epochs):
        for name, values in one.curves.items():
            found = other.curves.get(name, [])
            if index >= len(found):
                return f"epoch {epoch}: `{name}` is not logged any more"
            if values[index] != found[index] and not _both_nan(values[index], found[index]):
                return f"epoch {epoch}: `{name}` was {values[index]!r}, now {found[index]!r}"
    return None


def _both_nan(one: float, other: float) -> bool:
    return bool(np.isnan(one) and np.isnan(other))


def _first_variable(before: Path, now: Path) -> str | None:
    one, other = dict(_variables(before)), dict(_variables(now))
    for name in dict.fromkeys((*one, *other)):
        if name not in one or name not in other:
            return f"the variable {name} is {'new' if name in other else 'gone'}"
        first, second = one[name], other[name]
        if first.shape != second.shape or first.dtype != second.dtype:
            return (
                f"the variable {name} was {first.dtype} {first.shape}, now {second.dtype} "
                + str(second.shape)
            )
        differs = first.tobytes() != second.tobytes()
        if differs:
            count = int(np.count_nonzero(first != second))
            return f"the variable {name} differs in {count} of {first.size} values"
    return None


def _variables(run: Path) -> Iterator[tuple[str, Any]]:
    """The variables of the saved model by their places in its archive."""
    import h5py

    file = run / RunFile.MODEL
    try:
        with zipfile.ZipFile(file) as archive:
            content = archive.read(WEIGHTS)
        found: list[tuple[str, Any]] = []
        with h5py.File(io.BytesIO(content)) as weights:
            weights.visititems(
                lambda name, item: (
                    found.append((name, np.asarray(item)))
                    if isinstance(item, h5py.Dataset)
                    else None
                )
            )
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise CannotRunError(f"{file} cannot be read: {error}") from error
    yield from found
