"""How much memory a training on a large folder of parquet files takes.

    python -m benchmarks.parquet_memory [--gigabytes 4] [--folder DIR] [--batch-size 4096]

Writes files of random numbers (29 inputs and a target, float64, row groups of pyarrow's default
size) into a temporary folder, trains a small model on them for one epoch with the default
`stream: auto`, and prints the largest resident memory (`ru_maxrss`) of the process, of one that
does the same on a thousandth of the rows, and of one that only fits a model of TensorFlow's to a
few random numbers. Pages of files count where a process has mapped them; modelspec maps none of
its data. TMPDIR says where the data stream through. Exits with 1 where it is more than 1.5 GB above
TensorFlow alone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BOUND = 1.5
"""Gigabytes above TensorFlow alone."""

COLUMNS = 30
FILE_ROWS = 1 << 20

SPEC = """
modelspec: 1
model:
  sequential:
    input: {{shape: [29]}}
    layers:
      - Normalization
      - Dense: {{units: 16, activation: relu}}
      - Dense: {{units: 1, name: y}}
data:
  train: {{parquet: {source}}}
  validation: 0.05
  test: 0.05
  inputs: [{inputs}]
  targets: y
  batch_size: {batch_size}
training:
  epochs: 1
  optimizer: adam
  loss: mse
"""

BARE = """
import keras, numpy
model = keras.Sequential([keras.Input((29,)), keras.layers.Normalization(),
    keras.layers.Dense(16, "relu"), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(numpy.zeros((4096, 29)), numpy.zeros(4096), batch_size=1024, verbose=0)
"""


def write_files(folder: Path, gigabytes: float) -> int:
    """Files of about so many bytes together; returns how many rows they have."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows, random = 0, np.random.default_rng(0)
    wanted = int(gigabytes * 1e9 / (8 * COLUMNS))
    while rows < wanted:
        count = min(FILE_ROWS, wanted - rows)
        names = [*(f"x{i}" for i in range(COLUMNS - 1)), "y"]
        table = pa.table({name: random.normal(size=count) for name in names})
        pq.write_table(table, folder / f"part-{rows // FILE_ROWS:03}.parquet")
        rows += count
    return rows


def write_spec(path: Path, source: str, batch_size: int) -> None:
    inputs = ", ".join(f"x{i}" for i in range(COLUMNS - 1))
    path.write_text(SPEC.format(source=source, inputs=inputs, batch_size=batch_size))


def largest(command: list[str]) -> tuple[float, float]:
    """Bytes of the largest resident memory of a process, and its seconds."""
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{command} failed with {child.returncode}")
    return usage.ru_maxrss * 1024, time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=4.0)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--batch-size", type=int, default=4096)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        (folder / "large").mkdir()
        (folder / "small").mkdir()
        rows = write_files(folder / "large", options.gigabytes)
        write_files(folder / "small", options.gigabytes / 1000)
        size = sum(path.stat().st_size for path in (folder / "large").iterdir())
        print(f"{rows} rows of {COLUMNS} columns, {size / 1e9:.2f} GB of parquet")
        bare, _ = largest([sys.executable, "-c", BARE])
        print(f"bare TensorFlow: {bare / 1e9:.2f} GB")
        for source in ("small", "large"):
            spec = folder / f"{source}.yaml"
            write_spec(spec, source, options.batch_size)
            run = ["train", str(spec), "-o", str(folder / f"run-{source}")]
            found, seconds = largest([sys.executable, "-m", "modelspec", *run])
            more = (found - bare) / 1e9
            missed = more > BOUND
            print(f"{source}: {found / 1e9:.2f} GB, {more:.2f} GB more, in {seconds:.0f} s")
        print(f"at most {BOUND} GB more: {'missed' if missed else 'held'}")
        sys.exit(missed)


if __name__ == "__main__":
    main()
