"""SECURITY.md names every command and the limits that the code has."""

from __future__ import annotations

import re

from blocks import ROOT

from modelspec.cli import COMMANDS
from modelspec.document import yaml_loader
from modelspec.importing.safe_files import MAX_CONFIG_BYTES

PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NO_FILE_OF_OTHERS = {"explain", "schema", "doctor", "runs", "completion"}
"""They take names, or read what the user's own trainings wrote."""


def test_it_says_of_each_command_what_it_does_with_a_stranger_s_file() -> None:
    rows = PAGE.partition("## What each command")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z-]+)[^`]*`", rows))
    assert set(COMMANDS) - NO_FILE_OF_OTHERS <= named


def test_the_limits_are_those_of_the_code() -> None:
    from modelspec.document.load import MAX_BYTES, MAX_MERGED, MAX_VALUES

    assert f"at most {MAX_BYTES // 1_000_000} MB, {MAX_VALUES:,} values" in PAGE
    assert f"{yaml_loader.MAX_DEPTH} levels, {MAX_MERGED:,} merged keys" in PAGE
    assert f"a config above {MAX_CONFIG_BYTES // 1_000_000} MB" in PAGE
