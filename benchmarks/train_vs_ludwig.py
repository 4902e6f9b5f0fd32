"""`modelspec train` against `ludwig train` on the same table, batch size and epochs.

    python -m benchmarks.train_vs_ludwig LUDWIG [--rounds 1] [--rows 20000]

LUDWIG is the program of an environment of its own (`pip install ludwig==0.11.*`). Both take the
table of train_mlp, split it 70/10/20, and train layers of 64 and 32 units with Adam for 10 epochs
in batches of 32. Both run in turn as whole processes. The bound: the median ratio is at most 0.2.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from .processes import Command, judge, race
from .train_mlp import HERE, write_table

MOST = 0.2
SPLIT = ["--set", "data.validation=0.1", "--set", "data.test=0.2"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ludwig", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--rows", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder / "table.csv", given.rows)
        for file in ("mlp.yaml", "ludwig.yaml"):
            (folder / file).write_text((HERE / file).read_text())

        def ours(number: int) -> Command:
            train = [sys.executable, "-m", "modelspec", "train", "mlp.yaml"]
            return [*train, "-o", f"run-{number}", *SPLIT]

        def ludwig(number: int) -> Command:
            files = ["--config", "ludwig.yaml", "--dataset", "table.csv"]
            out = ["--output_directory", f"ludwig-{number}"]
            return [given.ludwig.absolute(), "train", *files, *out]

        found = race({"modelspec": ours, "ludwig": ludwig}, given.rounds, folder)
    return 0 if judge(found, "ludwig", MOST) else 1


if __name__ == "__main__":
    sys.exit(main())
