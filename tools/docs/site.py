"""Sphinx, with every warning an error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def build_site(folder: Path) -> bool:
    """Make the site in a folder; false where Sphinx warns of something."""
    strict = ["--fail-on-warning", "--keep-going", "--nitpicky", "--fresh-env", "--quiet"]
    cache = ["--doctree-dir", str(folder.parent / f".{folder.name}-cache")]
    places = ["--conf-dir", str(DOCS / "site"), str(DOCS), str(folder)]
    command = [sys.executable, "-m", "sphinx", *strict, *cache, *places]
    return subprocess.run(command, check=False).returncode == 0
