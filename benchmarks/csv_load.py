"""How long the data of a spec take from a csv file to arrays ready for the model.

    python -m benchmarks.csv_load [--rows 1000000] [--runs 5] [--thousands]

The file has 30 columns: 24 of floats, 5 of whole numbers, and one of text, the target. The peer is
`pyarrow.csv.read_csv` of the same file, which leaves text, numbers and splits as they are. Each
run is a process of its own, in turns; imports are not counted. Prints the medians of wall and
processor time and the medians of their ratios in each turn, without splits and with
`validation: 0.1` and `test: 0.1`. Exits with 1 where a ratio of wall times is above 1.3. With
`--thousands`, the whole numbers are written as "1,234,567", which the peer leaves as text, and
the bound is 1.5.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

READ = "pyarrow.csv.read_csv"
BOUND = 1.3
BOUND_OF_THOUSANDS = 1.5

MODEL = """
modelspec: 1
model:
  functional:
    inputs: {floats: {shape: [24]}, counts: {shape: [5]}}
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


def write_table(path: Path, rows: int, *, thousands: bool) -> None:
    """30 columns of random values."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv as pc

    random = np.random.default_rng(0)
    columns = {f"x{i}": random.normal(size=rows).round(4) for i in range(24)}
    for i in range(5):
        counts = random.integers(0, 5_000_000 if thousands else 1000, rows)
        columns[f"k{i}"] = [f"{n:,}" for n in counts.tolist()] if thousands else counts
    columns["kind"] = np.asarray(["red", "green", "blue"])[random.integers(0, 3, rows)]
    pc.write_csv(pa.table(columns), path, pc.WriteOptions(quoting_style="needed"))


def write_spec(path: Path, shares: str, *, thousands: bool) -> None:
    """A spec that reads all columns of the table."""
    floats = ", ".join(f"x{i}" for i in range(24))
    counts = ", ".join(f"k{i}" for i in range(5))
    inputs = f"{{floats: [{floats}], counts: [{counts}]}}"
    table = '{path: t.csv, thousands: ","}' if thousands else "t.csv"
    data = f"data: {{train: {{csv: {table}}}, {shares}inputs: {inputs}, targets: kind}}\n"
    path.write_text(MODEL + data, encoding="utf-8")


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
    options = parser.parse_args()
    bound = BOUND_OF_THOUSANDS if options.thousands else BOUND
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = folder / "t.csv"
        write_table(table, options.rows, thousands=options.thousands)
        plain, split = folder / "plain.yaml", folder / "split.yaml"
        write_spec(plain, "", thousands=options.thousands)
        write_spec(split, "validation: 0.1, test: 0.1, ", thousands=options.thousands)
        print(f"{options.rows} rows of 30 columns, {table.stat().st_size / 1e6:.0f} MB")
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
    missed = any(ratio > bound for ratio in ratios[0])
    print(f"at most {bound}: {'missed' if missed else 'held'}")
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
