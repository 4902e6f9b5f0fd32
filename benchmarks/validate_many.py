"""How long `modelspec validate` takes for 1,000 spec files of 50 layers each.

    python -m benchmarks.validate_many [--files 1000] [--layers 50] [--runs 3]

Writes the files into a temporary folder (half of them `sequential`, half `functional` with
branches, no two alike), runs the command on the folder, and prints the seconds of the whole
process on all cores and on one. Exits with 1 where all cores take more than 15 seconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.processes import run, with_bytecode

BOUND = 15.0

ONE_CORE = "import os, sys; os.sched_setaffinity(0, {0}); from modelspec.cli import main; main()"


def sequential(number: int, layers: int) -> str:
    """A stack of convolutions with a head: `layers` layers."""
    lines = [
        "modelspec: 1",
        f"name: stack{number}",
        "model:",
        "  sequential:",
        "    input: {shape: [64, 64, 3]}",
        "    layers:",
    ]
    for index in range(layers - 2):
        match index % 3:
            case 0:
                filters = 8 + (number + index) % 57
                lines.append(
                    f"      - Conv2D: {{filters: {filters}, kernel_size: 3, padding: same}}"
                )
            case 1:
                lines.append("      - BatchNormalization")
            case _:
                lines.append("      - Activation: {activation: relu}")
    lines += ["      - GlobalAveragePooling2D", "      - Dense: {units: 10, activation: softmax}"]
    return "\n".join(lines) + "\n"


def functional(number: int, layers: int) -> str:
    """Residual branches over vectors: `layers` layers."""
    named, edges, last = [], [], "x"
    for index in range((layers - 1) // 3):
        width = 16 + number % 100
        named += [
            f"      wide{index}: {{Dense: {{units: {4 * width}, activation: gelu}}}}",
            f"      back{index}: {{Dense: {{units: {width}}}}}",
            f"      sum{index}: Add",
        ]
        edges += [f"      - {last} -> wide{index} -> back{index}"]
        edges += [f"      - {last}, back{index} -> sum{index}"]
        last = f"sum{index}"
    return "\n".join(
        [
            "modelspec: 1",
            f"name: graph{number}",
            "model:",
            "  functional:",
            f"    inputs: {{x: {{shape: [{16 + number % 100}]}}}}",
            "    layers:",
            *named,
            "      out: {Dense: {units: 1}}",
            "    edges:",
            *edges,
            f"      - {last} -> out",
            "    outputs: out",
            "",
        ]
    )


def main() -> int:
    """Print the seconds; 1 where the bound is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--layers", type=int, default=50)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.files):
            write = sequential if number % 2 else functional
            path = Path(folder) / f"{number // 100:02}" / f"{number:04}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(write(number, options.layers), encoding="utf-8")
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.yaml"))
        print(f"{options.files} files of {options.layers} layers, {size / 1e6:.1f} MB")
        environment = with_bytecode(Path(folder) / ".bytecode")
        command = [sys.executable, "-m", "modelspec", "validate", folder]
        taken = measure("all cores", command, options.runs, environment)
        if hasattr(os, "sched_setaffinity"):
            command = [sys.executable, "-c", ONE_CORE, "validate", folder]
            measure("one core", command, options.runs, environment)
    print(f"{'held' if taken <= BOUND else 'missed'}: at most {BOUND:.0f} s on all cores")
    return int(taken > BOUND)


def measure(what: str, command: list[str], runs: int, environment: dict[str, str]) -> float:
    """Print the seconds of the whole process, all of them; the median."""
    found = [run(command, environment) for _ in range(runs)]
    each = ", ".join(f"{one.seconds:.2f}" for one in sorted(found))
    seconds, cpu = (
        statistics.median(c) for c in ((o.seconds for o in found), (o.cpu for o in found))
    )
    print(f"{what}: {seconds:.2f} s (each run: {each}), {cpu:.2f} s of processor time")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
