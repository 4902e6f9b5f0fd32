"""What the package index shows of this project, made when it is built.

The account that holds the repository is named in one place: `owner`, under
`[tool.hatch.metadata.hooks.custom]` in pyproject.toml. README.md has relative links, which work in
a clone and where the repository is looked at; on the page of the index they lead to the repository.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<path>(?![a-z]+:|#)[^)\s]+)\)")
"""A link or picture of Markdown that leads to a file of the repository."""


class ProjectPage(MetadataHookInterface):
    """Addresses of the project, and README.md with links that work elsewhere."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add `authors`, `urls` and `readme` to the metadata of the project."""
        owner = self.config["owner"]
        repository = f"https://github.com/{owner}/modelspec"
        tag = f"v{metadata['version']}"
        email = f"{owner}@users.noreply.github.com"
        metadata["authors"] = [{"name": "The modelspec maintainers", "email": email}]
        metadata["urls"] = {
            "Homepage": repository,
            "Documentation": f"https://{owner}.github.io/modelspec/",
            "Issues": f"{repository}/issues",
            "Changelog": f"{repository}/blob/main/CHANGELOG.md",
            "Source": repository,
        }
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": absolute_links(text, repository, tag),
        }


def absolute_links(text: str, repository: str, revision: str) -> str:
    """A Markdown text whose relative links lead to files of a repository at a revision.

    Args:
        text: of a file at the top of the repository.
        repository: its address, without "/" at the end.
        revision: a branch or a tag.
    """

    def link(match: re.Match[str]) -> str:
        # a page of the repository around a picture is no picture
        kind = "raw" if match["picture"] else "blob"
        target = f"{repository}/{kind}/{revision}/{match['path'].removeprefix('./')}"
        return f"{match['picture']}[{match['text']}]({target})"

    return LINK.sub(link, text)
