"""Whether each link of a made site leads somewhere, and no page asks another host for anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = re.compile(r"https://github\.com/[^/]+/modelspec/(?:blob|tree|edit)/main/(.*)")
"""Addresses of files of this repository."""

LOADED = {
    "img": ("src", "srcset"),
    "script": ("src",),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "use": ("href",),
    "image": ("href",),
}
"""Element to its attributes whose addresses a browser loads with the page."""

RELATIONS = frozenset(
    ("stylesheet", "preload", "preconnect", "dns-prefetch", "icon", "modulepreload")
)
"""Relations of `link` whose addresses it loads."""

IN_STYLES = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])([^'\")]+)")


def check_site(folder: Path) -> list[str]:
    """The problems of a site, one a line, each with its page."""
    return sorted(dict.fromkeys(_problems(folder)))


def _problems(folder: Path) -> Iterator[str]:
    for page in sorted(folder.rglob("*.html")):
        shown = page.relative_to(folder).as_posix()
        found = _read(page)
        for address in found.loaded:
            if _is_elsewhere(address):
                yield f"{shown}: asks another host for {address}"
            elif why := _why_broken(address, page, folder):
                yield f"{shown}: {address} {why}"
        for address in found.links:
            if why := _why_broken(address, page, folder):
                yield f"{shown}: {address} {why}"
    for style in sorted(folder.rglob("*.css")):
        for address in IN_STYLES.findall(style.read_text(encoding="utf-8")):
            if _is_elsewhere(address):
                yield f"{style.relative_to(folder).as_posix()}: asks another host for {address}"


class _Page(HTMLParser):
    """The links of a page, what it loads, and the places in it that a link may lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the addresses and the places of an element."""
        given = {name: value or "" for name, value in attrs}
        self.places.update(given[name] for name in ("id", "name") if name in given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and RELATIONS & set(given.get("rel", "").lower().split()):
            self.loaded.append(given.get("href", ""))
        self.loaded += [given[name] for name in LOADED.get(tag, ()) if name in given]
        self.loaded += IN_STYLES.findall(given.get("style", ""))


@cache
def _read(page: Path) -> _Page:
    found = _Page()
    found.feed(page.read_text(encoding="utf-8"))
    return found


def _is_elsewhere(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme in ("http", "https")


def _why_broken(address: str, page: Path, folder: Path) -> str:
    """Why a link leads nowhere; "" where it leads somewhere. What is outside of the site and of the
    repository is held to its syntax only."""
    parts = urlsplit(address)
    bare = urlunsplit((*parts[:3], "", ""))
    if inside := REPOSITORY.fullmatch(bare):
        return "" if (ROOT / unquote(inside[1])).exists() else "is no file of the repository"
    if parts.scheme in ("mailto", "data"):
        return ""
    if parts.scheme or parts.netloc:
        is_right = parts.scheme in ("http", "https") and re.fullmatch(r"[\w.:-]+", parts.netloc)
        return "" if is_right and " " not in address else "is no address"
    target = page if not parts.path else (page.parent / unquote(parts.path)).resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(folder.resolve()) or not target.is_file():
        return "is no file of the site"
    if parts.fragment and target.suffix == ".html":
        place = unquote(parts.fragment)
        return "" if place in _read(target).places else "is no place of that page"
    return ""
