"""`modelspec validate` of ResNet50's spec against building the same model with Keras.

    python -m benchmarks.validate_vs_keras_build [--runs 5]

Both are whole processes, run in turn. Keras's is a plain script of one line,
`tf.keras.applications.ResNet50(weights=None)`. The spec is taken twice: as `modelspec import`
writes it (about 250 lines), and with every argument on a line of its own (about 2,600).
Exits with 1 where the median of the ratios, pair by pair, is above 1/15.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.processes import run, with_bytecode
from benchmarks.validate_vs_check_jsonschema import resnet50

BOUND = 1 / 15

BUILD = "import tensorflow as tf\ntf.keras.applications.ResNet50(weights=None)\n"

IMPORT = """
import sys
import keras
from modelspec import from_keras
open(sys.argv[1], "w").write(from_keras(keras.applications.ResNet50(weights=None)))
"""


def main() -> int:
    """Print the table; 1 where the bound is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        specs = {"imported": folder / "imported.yaml", "written out": folder / "written_out.yaml"}
        environment = with_bytecode(folder / "bytecode")
        subprocess.run([sys.executable, "-c", IMPORT, str(specs["imported"])], check=True,
                       env=environment, capture_output=True)  # fmt: skip
        specs["written out"].write_text(resnet50(), encoding="utf-8")
        script = folder / "build.py"
        script.write_text(BUILD, encoding="utf-8")
        rounds = []
        for _ in range(options.runs + 1):
            times = {
                name: run([sys.executable, "-m", "modelspec", "validate", str(path)], environment)
                for name, path in specs.items()
            }
            rounds.append((run([sys.executable, str(script)], environment), times))
        rounds = rounds[1:]  # the first compiles and fills the disk's cache
        keras = statistics.median(build.seconds for build, _ in rounds)
        print(f"{'spec':12} {'lines':>6} {'validate':>9} {'Keras':>8}  ratio")
        missed = False
        for name, path in specs.items():
            ours = statistics.median(times[name].seconds for _, times in rounds)
            ratio = statistics.median(t[name].seconds / b.seconds for b, t in rounds)
            lines = len(path.read_text(encoding="utf-8").splitlines())
            print(f"{name:12} {lines:6,} {ours:7.3f} s {keras:6.2f} s  1/{1 / ratio:.1f}")
            missed |= ratio > BOUND
    print(f"{'missed' if missed else 'held'}: at most 1/{1 / BOUND:.0f}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
