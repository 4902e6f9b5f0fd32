"""What the specs of `specs/keras_io` need to train a step: small sizes, and a little made-up data.

`CASES` has an entry for each spec: what to override, and a function that writes its data beside it.
"""

from __future__ import annotations

import json
import sys
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from training_cases import SPECS

sys.path.append(str(SPECS.parent / "tests" / "data"))

FOLDER = SPECS / "keras_io"
ROWS = 16

Array = Any


@dataclass(frozen=True)
class KerasIoCase:
    """How one spec is made small.

    Attributes:
        write: writes its data into a folder; None where it reads Keras's own data sets.
        params: the params of the spec that are replaced.
        batch_size: examples in a step.
        packages: modules that its data need, beyond those of the extra `tensorflow`.
        fold: the only fold that is trained, of those that the spec has.
        phases: how many phases it has; 0 where it has epochs.
    """

    write: Callable[[Path], None] | None = None
    params: dict[str, Any] = field(default_factory=dict)
    batch_size: int = 4
    packages: tuple[str, ...] = ()
    fold: int | None = None
    phases: int = 0

    def overrides(self) -> dict[str, Any]:
        """The overrides of a training of one step."""
        found: dict[str, Any] = {f"params.{name}": value for name, value in self.params.items()}
        lengths = [f"training.phases.{number}.epochs" for number in range(self.phases)]
        settings: dict[str, Any] = dict.fromkeys(lengths or ["training.epochs"], 1)
        settings |= {"training.steps_per_epoch": 1, "training.callbacks": []}
        if self.fold is not None:
            settings["data.fold"] = self.fold
        return {**found, **settings, "data.batch_size": self.batch_size}


def draw() -> np.random.Generator:
    return np.random.default_rng(5)


def write_table(path: Path, rows: Sequence[Sequence[Any]], delimiter: str = ",") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [delimiter.join(str(value) for value in row) for row in rows]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def write_image(path: Path, height: int, width: int, channels: int = 3) -> None:
    import tensorflow as tf

    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = draw().integers(0, 255, (height, width, channels), dtype=np.uint8)
    encode = tf.io.encode_jpeg if path.suffix == ".jpg" else tf.io.encode_png
    path.write_bytes(encode(pixels).numpy())


