"""Data sets that TensorFlow Datasets has prepared: their folders, splits and features.

Read without the package, from the files beside the records: `dataset_info.json` and
`features.json`. Needs no numpy.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.diagnostics import join_words

from .plain_data import UnreadableError

FOLDER_VARIABLE = "TFDS_DATA_DIR"

INFO, FEATURES = "dataset_info.json", "features.json"

RECORDS = "tfrecord"
"""The file format that is read."""

_TEMPLATE = "{DATASET}-{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}"

_VERSION = re.compile(r"\d+\.\d+\.\d+")

_SLICE = re.compile(r"(?P<name>[\w.-]+)(\[(?P<start>-?\d+%?)?:(?P<stop>-?\d+%?)?\])?")


class NotPreparedError(Exception):
    """There is no such data set, configuration, version or split on this disk.

    Attributes:
        hint: what to do.
    """

    def __init__(self, message: str, hint: str) -> None:
        self.hint = hint
        super().__init__(message)


class PreparedFeature(NamedTuple):
    """A feature of a prepared data set that can be a column.

    Attributes:
        dtype: of its values, as numpy calls it; "string" for text; "image" for encoded images.
        shape: of the values of an example; None for a list of any length.
        classes: the names of the classes; empty where it has none.
    """

    dtype: str
    shape: tuple[int, ...] | None = ()
    classes: tuple[str, ...] = ()


class Rows(NamedTuple):
    """A part of a split: its rows from `start` to `stop`."""

    split: str
    start: int
    stop: int


def data_folder(given: str | None, beside: Path) -> Path:
    """The folder of all prepared data sets.

    Args:
        given: as the spec has it, relative to `beside`; None for that of the environment.
        beside: the folder of the spec.
    """
    if given is not None:
        return beside / Path(given).expanduser()
    return Path(os.environ.get(FOLDER_VARIABLE) or "~/tensorflow_datasets").expanduser()


def find_prepared(name: str, folder: Path) -> Path:
    """The folder of a data set: that of the version named, or of the newest.

    Args:
        name: NAME, NAME/CONFIG, and either with :VERSION.
        folder: of all data sets.

    Raises:
        NotPreparedError: there is none.
    """
    path, _, version = name.partition(":")
    place = folder / path
    if not place.is_dir():
        raise NotPreparedError(f"{name} has not been prepared: there is no {place}", _hint(name))
    versions = _versions(place)
    if not versions:
        configs = [one for one in sorted(place.iterdir()) if one.is_dir() and _versions(one)]
        if len(configs) > 1:
            known = join_words(f"{path}/{one.name}" for one in configs)
            message = f"{name} is prepared in several configurations"
            raise NotPreparedError(message, f"name one of them: {known}")
        if not configs:
            raise NotPreparedError(f"{name} is not prepared: {place} is empty", _hint(name))
        place, versions = configs[0], _versions(configs[0])
    if version and version not in versions:
        message = f"{path} is not prepared in version {version}"
        raise NotPreparedError(message, f"the prepared versions are {join_words(versions)}")
    return place / (version or versions[-1])


def _versions(place: Path) -> list[str]:
    """The versions in a folder, the newest last."""
    names = [one.name for one in place.iterdir() if _VERSION.fullmatch(one.name) and one.is_dir()]
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


def _hint(name: str) -> str:
    call = f"tensorflow_datasets.builder('{name}').download_and_prepare()"
    return (
        f"prepare it with the package tensorflow-datasets: {call}; where it is prepared in another"
        f" folder, write `folder: PATH` or set {FOLDER_VARIABLE}"
    )


@dataclass(frozen=True, slots=True)
class PreparedData:
    """A data set in a folder.

    Attributes:
        folder: of its files.
        splits: name to the lengths of its files.
        templates: split to how its files are called.
        name: of the data set.
        features: column to what it holds.
        unknown: column to the kind of feature that cannot be read.
    """

    folder: Path
    name: str
    splits: Mapping[str, tuple[int, ...]]
    templates: Mapping[str, str]
    features: Mapping[str, PreparedFeature]
    unknown: Mapping[str, str]

    def rows(self, written: str) -> Rows:
        """The rows of a split, or of a part of one: `train`, `train[:80%]`, `train[100:]`.

        Raises:
            NotPreparedError: there is no such split.
        """
        found = _SLICE.fullmatch(written.replace(" ", ""))
        if found is None or found["name"] not in self.splits:
            split = written if found is None else found["name"]
            known = join_words(f"`{name}`" for name in self.splits)
            message = f"{self.name} has no split `{split}`"
            hint = f"its splits are {known}; a part of one is written as `train[:80%]`"
            raise NotPreparedError(message, hint)
        count = sum(self.splits[found["name"]])
        start = _boundary(found["start"] or "0", count)
        stop = _boundary(found["stop"] or str(count), count)
        return Rows(found["name"], start, max(start, stop))

    def files(self, split: str) -> list[Path]:
        """The files of a split, in order."""
        shards = len(self.splits[split])
        parts = {"DATASET": self.name, "SPLIT": split, "FILEFORMAT": RECORDS}
        names = []
        for shard in range(shards):
            numbers = {
                "SHARD_INDEX": f"{shard:05}",
                "NUM_SHARDS": f"{shards:05}",
                "SHARD_X_OF_Y": f"{shard:05}-of-{shards:05}",
            }
            name = self.templates[split]
            for key, value in {**parts, **numbers}.items():
                name = name.replace(f"{{{key}}}", value)
            names.append(name)
        return [self.folder / name for name in names]


def _boundary(text: str, count: int) -> int:
    """A row; shares are rounded to the nearest row, and negative ones count from the end."""
    number = int(text.rstrip("%"))
    row = round(number * count / 100) if text.endswith("%") else number
    return min(count, max(0, row + count if number < 0 else row))


def read_prepared(folder: Path) -> PreparedData:
    """What the files beside the records say.

    Raises:
        UnreadableError: they are damaged, or the records have another format.
        OSError: one cannot be read.
    """
    info, features = _json(folder / INFO), _json(folder / FEATURES)
    kind = info.get("fileFormat") or RECORDS
    if kind != RECORDS:
        raise UnreadableError(f"its files have the format {kind}, and {RECORDS} is read")
    try:
        splits = {
            one["name"]: tuple(map(int, one.get("shardLengths", ()))) for one in info["splits"]
        }
        templates = {
            one["name"]: one.get("filepathTemplate") or _TEMPLATE for one in info["splits"]
        }
        known: dict[str, PreparedFeature] = {}
        unknown: dict[str, str] = {}
        for name, feature in _leaves("", features):
            made = _feature(feature)
            if made is None:
                unknown[name] = str(feature.get("pythonClassName", "")).rpartition(".")[2]
            else:
                known[name] = made._replace(classes=_classes(folder, name, feature))
        return PreparedData(folder, info["name"], splits, templates, known, unknown)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableError(f"{INFO} or {FEATURES} has another form than expected") from error


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise UnreadableError(f"{path.name} is not JSON") from error


def _leaves(name: str, feature: Any) -> Iterator[tuple[str, Any]]:
    """The features within dictionaries, called by the path to them as the records do."""
    inner = feature.get("featuresDict", {}).get("features")
    if inner is None and "translation" in feature:
        inner = {one: {"text": {}} for one in feature["translation"]["languages"]}
    if inner is None:
        yield name, feature
        return
    for key, value in inner.items():
        yield from _leaves(f"{name}/{key}" if name else key, value)


def _feature(feature: Any) -> PreparedFeature | None:
    """What a feature holds; None for one that cannot be a column."""
    if "text" in feature:
        return PreparedFeature("string")
    if "classLabel" in feature:
        return PreparedFeature("int64")
    if "boundingBox" in feature:
        return PreparedFeature("float32", (4,))
    if feature.get("image", {}).get("dtype") == "uint8":
        return PreparedFeature("image")
    if "sequence" in feature:
        inner = _feature(feature["sequence"]["feature"])
        is_list = inner is not None and inner.shape == () and inner.dtype != "image"
        return inner._replace(shape=None) if inner is not None and is_list else None
    tensor = feature.get("tensor") or feature.get("audio") or {}
    dtype = str(tensor.get("dtype", ""))
    is_plain = str(tensor.get("encoding", "none")).lower() == "none"
    if not is_plain or not re.fullmatch(r"u?int\d+|float(16|32|64)|bool|string", dtype):
        return None
    shape = tuple(int(size) for size in tensor.get("shape", {}).get("dimensions", ()))
    if shape == (-1,):
        return PreparedFeature(dtype, None)
    return None if -1 in shape else PreparedFeature(dtype, shape)


def _classes(folder: Path, name: str, feature: Any) -> tuple[str, ...]:
    """The names of the classes of a feature, in the order of their numbers."""
    label = feature.get("sequence", {}).get("feature", feature)
    path = folder / f"{name.replace('/', '-')}.labels.txt"
    if "classLabel" not in label or not path.is_file():
        return ()
    return tuple(path.read_text("utf-8").splitlines())
