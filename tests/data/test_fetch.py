"""Data sets are fetched on demand alone, from Keras's addresses, by its hashes."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import keras_files
import pytest

from modelspec.api.fetching import fetch
from modelspec.cli import run
from modelspec.data.datasets import cache
from modelspec.diagnostics import CannotRunError
from modelspec.spec.data import DATA_SETS

SPEC = """\
modelspec: 1
model: {sequential: {input: {shape: [28, 28]}, layers: [Flatten, Dense: {units: 10}]}}
data:
  train: {dataset: mnist}
  test: {dataset: {name: mnist, split: test}}
  targets: label
training:
  optimizer: adam
  loss: {SparseCategoricalCrossentropy: {from_logits: true}}
"""


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[str]:
    """The address of a server that has small files of all data sets."""
    folder = keras_files.write_all(tmp_path / "origin") / "datasets"
    batches = folder / "cifar-10-batches-py-target" / "cifar-10-batches-py"
    keras_files.pack(batches, folder / "cifar-10-python.tar.gz")
    server = HTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def serve(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str, digest: str | None = None
) -> None:
    """Let a data set come from another address, by another hash."""
    (remote,) = cache.REMOTE_FILES[name]
    known = remote._replace(origin=address, digest=digest)
    monkeypatch.setitem(cache.REMOTE_FILES, name, (known,))


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", DATA_SETS)
def test_files_are_those_that_keras_asks_for(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    module = importlib.import_module(f"keras.src.datasets.{name}")
    asked: list[tuple[Any, ...]] = []

    class EnoughError(Exception):
        pass

    def get_file(
        fname: str,
        origin: str,
        file_hash: str | None = None,
        cache_subdir: str = "datasets",
        extract: bool = False,
    ) -> str:
        asked.append((fname, origin, file_hash, cache_subdir, extract))
        if len(asked) < len(cache.REMOTE_FILES[name]):
            return fname
        raise EnoughError

    monkeypatch.setattr(module, "get_file", get_file)
    with pytest.raises(EnoughError):
        module.load_data()
    if name in cache.WORD_INDEXES:
        with pytest.raises(EnoughError):
            module.get_word_index()
    known = cache.files_of_data_set(name, words=True)
    assert asked == [tuple(remote) for remote in known]


@pytest.mark.tensorflow
def test_a_file_is_fetched_once(
    origin: str, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    content = (tmp_path / "origin" / "datasets" / "mnist.npz").read_bytes()
    serve(monkeypatch, "mnist", f"{origin}/mnist.npz", hashlib.sha256(content).hexdigest())
    path = tmp_path / "keras" / "datasets" / "mnist.npz"
    assert run(["validate", str(spec), "--data"]) == 1
    assert f"mnist has not been fetched: there is no {path}" in capfd.readouterr().out
    assert run(["fetch", str(spec)]) == 0
    shown = capfd.readouterr()
    assert shown.out == f"{path}\n"
    assert shown.err.endswith("1 fetched, 0 in the cache already\n")
    assert run(["validate", str(spec), "--data"]) == 0
    serve(monkeypatch, "mnist", "http://127.0.0.1:9/none")
    assert [file.is_new for file in fetch(spec)] == [False]


@pytest.mark.tensorflow
def test_an_archive_is_unpacked(
    origin: str, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(monkeypatch, "cifar10", f"{origin}/cifar-10-python.tar.gz")
    text = SPEC.replace("mnist", "cifar10").replace("[28, 28]", "[32, 32, 3]")
    spec.write_text(text, encoding="utf-8")
    (file,) = fetch(spec)
    folder = tmp_path / "keras" / "datasets" / "cifar-10-batches-py-target"
    assert file.path == folder / "cifar-10-batches-py"
    assert (file.path / "test_batch").is_file()


@pytest.mark.tensorflow
def test_another_file_is_not_kept(
    origin: str, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(monkeypatch, "mnist", f"{origin}/mnist.npz", "0" * 64)
    with pytest.raises(CannotRunError, match="cannot be fetched: Incomplete or corrupt"):
        fetch(spec)
    assert not (tmp_path / "keras" / "datasets" / "mnist.npz").exists()


@pytest.mark.tensorflow
def test_without_a_connection(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    serve(monkeypatch, "mnist", "http://127.0.0.1:9/mnist.npz")
    assert run(["fetch", str(spec)]) == 3
    said = capfd.readouterr().err
    path = tmp_path / "keras" / "datasets" / "mnist.npz"
    assert "mnist.npz cannot be fetched: URL fetch failure on http://127.0.0.1:9/mnist.npz" in said
    assert f"Without a connection, save http://127.0.0.1:9/mnist.npz as {path}" in said


@pytest.mark.tensorflow
def test_training_fetches_when_told(
    origin: str, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(monkeypatch, "mnist", f"{origin}/mnist.npz")
    command = ["train", str(spec), "-o", str(tmp_path / "run")]
    assert run(command) == 1
    assert run([*command, "--fetch"]) == 0


def test_a_spec_without_data_sets(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text(SPEC.partition("data:")[0], encoding="utf-8")
    assert run(["fetch", str(spec)]) == 0
    assert "there is nothing to fetch" in capsys.readouterr().err
