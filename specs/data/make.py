"""Writes the data files of this folder from the packages that carry them.

pip install scikit-learn vega_datasets palmerpenguins statsmodels
python make.py
"""

import csv
import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
CARS = {
    "mpg": "Miles_per_Gallon",
    "cylinders": "Cylinders",
    "displacement": "Displacement",
    "horsepower": "Horsepower",
    "weight": "Weight_in_lbs",
    "acceleration": "Acceleration",
    "year": "Year",
    "origin": "Origin",
    "name": "Name",
}


def package(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


def pairs(images: np.ndarray, digits: np.ndarray, count: int, seed: int) -> dict[str, np.ndarray]:
    """Pairs of images, half of them of the same digit."""
    random = np.random.default_rng(seed)
    left = random.integers(len(digits), size=count)
    same = np.arange(count) % 2
    right = [
        random.choice(np.flatnonzero((digits == digits[i]) == bool(s)))
        for i, s in zip(left, same, strict=True)
    ]
    return {"left": images[left], "right": images[right], "same": same.astype(np.uint8)}


found = load_digits()
images = found.images[..., np.newaxis].astype(np.uint8)
digits = found.target.astype(np.uint8)
np.savez_compressed(HERE / "digits.npz", image=images, digit=digits)

# no image stands both in a pair for training and in one for testing
order = np.random.default_rng(0).permutation(len(digits))
for name, rows, count in (("train", order[:1400], 4000), ("test", order[1400:], 1000)):
    made = pairs(images[rows], digits[rows], count, seed=1)
    np.savez_compressed(HERE / f"digit_pairs_{name}.npz", **made)

shutil.copyfile(package("palmerpenguins") / "data" / "penguins.csv", HERE / "penguins.csv")

cars = json.loads((package("vega_datasets") / "_data" / "cars.json").read_text())
with (HERE / "mpg.csv").open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(CARS)
    for car in cars:
        row = {column: car[key] for column, key in CARS.items()}
        row["year"] = row["year"][:4]
        writer.writerow("" if value is None else value for value in row.values())

spots = package("statsmodels") / "datasets" / "sunspots" / "sunspots.csv"
with spots.open(newline="") as known, (HERE / "sunspots.csv").open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["year", "sunspots"])
    for row in csv.DictReader(known):
        writer.writerow([int(float(row["YEAR"])), row["SUNACTIVITY"]])
