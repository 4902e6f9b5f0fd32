"""What an edited model has to hold once a file is loaded, and how many of its tensors are wrong."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .config_edits import Edited
from .models import BARE, Values

Same = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Request:
    """What is loaded into an edited model.

    Attributes:
        edited: the model.
        file: of the weights before.
        by_rename: whether modelspec is told which layers have other names.
    """

    edited: Edited
    file: Path
    by_rename: bool

    @property
    def renamed(self) -> dict[str, str]:
        """Path of a layer to its path in the file, as far as modelspec is told."""
        return self.edited.names if self.by_rename else {}


@dataclass
class Count:
    """What came of some edits.

    Attributes:
        edits: how many models were edited.
        ours: wrong tensors with modelspec.
        missed: tensors that modelspec could have loaded, and did not.
        loaded: tensors that modelspec loaded.
        silent: models into which Keras loaded wrong tensors without an error.
        wrong: how many tensors those were.
        refused: models that Keras refused.
    """

    edits: int = 0
    ours: int = 0
    missed: int = 0
    loaded: int = 0
    silent: int = 0
    wrong: int = 0
    refused: int = 0

    def add(self, other: Count) -> None:
        """Add another count."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def judge(
    request: Request,
    loads: tuple[Callable[[], Values], Callable[[], Values]],
    fresh: Values,
    saved: Values,
    same: Same,
) -> Count:
    """Load by modelspec and by Keras, and count.

    Args:
        request: what is loaded.
        loads: put the weights into the model, and give what is in it then.
        fresh: what was in it.
        saved: what the file has.
        same: whether two values are one.
    """
    edited, file, by_rename = request.edited, request.file, request.by_rename
    count = Count(edits=1)
    names = edited.names if by_rename else {path: path for path in edited.names}
    expected = _expected(fresh, saved, edited, by_rename=by_rename, old=names)
    for key, value in loads[0]().items():
        is_loaded = not same(value, fresh[key])
        wanted = expected.get(key)
        if wanted is None:
            count.ours += is_loaded
        elif same(value, wanted):
            count.loaded += 1
        elif is_loaded:
            count.ours += 1
        else:  # without names of variables, one of a LayerNormalization is gamma or beta
            count.missed += file.name != BARE
    if count.ours or count.missed:
        print("  wrong after", edited.edits, file.name, "with rename" if by_rename else "")
    by_name = _expected(fresh, saved, edited, by_rename=False, old=names)
    moved = _expected(fresh, saved, edited, by_rename=True, old=names)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of containers that Keras looks into and finds empty
            theirs = loads[1]()
    except Exception:  # Keras's own error
        count.refused += 1
        return count
    for key, value in theirs.items():
        fine = [fresh[key], *(one[key] for one in (by_name, moved) if key in one)]
        count.wrong += not any(same(value, other) for other in fine)
    count.silent += count.wrong > 0
    return count


def _expected(
    fresh: Values, saved: Values, edited: Edited, *, by_rename: bool, old: dict[str, str]
) -> Values:
    """What each variable has to be if the whole layer fits; nothing for those that stay fresh."""
    found: Values = {}
    layers, in_file = _by_layer(fresh), _by_layer(saved)
    taken = set(edited.names.values()) if by_rename else set()
    for path, keys in layers.items():
        source = _renamed(path, edited.names) if by_rename else path
        if source is None:
            source = path
            if any(_is_below(path, name) for name in taken):
                continue
        pairs = {key: source + key[len(path) :] for key in keys}
        if set(pairs.values()) != set(in_file.get(source, ())):
            continue
        shapes = [(saved[there].shape, fresh[here].shape) for here, there in pairs.items()]
        if all(tuple(there) == tuple(here) for there, here in shapes):
            found |= {here: saved[there] for here, there in pairs.items()}
    return found


def _by_layer(values: Values) -> dict[str, list[str]]:
    """Path of a layer to the keys of its variables."""
    found: dict[str, list[str]] = {}
    for key in values:
        found.setdefault(key.partition(":")[0], []).append(key)
    return found


def _renamed(path: str, names: dict[str, str]) -> str | None:
    for new in sorted(names, key=len, reverse=True):
        if _is_below(path, new):
            return names[new] + path[len(new) :]
    return None


def _is_below(path: str, around: str) -> bool:
    return path == around or path.startswith(f"{around}/")
