"""lock.json: what a training was made of, so that it can be done again and compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.runs import RunFile, read_status

VERSION = 1

Surroundings = Mapping[str, Any]
"""What `describe_surroundings` gives, with what TensorFlow says of itself."""


class LockDifference(NamedTuple):
    """Something that is not as it was.

    Attributes:
        what: is another one: "package keras", "variable TF_ENABLE_ONEDNN_OPTS".
        before: as recorded; None where it was not there.
        now: as it is; None where it is not there.
    """

    what: str
    before: Any
    now: Any

    def __str__(self) -> str:
        """Such as `package keras: 3.14.0 in the lock, now 3.15.1`."""
        before = "nothing" if self.before is None else self.before
        now = "nothing" if self.now is None else self.now
        return f"{self.what}: {before} in the lock, now {now}"


@dataclass(frozen=True, slots=True)
class LockFile:
    """The content of lock.json.

    Attributes:
        spec_sha256: of spec.expanded.yaml in UTF-8.
        seed: of the training.
        data: split to its digest, see data.json.
        files: split to its files, by their paths from the run, with the fingerprint of each.
        surroundings: versions, hardware and variables.
        command: what started the training.
        commit: of the spec's folder, and whether it was changed; None outside of git.
    """

    spec_sha256: str
    seed: int
    data: Mapping[str, str]
    files: Mapping[str, Mapping[str, str]]
    surroundings: Surroundings
    command: str = ""
    commit: Mapping[str, Any] | None = field(default=None)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"version": VERSION, **asdict(self)}

    def changes(self, now: Surroundings) -> list[LockDifference]:
        """How the surroundings differ from those recorded."""
        return list(_changes(self.surroundings, now))

    def data_changes(self, now: Mapping[str, str]) -> list[LockDifference]:
        """The splits whose data has other digests."""
        short = [{split: digest[:12] for split, digest in one.items()} for one in (self.data, now)]
        return list(_each("data of the split", *short))


def _changes(before: Surroundings, now: Surroundings) -> Iterator[LockDifference]:
    for kind in ("package", "variable"):
        yield from _each(kind, before.get(f"{kind}s", {}), now.get(f"{kind}s", {}))
    one, other = before.get("processor", {}), now.get("processor", {})
    yield from _each("processor", {"model": one.get("model")}, {"model": other.get("model")})
    flags, others = set(one.get("flags", ())), set(other.get("flags", ()))
    if flags != others:
        yield LockDifference("processor flags", _shown(flags - others), _shown(others - flags))
    plain = [name for name in before if name not in ("packages", "variables", "processor")]
    yield from _each("", {n: before[n] for n in plain}, {n: now.get(n) for n in plain})


def _shown(flags: set[str]) -> str | None:
    return ", ".join(sorted(flags)) or None


def _each(what: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[LockDifference]:
    for name in dict.fromkeys((*before, *now)):
        if before.get(name) != now.get(name):
            yield LockDifference(f"{what} {name}".strip(), before.get(name), now.get(name))


def sha256_of_text(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_lock(run: Path) -> LockFile:
    """Read the lock of a run.

    Raises:
        UsageError: the folder is no run folder, or has no lock.
        CannotRunError: the lock is damaged, or does not belong to the spec beside it.
    """
    status = read_status(run)
    file = run / RunFile.REPRODUCTION
    if "folds" in status or "seeds" in status:
        message = f"{run} has a run for each fold or seed, and each has its lock"
        raise UsageError(f"{message}: name one of them")
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        number = content.pop("version")
        if number != VERSION:
            message = f"{file} has version {number}; this modelspec reads {VERSION}"
            raise CannotRunError(f"{message}: install a later modelspec")
        lock = LockFile(**content)
        text = (run / RunFile.EXPANDED_SPEC).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        message = f"{error.filename} is missing"
        if Path(str(error.filename)).name == RunFile.REPRODUCTION:
            message += ": a modelspec before locks trained the run, or its files are gone"
        raise UsageError(f"{message}; train the spec again") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CannotRunError(f"{file} is damaged: {error}") from error
    if sha256_of_text(text) != lock.spec_sha256:
        message = f"{run / RunFile.EXPANDED_SPEC} was changed: it is not the spec of {file}"
        raise CannotRunError(message)
    return lock
