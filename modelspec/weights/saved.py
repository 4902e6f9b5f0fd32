"""A file of weights, read without TensorFlow: its layers by name, and the shapes of its arrays."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.importing import (
    CONFIG,
    WEIGHTS,
    StoredMember,
    check_members,
    get_member,
    import_h5py,
    open_archive,
    read_array,
    read_member,
)
from modelspec.layers import variable_names
from modelspec.spec.model import snake_case

from .files import TAKEN
from .names import FileNames, read_names
from .trees import RANDOM_STATE, FileLayer, FileTensor, everything, leaves

ASSETS = "assets"
_NUMBERED = re.compile(r"(.*?)(?:_(\d+))?")


class UnreadableWeightsError(Exception):
    """The file holds no weights that can be matched.

    Args:
        message: why, as a sentence after the file's name.
        hint: the way out.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class FileModel:
    """The weights in a file.

    Attributes:
        path: the file.
        layers: of the model that it was written for, in the order of the file.
        is_named: whether the file has the names of the layers.
    """

    path: Path
    layers: tuple[FileLayer, ...]
    is_named: bool

    @property
    def by_path(self) -> dict[str, FileLayer]:
        """All layers and models with a name, by their paths."""
        return {str(layer.path): layer for layer in everything(self.layers) if layer.path}

    @property
    def has_given_names(self) -> bool:
        """Whether a layer with weights has a name that Keras did not make up from its class."""
        named = [layer for layer in leaves(self.layers) if layer.tensors]
        return any(
            re.fullmatch(rf"{re.escape(layer.key)}(_\d+)?", str(layer.path).rpartition("/")[2])
            is None
            for layer in named
        )


def read_saved(path: Path) -> FileModel:
    """The layers of a `.keras` or a `.weights.h5` file, with the shapes of their arrays.

    Raises:
        UnreadableWeightsError: it holds none, or is damaged.
        CannotRunError: h5py is not installed.
    """
    config: Any = None
    members: frozenset[str] = frozenset()
    if zipfile.is_zipfile(path):
        with _archive(path) as archive:
            config, members = _config(archive, path), frozenset(archive.namelist())
    with open_weights(path) as file:
        _refuse_other_forms(file)
        root = get_member(file, "layers")
        reader = _Reader(file, None if config is not None else read_names(path), members)
        layers = reader.model(root, "layers", "", _layers_of(config))
    return FileModel(path, layers, reader.is_named)


@contextmanager
def open_weights(path: Path) -> Iterator[Any]:
    """The open HDF5 file with the weights of a `.keras` or a `.weights.h5` file.

    Raises:
        UnreadableWeightsError: there is none, or a part of it is in another file.
        CannotRunError: h5py is not installed.
    """
    h5py = import_h5py()
    try:
        if zipfile.is_zipfile(path):
            with _weights_member(path) as member, h5py.File(member) as file:
                check_members(file)
                yield file
            return
        with h5py.File(path) as file:
            check_members(file)
            yield file
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        reason = " ".join(str(error).split())
        raise UnreadableWeightsError(f"cannot be read: {reason}", TAKEN) from error


def array_of(item: Any) -> Any:
    """The values of an array; numbers of bfloat16 are saved as 16 bits of another type."""
    values = read_array(item)
    if item.attrs.get("dtype") == "bfloat16":
        import ml_dtypes

        return values.view(ml_dtypes.bfloat16)
    return values


@contextmanager
def _weights_member(path: Path) -> Iterator[Any]:
    """The weights in an archive; in memory where they are compressed, which cannot be sought in."""
    with _archive(path) as archive:
        if WEIGHTS not in archive.namelist():
            sharded = any(name.endswith(".weights.json") for name in archive.namelist())
            message = f"has no {WEIGHTS}, as a .keras file has"
            hint = "save the model as one file, without shards" if sharded else ""
            raise UnreadableWeightsError(message, hint)
        info = archive.getinfo(WEIGHTS)
        is_plain = info.compress_type == zipfile.ZIP_STORED
        with StoredMember(path, info) if is_plain else io.BytesIO(archive.read(info)) as member:
            yield member


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    findings = Findings()
    archive = open_archive(path, Span(str(path), 1, 1, 1, 1), findings)
    if archive is None:
        raise UnreadableWeightsError(next(iter(findings)).message)
    with archive:
        yield archive


def _config(archive: zipfile.ZipFile, path: Path) -> Any:
    findings = Findings()
    content = read_member(archive, CONFIG, Span(str(path), 1, 1, 1, 1), findings)
    try:
        return {} if content is None else json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableWeightsError(f"has a damaged {CONFIG}: {error}") from error


def read_vocabulary(path: Path, member: str) -> bytes:
    """The file with what a lookup learned, one token a line.

    Raises:
        UnreadableWeightsError: it cannot be read.
    """
    findings = Findings()
    with _archive(path) as archive:
        content = read_member(archive, member, Span(str(path), 1, 1, 1, 1), findings)
    if content is None:
        raise UnreadableWeightsError(f"has no {member}")
    return content


