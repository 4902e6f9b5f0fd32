"""Data sets by name, from small files in the formats of Keras's cache."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import keras_files
import pytest

from modelspec.spec.data import DATA_SETS

np = pytest.importorskip("numpy")

HALVES = """
  train: {dataset: {name: NAME, OPTIONS}}
  test: {dataset: {name: NAME, split: test, OPTIONS}}
  targets: TARGET
"""
SHAPES = {"image": "[28, 28]", "text": "[6]", "features": "[13]"}


def model(name: str) -> str:
    known = DATA_SETS[name]
    shape, units = list(known.shape or (6,)), len(known.classes) or 1
    first = "Flatten, " if len(shape) > 1 else ""
    return (
        f"{{sequential: {{input: {{shape: {shape}, name: x}}, "
        f"layers: [{first}Dense: {{units: {units}, name: y}}]}}}}"
    )


def halves(name: str, options: str = "") -> str:
    chosen = f"{options}{', length: 6' if DATA_SETS[name].shape is None else ''}".lstrip(", ")
    text = HALVES.replace("NAME", name).replace(", OPTIONS", f", {chosen}" if chosen else "")
    return text.replace("TARGET", DATA_SETS[name].columns[1])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for Keras's, with all data sets."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_HOME", "keras")
    return keras_files.write_all(Path("keras"))


@pytest.mark.parametrize("name", DATA_SETS)
def test_all_are_read(load: Any, home: Path, name: str) -> None:
    data, findings = load(halves(name), {}, model(name))
    assert not besides_empty_classes(findings)
    sizes = len(data.train), len(data.test)
    counts = {"reuters": (48, 12), "boston_housing": (40, 10), "california_housing": (40, 10)}
    assert sizes == counts.get(name, (40, 20))
    classes = DATA_SETS[name].classes
    assert data.learned.labels == ({"y": classes} if classes else {})


KERAS = [
    ("mnist", ""),
    ("fashion_mnist", ""),
    ("cifar100", "label_mode: coarse"),
    ("imdb", "num_words: 9, skip_top: 5, maxlen: 9"),
    ("imdb", "index_from: 0"),
    ("reuters", "num_words: 9, start_char: null, oov_char: null, test_split: 0.5, seed: 3"),
    ("reuters", ""),
    ("boston_housing", "seed: 1"),
    ("california_housing", "version: small, test_split: 0.4"),
]


def besides_empty_classes(findings: Any) -> list[str]:
    """Findings but the warning that these few rows are not of all classes."""
    return [one for one in map(str, findings) if "[class-without-rows]" not in one]


@pytest.mark.tensorflow
@pytest.mark.parametrize(("name", "options"), KERAS)
def test_it_is_what_keras_loads(
    load: Any, home: Path, name: str, options: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib

    import yaml

    module = importlib.import_module(f"keras.src.datasets.{name}")

    def get_file(fname: str, origin: str, cache_subdir: str = "datasets", **_: Any) -> str:
        return str(home / cache_subdir / fname)

    monkeypatch.setattr(module, "get_file", get_file)
    given = yaml.safe_load(f"{{{options}}}") or {}
    wanted = module.load_data(**given)
    data, findings = load(halves(name, options), {}, model(name))
    assert not besides_empty_classes(findings)
    for half, (values, targets) in zip((data.train, data.test), wanted, strict=True):
        is_text = values.dtype == object
        expected = [(list(text) + [0] * 6)[:6] for text in values] if is_text else values
        np.testing.assert_allclose(half.inputs["x"], expected, rtol=1e-6)
        np.testing.assert_allclose(half.targets["y"].ravel(), np.ravel(targets), rtol=1e-6)


def test_lists_are_padded_by_the_input_too(load: Any, home: Path) -> None:
    given, _ = load(halves("imdb"), {}, model("imdb"))
    text = halves("imdb").replace(", length: 6", "")
    text = text.replace("  targets:", "  inputs: {x: {column: text, pad: 6}}\n  targets:")
    found, findings = load(text, {}, model("imdb"))
    assert not [finding for finding in findings if "[cut-lists]" not in finding]
    np.testing.assert_array_equal(found.train.inputs["x"], given.train.inputs["x"])


def test_pictures_have_rows_of_pixels(load: Any, home: Path) -> None:
    """What CIFAR's files have in planes."""
    data, _ = load(halves("cifar10"), {}, model("cifar10"))
    folder = home / "datasets" / "cifar-10-batches-py-target" / "cifar-10-batches-py"
    batch = pickle.loads((folder / "data_batch_1").read_bytes(), encoding="bytes")
    first = data.train.inputs["x"][0]
    assert first[2, 5].tolist() == batch[b"data"][0].reshape(3, 32, 32)[:, 2, 5].tolist()


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_an_archive_fetched_by_hand(load: Any, home: Path, name: str) -> None:
    folder = home / "datasets"
    inner = "cifar-10-batches-py" if name == "cifar10" else "cifar-100-python"
    unpacked, _ = load(halves(name), {}, model(name))
    batches = folder / f"{inner}-target" / inner
    keras_files.pack(batches, folder / f"{name.replace('cifar', 'cifar-')}-python.tar.gz")
    shutil.rmtree(batches.parent)
    packed, findings = load(halves(name), {}, model(name))
    assert not besides_empty_classes(findings)
    for half in ("train", "test"):
        one, other = getattr(unpacked, half), getattr(packed, half)
        np.testing.assert_array_equal(one.inputs["x"], other.inputs["x"])
        np.testing.assert_array_equal(one.targets["y"], other.targets["y"])


