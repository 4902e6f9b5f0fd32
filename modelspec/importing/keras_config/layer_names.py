"""Names of layers that are legal in a spec and unique in their model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from modelspec.spec.model import ModelNames, UniqueNames

_ILLEGAL_CHARACTERS = re.compile(r"(?:->|[\s,\[\]{}/$\"'#])+")
_MAX_LENGTH = 200


def legal_name(name: str) -> str:
    """The nearest name that a spec can have: without spaces, commas, brackets, slashes or "->"."""
    if not name.isprintable():
        name = "".join(c if c.isprintable() else "_" for c in name)
    return _ILLEGAL_CHARACTERS.sub("_", name).lstrip(">-")[:_MAX_LENGTH] or "layer"


class LayerNames:
    """The names of one model, old to new."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = UniqueNames()
        self.new: dict[str, str] = {}
        todo = list(dict.fromkeys(names))
        for name in todo:
            if legal_name(name) == name:
                self.new[name] = name
                self._names.add(name)
        for name in todo:
            if name not in self.new:
                self.new[name] = self.unique(legal_name(name))

    def unique(self, wish: str) -> str:
        """The wished name, or the next free one: `name_1`, `name_2` ..."""
        return self._names.unique(wish, wish[: _MAX_LENGTH - 12])

    @property
    def changed(self) -> dict[str, str]:
        """Those that could not stay."""
        return {old: new for old, new in self.new.items() if old != new}


def names_to_write(classes: Sequence[str], wanted: Sequence[str], entry: str | None) -> set[str]:
    """The names that have to be written for all names to come out as wanted.

    Args:
        classes: the classes of the layers of one model.
        wanted: the name that each should have.
        entry: the name of the input before them, if there is one.
    """
    needed: set[str] = set()
    while True:
        given = _resulting_names(classes, wanted, needed, entry)
        wrong = {name for name, found in zip(wanted, given, strict=True) if name != found}
        if not wrong:
            return needed
        needed |= wrong


def _resulting_names(
    classes: Sequence[str], wanted: Sequence[str], needed: set[str], entry: str | None
) -> list[str]:
    """The names that a spec's layers get when only those in `needed` are written."""
    names = ModelNames()
    for name in [entry] if entry is not None else []:
        names.add(name)
    for name in wanted:
        if name in needed:
            names.add(name)
    return [
        name if name in needed else names.default_name(class_name)
        for class_name, name in zip(classes, wanted, strict=True)
    ]