def _refuse_other_forms(file: Any) -> None:
    hint = "`modelspec import FILE -o model.yaml --weights model.weights.h5` makes one of it"
    if "model_weights" in file or "layer_names" in file.attrs:
        raise UnreadableWeightsError("is a whole model in HDF5, as Keras 2 wrote them", hint)
    if "_layer_checkpoint_dependencies" in file:
        raise UnreadableWeightsError("was written by Keras 2, which has no names in it", hint)
    if "layers" not in file:
        raise UnreadableWeightsError("has no layers of a Keras model")


def _layers_of(config: Any) -> Mapping[str, Mapping[str, Any]]:
    """The layers in the config of a model, by name; none where it has no such list."""
    inner = config.get("config") if isinstance(config, dict) else None
    listed = inner.get("layers") if isinstance(inner, dict) else None
    found: dict[str, Mapping[str, Any]] = {}
    for raw in listed if isinstance(listed, list) else ():
        own = raw.get("config") if isinstance(raw, dict) else None
        name = raw.get("name") or (own.get("name") if isinstance(own, dict) else None)
        if isinstance(name, str):
            found[name] = raw
    return found


def group_order(name: str) -> tuple[str, int]:
    """`dense_10` after `dense_2`: by class, then by number."""
    stem, number = _split(name)
    return stem, number


def _split(name: str) -> tuple[str, int]:
    found = _NUMBERED.fullmatch(name)
    assert found is not None
    return found[1], int(found[2] or 0)


class _Reader:
    """Walks through the groups of a file."""

    def __init__(self, file: Any, names: FileNames | None, members: frozenset[str]) -> None:
        self.file = file
        self.names = names
        self.members = members
        self.is_named = True

    def model(
        self, group: Any, at: str, around: str, config: Mapping[str, Mapping[str, Any]]
    ) -> tuple[FileLayer, ...]:
        """The layers of a model.

        Args:
            group: with a group for each.
            at: its path in the file.
            around: the path of the model, with a slash at its end.
            config: the layers in its config, by name.
        """
        keys = sorted(group, key=group_order)
        names = {key: self._name(get_member(group, key), f"{at}/{key}") for key in keys}
        if None in names.values():
            names |= _names_by_class(keys, config)
        return tuple(
            self.layer(get_member(group, key), f"{at}/{key}", names[key], around, config)
            for key in keys
        )

    def layer(
        self,
        group: Any,
        at: str,
        name: str | None,
        around: str,
        config: Mapping[str, Mapping[str, Any]],
    ) -> FileLayer:
        """One layer or model."""
        self.is_named = self.is_named and name is not None
        path = None if name is None else f"{around}{name}"
        raw = config.get(name or "", {})
        args = raw.get("config") if isinstance(raw.get("config"), dict) else None
        key = _split(at.rpartition("/")[2])[0]
        tensors = self._tensors(group, at, _class_of(raw), args)
        member = f"{ASSETS}/{at}/vocabulary.txt"
        found = FileLayer(path, key, at, tensors, (), args, None)
        if member in self.members:
            found = replace(found, vocabulary=member)
        if "layers" not in group:
            return found
        below = _layers_of(raw)
        inner = self.model(group["layers"], f"{at}/layers", f"{path or ''}/", below)
        return replace(found, inner=inner)

    def _name(self, group: Any, at: str) -> str | None:
        """The name that Keras or modelspec recorded for a group."""
        own = group.get("vars")
        written = own.attrs.get("name") if own is not None else None
        if isinstance(written, bytes):
            return written.decode("utf-8", "replace")
        if isinstance(written, str):
            return written
        return self.names.layers.get(at) if self.names is not None else None

    def _tensors(
        self, group: Any, at: str, class_name: str, args: Mapping[str, Any] | None
    ) -> dict[str, FileTensor]:
        own = variable_names(class_name, args) if args is not None else None
        recorded = {} if self.names is None else self.names.variables
        found: dict[str, FileTensor] = {}

        def visit(place: str, item: Any) -> None:
            if not hasattr(item, "shape") or RANDOM_STATE in place.split("/"):
                return
            address, name = f"{at}/{place}", recorded.get(f"{at}/{place}")
            group_name, _, number = place.rpartition("/")
            if own and group_name == "vars" and number.isdigit() and int(number) < len(own):
                name = own[int(number)]
            found[place] = FileTensor(tuple(item.shape), str(item.dtype), address, name)

        group.visititems(visit)
        return found


def _class_of(raw: Mapping[str, Any]) -> str:
    """The class of a layer in a config, where it is Keras's own."""
    module = str(raw.get("module") or "")
    return str(raw.get("class_name")) if module.startswith("keras") else ""


def _names_by_class(
    keys: Sequence[str], config: Mapping[str, Mapping[str, Any]]
) -> dict[str, str | None]:
    """The names in a config for the groups of a file without any, if each class has as many.

    Older versions of Keras 3 write no names, and number the layers of a class in the order of the
    config.
    """
    listed: dict[str, list[str]] = {}
    for name, raw in config.items():
        listed.setdefault(snake_case(str(raw.get("class_name"))), []).append(name)
    found: dict[str, str | None] = {}
    for key in keys:
        stem, number = _split(key)
        if stem not in listed:  # the class has a number at its end
            stem, number = key, 0
        of_class = listed.get(stem, [])
        found[key] = of_class[number] if number < len(of_class) else None
    return found
