"""Every command line that a page shows is one that the program takes: names, options, choices."""

from __future__ import annotations

import contextlib
import re
import shlex
from pathlib import Path

import click
import pytest

from modelspec.cli import cli

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINE = re.compile(r"^\$ (?:.*&& )?(?:\.venv/bin/)?modelspec (.*)$", re.MULTILINE)
SHOWN = [
    pytest.param(line, id=f"{page.name}: {line}")
    for page in PAGES
    for line in dict.fromkeys(LINE.findall(page.read_text(encoding="utf-8")))
]


def parse(words: list[str]) -> None:
    """Read a command line as the program does, and run nothing."""
    group: click.Command = cli
    context = click.Context(group)
    while isinstance(group, click.Group) and not words[0].startswith("-"):
        name, words = words[0], words[1:]
        found = group.get_command(context, name)
        assert found is not None, f"there is no command {name}"
        group = found
    with contextlib.suppress(click.exceptions.Exit):  # --help and --version end there
        group.make_context(group.name, words, parent=context)


def test_pages_show_commands() -> None:
    assert len(SHOWN) > 20


@pytest.mark.parametrize("line", SHOWN)
def test_the_program_takes_it(line: str) -> None:
    parse(shlex.split(line.partition(" | ")[0].partition(" > ")[0], comments=True))


@pytest.mark.parametrize(
    "line", ["trian spec.yaml", "train --resmue runs/a", "train --log-format no a.yaml"]
)
def test_what_it_does_not_take_is_told(line: str) -> None:
    with pytest.raises((AssertionError, click.UsageError)):
        parse(shlex.split(line))
