"""The command: write the files, or with `--check` say which of them are out of date."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

FOLDER = Path(__file__).resolve().parents[2] / "modelspec" / "layers" / "applications" / "inside"


def main() -> int:
    """Run the command.

    Returns:
        0 when the files are written or up to date, 1 when `--check` finds one that is not.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.architectures", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    parser.add_argument("names", nargs="*", help="architectures; all by default")
    arguments = parser.parse_args()

    from .describe import describe
    from .variants import architectures

    different = []
    for name in arguments.names or architectures():
        for file, text in describe(name).items():
            path = FOLDER / file
            if arguments.check:
                if not path.is_file() or path.read_text(encoding="utf-8") != text:
                    different.append(file)
            else:
                FOLDER.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
                sys.stdout.write(f"{file}: {len(text):,} bytes\n")
                sys.stdout.flush()
    for file in different:
        sys.stdout.write(f"{FOLDER.name}/{file} is not what the installed Keras gives\n")
    if different:
        sys.stdout.write("Run `python -m tools.architectures` and commit what it writes.\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
