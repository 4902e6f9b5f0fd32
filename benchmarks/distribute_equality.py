"""N workers against one: the largest difference of history and weights, for several specs.

    python -m benchmarks.distribute_equality [--workers 2,4] [--mirrored] [--precision float64]
        [SPEC]

Each training is a few epochs without dropout, with and without validation. The last batch of an
epoch is smaller than the others, and not divisible by the workers. With `--mirrored` the replicas
are logical CPU devices of one process instead of processes.

Sums of other parts round otherwise, and training can enlarge that: a ReLU or a MaxPooling2D decides
between values that are all but equal, Adam divides a gradient by its size. With `--precision
float64` rounding is 1e-16, so that what is left would be an error.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

SPECS = Path(__file__).parents[1] / "specs"


class Case(NamedTuple):
    """A spec that is trained.

    Attributes:
        spec: its file.
        overrides: dotted paths to values: a short training without dropout.
    """

    spec: str
    overrides: dict[str, Any]


SYNCHRONIZED = {"momentum": 0.9, "synchronized": True}

CASES = {
    "digits": Case(
        "digits.yaml",
        {
            "model.sequential.layers.8.Dropout.rate": 0.0,
            "training.epochs": 1,
            "data.batch_size": 45,
        },
    ),
    "penguins": Case("penguins.yaml", {"training.epochs": 5, "data.batch_size": 23}),
    "text": Case("transformer.yaml", {"training.epochs": 1, "data.batch_size": 49}),
    "unet": Case(
        "unet.yaml",
        {
            "training.epochs": 1,
            "data.batch_size": 12,
            # Adam divides a gradient by its size: in this model it makes 1e-7 of rounding to 1e-3
            "training.optimizer": {"SGD": {"learning_rate": 0.01, "momentum": 0.9}},
            "blocks.double_conv.sequential.layers.0.repeat.layers.1.BatchNormalization": (
                SYNCHRONIZED
            ),
        },
    ),
}

VALIDATES = (("data", "validation"), ("training", "checkpoint"))
"""What a spec without validation leaves out: section and key."""


class Trained(NamedTuple):
    """What a training ended with.

    Attributes:
        history: value name to a value for each epoch.
        weights: of the model, in order.
        seconds: of processor time, over all workers.
    """

    history: dict[str, list[float]]
    weights: list[Any]
    seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", default=list(CASES))
    parser.add_argument("--workers", default="2,4")
    parser.add_argument("--mirrored", action="store_true")
    parser.add_argument("--precision", default="float32", choices=("float32", "float64"))
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside is not None:
        train_inside(options.inside)
        return 0
    print(
        f"{'spec':10} {'validation':10} {'workers':>7} {'history':>9} {'weights':>9} {'CPU s':>6}"
    )
    worst = 0.0
    for name in options.cases:
        for validates in (True, False):
            worst = max(worst, compare(name, validates, options))
    print(f"the largest difference: {worst:.1e}")
    return int(worst > 1e-5)


def compare(name: str, validates: bool, options: argparse.Namespace) -> float:
    """Train a case with each number of workers; the largest difference from one worker."""
    with tempfile.TemporaryDirectory() as folder:
        spec = copied(CASES[name].spec, Path(folder), validates)
        return compare_copy(name, spec, validates, options)


def compare_copy(name: str, spec: Path, validates: bool, options: argparse.Namespace) -> float:
    """The same of a spec that has validation or lacks it."""
    overrides = {**CASES[name].overrides, "training.precision": options.precision}
    worst = 0.0
    one = train(spec, overrides, 1, mirrored=False)
    for workers in [1, *map(int, options.workers.split(","))]:
        again = one if workers == 1 else train(spec, overrides, workers, options.mirrored)
        history = max(
            float(np.max(np.abs(np.subtract(values, again.history[key]))))
            for key, values in one.history.items()
        )
        pairs = zip(one.weights, again.weights, strict=True)
        weights = max(float(np.max(np.abs(a - b))) for a, b in pairs if a.dtype.kind == "f")
        shown = "with" if validates else "without"
        line = f"{name:10} {shown:10} {workers:7} {history:9.1e} {weights:9.1e}"
        print(f"{line} {again.seconds:6.1f}", flush=True)
        worst = max(worst, history, weights)
    return worst


def copied(file: str, folder: Path, validates: bool) -> Path:
    """A spec, beside the same data, with or without validation."""
    content = yaml.safe_load((SPECS / file).read_text())
    for section, key in () if validates else VALIDATES:
        content[section].pop(key, None)
    content.pop("expect", None)
    (folder / "data").symlink_to(SPECS / "data")
    (folder / file).write_text(yaml.safe_dump(content, sort_keys=False))
    return folder / file


def train(spec: Path, overrides: dict[str, Any], workers: int, mirrored: bool) -> Trained:
    """Train in processes of their own."""
    with tempfile.TemporaryDirectory() as folder:
        request = {"spec": str(spec), "overrides": overrides, "folder": folder}
        if mirrored and workers > 1:
            request["devices"] = workers
        configs = [""] if mirrored or workers == 1 else cluster(workers)
        before = os.times()
        started = []
        for index, config in enumerate(configs):
            own = json.dumps({**request, "index": index})
            command = [sys.executable, "-m", "benchmarks.distribute_equality", "--inside", own]
            # oneDNN chooses its convolutions by the number of rows, and they round otherwise
            env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
            if config:
                env["TF_CONFIG"] = config
            log = (Path(folder) / f"{index}.log").open("w")
            started.append(subprocess.Popen(command, env=env, stdout=log, stderr=log))
        codes = [process.wait() for process in started]
        if any(codes):
            logs = [(Path(folder) / f"{i}.log").read_text()[-2000:] for i in range(len(codes))]
            raise SystemExit(f"exit codes {codes}\n" + "\n".join(logs))
        after = os.times()
        history = json.loads((Path(folder) / "history.json").read_text())
        with np.load(Path(folder) / "weights.npz") as archive:
            weights = [archive[name] for name in archive.files]
    used = after.children_user + after.children_system
    return Trained(history, weights, used - before.children_user - before.children_system)


def cluster(workers: int) -> list[str]:
    """TF_CONFIG of each of so many workers, on ports that are free."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(workers)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    every = {"worker": addresses}
    return [
        json.dumps({"cluster": every, "task": {"type": "worker", "index": index}})
        for index in range(workers)
    ]


def train_inside(request: str) -> None:
    """Train as one of the workers, or with several logical devices; the first one writes."""
    given = json.loads(request)
    import modelspec

    overrides, folder = dict(given["overrides"]), Path(given["folder"])
    if os.environ.get("TF_CONFIG"):
        overrides["training.distribute"] = "multi_worker"
    if "devices" in given:
        import tensorflow as tf

        cpu = tf.config.list_physical_devices("CPU")[0]
        devices = [tf.config.LogicalDeviceConfiguration()] * given["devices"]
        tf.config.set_logical_device_configuration(cpu, devices)
        overrides["training.distribute"] = "mirrored"
    index = given["index"]
    run = modelspec.train(given["spec"], output=folder / f"run-{index}", overrides=overrides)
    if index == 0:
        history = {name: list(map(float, values)) for name, values in run.history.items()}
        (folder / "history.json").write_text(json.dumps(history))
        np.savez(folder / "weights.npz", *run.model.get_weights())


if __name__ == "__main__":
    raise SystemExit(main())
