"""Which distributions own the folder of this package, and whether its files are as installed.

The package index has a distribution `modelspec` of another project, with a package of the same name
as this one. Where both are installed the later one has overwritten `__init__.py` of the other, and
uninstalling one removes files of the other; pip tells neither.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackagePath, distributions
from typing import NamedTuple

OWN = "keras-modelspec"
PACKAGE = "modelspec"
REINSTALL = f"pip install --force-reinstall --no-deps {OWN}"

SHOWN = 3
"""Changed files that are named."""


class Installation(NamedTuple):
    """What is installed under the name of this package.

    Attributes:
        others: further distributions with files in its folder, as "NAME VERSION".
        changed: files of this one that differ from what was installed, or are gone.
    """

    others: tuple[str, ...]
    changed: tuple[str, ...]

    def problem(self) -> str:
        """What is wrong and what to do about it, in a few lines; "" where nothing is."""
        if not self.others and not self.changed:
            return ""
        lines = []
        if self.others:
            names = " and ".join(self.others)
            lines.append(
                f"the distribution {names} is of another project, and has files in the folder"
                f" {PACKAGE}/ as {OWN} does: each overwrites files of the other"
            )
        if self.changed:
            more = len(self.changed) - SHOWN
            names = ", ".join(self.changed[:SHOWN]) + (f" and {more} more" if more > 0 else "")
            lines.append(f"files of {OWN} that are not as installed: {names}")
        lines.append(f"hint: {self._remedy()}")
        return "\n".join(lines)

    def _remedy(self) -> str:
        if not self.others:
            return REINSTALL
        names = " ".join(other.partition(" ")[0] for other in self.others)
        return (
            f"pip uninstall {names}, then {REINSTALL}; to use both, give each a virtual environment"
        )


def look_at_installation() -> Installation:
    """Look at all installed distributions; takes tenths of a second."""
    others, changed = set[str](), set[str]()
    for found in distributions():
        name = (found.metadata["Name"] or "").lower().replace("_", "-")
        files = [file for file in found.files or () if file.parts[0] == PACKAGE]
        if name == OWN:
            changed |= set(_changed(found, files))
        elif files:
            others.add(f"{found.metadata['Name']} {found.version}")
    return Installation(tuple(sorted(others)), tuple(sorted(changed)))


def _changed(owner: Distribution, files: list[PackagePath]) -> Iterator[str]:
    """Those files that are not what the record of their distribution says."""
    for file in files:
        if file.hash is None:  # pip records no hash of compiled files
            continue
        try:
            content = owner.locate_file(file).read_bytes()  # type: ignore[attr-defined]
        except OSError:
            yield f"{file} (gone)"
            continue
        digest = hashlib.new(file.hash.mode, content).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
            yield str(file)
