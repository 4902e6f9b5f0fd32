"""Models made to do harm, in the place of those of a run and of an export: none of it happens."""

from __future__ import annotations

import base64
import json
import marshal
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelspec.api import export, predict, train
from modelspec.diagnostics import CannotRunError

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("hostile")]


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run, its export to Keras, and rows for it."""
    folder = tmp_path_factory.mktemp("honest")
    (folder / "t.csv").write_text("a,b,kind\n" + "1,2,x\n2,3,y\n" * 10)
    (folder / "spec.yaml").write_text(SPEC)
    train(folder / "spec.yaml", output=folder / "run")
    export(folder / "run", "keras", output=folder / "model.keras")
    return folder


def replace_config(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change the config of a Keras archive."""
    draft = path.with_suffix(".draft")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == "config.json" else content)
    draft.replace(path)


def with_layer(layer: dict[str, Any]) -> Callable[[bytes], bytes]:
    """The config with one more layer behind the input."""

    def change(content: bytes) -> bytes:
        config = json.loads(content)
        config["config"]["layers"].insert(1, layer)
        return json.dumps(config).encode()

    return change


def harmful_layers(mark: Path, saved_model: Path) -> dict[str, dict[str, Any]]:
    code = compile(f"lambda x: (open({str(mark)!r}, 'w'), x)[1]", "f", "eval").co_consts[0]
    function = {"code": base64.b64encode(marshal.dumps(code)).decode()}
    function |= {"defaults": None, "closure": None}
    lambda_ = {"class_name": "__lambda__", "config": function}
    return {
        "Lambda": {
            "module": "keras.layers",
            "class_name": "Lambda",
            "config": {"name": "l", "function": lambda_, "arguments": {}},
        },
        "TFSMLayer": {
            "module": "keras.layers",
            "class_name": "TFSMLayer",
            "config": {"name": "l", "filepath": str(saved_model), "call_endpoint": "serve"},
        },
        "os.system": {
            "module": "os",
            "class_name": "system",
            "config": {"command": f"touch {mark}"},
        },
    }


@pytest.mark.parametrize("name", ["Lambda", "TFSMLayer", "os.system"])
@pytest.mark.parametrize("place", ["run/model.keras", "model.keras"])
def test_code_in_a_model_is_not_run(honest: Path, tmp_path: Path, name: str, place: str) -> None:
    shutil.copytree(honest, tmp_path / "h")
    mark = tmp_path / "mark"
    layer = harmful_layers(mark, tmp_path / "saved_model")[name]
    replace_config(tmp_path / "h" / place, with_layer(layer))
    with pytest.raises(CannotRunError, match=r"model\.keras cannot be read") as caught:
        predict(tmp_path / "h" / place.split("/", maxsplit=1)[0], tmp_path / "h" / "t.csv")
    assert not mark.exists()
    assert "safe_mode" not in str(caught.value)  # nobody can pass it to a command


@pytest.mark.parametrize("place", ["run/model.keras", "model.keras"])
def test_a_config_that_unpacks_to_too_much_is_not_unpacked(
    honest: Path, tmp_path: Path, place: str
) -> None:
    shutil.copytree(honest, tmp_path / "h")
    replace_config(tmp_path / "h" / place, lambda content: content + b" " * 20_000_000)
    with pytest.raises(CannotRunError, match=r"is not opened: .* too many for a config"):
        predict(tmp_path / "h" / place.split("/", maxsplit=1)[0], tmp_path / "h" / "t.csv")


@pytest.mark.parametrize("where", ["../secret.bin", "absolute"])
def test_the_weights_of_an_onnx_file_are_not_read_from_elsewhere(
    honest: Path, tmp_path: Path, where: str
) -> None:
    onnx = pytest.importorskip("onnx")
    for package in ("onnxruntime", "tf2onnx"):
        pytest.importorskip(package)
    folder = tmp_path / "in"
    folder.mkdir()
    export(honest / "run", "onnx", output=folder / "m.onnx")
    model = onnx.load(folder / "m.onnx")
    tensor = model.graph.initializer[0]
    secret = tmp_path / "secret.bin"
    secret.write_bytes(tensor.raw_data)
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", str(secret) if where == "absolute" else where
    (folder / "m.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(CannotRunError, match="cannot be loaded"):
        predict(folder / "m.onnx", honest / "t.csv")


SPEC = """\
modelspec: 1
model:
  sequential:
    input: {shape: [2], name: ab}
    layers:
      - Dense: {units: 2, activation: softmax, name: kind}
data:
  train: {csv: t.csv}
  inputs: {ab: [a, b]}
  targets: {kind: {column: kind, labels: auto}}
training: {epochs: 1, optimizer: adam, loss: sparse_categorical_crossentropy}
"""
