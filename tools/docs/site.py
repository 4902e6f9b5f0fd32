"""Sphinx, with every warning an error."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

SITE = "objects.inv"
"""A file of every site that Sphinx has made."""


def build_site(folder: Path) -> bool:
    """Make the site in a folder, in the place of the one that is there; false where Sphinx warns of
    something, or the folder has something else."""
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / SITE).is_file():
            print(f"{folder} has something else than a site: choose another folder")
            return False
        shutil.rmtree(folder)
    strict = ["--fail-on-warning", "--keep-going", "--nitpicky", "--quiet"]
    with tempfile.TemporaryDirectory() as cache:
        places = ["--conf-dir", str(DOCS / "site"), "--doctree-dir", cache, str(DOCS), str(folder)]
        command = [sys.executable, "-m", "sphinx", *strict, *places]
        return subprocess.run(command, check=False).returncode == 0
