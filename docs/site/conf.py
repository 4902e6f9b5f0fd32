"""How Sphinx makes the site of `docs/`: `python -m tools.docs build FOLDER` calls it.

The pages are read where they lie. They are plain markdown, with links that also lead somewhere
where the repository is looked at; those out of `docs/` become addresses of the repository here.
What stands in the navigation, and in which order, is what README.md lists.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1]
INDEX = "index"

_project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))
_hooks = _project["tool"]["hatch"].get("metadata", {}).get("hooks", {})
OWNER = _hooks.get("custom", {}).get("owner", "OWNER")
REPOSITORY = f"https://github.com/{OWNER}/modelspec"

project = "modelspec"
copyright = "the modelspec maintainers. Licence: Apache-2.0"
extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
root_doc = INDEX
exclude_patterns = ["README.md", "site"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
suppress_warnings = ["misc.highlighting_failure"]  # of ${...} in YAML
nitpicky = True

html_theme = "furo"
html_title = "modelspec"
html_static_path = ["_static"]
html_css_files = ["modelspec.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "source_repository": REPOSITORY,
    "source_branch": "main",
    "source_directory": "docs/",
}

_RELATIVE = re.compile(r"\]\((\.\.?/[^)\s]+)\)")
_LISTED = re.compile(r"^- \[[^\]]*\]\(([^)#\s]+)\.md\)", re.MULTILINE)


def navigation() -> str:
    """A tree of pages for each part of README.md, of which the page itself shows nothing."""
    text = (DOCS / "README.md").read_text(encoding="utf-8")
    trees = []
    for part in text.split("\n## ")[1:]:
        title, _, body = part.partition("\n")
        pages = "\n".join(_LISTED.findall(body))
        trees.append(f"```{{toctree}}\n:hidden:\n:caption: {title}\n\n{pages}\n```\n")
    return "\n".join(trees)


def prepare_page(_: Any, page: str, source: list[str]) -> None:
    """Lead links out of `docs/` to the repository, and give the first page the navigation."""

    def lead(match: re.Match[str]) -> str:
        target = Path(os.path.normpath(Path("docs", page).parent / match[1]))
        is_inside = target.is_relative_to("docs")
        return match[0] if is_inside else f"]({REPOSITORY}/blob/main/{target.as_posix()})"

    source[0] = _RELATIVE.sub(lead, source[0])
    if page == INDEX:
        source[0] += f"\n{navigation()}"


def setup(app: Any) -> None:
    """Let Sphinx ask `prepare_page` about each page."""
    app.connect("source-read", prepare_page)
