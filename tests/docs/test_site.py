"""The site: its made pages are up to date, its navigation is whole, and its links are checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.docs.__main__ import made_files
from tools.docs.links import check_site
from tools.docs.site import DOCS, build_site

LISTED = re.compile(r"^- \[[^\]]*\]\(([^)#\s]+\.md)\)", re.MULTILINE)
NOT_LISTED = {"README.md", "index.md"}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return made_files()


def test_made_pages_and_pictures_are_up_to_date(made: dict[str, str]) -> None:
    for name, text in made.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, "run python -m tools.docs"


def test_every_picture_is_made(made: dict[str, str]) -> None:
    on_disk = {path.relative_to(DOCS).as_posix() for path in (DOCS / "pictures").iterdir()}
    assert on_disk == {name for name in made if name.startswith("pictures/")}


def test_every_page_is_listed_once() -> None:
    text = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert sorted(LISTED.findall(text)) == sorted(pages - NOT_LISTED)


def test_the_links_of_markdown_lead_to_files() -> None:
    for page in DOCS.rglob("*.md"):
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if not link.startswith(("http", "#", "mailto:")):
                assert (page.parent / link.partition("#")[0]).exists(), f"{page.name}: {link}"


def test_a_page_with_a_picture_says_how_it_is_read() -> None:
    for page in DOCS.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        if "![" in text:
            assert re.search(r"from\s+top\s+to\s+bottom", text), page.name


def page(folder: Path, body: str, name: str = "index.html") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"<html><body id='top'>{body}</body></html>")
    return folder


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<a href='nope.html'>x</a>", "index.html: nope.html is no file of the site"),
        ("<a href='#nope'>x</a>", "index.html: #nope is no place of that page"),
        ("<a href='other.html#nope'>x</a>", "other.html#nope is no place of that page"),
        ("<a href='../up.html'>x</a>", "../up.html is no file of the site"),
        ("<a href='http://a b'>x</a>", "http://a b is no address"),
        ("<a href='htp://example.org'>x</a>", "htp://example.org is no address"),
        (
            "<a href='https://github.com/X/modelspec/blob/main/nope'>x</a>",
            "nope is no file of the repository",
        ),
        ("<script src='https://cdn.example/a.js'></script>", "asks another host"),
        ("<link rel='stylesheet' href='//fonts.example/a.css'>", "asks another host"),
        ("<link rel='preconnect' href='https://fonts.example'>", "asks another host"),
        ("<img src='https://example.org/a.png'>", "asks another host"),
        ("<img src='nope.png'>", "nope.png is no file of the site"),
        ("<p style=\"background: url('https://a.example/b')\">", "asks another host"),
    ],
)
def test_what_is_wrong_with_a_site_is_found(body: str, problem: str, tmp_path: Path) -> None:
    page(tmp_path / "site", "<p id='there'>", "other.html")
    (found,) = check_site(page(tmp_path / "site", body))
    assert problem in found


def test_a_style_that_asks_another_host_is_found(tmp_path: Path) -> None:
    folder = page(tmp_path / "site", "")
    (folder / "a.css").write_text("@import 'https://fonts.example/a.css';")
    assert check_site(folder) == ["a.css: asks another host for https://fonts.example/a.css"]


def test_what_is_right_is_not_complained_of(tmp_path: Path) -> None:
    readme = "https://github.com/X/modelspec/blob/main/README.md"
    right = ("#top", "other.html#there", "https://example.org/a?b#c", readme, "mailto:a@b.c")
    body = "".join(f"<a href='{address}'>x</a>" for address in right)
    page(tmp_path / "site", "<p id='there'>", "other.html")
    assert check_site(page(tmp_path / "site", body)) == []


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    for package in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(package)
    assert build_site(tmp_path / "site")
    assert check_site(tmp_path / "site") == []


def test_a_folder_with_something_else_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert not build_site(tmp_path)
    assert "choose another folder" in capsys.readouterr().out
    assert (tmp_path / "mine.txt").read_text() == "mine"
