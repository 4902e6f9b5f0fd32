"""`modelspec.load(FILE).predict(ROW)` against a script that calls ONNX Runtime by hand.

    python -m benchmarks.load_latency [--calls 2000] [--starts 5]

Trains specs/penguins.yaml for a few epochs, and exports it to ONNX and LiteRT. Measured are, in
this process, a dict as a row with each file, and the row as arrays with ONNX Runtime, whose class
names are looked up; then, in fresh processes, the time from the first import to the first
prediction. The script by hand gets the numbers as the file takes them, scaled and one-hot: it
neither reads a row nor checks one. Prints the medians (of the starts also the least) and ratios.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import modelspec
from modelspec.cli import run

ROOT = Path(__file__).parents[1]

ROW = {
    "bill_length_mm": 39.1,
    "bill_depth_mm": 18.7,
    "flipper_length_mm": 181,
    "body_mass_g": 3750,
    "island": "Torgersen",
}

LOADED = f"""\
import time
began = time.perf_counter()
import sys
import modelspec
print(modelspec.load(sys.argv[1]).predict({ROW!r})[0]["species"])
print(time.perf_counter() - began)
print(any(name in sys.modules for name in ("tensorflow", "keras")))
"""

BY_HAND = """\
import time
began = time.perf_counter()
import sys
import numpy as np
import onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
measures = np.asarray([[-0.9, 0.8, -1.4, -0.6]], np.float32)
home = np.asarray([[0, 0, 0, 1]], np.int64)
species, sex = session.run(["species", "sex"], {"scaled": measures, "home": home})
print(["Adelie", "Chinstrap", "Gentoo"][species[0].argmax()])
print(time.perf_counter() - began)
print(False)
"""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--starts", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        onnx, litert = _exports(Path(top))
        calls = {
            "ONNX Runtime by hand": _by_hand(onnx),
            "load, ONNX": _loaded(onnx),
            "load, LiteRT": _loaded(litert),
        }
        _check_equal(onnx, Path(top))
        medians = {name: _median(call, given.calls) for name, call in calls.items()}
        first = medians["ONNX Runtime by hand"]
        for name, median in medians.items():
            print(f"{name:22} {median * 1e3:8.3f} ms a row   {median / first:6.1f} x")
        starts = {
            "ONNX Runtime by hand": (BY_HAND, onnx),
            "load, ONNX": (LOADED, onnx),
            "load, LiteRT": (LOADED, litert),
        }
        found: dict[str, list[float]] = {name: [] for name in starts}
        for _ in range(given.starts):
            for name, (code, file) in starts.items():
                found[name].append(_start(code, file))
        least = min(found["ONNX Runtime by hand"])
        for name, times in found.items():
            middle, low = statistics.median(times), min(times)
            print(f"{name:22} {middle:8.2f} s first call, least {low:.2f} s   {low / least:6.1f} x")


def _exports(folder: Path) -> tuple[Path, Path]:
    spec, trained = ROOT / "specs/penguins.yaml", folder / "run"
    overrides = {"training.epochs": 5, "expect.metrics": {"test_loss": {"min": 0}}}
    modelspec.train(spec, output=trained, overrides=overrides)
    onnx, litert = folder / "penguins.onnx", folder / "penguins.tflite"
    words = ["export", str(trained), "--format", "onnx", "--without-preprocessing"]
    assert run([*words, "-o", str(onnx)]) == 0
    modelspec.export(trained, "litert", litert)
    return onnx, litert


def _loaded(file: Path) -> Callable[[], object]:
    model = modelspec.load(file)
    return lambda: model.predict(ROW)


def _by_hand(file: Path) -> Callable[[], object]:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    measures = np.asarray([[-0.9, 0.8, -1.4, -0.6]], np.float32)
    home = np.asarray([[0, 0, 0, 1]], np.int64)
    names = ["Adelie", "Chinstrap", "Gentoo"]

    def predict() -> object:
        species, sex = session.run(["species", "sex"], {"scaled": measures, "home": home})
        return names[species[0].argmax()], float(species.max()), float(sex[0, 0])

    return predict


def _check_equal(file: Path, folder: Path) -> None:
    """The row has the predictions of a csv with it."""
    table = folder / "one.csv"
    lines = [",".join(ROW), ",".join(map(str, ROW.values()))]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    expected = {name: values.tolist()[0] for name, values in modelspec.predict(file, table).items()}
    assert modelspec.load(file).predict(ROW) == [expected]


def _median(call: Callable[[], object], count: int) -> float:
    for _ in range(50):
        call()
    times = []
    for _ in range(count):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _start(code: str, file: Path) -> float:
    words = [sys.executable, "-c", code, str(file)]
    done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=ROOT)
    name, seconds, has_tensorflow = done.stdout.split()
    assert name == "Adelie" and has_tensorflow == "False"
    return float(seconds)


if __name__ == "__main__":
    main()
