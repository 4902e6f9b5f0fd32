"""`modelspec plot` of large models: the seconds and the memory that it may take.

    python -m benchmarks.plot_models [--runs 5]

Runs the whole process, in turn with a Python that does nothing: ResNet50 as an application, at most
1 second; benchmarks/gpt3.yaml, at most 2 seconds and 150 MB. Prints the medians, and exits with 1
where a bound is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.processes import Run, median_of, run, with_bytecode

RESNET50 = """
modelspec: 1
name: resnet50
model:
  sequential:
    input: {shape: [224, 224, 3]}
    layers: [applications.ResNet50: {weights: null}]
"""

BOUNDS = {"ResNet50": (1.0, 150.0), "GPT-3": (2.0, 150.0)}
"""Seconds of the clock and MB of memory, by model."""


def main() -> int:
    """Print the table; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        resnet = Path(folder, "resnet50.yaml")
        resnet.write_text(RESNET50, encoding="utf-8")
        specs = {"ResNet50": resnet, "GPT-3": Path(__file__).with_name("gpt3.yaml")}
        commands = {"python -c pass": [sys.executable, "-c", "pass"]}
        for name, spec in specs.items():
            plot = ["-m", "modelspec", "plot", str(spec), "-o", str(Path(folder, "a.svg"))]
            commands[name] = [sys.executable, *plot]
        runs: dict[str, list[Run]] = {name: [] for name in commands}
        environment = with_bytecode(Path(folder))
        for _ in range(options.runs + 1):
            for name, command in commands.items():
                runs[name].append(run(command, environment))
    held = True
    print(f"{'process':20} {'seconds':>8} {'CPU s':>8} {'peak MB':>8}")
    for name, found in runs.items():
        median = median_of(found[1:])
        print(f"{name:20} {median.seconds:8.3f} {median.cpu:8.3f} {median.peak:8.1f}")
        seconds, peak = BOUNDS.get(name, (median.seconds, median.peak))
        held = held and median.seconds <= seconds and median.peak <= peak
    print("held" if held else "missed")
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
