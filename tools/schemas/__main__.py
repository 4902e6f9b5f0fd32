"""The command: write the schemas, or with `--check` say which of them are out of date."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

FOLDER = Path(__file__).resolve().parents[2] / "schemas"


def main() -> int:
    """Run the command.

    Returns:
        0 when the files are written or up to date, 1 when `--check` finds one that is not.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.schemas", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    arguments = parser.parse_args()

    from .files import generate, outdated, write

    generated = generate(FOLDER)
    if not arguments.check:
        write(FOLDER, generated)
        sys.stdout.write(f"{len(generated)} files written to {FOLDER.name}/\n")
        return 0
    different = outdated(FOLDER, generated)
    for name in different:
        sys.stdout.write(f"{FOLDER.name}/{name} is not what the installed Keras gives\n")
    if different:
        sys.stdout.write("Run `python -m tools.schemas` and commit what it writes.\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
