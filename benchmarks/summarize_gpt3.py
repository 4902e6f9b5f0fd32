"""`modelspec summarize` of a spec of the size of GPT-3: at most 1 second and 150 MB.

    python -m benchmarks.summarize_gpt3 [--runs 9]

Runs the whole process on benchmarks/gpt3.yaml (96 blocks, width 12,288, 96 heads, 175 billion
parameters), in turn with two peers: a Python that does nothing, and one that imports TensorFlow,
without building anything. Prints the medians of time and peak memory, and exits with 1 where a
bound is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.processes import Run, median_of, run, with_bytecode

SPEC = Path(__file__).with_name("gpt3.yaml")
SECONDS, MEGABYTES = 1.0, 150.0


def main() -> int:
    """Print the table; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    commands = {
        "modelspec summarize": [sys.executable, "-m", "modelspec", "summarize", str(SPEC)],
        "python -c pass": [sys.executable, "-c", "pass"],
        "import tensorflow": [sys.executable, "-c", "import tensorflow"],
    }
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        environment = with_bytecode(Path(folder))
        for _ in range(options.runs + 1):
            for name, command in commands.items():
                runs[name].append(run(command, environment))
    medians = {name: median_of(found[1:]) for name, found in runs.items()}
    ours = medians["modelspec summarize"]
    print(f"{'process':20} {'seconds':>8} {'peak MB':>8} {'times':>6}")
    for name, found in medians.items():
        times = ours.seconds / found.seconds
        print(f"{name:20} {found.seconds:8.3f} {found.peak:8.1f} {times:6.2f}")
    held = ours.seconds <= SECONDS and ours.peak <= MEGABYTES
    print(f"{'held' if held else 'missed'}: at most {SECONDS:.0f} s and {MEGABYTES:.0f} MB")
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
