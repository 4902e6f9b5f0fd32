"""Real data in the forms that sources take, made from specs/data and tests/data/real."""

from __future__ import annotations

import csv
import shutil
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
REAL = ROOT / "tests" / "data" / "real"


def digits() -> tuple[Any, Any]:
    """400 images, uint8 [400, 8, 8] from 0 to 240, and their digits."""
    with np.load(ROOT / "specs" / "data" / "digits.npz") as archive:
        return archive["image"][:400, :, :, 0] * 15, archive["digit"][:400]


def images(folder: Path) -> None:
    """digits/LABEL/NUMBER.png."""
    from PIL import Image

    for number, (image, digit) in enumerate(zip(*digits(), strict=True)):
        path = folder / "digits" / str(digit) / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)


def texts(folder: Path) -> None:
    """texts/LANGUAGE/NUMBER.txt."""
    with (REAL / "languages.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            path = folder / "texts" / row["language"] / f"{number}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(row["text"], encoding="utf-8")


def audio(folder: Path) -> None:
    """spoken/DIGIT/NUMBER.wav: every recording 20 times, each changed a little."""
    random = np.random.default_rng(3)
    for digit in range(4):
        with wave.open(str(REAL / f"spoken_{digit}.wav"), "rb") as sound:
            samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        for number in range(20):
            path = folder / "spoken" / str(digit) / f"{number}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            with wave.open(str(path), "wb") as out:
                out.setnchannels(1)
                out.setsampwidth(2)
                out.setframerate(8000)
                out.writeframes(_changed(samples, random).astype("<i2").tobytes())


def _changed(samples: Any, random: Any) -> Any:
    """The same sound with another start, speed and loudness, and with noise."""
    places = np.arange(0, len(samples) - 1, random.uniform(0.9, 1.1))
    sound = np.interp(places, np.arange(len(samples)), samples) * random.uniform(0.5, 1)
    silence = np.zeros(random.integers(0, 400))
    sound = np.concatenate([silence, sound])
    return np.clip(sound + random.normal(0, 200, len(sound)), -32768, 32767)


def tfrecord(folder: Path) -> None:
    """digits-0.tfrecord and digits-1.tfrecord."""
    import tensorflow as tf

    for part in range(2):
        with tf.io.TFRecordWriter(str(folder / f"digits-{part}.tfrecord")) as writer:
            for image, digit in list(zip(*digits(), strict=True))[part::2]:
                pixels = tf.train.FloatList(value=image.ravel().astype(float))
                number = tf.train.Int64List(value=[int(digit)])
                features = {
                    "pixels": tf.train.Feature(float_list=pixels),
                    "digit": tf.train.Feature(int64_list=number),
                }
                found = tf.train.Example(features=tf.train.Features(feature=features))
                writer.write(found.SerializeToString())


PENGUINS = '''
import csv
import tensorflow as tf

def penguins(folder):
    """((measures, island), species) as Keras takes them, of the rows that lack nothing."""
    def rows():
        with (folder / "penguins.csv").open() as file:
            for row in csv.DictReader(file):
                if "NA" not in row.values():
                    measures = [float(row["bill_length_mm"]), float(row["flipper_length_mm"])]
                    yield {"measures": measures, "island": row["island"]}, row["species"]

    word = tf.TensorSpec([], tf.string)
    signature = {"measures": tf.TensorSpec([2]), "island": word}, word
    return tf.data.Dataset.from_generator(rows, output_signature=signature)
'''


def python(folder: Path) -> None:
    """real_penguins.py, and the table that it reads."""
    (folder / "real_penguins.py").write_text(PENGUINS, encoding="utf-8")
    shutil.copy(ROOT / "specs" / "data" / "penguins.csv", folder)


MAKERS: dict[str, Callable[[Path], None]] = {
    "images": images,
    "texts": texts,
    "audio": audio,
    "tfrecord": tfrecord,
    "python": python,
}
"""Spec of real/ to what writes its data beside it."""
