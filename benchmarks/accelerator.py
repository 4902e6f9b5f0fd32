"""Steps a second of modelspec, of the plain Keras script, and of what the hardware could do.

    python -m benchmarks.accelerator [--sizes small] [--models mlp,resnet50,transformer]
        [--precision float32,mixed_float16,mixed_bfloat16] [--jit false,true] [--mirrored 2]
        [--clock processor]

An MLP, a ResNet50 and a transformer on random data in memory. For each precision, with and without
XLA: `modelspec train` and the script for Keras in turn, same model, same data, same batch; a step
is an epoch's seconds by its steps, the first epoch left out, which compiles. The share of the peak
is three times the FLOPs of modelspec's analysis (forward, and backward for inputs and weights) by
the seconds of a step, against products of large matrices of the same dtype, measured first.

`--clock processor` takes the processor's time in place of the clock's, for a CPU that others use
too: that of a training less that of one with a single epoch. Its steps a second are those of one
core.

`--sizes large` (the default) is for a GPU of 16 GB or more. `--sizes small` runs on two cores, in
a minute with its defaults: float32 without XLA. `--mirrored N` also trains on N devices, in turn
with one: GPUs, or N logical devices of the CPU where there are not so many. The limit is 1.05 of
the seconds of the script, in the median.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import modelspec

from .processes import Run, quiet, run

LIMIT = 1.05

HERE = Path(__file__).parent / "accelerator_models"

SIZES: dict[str, dict[str, dict[str, int]]] = {
    "small": {
        "mlp": {"width": 512, "depth": 4, "batch": 128, "steps": 40},
        "resnet50": {"side": 32, "batch": 8, "steps": 4},
        "transformer": {
            "width": 64, "heads": 4, "depth": 2, "tokens": 64, "vocabulary": 1000, "batch": 16,
            "steps": 20,
        },
    },
    "large": {
        "mlp": {"width": 4096, "depth": 4, "batch": 1024, "steps": 100},
        "resnet50": {"side": 224, "batch": 64, "steps": 16},
        "transformer": {
            "width": 512, "heads": 8, "depth": 6, "tokens": 256, "vocabulary": 16000, "batch": 32,
            "steps": 60,
        },
    },
}  # fmt: skip

COMPUTE = {"float32": "float32", "mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}

MATRIX = {"small": 1024, "large": 8192}

PEAK = """
import sys, time
import tensorflow as tf
size, dtype = int(sys.argv[1]), sys.argv[2]
clock = time.process_time if sys.argv[4] == "processor" else time.perf_counter
a = tf.cast(tf.random.normal((size, size)), dtype)
b = tf.cast(tf.random.normal((size, size)), dtype)

@tf.function
def products(count):
    def once(number, sum):
        return number + 1, tf.matmul(a, b + tf.cast(sum[0, 0] * 0, dtype))
    return tf.while_loop(lambda number, _: number < count, once, (0, a))[1][0, 0]

products(tf.constant(2)).numpy()
count, best = 4, 0.0
end = time.perf_counter() + float(sys.argv[3])
while time.perf_counter() < end:
    begin = clock()
    products(tf.constant(count)).numpy()
    seconds = clock() - begin
    best = max(best, 2 * size**3 * count / seconds)
    count = count * 2 if seconds < 0.2 else count
print("devices", ", ".join(d.name for d in tf.config.list_logical_devices()))
print(best)
"""


SEVERAL = """
import sys
import tensorflow as tf
count = int(sys.argv[1])
if len(tf.config.list_physical_devices("GPU")) < count:
    processor = tf.config.list_physical_devices("CPU")[0]
    devices = [tf.config.LogicalDeviceConfiguration()] * count
    tf.config.set_logical_device_configuration(processor, devices)