def write_sound(path: Path, rate: int, length: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = draw().integers(-9000, 9000, length, dtype=np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def pets(folder: Path) -> None:
    for i in range(ROWS):
        write_image(folder / "PetImages" / ("Cat", "Dog")[i % 2] / f"{i}.jpg", 30 + i, 40)


def trimaps(folder: Path) -> None:
    import tensorflow as tf

    for i in range(2 * ROWS):
        write_image(folder / "images" / f"pet_{i}.jpg", 30, 40)
        path = folder / "annotations" / "trimaps" / f"pet_{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        classes = draw().integers(1, 4, (30, 40, 1), dtype=np.uint8)
        path.write_bytes(tf.io.encode_png(classes).numpy())


def breeds(folder: Path) -> None:
    for i in range(ROWS):
        write_image(folder / "Images" / ("beagle", "pug")[i % 2] / f"{i}.jpg", 30 + i, 40)


def people(folder: Path) -> None:
    import tensorflow as tf

    for i in range(ROWS):
        write_image(folder / "Images" / f"{i}.jpg", 64, 64)
        path = folder / "Category_ids" / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        parts = draw().integers(0, 20, (64, 64, 1), dtype=np.uint8)
        path.write_bytes(tf.io.encode_png(parts).numpy())


def alike(folder: Path) -> None:
    for i in range(ROWS):
        for name in ("left", "right", "others"):
            write_image(folder / name / f"{i}.jpg", 30, 40)


def pairs_of_digits(folder: Path) -> None:
    for part in ("train", "val", "test"):
        sides = draw().integers(0, 255, (2, ROWS, 28, 28, 1), dtype=np.uint8)
        differ = np.arange(ROWS) % 2
        np.savez(folder / f"pairs_{part}.npz", left=sides[0], right=sides[1], differ=differ)


def teacher(folder: Path) -> None:
    """A network with the names that the spec gives its teacher."""
    import keras
    from keras import layers

    made = (
        layers.Conv2D(4, 3, strides=2, padding="same", name="conv1"),
        layers.Conv2D(8, 3, strides=2, padding="same", name="conv2"),
        layers.Flatten(),
        layers.Dense(10, name="logits"),
    )
    keras.Sequential([keras.Input((28, 28, 1)), *made]).save(folder / "teacher.keras")


def write_records(path: Path, target: str, count: int = 2 * ROWS) -> None:
    """Records of a photo and a class of two."""
    import tensorflow as tf

    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for i in range(count):
            pixels = draw().integers(0, 256, (30, 40, 3), dtype=np.uint8)
            jpeg = tf.train.BytesList(value=[tf.io.encode_jpeg(pixels).numpy()])
            number = tf.train.Int64List(value=[i % 2])
            features = {
                "image": tf.train.Feature(bytes_list=jpeg),
                target: tf.train.Feature(int64_list=number),
            }
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())


def moles(folder: Path) -> None:
    for part in range(2):
        write_records(folder / "tfrecords" / f"train{part:02}.tfrec", "target")


def annotated(folder: Path) -> None:
    write_records(folder / "tfrecords" / "file_00.tfrec", "category_id")


def x_rays(folder: Path) -> None:
    write_records(folder / "chest_xray" / "train.tfrec", "pneumonia")
    write_records(folder / "chest_xray" / "test.tfrec", "pneumonia", ROWS)


def photos(folder: Path) -> None:
    for i in range(ROWS):
        write_image(folder / "BSDS500" / "images" / "train" / f"{i}.jpg", 30, 40)


def faces(folder: Path) -> None:
    for i in range(ROWS):
        write_image(folder / "celeba_gan" / f"{i}.jpg", 22, 18)


def bags(folder: Path) -> None:
    for name in ("bags.npz", "bags_validation.npz"):
        images = draw().integers(0, 255, (ROWS, 3, 28, 28), dtype=np.uint8)
        images[0, 0, 0, 0] = len(name)
        np.savez(folder / name, bag=images, label=np.arange(ROWS) % 2)


def flowers(folder: Path) -> None:
    for i in range(ROWS):
        kind = ("daisy", "dandelion", "roses", "sunflowers", "tulips")[i % 5]
        write_image(folder / "flower_photos" / kind / f"{i}.jpg", 40, 30)


def scans(folder: Path) -> None:
    volumes = draw().random((ROWS, 16, 16, 16, 1), dtype=np.float32)
    np.savez(folder / "scans.npz", scan=volumes, abnormal=np.arange(ROWS) % 2)


def organs(folder: Path) -> None:
    arrays = {}
    random = draw()
    for half in ("train", "val", "test"):
        arrays[f"{half}_images"] = random.integers(0, 255, (ROWS, 28, 28, 28), dtype=np.uint8)
        arrays[f"{half}_labels"] = (np.arange(ROWS, dtype=np.uint8) % 11)[:, None]
    np.savez(folder / "organmnist3d.npz", **arrays)


def clips(folder: Path) -> None:
    for half, first in (("train", 0), ("test", 1)):
        features = draw().random((ROWS, 4, 8), dtype=np.float32) + first
        sports = np.array(["Punch", "TennisSwing"])[np.arange(ROWS) % 2]
        np.savez(folder / f"clips_{half}.npz", clip=features, sport=sports)


def moving_digits(folder: Path) -> None:
    frames = draw().random((ROWS, 5, 16, 16, 1), dtype=np.float32)
    np.savez(folder / "moving_mnist.npz", frames=frames[:, :-1], next=frames[:, 1:])


def captchas(folder: Path) -> None:
    rows = [["file", "text"]]
    for i in range(ROWS):
        text = "".join(draw().permuted(list("2b3c4d5e6f"))[:4]) + "gmnpwxy78"[i % 9]
        write_image(folder / "captcha_images" / f"{i}.png", 50, 200)
        rows.append([f"captcha_images/{i}.png", text])
    write_table(folder / "captchas.csv", rows)


def handwriting(folder: Path) -> None:
    lines = ["#--- words ---"]
    for i in range(2 * ROWS):
        write_image(folder / "words" / f"{i}.png", 20, 30 + i, 1)
        word = ("nominating", "any", "more", '"')[i % 4]
        lines.append(f"words/{i}.png {'err' if i == 1 else 'ok'} 154 408 768 27 51 AT {word}")
    (folder / "words.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")


def captions(folder: Path) -> None:
    rows = []
    for i in range(ROWS):
        write_image(folder / f"{i}.jpg", 40, 30)
        rows.append([f"{i}.jpg", f"A {('dog', 'child')[i % 2]} runs ."])
    write_table(folder / "captions.txt", rows, "\t")


def dogs(folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    for i in range(ROWS):
        write_image(folder / f"{i}.jpg", 30, 30)
    joints = draw().random((ROWS, 48)).tolist()
    table = pa.table({"photo": [f"{i}.jpg" for i in range(ROWS)], "joints": joints})
    pq.write_table(table, folder / "dogs.parquet")


def planes(folder: Path) -> None:
    rows: list[list[Any]] = [["photo", "left", "top", "right", "bottom"]]
    for i in range(2 * ROWS):
        write_image(folder / f"{i}.jpg", 30, 50)
        rows.append([f"{i}.jpg", 0.1, 0.2, 0.8, round(0.5 + i / 100, 2)])
    write_table(folder / "planes.csv", rows)


def reviews(folder: Path) -> None:
    for half in ("train", "test"):
        for i in range(ROWS):
            path = folder / "aclImdb" / half / ("neg", "pos")[i % 2] / f"{i}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = f"A {('dull', 'fine')[i % 2]} film!<br />Its {half} part {i} has a plot."
            path.write_text(text, encoding="utf-8")


def newsgroups(folder: Path) -> None:
    for i in range(240):
        path = folder / "20_newsgroup" / f"group.{i % 20:02d}" / str(38000 + i)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "\n".join([*(f"Header: {line}" for line in range(10)), f"word{i % 20} of the news"])
        path.write_text(text, encoding="latin-1")
    words = ("the", "news", *(f"word{i}" for i in range(10)))
    rows = [[word, *draw().normal(size=4).round(4)] for word in words]
    write_table(folder / "glove.6B.100d.txt", rows, " ")


def philosophy(folder: Path) -> None:
    (folder / "nietzsche.txt").write_text("What if truth were a woman? " * 30, encoding="utf-8")


def books(folder: Path) -> None:
    path = folder / "simplebooks" / "simplebooks-92-raw"
    for half in ("train", "valid"):
        lines = [f"Chapter {i} of the {half} book. " * 20 for i in range(ROWS)]
        write_table(path / f"{half}.txt", [["short"], *([line] for line in lines)])


def names(folder: Path) -> None:
    words = ["EU", "rejects", "German", "call", "in", "Bonn"]
    tags = ["ORG", "O", "MISC", "O", "O", "LOC"]
    for half, first in (("train", 0), ("validation", 1)):
        rows = [
            {"words": [*words[: 2 + i % 5], str(2 * i + first)], "tags": [*tags[: 2 + i % 5], "O"]}
            for i in range(ROWS)
        ]
        lines = [json.dumps(row) for row in rows]
        path = folder / f"conll_{half}.jsonl"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def papers(folder: Path) -> None:
    rows = [["titles", "summaries", "terms"]]
    for i in range(4 * ROWS):
        terms = ("cs.CV", "cs.CV|cs.LG", "stat.ML|cs.LG")[i % 3]
        rows.append([f"Paper {i}", f"We learn {i % 7} nets for images {i}.", terms])
    write_table(folder / "arxiv_data.csv", rows)


def phrases(folder: Path) -> None:
    rows = [[f"Go {i}.", f"Va {i} !", 'CC-BY "2.0"'] for i in range(ROWS)]
    write_table(folder / "fra.txt", rows, "\t")


def sentences(folder: Path) -> None:
    rows = [[f"I see {i} red cars.", f"Veo {i} coches rojos."] for i in range(2 * ROWS)]
    write_table(folder / "spa.txt", rows, "\t")


def sums(folder: Path) -> None:
    rows: list[list[Any]] = [["sum", "result"]]
    rows.extend([f"{a}+{b}", a + b] for a in range(0, 400, 80) for b in range(9, 999, 120))
    write_table(folder / "sums.csv", rows)


def hearts(folder: Path) -> None:
    names = "age sex cp trestbps chol fbs restecg thalach exang oldpeak slope ca thal target"
    rows: list[list[Any]] = [names.split()]
    for i in range(4 * ROWS):
        word = ("normal", "fixed", "reversible")[i % 3]
        row = [30 + i % 41, i % 2, i % 5, 120 + i, 200 + i, i % 2, i % 3, 150 - i]
        rows.append([*row, i % 2, i / 10, 1 + i % 3, i % 4, word, (i // 2) % 2])
    write_table(folder / "heart.csv", rows)


def payments(folder: Path) -> None:
    rows: list[list[Any]] = [["Time", *(f"V{i}" for i in range(1, 29)), "Amount", "Class"]]
    values = draw().normal(size=(4 * ROWS, 30)).round(3)
    rows.extend([*row, int(i % 4 == 0)] for i, row in enumerate(values))
    write_table(folder / "creditcard.csv", rows)


def forests(folder: Path) -> None:
    numbers = (
        "Elevation Aspect Slope Horizontal_Distance_To_Hydrology Vertical_Distance_To_Hydrology"
        " Horizontal_Distance_To_Roadways Hillshade_9am Hillshade_Noon Hillshade_3pm"
        " Horizontal_Distance_To_Fire_Points"
    )
    head = [*numbers.split(), "Wilderness_Area", "Soil_Type", "Cover_Type"]
    for half in ("train", "test"):
        values = draw().integers(0, 250, (2 * ROWS, 10))
        rows = [[*row, f"Area{i % 4}", f"Soil{i % 9}", 1 + i % 7] for i, row in enumerate(values)]
        write_table(folder / f"covtype_{half}.csv", [head, *rows])


def census(folder: Path) -> None:
    rows = []
    for i in range(2 * ROWS):
        words = [("Private", "?")[i % 2], 77516 + i, "Bachelors", 13, "Married", "Sales"]
        more = ["Husband", "White", ("Male", "Female")[i % 2], 0, i, 40, "Cuba"]
        rows.append([20 + i, *words, *more, ("<=50K", ">50K")[i // 2 % 2]])
    write_table(folder / "adult.data", rows, ", ")


def incomes(folder: Path) -> None:
    """The census of 1995, as `census-income.data` has it."""
    for half in ("data", "test"):
        rows = []
        for i in range(2 * ROWS):
            row = [f"word {i * (k + 1) % 2}" for k in range(41)]
            row[0], row[2], row[3], row[40] = 20 + i, i % 3, i % 2, 94 + i % 2
            for number in (5, 16, 17, 18, 30, 39):
                row[number] = i % 7
            row[24] = 1700.5 + i + len(half)
            rows.append([*row, ("- 50000.", "50000+.")[i // 2 % 2]])
        write_table(folder / f"census-income.{half}", rows, ", ")


def forests_from_0(folder: Path) -> None:
    """The table of forests with classes that begin at 0."""
    forests(folder)
    for half in ("train", "test"):
        head, *rows = (folder / f"covtype_{half}.csv").read_text(encoding="utf-8").splitlines()
        parts = [row.rpartition(",") for row in rows]
        lines = [head, *(f"{front},{int(kind) - 1}" for front, _, kind in parts)]
        (folder / f"{half}_data.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")


def shares(folder: Path) -> None:
    rows: list[list[Any]] = [["Date", "Open", "High", "Low", "Close", "Adj Close", "Volume"]]
    for i, row in enumerate(draw().normal(50, 2, (60, 5)).round(3)):
        day = date(2004, 8, 19) + timedelta(days=i + i // 5 * 2)
        rows.append([day, *row, 900 + i])
    write_table(folder / "GOOG.csv", rows)


def traffic(folder: Path) -> None:
    speeds = draw().normal(60, 9, (80, 228)).round(1)
    write_table(folder / "PeMS-M" / "V_228.csv", speeds)


def austin(folder: Path) -> None:
    rows: list[list[Any]] = [["Date", "TempHighF", "TempAvgF", "TempLowF", "Events"]]
    for i in range(90):
        rows.append([date(2014, 1, 1) + timedelta(days=i), 80 + i % 9, 60 + i % 7, 40, "Rain"])
    write_table(folder / "austin_weather.csv", rows)


def halves_of_census(folder: Path) -> None:
    """The census of 1994, in the two tables that the example writes."""
    census(folder)
    lines = (folder / "adult.data").read_text(encoding="utf-8").splitlines()
    for name, half in (("train_data.csv", lines[::2]), ("test_data.csv", lines[1::2])):
        (folder / name).write_text("\n".join([*half, ""]), encoding="utf-8")


def calls(folder: Path) -> None:
    names = (
        "age job marital education default housing loan contact month day_of_week duration"
        " campaign pdays previous poutcome emp.var.rate cons.price.idx cons.conf.idx euribor3m"
        " nr.employed y"
    )
    rows: list[list[Any]] = [names.split()]
    for i in range(4 * ROWS):
        who = [30 + i % 41, ("services", "admin.")[i % 2], ("single", "married")[i // 2 % 2]]
        more = ["basic.9y", "no", ("yes", "no")[i % 2], "no", "cellular", "may", "fri", 100 + i]
        before = [1 + i % 3, (999, 6)[i % 2], i % 2, ("nonexistent", "success")[i % 2]]
        rows.append([*who, *more, *before, -1.8, 92.9, -46.2, 1.3, 5099.1, ("no", "yes")[i % 2]])
    write_table(folder / "bank-additional" / "bank-additional.csv", rows, ";")


def films_in_turn(folder: Path) -> None:
    rows = [
        [user, 10 + user * i % 7, 1 + (user + i) % 5, 964982703 + i * 60]
        for user in range(1, 6)
        for i in range(40)
    ]
    write_table(folder / "ml-1m" / "ratings.dat", rows, "::")


def customers(folder: Path) -> None:
    random = draw()
    for half in ("train", "val", "test"):
        np.savez(
            folder / f"{half}_data.npz",
            temporal_sequences=random.random((ROWS, 6, 5), dtype=np.float32),
            trend_sequences=random.random((ROWS, 6, 12), dtype=np.float32),
            static_features=np.array(["France", "Norway"])[np.arange(ROWS) % 2],
            output_sequences=random.random((ROWS, 6), dtype=np.float32),
        )


def transactions(folder: Path) -> None:
    head = ["TX_DATETIME", *(f"sum_transactions_{n}_days" for n in (7, 14, 28))]
    for kind in ("count", "count_fraud", "rate_fraud"):
        head += [f"{kind}_transactions_{n}_days" for n in (7, 14, 28)]
    values = draw().normal(size=(4 * ROWS, 14)).round(3)
    rows = [
        [f"2018-0{6 + i // 16}-{1 + i % 16:02} 08:00:00", *row, int(i % 3 == 0)]
        for i, row in enumerate(values)
    ]
    head += ["calendar_hour", "calendar_day_of_week", "TX_FRAUD"]
    write_table(folder / "normalized.csv", [head, *rows])


def brain_waves(folder: Path) -> None:
    rows: list[list[Any]] = [["", "id", "raw_values", "signal_quality", "label"]]
    for i in range(3 * ROWS):
        values = draw().integers(-90, 90, 32).astype(float)
        label = ("blink", "math", "unlabeled", "video", "relax")[i % 5]
        rows.append([i, 1 + i % 15, f'"{[float(one + i) for one in values]}"', i % 150, label])
    write_table(folder / "eeg-data.csv", rows)


def keys_looked_at(folder: Path) -> None:
    signals = draw().normal(size=(40, 8, 64)).astype(np.float32)
    subjects, targets = 1 + np.arange(40) % 10, 1 + np.arange(40) // 10
    np.savez(folder / "cca_ssvep.npz", eeg=signals, target=targets, subject=subjects)


def ratings(folder: Path) -> None:
    rows = [[1 + i % 5, 10 + i % 7, 1 + i % 5, 964982703 + i] for i in range(2 * ROWS)]
    head = ["userId", "movieId", "rating", "timestamp"]
    write_table(folder / "ml-latest-small" / "ratings.csv", [head, *rows])
    write_table(folder / "ml-1m" / "ratings.dat", rows, "::")
    write_table(folder / "ml-100k" / "u.data", rows, "\t")


def rated(folder: Path) -> None:
    rows: list[list[Any]] = [["user", "film", "gender", "zip", "job", "age", "rating"]]
    for i in range(2 * ROWS):
        user = i % 5
        viewer = [("M", "F")[user % 2], 55100 + user, ("artist", "none")[user % 2], 18 + user]
        rows.append([1 + user, 10 + i % 7, *viewer, 1 + i % 5])
    write_table(folder / "rated.csv", rows)


def engines(folder: Path) -> None:
    for half in ("TRAIN", "TEST"):
        values = (draw().normal(size=(ROWS, 20)) + len(half)).round(4)
        rows = [[(-1, 1)[i % 2], *row] for i, row in enumerate(values)]
        write_table(folder / f"FordA_{half}.tsv", rows, "\t")


def weather(folder: Path) -> None:
    measures = ["p (mbar)", "T (degC)", "VPmax (mbar)", "VPdef (mbar)"]
    head = ["Date Time", *measures, "sh (g/kg)", "rho (g/m**3)", "wv (m/s)"]
    values = draw().normal(size=(200, 7)).round(2)
    rows = [[f"01.01.2009 {i // 6:02}:{i % 6}0:00", *row] for i, row in enumerate(values)]
    write_table(folder / "jena_climate_2009_2016.csv", [head, *rows])


def load_of_a_day(folder: Path) -> None:
    rows: list[list[Any]] = [["timestamp", "value"]]
    for i in range(200):
        moment = datetime(2014, 4, 1) + timedelta(minutes=5 * i)
        rows.append([moment, round(42 + 20 * float(np.sin(i / 9)), 3)])
    write_table(folder / "art_daily_small_noise.csv", rows)


def surroundings(folder: Path) -> None:
    rows: list[list[Any]] = [["filename", "fold", "target", "category"]]
    for i in range(2 * ROWS):
        write_sound(folder / "ESC-50-master" / "audio" / f"{i}.wav", 8000, 900)
        rows.append([f"{i}.wav", 1 + i // 2 % 5, i % 2, ("dog", "rain")[i % 2]])
    write_table(folder / "ESC-50-master" / "meta" / "esc50.csv", rows)


def speech(folder: Path) -> None:
    rows = []
    for i in range(2 * ROWS):
        write_sound(folder / "LJSpeech-1.1" / "wavs" / f"{i}.wav", 8000, 7000)
        rows.append([f"{i}.wav", f"Chapter {i}", f"Chapter {('one', 'two')[i % 2]}."])
    write_table(folder / "LJSpeech-1.1" / "metadata.csv", rows, "|")


def walks(folder: Path) -> None:
    rows = [[i % 9, (2 * i) % 7, i % 2, 1 + i % 3] for i in range(ROWS)]
    write_table(folder / "pairs.csv", [["target", "context", "near", "weight"], *rows])


TOKENS = ("tokenizers",)
SMALL_TRANSFORMER = {"width": 8, "heads": 2, "depth": 1}
CLASSIFIER_OF_10 = {
    "Sequential": {"layers": ["GlobalAveragePooling2D", {"Dense": {"units": 10}}, "Softmax"]}
}
CLASSIFIER_OF_2 = {
    "Sequential": {
        "layers": ["GlobalAveragePooling2D", {"Dense": {"units": 2}}, "Softmax"],
        "name": "kind",
    }
}

SIZES_OF_RATED = {"user": 5, "film": 7, "gender": 2, "age": 5, "zip": 5, "job": 2}

CASES = {
    "advanced_techniques_for_structured_data": KerasIoCase(forests_from_0, {"units": [4]}),
    "feature_engineering_with_custom_layer": KerasIoCase(hearts),
    "feature_engineering_with_lambda": KerasIoCase(hearts),
    "feature_preprocessing_layer": KerasIoCase(census),
    "lstm_vs_cnn_timeseries_classification": KerasIoCase(engines, {"length": 20, "units": [4, 4]}),
    "multivariate_timeseries_forecasting_using_lstm": KerasIoCase(
        shares, {"days": 6, "units": [4, 4, 4]}
    ),
    "perceiver_image_classification": KerasIoCase(
        params={"size": 16, "patch": 8, "latents": 3, **SMALL_TRANSFORMER}
    ),
    "regression_boston_housing": KerasIoCase(),
    "structured_data_classification_from_scratch": KerasIoCase(hearts),
    "swin_transformers": KerasIoCase(params={"width": 8, "heads": 2, "mlp": 8}),
    "timeseries_forecasting_with_lstm_for_temperature_prediction": KerasIoCase(
        austin, {"units": 4}
    ),
    "timeseries_traffic_forecasting": KerasIoCase(traffic, {"features": 2, "units": 4}),
    "timeseries_transformer_classification": KerasIoCase(
        engines, {"length": 20, "width": 8, "heads": 2, "depth": 1, "head": 8}
    ),
    "classification_with_grn_and_vsn": KerasIoCase(incomes, {"width": 4}),
    "customer_lifetime_value": KerasIoCase(customers, {"countries": 3, "depth": 1, "units": 4}),
    "dcgan_overriding_train_step": KerasIoCase(faces, {"size": 16, "filters": 4, "latent": 4}),
    "wgan_gp": KerasIoCase(params={"filters": 2, "latent": 4}),
    "deep_neural_decision_forests": KerasIoCase(halves_of_census),
    "deeplabv3_plus": KerasIoCase(
        people, {"size": 64, "filters": 4, "low": 4, "weights": None}, batch_size=2
    ),
    "dlrm": KerasIoCase(rated, {"width": 4, "deep": [8], "values": SIZES_OF_RATED}),
    "eeg_bci_ssvepformer": KerasIoCase(
        keys_looked_at,
        {"samples": 64, "fft": 64, "low": 2, "bins": 20, "classes": 4, "taps": 3},
        fold=1,
    ),
    "eeg_signal_classification": KerasIoCase(
        brain_waves, {"length": 32, "kinds": 4, "filters": [4], "wide": 8, "dense": [4]}
    ),
    "event_classification_for_payment_card_fraud_detection": KerasIoCase(transactions),
    "feature_space_advanced": KerasIoCase(calls),
    "movielens_recommendations_transformers": KerasIoCase(
        films_in_turn, {"films": 12, "width": 4, "heads": 2, "head": [8]}
    ),
    "3D_image_classification": KerasIoCase(
        scans, {"side": 16, "depth": 16, "widths": [4, 4], "dense": 8}
    ),
    "addition_rnn": KerasIoCase(sums, {"units": 8}),
    "antirectifier": KerasIoCase(params={"units": 8}),
    "attention_mil_classification": KerasIoCase(bags, {"width": 8, "attention": 8}, batch_size=1),
    "autoencoder": KerasIoCase(params={"filters": 4}),
    "basic_ranking": KerasIoCase(ratings, {"users": 20, "films": 20, "width": 4, "head": [4]}),
    "basic_retrieval": KerasIoCase(ratings, {"users": 20, "films": 20, "width": 4, "best": 3}),
    "bidirectional_lstm_imdb": KerasIoCase(),
    "captcha_ocr": KerasIoCase(captchas, {"filters": 4, "units": 4}),
    "cct": KerasIoCase(params={"width": 8, "depth": 1}),
    "collaborative_filtering_movielens": KerasIoCase(ratings),
    "conditional_gan": KerasIoCase(params={"filters": 4, "latent": 4}),
    "conv_lstm": KerasIoCase(moving_digits, {"side": 16, "filters": 2}),
    "convmixer": KerasIoCase(params={"filters": 4, "depth": 1, "patch": 4}),
    "creating_tfrecords": KerasIoCase(annotated, {"size": 16, "classifier": CLASSIFIER_OF_2}),
    "ctc_asr": KerasIoCase(
        speech,
        {"rate": 8000, "length": 7000, "text": 14, "units": 4, "depth": 1, "taper": None},
    ),
    "cutmix": KerasIoCase(params={"filters": 4, "depth": 1}),
    "dcn": KerasIoCase(rated, {"users": 20, "films": 20, "width": 4, "deep": [8]}),
    "eanet": KerasIoCase(params={"patch": 8, "depth": 1, "width": 8}),
    "fnet_classification_with_keras_hub": KerasIoCase(
        reviews,
        {"words": 60, "length": 16, "width": 8, "inner": 8, "depth": 1},
        packages=TOKENS,
    ),
    "handwriting_recognition": KerasIoCase(handwriting, {"filters": 4, "units": 4}),
    "image_captioning": KerasIoCase(
        captions,
        {
            "size": 32,
            "words": 20,
            "length": 8,
            "width": 8,
            "backbone": {"Conv2D": {"filters": 1280, "kernel_size": 16, "strides": 16}},
        },
    ),
    "image_classification_from_scratch": KerasIoCase(
        pets, {"size": 32, "stem": 4, "widths": [4, 8], "top": 8}
    ),
    "image_classification_with_vision_transformer": KerasIoCase(
        params={"size": 24, "patch": 12, "head": [8], **SMALL_TRANSFORMER}
    ),
    "fully_convolutional_network": KerasIoCase(
        trimaps, {"size": 32, "width": 4, "weights": None}, batch_size=2
    ),
    "image_classification_efficientnet_fine_tuning": KerasIoCase(
        breeds, {"size": 32, "breeds": 2, "weights": None}, phases=2
    ),
    "knowledge_distillation": KerasIoCase(teacher, {"teacher": [4, 8], "student": [2, 4]}),
    "siamese_contrastive": KerasIoCase(pairs_of_digits),
    "siamese_network": KerasIoCase(
        alike, {"size": 32, "widths": [8, 4], "code": 4, "weights": None}, batch_size=2
    ),
    "imbalanced_classification": KerasIoCase(payments, {"units": 8}),
    "involution": KerasIoCase(),
    "keypoint_detection": KerasIoCase(
        dogs,
        {
            "size": 28,
            "backbone": {
                "Conv2D": {"filters": 8, "kernel_size": 4, "strides": 4, "name": "backbone"}
            },
        },
    ),
    "learnable_resizer": KerasIoCase(
        pets, {"size": 32, "target": 16, "filters": 4, "backbone": CLASSIFIER_OF_2}
    ),
    "lstm_character_level_text_generation": KerasIoCase(philosophy, {"letters": 16, "units": 8}),
    "lstm_seq2seq": KerasIoCase(phrases, {"letters": 30, "units": 8, "french": 12}),
    "memory_efficient_embeddings": KerasIoCase(ratings),
    "mixup": KerasIoCase(params={"filters": 4, "units": 8}),
    "mlp_image_classification": KerasIoCase(
        params={"size": 16, "patch": 8, "width": 8, "depth": 1}
    ),
    "mobilevit": KerasIoCase(
        flowers, {"size": 64, "widths": [8, 8, 8], "depths": [1, 1, 1], "deep": 8}
    ),
    "multi_label_classification": KerasIoCase(
        papers, {"words": 60, "subjects": 3, "wide": 8, "narrow": 8}
    ),
    "ner_transformers": KerasIoCase(
        names, {"words": 60, "length": 8, "inner": 8, "width": 8, "heads": 2, "kinds": 4}
    ),
    "mnist_convnet": KerasIoCase(),
    "neural_machine_translation_with_keras_hub": KerasIoCase(
        sentences,
        {"words": 80, "length": 12, "width": 8, "inner": 8, "heads": 2},
        packages=TOKENS,
    ),
    "neural_machine_translation_with_transformer": KerasIoCase(
        sentences, {"words": 50, "length": 8, "width": 8, "inner": 8, "heads": 2}
    ),
    "node2vec_movielens": KerasIoCase(walks, {"films": 10, "width": 4}),
    "object_detection_using_vision_transformer": KerasIoCase(
        planes, {"size": 32, "patch": 16, "head": [8], **SMALL_TRANSFORMER}
    ),
    "oxford_pets_image_segmentation": KerasIoCase(
        trimaps, {"size": 16, "stem": 4, "down": [4], "up": [4, 4]}
    ),
    "pretrained_word_embeddings": KerasIoCase(
        newsgroups, {"words": 40, "length": 24, "width": 4, "filters": 4, "window": 2}
    ),
    "quasi_svm": KerasIoCase(params={"features": 16}),
    "randaugment": KerasIoCase(params={"size": 32, "backbone": CLASSIFIER_OF_10}),
    "stft": KerasIoCase(
        surroundings,
        {
            "rate": 8000,
            "length": 900,
            "window": 64,
            "step": 32,
            "filters": [4],
            "sounds": 2,
            "taper": None,
        },
    ),
    "structured_data_classification_with_feature_space": KerasIoCase(hearts, {"bins": 5}),
    "super_resolution_sub_pixel": KerasIoCase(photos, {"size": 24, "filters": 4}),
    "tabtransformer": KerasIoCase(census, SMALL_TRANSFORMER),
    "text_classification_from_scratch": KerasIoCase(
        reviews, {"words": 40, "length": 100, "width": 8}
    ),
    "text_classification_with_transformer": KerasIoCase(params={"width": 8}),
    "text_generation_gpt": KerasIoCase(
        books,
        {"words": 90, "length": 12, "inner": 8, **SMALL_TRANSFORMER},
        packages=TOKENS,
    ),
    "text_generation_with_miniature_gpt": KerasIoCase(
        reviews, {"words": 40, "length": 12, "width": 8, "inner": 8}
    ),
    "timeseries_anomaly_detection": KerasIoCase(load_of_a_day, {"window": 16}),
    "timeseries_classification_from_scratch": KerasIoCase(engines, {"length": 20, "filters": 4}),
    "timeseries_classification_transformer": KerasIoCase(
        engines, {"length": 20, "width": 8, "heads": 2, "depth": 1, "head": 8}
    ),
    "timeseries_weather_forecasting": KerasIoCase(weather, {"past": 4, "gap": 5, "units": 4}),
    "transformer_asr": KerasIoCase(
        speech,
        {
            "rate": 8000,
            "length": 7000,
            "text": 14,
            "inner": 8,
            "taper": None,
            **SMALL_TRANSFORMER,
        },
    ),
    "token_learner": KerasIoCase(
        params={"patch": 8, "width": 8, "heads": 2, "depth": 2, "tokens": 2}
    ),
    "tfrecord": KerasIoCase(
        moles,
        {
            "size": 16,
            "backbone": {
                "Conv2D": {"filters": 4, "kernel_size": 4, "strides": 4, "name": "backbone"}
            },
        },
    ),
    "vae": KerasIoCase(params={"filters": [4, 4]}),
    "video_transformers": KerasIoCase(clips, {"frames": 4, "features": 8, "kinds": 2}),
    "vit_small_ds": KerasIoCase(params={"size": 24, "patch": 12, **SMALL_TRANSFORMER}),
    "vq_vae": KerasIoCase(params={"filters": [4, 4], "width": 4, "words": 8}),
    "vivit": KerasIoCase(organs, {"tube": 14, **SMALL_TRANSFORMER}),
    "wide_deep_cross_networks": KerasIoCase(forests, {"units": 4, "layers": 1}),
    "xray_classification_with_tpus": KerasIoCase(
        x_rays, {"size": 32, "stem": 4, "filters": [4, 4, 4, 4], "dense": [8, 8, 8]}
    ),
}
