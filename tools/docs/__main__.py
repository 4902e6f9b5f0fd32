"""The command: write the pages and pictures that are made, or with `--check` say which of them are
out of date; `build FOLDER` makes the site, in which every link leads somewhere."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .api_page import api_page
from .gallery import gallery
from .links import check_site
from .site import DOCS, build_site


def main() -> int:
    """Run the command.

    Returns:
        0 when the files are written or up to date, or the site is made; 1 when `--check` finds one
        that is not, or the site has errors.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    parser.add_argument("build", nargs="?", choices=["build"], help="make the site")
    parser.add_argument("folder", nargs="?", type=Path, help="where the site goes")
    arguments = parser.parse_args()
    if arguments.build:
        if arguments.folder is None:
            parser.error("build needs a folder, such as `python -m tools.docs build site`")
        return _build(arguments.folder)
    return _write(check=arguments.check)


def _write(*, check: bool) -> int:
    different = []
    for name, text in made_files().items():
        path = DOCS / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        different.append(name)
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"docs/{name}")
    if different and check:
        print("\n".join(f"docs/{name} is out of date" for name in different))
        print("Run `python -m tools.docs` and commit what it writes.")
    return 1 if different and check else 0


def made_files() -> dict[str, str]:
    """The pages and pictures that are made, by their path in `docs/`."""
    return {"api.md": api_page(), **gallery()}


def _build(folder: Path) -> int:
    if not build_site(folder):
        return 1
    problems = check_site(folder)
    print("\n".join(problems))
    pages = len(list(folder.rglob("*.html")))
    print(f"{folder}: {pages} pages, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
