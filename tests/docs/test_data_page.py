"""Every example of docs/data.md trains on real data."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT / "tests" / "training"), str(ROOT / "tests" / "data")]

PAGE = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
[(MODULE, CODE)] = re.findall(r"<!-- file: (\S+) -->\n```python\n(.*?)^```", PAGE, re.M | re.S)
EXAMPLES = re.findall(r"<!-- part: (\w+) -->\n```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

CLASSES = "Dense: {units: 10, activation: softmax}"
MODELS = {
    "csv": f"input: {{shape: [2]}}\n    layers: [Normalization, {CLASSES}]",
    "lines": "input: {shape: [20], dtype: int32, name: seen}\n    layers:\n"
    "      - Embedding: {input_dim: 30, output_dim: 4}\n"
    "      - Dense: {units: 30, activation: softmax, name: follows}",
    "corpus": f"input: {{shape: [20]}}\n    layers: [{CLASSES}]",
    "dates": "functional:\n"
    "    inputs: {when: {shape: [6]}, distance: {shape: [1]}}\n"
    "    layers: {late: {Dense: {units: 2, activation: softmax}}, both: Concatenate}\n"
    "    edges: ['when, distance -> both -> late']\n"
    "    outputs: late",
    "jsonl": f"input: {{shape: [2]}}\n    layers: [Normalization, {CLASSES}]",
    "excel": f"input: {{shape: [2]}}\n    layers: [Normalization, {CLASSES}]",
    "gaps": f"input: {{shape: [4]}}\n    layers: [Normalization, {CLASSES}]",
    "npz": f"input: {{shape: [8, 8, 1]}}\n    layers: [Flatten, {CLASSES}]",
    "images": f"input: {{shape: [16, 16, 1]}}\n    layers: [Flatten, {CLASSES}]",
    "masks": "input: {shape: [48, 48, 1]}\n    layers: "
    "[Conv2D: {filters: 3, kernel_size: 3, padding: same, activation: softmax, name: mask}]",
    "pixels": "input: {shape: [16, 16, 1]}\n    layers: "
    "[Conv2D: {filters: 1, kernel_size: 3, padding: same, activation: sigmoid, name: image}]",
    "augment": "input: {shape: [16, 16, 1]}\n"
    f"    layers: [Flatten, {CLASSES[:-1]}, name: class}}]",
    "texts": "input: {shape: [1], dtype: string}\n    layers:\n"
    "      - TextVectorization: {max_tokens: 99, output_mode: count, pad_to_max_tokens: true}\n"
    f"      - {CLASSES}",
    "audio": f"input: {{shape: [3072]}}\n    layers: [{CLASSES}]",
    "timeseries": "input: {shape: [22, 1]}\n    layers: [Flatten, Dense: {units: 1}]",
    "tfrecord": f"input: {{shape: [64]}}\n    layers: [{CLASSES}]",
    "synthetic": f"input: {{shape: [4]}}\n    layers: [{CLASSES}]",
    "dataset": f"input: {{shape: [28, 28]}}\n    layers: [Flatten, {CLASSES}]",
    "python": f"input: {{shape: [2]}}\n    layers: [Normalization, {CLASSES}]",
}
TEXTS = "input: {shape: [200]}\n    layers: [Dense: {units: 2, activation: softmax}]"
MODELS |= {
    "derived": "functional:\n"
    "    inputs: {numbers: {shape: [8]}, genres: {shape: [2], dtype: string}}\n"
    "    layers:\n"
    "      code: {StringLookup: {output_mode: multi_hot, max_tokens: 9, pad_to_max_tokens: true}}\n"
    "      scaled: Normalization\n      all: Concatenate\n"
    "      returned: {Dense: {units: 1, activation: sigmoid}}\n"
    "    edges: [numbers -> scaled, genres -> code, 'scaled, code -> all -> returned']\n"
    "    outputs: returned",
    "records": MODELS["masks"],
    "tfds": f"input: {{shape: [8, 8, 1]}}\n    layers: [Flatten, {CLASSES}]",
    "forecast": "functional:\n"
    "    inputs:\n      past: {shape: [24, 1]}\n      ahead: {shape: [6, 2]}\n"
    "      city: {shape: [1], dtype: string}\n"
    "    layers:\n"
    "      code: {StringLookup: {output_mode: one_hot, max_tokens: 50, pad_to_max_tokens: true}}\n"
    "      level: Flatten\n      months: Flatten\n      all: Concatenate\n"
    "      sales: {Dense: {units: 6}}\n"
    "    edges: [past -> level, ahead -> months, city -> code,\n"
    "      'level, months, code -> all -> sales']\n"
    "    outputs: sales",
    "orders": "input: {shape: [2]}\n    layers:\n"
    "      - Normalization\n      - Dense: {units: 1, activation: sigmoid, name: returned}",
    "tags": "input: {shape: [12], dtype: string, name: words}\n    layers:\n"
    '      - StringLookup: {mask_token: ""}\n'
    "      - Embedding: {input_dim: 50, output_dim: 4, mask_zero: true}\n"
    "      - Dense: {units: 3, activation: softmax, name: tags}",
    "terms": "input: {shape: [2]}\n    layers:\n"
    "      - Normalization\n      - Dense: {units: 3, activation: sigmoid, name: genres}",
}
LOSSES = {
    "augment": "categorical_crossentropy",
    "derived": "binary_crossentropy",
    "forecast": "mse",
    "orders": "binary_crossentropy",
    "pixels": "binary_crossentropy",
    "terms": "binary_crossentropy",
    "timeseries": "mse",
}
OTHERS = {"augment", "columns", "dates", "derived", "forecast", "gaps", "masks", "orders"}
OTHERS |= {"pixels", "records", "tags", "terms"}
"""Parts of the page that show no source."""
TRAINING = "training: {epochs: 1, optimizer: adam, loss: @}\n"


def write_data(folder: Path) -> None:
    """Small real data under the names of the page."""
    from real_data import audio, images, texts, tfrecord

    data = folder / "data"
    data.mkdir()
    for make in (audio, images, texts, tfrecord):
        make(data)
    for name in ("penguins.csv", "digits.npz", "sunspots.csv", "txhousing.csv"):
        shutil.copy(ROOT / "specs" / "data" / name, data)
    shutil.copytree(ROOT / "specs" / "data" / "shapes", data / "shapes")
    _write_records(data)
    _write_prepared(data)
    _write_csv(data)
    _write_rides(data)
    _write_orders(data)
    (data / "lines1.txt").write_text("a bad cab had a bead\n" * 30)
    (data / "story.txt").write_text("a bad cab had a bead " * 30)
    _write_jsonl(data)
    _write_lists(data)
    _write_halves(data)
    (folder / MODULE).write_text(CODE, encoding="utf-8")
    with (data / "digits.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "digit"])
        for path in sorted((data / "digits").rglob("*.png")):
            writer.writerow([path.relative_to(data).as_posix(), path.parent.name])


def _write_prepared(data: Path) -> None:
    """The digits as TensorFlow Datasets prepares a data set."""
    from prepared_data import feature, image, write_prepared

    features = {"image": image(1), "label": feature("classLabel", numClasses="10")}
    rows = [
        {"image": path.read_bytes(), "label": int(path.parent.name)}
        for path in sorted((data / "digits").rglob("*.png"))
    ]
    labels = {"label": [str(digit) for digit in range(10)]}
    rows = rows[::3] + rows[1::3] + rows[2::3]  # all classes in each part
    write_prepared(data / "prepared" / "digits" / "1.0.0", features, {"train": rows}, labels)


def _write_records(data: Path) -> None:
    """The shapes and their masks as features of records."""
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(data / "shapes.tfrecord")) as writer:
        for image in sorted((data / "shapes" / "images").iterdir()):
            mask = data / "shapes" / "masks" / image.name
            values = {"image": image.read_bytes(), "trimap": mask.read_bytes()}
            features = {
                name: tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
                for name, value in values.items()
            }
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())


def _write_csv(data: Path) -> None:
    """The penguins as a German spreadsheet writes them."""
    with (data / "penguins.csv").open(encoding="utf-8", newline="") as file:
        rows = [[cell.replace(".", ",") for cell in row] for row in csv.reader(file)]
    text = "\n".join(";".join(row) for row in rows).replace("Dream", "Träume")
    (data / "penguins_de.csv").write_text(text, encoding="cp1252")
    with (data / "penguins.csv").open(encoding="utf-8") as file:
        named = list(csv.DictReader(file))
    names = ("species", "bill_length_mm", "flipper_length_mm")
    lines = ["::".join(row[name] for name in names) for row in named]
    (data / "penguins.dat").write_text("\n".join(["# penguins", *lines, ""]), encoding="utf-8")


def _write_rides(data: Path) -> None:
    """Rides that were late in the evening: synthetic."""
    late = ["yes" if i % 24 > 16 else "no" for i in range(120)]
    starts = [f"2024-{1 + i % 12:02}-{1 + i % 28:02} {i % 24:02}:30" for i in range(120)]
    rows = [f"{starts[i]},{i % 9}.5,{late[i]}" for i in range(120)]
    (data / "rides.csv").write_text("\n".join(["start,km,late", *rows, ",1.5,no", ""]))


def _write_orders(data: Path) -> None:
    """Orders of twelve customers in one year: synthetic."""
    lines = ["customer,signup,order date,sales,stock,income,genres,returned"]
    genres = ("comedy|drama", "drama", "war|drama", "war")
    for n in range(90):
        day = f"2024-{1 + n % 12:02}-{1 + n % 28:02}"
        stock, income = n % 5, "" if n % 17 == 3 else 100 * n
        returned = "yes" if n % 7 > 3 else "no"
        row = [f"c{n * n % 13}", f"2023-{1 + n % 12:02}-05", day, n % 11, stock, income]
        lines.append(",".join(map(str, [*row, genres[n % 4], returned])))
    (data / "orders.csv").write_text("\n".join([*lines, ""]))


def _write_halves(data: Path) -> None:
    """The digits as Keras packs MNIST: a training and a test half in one archive."""
    import numpy as np

    with np.load(data / "digits.npz") as digits:
        image, digit = digits["image"], digits["digit"]
    halves = {"x_train": image[:800], "y_train": digit[:800]}
    np.savez(data / "halves.npz", **halves, x_test=image[800:], y_test=digit[800:])


def _write_jsonl(data: Path) -> None:
    numbers = ("bill_length_mm", "flipper_length_mm")
    with (data / "penguins.csv").open(encoding="utf-8") as file:
        rows = [{name: v for name, v in row.items() if v != "NA"} for row in csv.DictReader(file)]
    lines = [
        json.dumps({name: float(v) if name in numbers else v for name, v in row.items()})
        for row in rows
    ]
    _write_workbook(data / "penguins.xlsx", rows, (*numbers, "body_mass_g"))
    (data / "penguins.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_workbook(path: Path, rows: list[dict[str, str]], numbers: tuple[str, ...]) -> None:
    """The penguins in a sheet, below a row with a title."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "birds"
    names = list(max(rows, key=len))
    sheet.append(["Penguins of the Palmer Archipelago"])
    sheet.append(names)
    for row in rows:
        sheet.append([float(row[n]) if n in row and n in numbers else row.get(n) for n in names])
    book.create_sheet("notes")
    book.save(path)


