"""The table of commands has a line for each module of `modelspec/commands/`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from modelspec import commands
from modelspec.cli import COMMANDS, cli
from modelspec.commands.doctor import PACKAGES

FOLDER = Path(commands.__file__).parent


def test_the_table_has_a_line_for_each_module() -> None:
    modules = {path.stem.removesuffix("_").replace("_", "-") for path in FOLDER.glob("[!_]*.py")}
    assert set(COMMANDS) == modules


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_has_an_example(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    group = [f"{name} {part}" for part in getattr(command, "commands", ())]
    for line in group or [name]:
        shown = CliRunner().invoke(cli, [*line.split(), "--help"], prog_name="modelspec").output
        assert shown.startswith(f"Usage: modelspec {line} ")
        assert re.search(f"\n  Examples?: modelspec {line}", shown)


def test_doctor_tells_of_every_extra() -> None:
    file = Path(__file__).parents[2] / "pyproject.toml"
    project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
    extras = {f"[{name}]" for name in project["optional-dependencies"]}
    extras -= {"[dev]", "[docs]"}  # of this project, not of its users
    assert set(PACKAGES.values()) == {"base", *extras}
