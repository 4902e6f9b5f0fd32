"""What pyproject.toml and the files that are published say, against each other."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelspec.framework import how_to_install
from modelspec.framework.start import INSTALL, LAST_PYTHON, TENSORFLOW
from modelspec.version import __version__

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PYTHONS = [(3, minor) for minor in range(11, 16)]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def test_the_extra_and_the_message_have_the_same_last_python() -> None:
    extra = PROJECT["project"]["optional-dependencies"]["tensorflow"]
    beyond = dotted((3, LAST_PYTHON[1] + 1))
    assert f"tensorflow>={TENSORFLOW}; python_version < '{beyond}'" in extra


def test_where_tensorflow_cannot_be_had_the_message_says_so() -> None:
    assert how_to_install((3, 13)) == INSTALL
    message = "TensorFlow 2.21 has no version for Python 3.15; use Python 3.11 to 3.13"
    assert how_to_install((3, 15)) == message


def test_every_python_of_the_classifiers_is_tried_on_every_system() -> None:
    first = PROJECT["project"]["requires-python"].removeprefix(">=")
    named = [line for line in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", line)]
    assert [line.rpartition(" ")[2] for line in named] == [dotted(python) for python in PYTHONS]
    matrix = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text("utf-8"))["jobs"]
    assert first == dotted(PYTHONS[0])
    assert matrix["base"]["strategy"]["matrix"]["python"] == [dotted(one) for one in PYTHONS]
    assert len(matrix["base"]["strategy"]["matrix"]["os"]) == 3


@pytest.mark.parametrize("path", [*WORKFLOWS, ROOT / "action.yml"], ids=lambda path: path.name)
def test_actions_are_pinned_to_commits(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", path.read_text("utf-8"))
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_the_account_is_named_in_one_place_of_what_is_built() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert text.count('"OWNER"') == 1
    assert text.count("OWNER") == 1
    assert "OWNER" not in (ROOT / "README.md").read_text("utf-8")


def test_the_links_of_the_readme_lead_to_the_repository() -> None:
    pytest.importorskip("hatchling")
    hook = runpy.run_path(str(ROOT / "hatch_build.py"))
    link, absolute_links = hook["LINK"], hook["absolute_links"]
    text = (ROOT / "README.md").read_text("utf-8")
    for match in link.finditer(text):
        assert (ROOT / match["path"].partition("#")[0]).exists(), match["path"]
    absolute = absolute_links(text, "https://host/us/it", "v1")
    assert not link.search(absolute)
    assert "](https://host/us/it/blob/v1/docs/language.md#open-sizes)" in absolute
    assert "](https://host/us/it/raw/v1/docs/pictures/resnet.svg)" in absolute
    assert absolute_links("[a](#b) [c](https://d/e)", "https://x", "v1") == (
        "[a](#b) [c](https://d/e)"
    )


def test_the_package_has_types_and_one_version() -> None:
    assert (ROOT / "modelspec" / "py.typed").is_file()
    assert "version" in PROJECT["project"]["dynamic"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "modelspec/version.py"
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.?\w+)?", __version__)
    commands = PROJECT["project"]["scripts"]
    assert commands["modelspec"] == commands["keras-modelspec"]
