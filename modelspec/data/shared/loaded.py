"""The data of a training, read once by each machine whose processes train together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from modelspec.data.examples import Examples
from modelspec.data.table import LazyArray, Table
from modelspec.diagnostics import Finding, Findings

from .meeting import Meeting
from .prepared import prepare_once

if TYPE_CHECKING:
    from modelspec.data.load import Data

SPLITS = ("train", "validation", "test")


class _Loaded(NamedTuple):
    """What loading gives: the data, or None, and what was found."""

    data: Data | None
    findings: tuple[Finding, ...]


def load_once(
    load: Callable[[Findings], Data | None], meeting: Meeting | None, findings: Findings
) -> Data | None:
    """What a function loads, which the first process of each machine calls.

    The others map its arrays. Values that are made batch by batch, such as images, are made by each
    process from the same references, for its share of a batch.

    Args:
        load: the function.
        meeting: of the processes of this machine; None where this is the only one.
        findings: takes what the function finds, in every process.

    Raises:
        ModelspecError: as the function raises it, in every process.
        CannotRunError: the first process of the machine ended.
    """
    if meeting is None:
        return load(findings)

    def loaded() -> _Loaded:
        own = Findings()
        return _Loaded(load(own), tuple(own))

    found = prepare_once(loaded, meeting, sent=_sent, joined=_joined, size_of=_size)
    findings.extend(found.findings)
    return found.data


def _sent(loaded: _Loaded) -> _Loaded:
    """Without the columns of tables, which only the process that writes the run needs."""

    def sent(examples: Examples) -> Examples:
        table = examples.table
        inner = examples.uncropped
        small = Table({}, table.rows, table.parts)
        return replace(examples, table=small, uncropped=inner and sent(inner))

    return loaded._replace(data=_changed(loaded.data, sent))


def _joined(own: _Loaded, mapped: _Loaded) -> _Loaded:
    """What is here, with arrays that are mapped."""
    if own.data is None or mapped.data is None:
        return own
    parts = _splits(mapped.data)
    made: dict[str, Any] = {
        name: _mapped(part, parts[name]) for name, part in _splits(own.data).items()
    }
    return own._replace(data=replace(own.data, **made))


def _mapped(own: Examples, mapped: Examples) -> Examples:
    """The examples of `mapped` with the table that is here, and with the values that are made batch
    by batch: the others read the files that these have open."""

    def chosen(here: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: here[name] if isinstance(here[name], LazyArray) else there[name] for name in here
        }

    uncropped = mapped.uncropped
    if own.uncropped is not None and uncropped is not None:
        uncropped = _mapped(own.uncropped, uncropped)
    inputs, targets = chosen(own.inputs, mapped.inputs), chosen(own.targets, mapped.targets)
    return replace(mapped, inputs=inputs, targets=targets, table=own.table, uncropped=uncropped)


def _changed(data: Data | None, change: Callable[[Examples], Examples]) -> Data | None:
    if data is None:
        return None
    made: dict[str, Any] = {name: change(part) for name, part in _splits(data).items()}
    return replace(data, **made)


def _splits(data: Data) -> Mapping[str, Examples]:
    found = {name: getattr(data, name) for name in SPLITS}
    return {name: part for name, part in found.items() if part is not None}


def _size(loaded: _Loaded) -> int:
    """Bytes of the arrays."""
    parts = () if loaded.data is None else _splits(loaded.data).values()
    arrays = [one for part in parts for one in (*part.inputs.values(), *part.targets.values())]
    return sum(values.nbytes for values in arrays if isinstance(values, np.ndarray))