def test_texts_as_words(load: Any, home: Path) -> None:
    text = (
        "{sequential: {input: {shape: [1], dtype: string, name: x}, layers: [TextVectorization: "
        "{output_mode: count, max_tokens: 20, pad_to_max_tokens: true}, Dense: {units: 1}]}}"
    )
    options = "{name: imdb, words: true, num_words: 9, skip_top: 5}"
    data, findings = load(f"{{train: {{dataset: {options}}}, targets: label}}", {}, text)
    assert not besides_empty_classes(findings)
    words = {word for text in data.train.inputs["x"].ravel() for word in text.split()}
    assert words == {*keras_files.WORDS[1:5], "[OOV]"}


def test_a_channel_axis_is_added(load: Any, home: Path) -> None:
    shaped = model("mnist").replace("[28, 28]", "[28, 28, 1]")
    data, findings = load(halves("mnist"), {}, shaped)
    assert not besides_empty_classes(findings)
    assert data.train.inputs["x"].shape == (40, 28, 28, 1)


class Malicious:
    """What a pickle does that runs code: it names a function and its arguments."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


PLACES = {
    "cifar10": "cifar-10-batches-py-target/cifar-10-batches-py/data_batch_3",
    "cifar100": "cifar-100-python-target/cifar-100-python/train",
    "imdb": "imdb.npz",
    "reuters": "reuters.npz",
}


@pytest.mark.parametrize("name", PLACES)
def test_code_in_a_pickle_is_never_run(load: Any, home: Path, tmp_path: Path, name: str) -> None:
    path, made = home / "datasets" / PLACES[name], tmp_path / "made"
    if path.suffix:
        texts = keras_files.lists([[1, 2], [3]])
        texts[1] = Malicious(made)
        np.savez(path, x=texts, y=[0, 1], x_train=texts, y_train=[0, 1])
    else:
        path.write_bytes(pickle.dumps({b"data": Malicious(made), b"labels": [0]}, protocol=2))
    data, findings = load(halves(name), {}, model(name))
    assert data is None
    assert "posix.mkdir" in findings[0]
    assert "nothing in it was run" in findings[0]
    assert not made.exists()


def damage(folder: Path) -> None:
    """Damage each file in another way."""
    datasets = folder / "datasets"
    (datasets / "mnist.npz").write_bytes((datasets / "mnist.npz").read_bytes()[:500])
    path = datasets / "fashion-mnist" / "train-labels-idx1-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-9])
    batches = datasets / "cifar-10-batches-py-target" / "cifar-10-batches-py"
    (batches / "data_batch_5").unlink()
    batch = {b"data": np.zeros((2, 3072), np.uint8), b"labels": [3, 12]}
    (batches / "test_batch").write_bytes(keras_files.as_python_2(batch))
    path = datasets / "cifar-100-python-target" / "cifar-100-python" / "train"
    path.write_bytes(keras_files.as_python_2({b"data": [[1.5]], b"labels": [1]}))
    np.savez(datasets / "imdb.npz", x_train=np.zeros(3), y_train=np.zeros(2))
    np.savez(datasets / "boston_housing.npz", x=np.zeros((3, 4)), y=np.zeros(3))


def test_bad_data_sets(assert_messages: Any, home: Path, tmp_path: Path) -> None:
    damage(home)
    (home / "datasets" / "reuters.npz").unlink()
    text, image = halves("imdb"), halves("mnist")
    swapped = image.replace("split: test", "split: train")
    cases = {
        "not-fetched": (halves("reuters"), model("reuters")),
        "cut-off": (image, model("mnist")),
        "cut-off-gzip": (halves("fashion_mnist"), model("fashion_mnist")),
        "a-batch-is-missing": (halves("cifar10"), model("cifar10")),
        "no-such-class": (
            "{train: {dataset: {name: cifar10, split: test}}, targets: label}",
            model("cifar10"),
        ),
        "other-content": (halves("cifar100"), model("cifar100")),
        "arrays-are-missing": (text, model("imdb")),
        "other-shape": (halves("boston_housing"), model("boston_housing")),
        "same-half-twice": (swapped, model("mnist")),
        "unknown-name": ("{train: {dataset: cifar}, targets: label}", model("cifar10")),
        "unknown-option": (halves("mnist", "num_words: 9"), model("mnist")),
        "unequal-halves": (text.replace("length: 6", "length: 7", 1), model("imdb")),
        "words-of-a-length": (halves("imdb", "words: true"), model("imdb")),
        "lists-of-unlike-lengths": ("{train: {dataset: imdb}, targets: label}", model("imdb")),
        "a-target-of-unlike-lengths": (
            "{train: {dataset: imdb}, inputs: {x: {column: text, pad: 6}}, targets: text}",
            model("imdb"),
        ),
        "other-input": (image, model("mnist").replace("[28, 28]", "[28, 28, 3]")),
        "unknown-column": (image.replace("label", "digit"), model("mnist")),
        "too-few-units": (
            image,
            "{sequential: {input: {shape: [28, 28]}, layers: [Flatten, "
            "Dense: {units: 9, activation: softmax}]}}",
        ),
    }
    with_loss = "\ntraining: {loss: sparse_categorical_crossentropy, optimizer: adam}"
    found = {
        name: (section + (with_loss if name == "too-few-units" else ""), {}, network)
        for name, (section, network) in cases.items()
    }
    assert_messages("datasets", found)