def _write_lists(data: Path) -> None:
    """Sentences with a tag for each word, and films with some genres each."""
    tags = {"the": "DET", "a": "DET", "cat": "NOUN", "dog": "NOUN", "sees": "VERB", "eats": "VERB"}
    words = list(tags)
    lines = []
    for number in range(40):
        tokens = [words[(number * step + step) % len(words)] for step in range(1, 3 + number % 9)]
        lines.append(json.dumps({"tokens": tokens, "tags": [tags[word] for word in tokens]}))
    (data / "tagged.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    genres = ("comedy|drama", "drama", "war | drama", "comedy")
    films = [f"{1950 + n},{80 + n % 50},{genres[n % 4]}" for n in range(40)]
    (data / "films.csv").write_text("\n".join(["year,minutes,genres", *films, ""]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    import keras_files

    found = tmp_path_factory.mktemp("page")
    write_data(found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_HOME", str(keras_files.write_all(found / "keras")))
        yield found


def test_every_source_is_on_the_page() -> None:
    from modelspec.schema.files import definition

    kinds = set(definition("data.schema.json", "source")["properties"])
    assert {kind for kind in kinds if f"`{kind}`" in PAGE} == kinds
    assert {name for name, _ in EXAMPLES} - OTHERS == kinds - {"parquet"}


def test_every_option_is_on_the_page() -> None:
    from modelspec.schema.files import definition

    for kind in definition("data.schema.json", "source")["properties"]:
        options = definition("data.schema.json", kind)["properties"]
        assert [name for name in options if name not in PAGE] == []


@pytest.mark.slow
@pytest.mark.xdist_group("data-page")
@pytest.mark.tensorflow
@pytest.mark.parametrize(("name", "text"), EXAMPLES, ids=lambda value: value.split("\n")[0])
def test_an_example_trains(name: str, text: str, folder: Path, tmp_path: Path) -> None:
    from modelspec.api.training import train

    loss = LOSSES.get(name, "sparse_categorical_crossentropy")
    spec = folder / "spec.yaml"
    layers = TEXTS if "imdb" in text else MODELS.get(name, "")
    kind = "" if layers.startswith("functional") else "sequential:\n    "
    model = f"modelspec: 1\nmodel:\n  {kind}{layers}\n" if layers else "modelspec: 1\n"
    spec.write_text(model + text + TRAINING.replace("@", loss), encoding="utf-8")
    run = train(spec, output=tmp_path / "run", allow_extensions=True)
    assert "val_loss" in run.metrics
    alike = ("too-many-units", "leaking-split")  # some penguins have the same few measures
    assert [str(f) for f in run.findings if f.code not in alike] == []
