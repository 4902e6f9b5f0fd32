"""Where the spec of a run lies, by its data.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DATA = "data.json"


def read_place(path: Path) -> Path:
    """Where the spec of a run lies now, by its data.json."""
    return spec_of(json.loads((path / DATA).read_text(encoding="utf-8")), path)


def spec_of(found: Mapping[str, Any], beside: Path) -> Path:
    """Where the spec lies now, by the content of a data.json."""
    folder = Path(found["folder"]) if "folder" in found else None
    if (folder is None or not folder.is_dir()) and found["folder_from_run"]:
        folder = beside / found["folder_from_run"]
    return (beside if folder is None else folder) / str(found["spec"])
