"""All kinds of files that are examples, and the one that needs no decoder: text. Needs no numpy."""

from __future__ import annotations

import codecs
from pathlib import Path

from modelspec.spec.data import Source

from .audio import AUDIO
from .file_checks import BAD_FILE, FileProblem, MediaKind
from .images import IMAGES


def read_text_file(path: Path, source: Source) -> str | FileProblem:
    """The text of a file; or what is wrong where it is not text in the source's `encoding`.

    Raises:
        OSError: the file cannot be opened.
    """
    encoding = str(source.options["encoding"])
    codec = codecs.lookup(encoding).name
    try:
        text = path.read_text("utf-8-sig" if codec == "utf-8" else codec)
    except UnicodeError:
        hint = "write their `encoding`, such as `encoding: cp1252`, or save them as UTF-8"
        return FileProblem(BAD_FILE, f"cannot be read as {encoding}", hint)
    skipped = source.options["skip_lines"]
    return "".join(text.splitlines(keepends=True)[skipped:]) if skipped else text


TEXTS = MediaKind((".txt",), read_text_file)

MEDIA: dict[str, MediaKind] = {"images": IMAGES, "texts": TEXTS, "audio": AUDIO}
"""By the key of their source in the spec."""
