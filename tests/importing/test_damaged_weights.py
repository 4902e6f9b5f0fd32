"""Weights that are elsewhere, nowhere, or no weights: a finding, and no other file is read."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.building import build_opened
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings
from modelspec.importing.model_files import import_file
from modelspec.importing.weights.extract import extract_weights

pytestmark = pytest.mark.tensorflow

INPUT = {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 3]}}
DENSE = {"class_name": "Dense", "config": {"name": "dense", "units": 2}}
MODEL = {"class_name": "Sequential", "config": {"name": "m", "layers": [INPUT, DENSE]}}

Put = Callable[[Any, str, Path], None]


def whole(group: Any, name: str, _: Path) -> None:
    group.create_dataset(name, shape=(3, 2), dtype="f4")


def other_file(folder: Path) -> Path:
    import h5py

    path = folder / "other.h5"
    with h5py.File(path, "w") as file:
        file["secret"] = [[1.0, 2.0]] * 3
    return path


def external_link(group: Any, name: str, folder: Path) -> None:
    import h5py

    group[name] = h5py.ExternalLink(str(other_file(folder)), "/secret")


def soft_link(group: Any, name: str, _: Path) -> None:
    import h5py

    group[name] = h5py.SoftLink("/elsewhere")


def external_numbers(group: Any, name: str, folder: Path) -> None:
    path = folder / "numbers.bin"
    path.write_bytes(b"\0" * 24)
    group.create_dataset(name, shape=(3, 2), dtype="f4", external=[(str(path), 0, 24)])


def virtual_numbers(group: Any, name: str, folder: Path) -> None:
    import h5py

    layout = h5py.VirtualLayout(shape=(3, 2), dtype="f4")
    layout[:] = h5py.VirtualSource(str(other_file(folder)), "secret", shape=(3, 2))
    group.create_virtual_dataset(name, layout)


def oversized(group: Any, name: str, _: Path) -> None:
    group.create_dataset(name, shape=(10**6, 10**6), dtype="f4", chunks=(1000, 1000))


def a_group(group: Any, name: str, _: Path) -> None:
    group.create_group(name)


ELSEWHERE: list[tuple[Put, str]] = [
    (external_link, "is a link"),
    (soft_link, "is a link"),
    (external_numbers, "in another file"),
    (virtual_numbers, "in another file"),
    (oversized, "claims to be an array of 4,000,000,000,000 bytes"),
]


def h5_model(path: Path, put: Put) -> Path:
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(MODEL)
        file.attrs["keras_version"] = "2.15.0"
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = ["dense"]
        layer = group.create_group("dense")
        layer.attrs["weight_names"] = ["dense/kernel", "dense/bias"]
        put(layer, "dense/kernel", path.parent)
        layer["dense/bias"] = [0.0, 0.0]
    return path


def keras_model(path: Path, put: Put, version: str) -> Path:
    import h5py

    weights = path.parent / "model.weights.h5"
    with h5py.File(weights, "w") as file:
        layer = file.create_group("layers/dense/vars")
        put(layer, "0", path.parent)
        layer["1"] = [0.0, 0.0]
        layer["itself"] = file["layers"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(MODEL))
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))
        archive.write(weights, "model.weights.h5")
    return path


def messages(path: Path, output: Path) -> list[str]:
    """What is said of a file's weights."""
    findings = Findings()
    imported = import_file(path, findings)
    assert imported is not None, findings.sorted()
    assert imported.weights_source is not None
    opened = compile_text(imported.text, "spec.yaml", None, findings)
    assert opened is not None
    model = build_opened(opened)
    assert not extract_weights(imported.weights_source, model, output, findings)
    assert not output.exists()
    return [finding.message for finding in findings.sorted()]


@pytest.mark.parametrize(("put", "said"), [*ELSEWHERE, (a_group, "is not an array")])
def test_weights_of_an_h5_file(put: Put, said: str, tmp_path: Path) -> None:
    path = h5_model(tmp_path / "m.h5", put)
    found = messages(path, tmp_path / "out.weights.h5")
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize("version", ["2.15.0", "3.5.0"])
@pytest.mark.parametrize(("put", "said"), ELSEWHERE)
def test_weights_of_a_keras_file(put: Put, said: str, version: str, tmp_path: Path) -> None:
    path = keras_model(tmp_path / "m.keras", put, version)
    found = messages(path, tmp_path / "out.weights.h5")
    assert len(found) == 1
    assert said in found[0]


def test_a_damaged_member(tmp_path: Path) -> None:
    path = keras_model(tmp_path / "m.keras", whole, "3.5.0")
    content = bytearray(path.read_bytes())
    content[content.rfind(b"\x89HDF") + 900] ^= 0xFF
    path.write_bytes(content)
    found = messages(path, tmp_path / "out.weights.h5")
    assert len(found) == 1
    assert "Bad CRC-32" in found[0]
