"""Small files in the formats and under the names of Keras's cache. The data are made up."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import pickletools
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

TRAIN, TEST = 40, 20
"""Examples of the halves; of CIFAR-10 a training batch has a fifth."""

WORDS = ["the", "of", "film", "good", "bad", "dull", "fine", "plot", "cast", "end"]


def write_all(home: Path) -> Path:
    """Write every data set below a folder that stands for Keras's; returns it."""
    folder = home / "datasets"
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(1)
    _write_mnist(folder, draw)
    _write_fashion(folder / "fashion-mnist", draw)
    _write_cifar10(folder / "cifar-10-batches-py-target" / "cifar-10-batches-py", draw)
    _write_cifar100(folder / "cifar-100-python-target" / "cifar-100-python", draw)
    _write_texts(folder, draw)
    for name, columns in (("boston", 13), ("california", 8)):
        x = draw.normal(size=(50, columns))
        np.savez(folder / f"{name}_housing.npz", x=x, y=x.sum(axis=1) + 20)
    return home


def pictures(draw: Any, labels: Any, shape: tuple[int, ...]) -> Any:
    """Noise that is brighter for larger class numbers, so that a model can learn something."""
    noise = draw.integers(0, 40, (len(labels), *shape))
    light = np.asarray(labels).reshape(-1, *[1] * len(shape))
    return (noise + 20 * (light % 10)).astype(np.uint8)


def _write_mnist(folder: Path, draw: Any) -> None:
    arrays = {}
    for half, count in (("train", TRAIN), ("test", TEST)):
        arrays[f"y_{half}"] = labels = np.arange(count, dtype=np.uint8) % 10
        arrays[f"x_{half}"] = pictures(draw, labels, (28, 28))
    np.savez(folder / "mnist.npz", **arrays)


def _write_fashion(folder: Path, draw: Any) -> None:
    folder.mkdir(exist_ok=True)
    for half, count in (("train", TRAIN), ("t10k", TEST)):
        labels = np.arange(count, dtype=np.uint8) % 10
        head = b"\x00\x00\x08\x01" + count.to_bytes(4, "big")
        content = head + labels.tobytes()
        (folder / f"{half}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(content))
        sizes = b"".join(size.to_bytes(4, "big") for size in (count, 28, 28))
        content = b"\x00\x00\x08\x03" + sizes + pictures(draw, labels, (28, 28)).tobytes()
        (folder / f"{half}-images-idx3-ubyte.gz").write_bytes(gzip.compress(content))


def as_python_2(value: Any) -> bytes:
    """A pickle as Python 2 wrote it: text where there are bytes now, numpy's module as it was."""
    content = bytearray(pickle.dumps(value, protocol=3))
    content[1] = 2
    for opcode, _, position in pickletools.genops(bytes(content)):
        assert position is not None
        if opcode.name == "SHORT_BINBYTES":
            content[position : position + 1] = pickle.SHORT_BINSTRING
        elif opcode.name == "BINBYTES":
            content[position : position + 1] = pickle.BINSTRING
    return bytes(content).replace(b"numpy._core.", b"numpy.core.")


def _write_cifar10(folder: Path, draw: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(1, 6):
        labels = [(i + j) % 10 for j in range(TRAIN // 5)]
        batch = {b"data": pictures(draw, labels, (3072,)), b"labels": labels}
        (folder / f"data_batch_{i}").write_bytes(as_python_2(batch))
    labels = [i % 10 for i in range(TEST)]
    batch = {b"data": pictures(draw, labels, (3072,)), b"labels": labels}
    (folder / "test_batch").write_bytes(as_python_2(batch))


def _write_cifar100(folder: Path, draw: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for half, count in (("train", TRAIN), ("test", TEST)):
        labels = [7 * i % 100 for i in range(count)]
        coarse = [label // 5 for label in labels]
        batch = {b"data": pictures(draw, labels, (3072,)), b"fine_labels": labels}
        content = as_python_2({**batch, b"coarse_labels": coarse})
        (folder / half).write_bytes(content)


def lists(values: list[list[int]]) -> Any:
    """Lists of unlike lengths as an array of objects, as in the archives of Keras."""
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _texts(draw: Any, labels: Any) -> Any:
    """Word numbers from 1; "good" is word 4 and "bad" word 5."""
    sizes = draw.integers(3, 9, len(labels))
    return lists(
        [
            [4 + int(label % 2), *draw.integers(1, 11, size).tolist()]
            for label, size in zip(labels, sizes, strict=True)
        ]
    )


def _write_texts(folder: Path, draw: Any) -> None:
    arrays = {}
    for half, count in (("train", TRAIN), ("test", TEST)):
        arrays[f"y_{half}"] = labels = 1 - np.arange(count) % 2
        arrays[f"x_{half}"] = _texts(draw, 1 - labels)
    np.savez(folder / "imdb.npz", **arrays)
    topics = np.arange(60) % 46
    np.savez(folder / "reuters.npz", x=_texts(draw, topics), y=topics)
    index = json.dumps({word: number + 1 for number, word in enumerate(WORDS)})
    for name in ("imdb", "reuters"):
        (folder / f"{name}_word_index.json").write_text(index, encoding="utf-8")


def pack(folder: Path, archive: Path) -> None:
    """Pack a folder of batches as it is fetched."""
    with tarfile.open(archive, "w:gz") as out:
        for path in sorted(folder.iterdir()):
            content = path.read_bytes()
            member = tarfile.TarInfo(f"{folder.name}/{path.name}")
            member.size = len(content)
            out.addfile(member, io.BytesIO(content))