from modelspec.cli import run
sys.exit(run(sys.argv[2:]))
"""
"""modelspec on a number of devices: GPUs, or parts of the CPU where there are not so many."""


class Case(NamedTuple):
    """One model under one precision, with or without XLA."""

    model: str
    precision: str
    jit: bool

    def label(self) -> str:
        return f"{self.model:11} {self.precision:14} {'XLA' if self.jit else '-':4}"


class Bench:
    """A folder with the data and the specs of some sizes.

    Args:
        folder: an empty one.
        sizes: of each model.
        epochs: of each training; the first is left out.
        by_processor: whether to take the time of the processor.
    """

    def __init__(
        self,
        folder: Path,
        sizes: Mapping[str, Mapping[str, int]],
        epochs: int,
        *,
        by_processor: bool = False,
    ) -> None:
        self.folder = folder
        self.sizes = sizes
        self.epochs = epochs
        self.by_processor = by_processor
        for name, given in sizes.items():
            (folder / f"{name}.yaml").write_text((HERE / f"{name}.yaml").read_text())
            write_data(folder / f"{name}.npz", given)

    def flops(self, name: str) -> float:
        """Of a training step."""
        known = modelspec.summarize(self.folder / f"{name}.yaml", self.params(name)).flops
        assert known is not None
        return 3.0 * known * self.sizes[name]["batch"]

    def params(self, name: str, epochs: int = 1) -> dict[str, int]:
        """The overrides of a spec."""
        given = {**self.sizes[name], "epochs": epochs}
        return {f"params.{key}": value for key, value in given.items() if key != "steps"}

    def ours(self, case: Case, devices: int = 1) -> float:
        """Seconds of a step of `modelspec train`; on several devices, mirrored."""
        return self.step(case, lambda epochs: self.train(case, epochs, devices))

    def plain(self, case: Case) -> float:
        """Seconds of a step of the script for Keras."""
        return self.step(case, lambda epochs: self.run_script(case, epochs))

    def step(self, case: Case, train: Callable[[int], tuple[Run, list[float]]]) -> float:
        """Seconds of a step, by the clock or by the processor."""
        whole, seconds = train(self.epochs)
        steps = self.sizes[case.model]["steps"]
        if not self.by_processor:
            return statistics.median(seconds[1:]) / steps
        first, _ = train(1)
        return max(whole.cpu - first.cpu, 1e-9) / (self.epochs - 1) / steps

    def train(self, case: Case, epochs: int, devices: int) -> tuple[Run, list[float]]:
        """A training by modelspec, and the seconds of its epochs."""
        values: dict[str, Any] = {
            **self.params(case.model, epochs),
            "training.precision": case.precision,
            "training.jit_compile": str(case.jit).lower(),
        }
        command = [sys.executable, "-m", "modelspec"]
        if devices > 1:
            values["training.distribute"] = "mirrored"
            command = [sys.executable, "-c", SEVERAL, str(devices)]
        command += ["train", f"{case.model}.yaml", "-o", "run", "--force"]
        for key, value in values.items():
            command += ["--set", f"{key}={value}"]
        done = run(command, environment(devices), self.folder)
        with (self.folder / "run" / "history.csv").open(encoding="utf-8") as file:
            return done, [float(row["seconds"]) for row in csv.DictReader(file)]

    def run_script(self, case: Case, epochs: int) -> tuple[Run, list[float]]:
        """A training by the script, and the seconds of its epochs."""
        given = {
            **self.sizes[case.model],
            "epochs": epochs,
            "precision": case.precision,
            "jit_compile": case.jit,
        }
        command = [sys.executable, HERE.resolve() / "plain.py", case.model, json.dumps(given)]
        done = run(command, quiet(), self.folder)
        lines = done.said.splitlines()
        return done, [float(line) for line in lines if line.replace(".", "").isdigit()]


def write_data(path: Path, given: Mapping[str, int]) -> None:
    """Random examples for a model, and one of ten classes for each."""
    chance = np.random.default_rng(0)
    count = given["batch"] * given["steps"]
    if "side" in given:
        shape = (count, given["side"], given["side"], 3)
        x = chance.integers(0, 256, shape, "uint8")
    elif "tokens" in given:
        x = chance.integers(0, given["vocabulary"], (count, given["tokens"]), "int32")
    else:
        x = chance.normal(size=(count, given["width"])).astype("float32")
    np.savez(path, x=x, kind=chance.integers(0, 10, count, "int32"))


def environment(devices: int) -> dict[str, str]:
    """That of a training on some devices, which sees no other GPUs."""
    return {**quiet(), "CUDA_VISIBLE_DEVICES": ",".join(map(str, range(devices)))}


def peaks(precisions: list[str], size: int, seconds: float, clock: str) -> dict[str, float]:
    """FLOPs a second of products of large matrices, by precision."""
    found = {}
    for precision in precisions:
        command = [sys.executable, "-c", PEAK, str(size), COMPUTE[precision], str(seconds)]
        command.append(clock)
        lines = run(command, quiet()).said.strip().splitlines()
        found[precision] = float(lines[-1])
        print(f"peak {COMPUTE[precision]:9} {found[precision] / 1e12:8.3f} TFLOP/s", flush=True)
    print(next(line for line in lines if line.startswith("devices")))
    return found


def main() -> int:
    given = options()
    sizes = {name: SIZES[given.sizes][name] for name in given.models}
    best = peaks(given.precision, MATRIX[given.sizes], given.peak_seconds, given.clock)
    ratios = []
    print("                                   modelspec   plain Keras   modelspec")
    print("model       precision      jit       steps/s       steps/s  of its time   of the peak")
    with tempfile.TemporaryDirectory() as name:
        is_processor = given.clock == "processor"
        bench = Bench(Path(name), sizes, given.epochs, by_processor=is_processor)
        for case in cases(given):
            pairs = [(bench.ours(case), bench.plain(case)) for _ in range(given.rounds)]
            mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
            ratio = statistics.median(ours / plain for ours, plain in pairs)
            share = bench.flops(case.model) / mine / best[case.precision]
            ratios.append(ratio)
            print(
                f"{case.label()} {1 / mine:13.2f} {1 / theirs:13.2f} {ratio:12.2f} {share:13.1%}",
                flush=True,
            )
            if given.mirrored > 1:
                several = statistics.median(
                    bench.ours(case, given.mirrored) for _ in range(given.rounds)
                )
                print(f"{'':12}on {given.mirrored} devices {1 / several:14.2f}", flush=True)
    worst = statistics.median(ratios)
    print(f"modelspec takes {worst:.2f} of the time of plain Keras in the median; at most {LIMIT}")
    return 0 if worst <= LIMIT else 1


def cases(given: argparse.Namespace) -> Iterator[Case]:
    """Each model, under each precision, without and with XLA."""
    for model in given.models:
        for precision in given.precision:
            for jit in given.jit:
                yield Case(model, precision, jit == "true")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", choices=list(SIZES), default="large")
    parser.add_argument("--models", type=words(*SIZES["large"]), default=list(SIZES["large"]))
    parser.add_argument("--precision", type=words(*COMPUTE))
    parser.add_argument("--jit", type=words("false", "true"))
    parser.add_argument("--mirrored", type=int, default=1, metavar="DEVICES")
    parser.add_argument("--clock", choices=("wall", "processor"), default="wall")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--peak-seconds", type=float)
    given = parser.parse_args()
    is_small = given.sizes == "small"
    given.precision = given.precision or (["float32"] if is_small else list(COMPUTE))
    given.jit = given.jit or (["false"] if is_small else ["false", "true"])
    given.peak_seconds = given.peak_seconds or (1.0 if is_small else 5.0)
    return given


def words(*known: str) -> Any:
    """The type of an option with several words, separated by commas."""

    def parse(text: str) -> list[str]:
        found = text.split(",")
        if unknown := set(found) - set(known):
            raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}; known: {known}")
        return found

    return parse


if __name__ == "__main__":
    sys.exit(main())
