"""How long the data of a spec take from a csv file to arrays ready for the model.

    python -m benchmarks.csv_load [--rows 1000000] [--runs 5] [--thousands] [--derive]

The file has 30 columns: 24 of floats, 5 of whole numbers, and one of text, the target. The peer is
`pyarrow.csv.read_csv` of the same file, which leaves text, numbers and splits as they are. Each
run is a process of its own, in turns; imports are not counted. Prints the medians of wall and
processor time and the medians of their ratios in each turn, without splits and with
`validation: 0.1` and `test: 0.1`. Exits with 1 where a ratio of wall times is above 1.3. With
`--thousands`, the whole numbers are written as "1,234,567", which the peer leaves as text, and
the bound is 1.5. With `--derive`, the file has a column of dates as well, and the model takes six
derived columns in the place of its sources: a logarithm, a clipped number, bins, an expression and
two parts of the date; the bound is 1.5 too.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

READ = "pyarrow.csv.read_csv"
BOUND = 1.3
BOUND_OF_MORE = 1.5
"""With thousands, with derived columns, or with both."""

DERIVED = """  derive:
    log: {log1p: k0}
    clipped: {clip: x0, min: -1, max: 1}
    binned: {bins: x1, edges: [-1, 0, 1]}
    ratio: "${x2 / max(k1, 1)}"
    month: {date: day, part: month}
    weekday: {date: day, part: weekday}
"""

MODEL = """
modelspec: 1
model:
  functional:
    inputs: {floats: {shape: [FLOATS]}, counts: {shape: [COUNTS]}}
    layers: {all: Concatenate, kind: {Dense: {units: 3, activation: softmax}}}
    edges: ["floats, counts -> all -> kind"]
    outputs: kind
"""

OURS = """
import sys, time
from pathlib import Path
import numpy, pyarrow.compute, pyarrow.csv
from modelspec.data import load_data
from modelspec.diagnostics import Findings
from modelspec.api.building import open_spec
opened, findings = open_spec(sys.argv[1]), Findings()
begin = time.perf_counter(), time.process_time()
data = load_data(opened.spec.data, Path(sys.argv[1]).parent, opened.graph, 0, findings)
seconds = time.perf_counter() - begin[0], time.process_time() - begin[1]
assert data is not None and not len(findings), [str(f) for f in findings]
print(*seconds)
"""

PEER = """
import sys, time
import numpy, pyarrow.csv
begin = time.perf_counter(), time.process_time()
table = pyarrow.csv.read_csv(sys.argv[1])
print(time.perf_counter() - begin[0], time.process_time() - begin[1])
"""


class Kind(NamedTuple):
    """What the table and the spec have besides plain columns."""

    thousands: bool
    derive: bool

    @property
    def bound(self) -> float:
        """The largest ratio of wall times."""
        return BOUND_OF_MORE if self.thousands or self.derive else BOUND


def write_table(path: Path, rows: int, kind: Kind) -> None:
    """30 columns of random values, and one of dates where columns are derived."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv as pc

    random = np.random.default_rng(0)
    columns = {f"x{i}": random.normal(size=rows).round(4) for i in range(24)}
    for i in range(5):
        counts = random.integers(0, 5_000_000 if kind.thousands else 1000, rows)
        columns[f"k{i}"] = [f"{n:,}" for n in counts.tolist()] if kind.thousands else counts
    columns["kind"] = np.asarray(["red", "green", "blue"])[random.integers(0, 3, rows)]
    if kind.derive:
        days = np.datetime64("2020-01-01") + random.integers(0, 2000, rows)
        columns["day"] = days.astype(str)
    pc.write_csv(pa.table(columns), path, pc.WriteOptions(quoting_style="needed"))


def write_spec(path: Path, shares: str, kind: Kind) -> None:
    """A spec that reads all columns of the table."""
    floats, counts = [f"x{i}" for i in range(24)], [f"k{i}" for i in range(5)]
    if kind.derive:
        floats[:3] = ["clipped", "binned", "ratio", "month", "weekday"]
        counts[0] = "log"
    table = '{path: t.csv, thousands: ","}' if kind.thousands else "t.csv"
    inputs = f"{{floats: [{', '.join(floats)}], counts: [{', '.join(counts)}]}}"
    data = f"data:\n  train: {{csv: {table}}}\n{shares}{DERIVED if kind.derive else ''}"
    data += f"  inputs: {inputs}\n  targets: kind\n"
    model = MODEL.replace("FLOATS", str(len(floats))).replace("COUNTS", str(len(counts)))
    path.write_text(model + data, encoding="utf-8")


def seconds(program: str, path: Path) -> tuple[float, float]:
    """What a program prints, in a process of its own: seconds, and those of the processor."""
    command = [sys.executable, "-c", program, str(path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    wall, processor = printed.split()
    return float(wall), float(processor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--thousands", action="store_true")
    parser.add_argument("--derive", action="store_true")
    options = parser.parse_args()
    kind = Kind(options.thousands, options.derive)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = folder / "t.csv"
        write_table(table, options.rows, kind)
        plain, split = folder / "plain.yaml", folder / "split.yaml"
        write_spec(plain, "", kind)
        write_spec(split, "  validation: 0.1\n  test: 0.1\n", kind)
        columns, size = 31 if kind.derive else 30, table.stat().st_size / 1e6
        print(f"{options.rows} rows of {columns} columns, {size:.0f} MB")
        jobs = {
            READ: (PEER, table),
            "modelspec": (OURS, plain),
            "modelspec, three splits": (OURS, split),
        }
        seconds(PEER, table)  # so that the file is in the page cache for all
        found: dict[str, list[tuple[float, float]]] = {job: [] for job in jobs}
        for _ in range(options.runs):
            for job, (program, path) in jobs.items():
                found[job].append(seconds(program, path))
        ratios = [show(found, number, what) for number, what in enumerate(("wall", "processor"))]
    missed = any(ratio > kind.bound for ratio in ratios[0])
    print(f"at most {kind.bound}: {'missed' if missed else 'held'}")
    sys.exit(missed)


def show(found: dict[str, list[tuple[float, float]]], number: int, what: str) -> list[float]:
    """Print the medians of one kind of seconds; the ratios of ours to the peer's, turn by turn."""
    ratios = []
    peers = [pair[number] for pair in found[READ]]
    for job, pairs in found.items():
        each = [pair[number] for pair in pairs]
        ratio = statistics.median(one / peer for one, peer in zip(each, peers, strict=True))
        runs = ", ".join(f"{second:.2f}" for second in each)
        median = statistics.median(each)
        print(f"{job}: {median:.2f} s {what}, ratio {ratio:.2f} (each run: {runs})")
        ratios += [ratio] if job != READ else []
    return ratios


if __name__ == "__main__":
    main()
