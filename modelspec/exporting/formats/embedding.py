"""Where each format keeps a text of ours, and how it is read back.

A `.keras` file is a zip archive and takes one member more. A `.tflite` file takes a zip archive
behind its end, as TensorFlow Lite's own metadata does with its files of labels
(https://ai.google.dev/edge/litert/models/metadata). What lies in `assets.extra` of a SavedModel is
for such use. HDF5 takes one data set more, ONNX has a table of properties, and OpenVINO a tree of
information for runtimes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from modelspec.diagnostics import CannotRunError

from .quiet_packages import need

MEMBER = "modelspec.json"
EXTRA = "assets.extra"
PROPERTY = "modelspec.metadata"

MOST = 64 << 20
"""Bytes that the text may have: more is no text of ours."""


class Embedding(NamedTuple):
    """How a format keeps the text.

    Attributes:
        write: puts the text into a file that is whole.
        read: the text of a file; None where it has none.
    """

    write: Callable[[Path, str], None]
    read: Callable[[Path], str | None]


def _write_member(path: Path, text: str) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MEMBER, text)


def _read_member(path: Path) -> str | None:
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        if MEMBER not in archive.namelist():
            return None
        if archive.getinfo(MEMBER).file_size > MOST:
            raise ValueError(f"{MEMBER} in it is too large")
        return archive.read(MEMBER).decode("utf-8")


def _write_extra(path: Path, text: str) -> None:
    extra = path / EXTRA
    extra.mkdir(exist_ok=True)
    (extra / MEMBER).write_text(text, encoding="utf-8")


def _read_extra(path: Path) -> str | None:
    file = path / EXTRA / MEMBER
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _write_hdf5(path: Path, text: str) -> None:
    import h5py

    with h5py.File(path, "a") as file:
        file.create_dataset(MEMBER, data=text)


def _read_hdf5(path: Path) -> str | None:
    if find_spec("h5py") is None:
        install = "pip install 'keras-modelspec[tensorflow]'"
        raise CannotRunError(f"{path} is read with `h5py`, which is missing: {install}")
    import h5py

    with h5py.File(path) as file:
        found = file.get(MEMBER)
        if not isinstance(found, h5py.Dataset) or found.shape != () or found.is_virtual:
            return None
        return str(found.asstr()[()])


def _write_onnx(path: Path, text: str) -> None:
    import onnx

    model = onnx.load(str(path))
    model.metadata_props.add(key=PROPERTY, value=text)
    onnx.save(model, str(path))


def _read_onnx(path: Path) -> str | None:
    need("onnx", ("onnx",))
    import onnx

    model = onnx.load(str(path), load_external_data=False)
    return next((entry.value for entry in model.metadata_props if entry.key == PROPERTY), None)


def _write_rt_info(path: Path, text: str) -> None:
    tree = ElementTree.parse(path)
    own = _child(_child(tree.getroot(), "rt_info"), "modelspec")
    ElementTree.SubElement(own, "metadata", value=text)
    tree.write(path)


def _child(parent: ElementTree.Element, tag: str) -> ElementTree.Element:
    found = parent.find(tag)
    return ElementTree.SubElement(parent, tag) if found is None else found


def _read_rt_info(path: Path) -> str | None:
    content = path.read_bytes()
    if b"<!DOCTYPE" in content:  # entities could grow without end
        raise ValueError("it has a document type, as no file of OpenVINO has")
    found = ElementTree.fromstring(content).find("rt_info/modelspec/metadata")
    return None if found is None else found.get("value")


EMBEDDINGS = {
    "keras": Embedding(_write_member, _read_member),
    "weights": Embedding(_write_hdf5, _read_hdf5),
    "saved_model": Embedding(_write_extra, _read_extra),
    "onnx": Embedding(_write_onnx, _read_onnx),
    "litert": Embedding(_write_member, _read_member),
    "openvino": Embedding(_write_rt_info, _read_rt_info),
}
"""Format to how it keeps the text; what is not here keeps none."""


def embed(path: Path, form: str, text: str) -> None:
    """Put a text into an exported file, where the format has a place for one."""
    if form in EMBEDDINGS:
        EMBEDDINGS[form].write(path, text)


def embedded(path: Path, form: str) -> str | None:
    """The text in an exported file; None where it has none.

    Raises:
        CannotRunError: the file cannot be read, or the package that reads it is missing.
    """
    try:
        return EMBEDDINGS[form].read(path)
    except CannotRunError:
        raise
    except Exception as error:  # zipfile, h5py and protobuf raise all kinds
        raise CannotRunError(f"{path} cannot be read as {form}: {error}") from error
