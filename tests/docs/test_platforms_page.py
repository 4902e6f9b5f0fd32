"""docs/platforms.md and the Dockerfile say what the package says."""

from __future__ import annotations

import re

from blocks import ROOT

from modelspec.framework.start import LAST_PYTHON, TENSORFLOW
from modelspec.version import __version__

PAGE = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_page_has_the_versions_of_the_package() -> None:
    last = ".".join(map(str, LAST_PYTHON))
    assert f"version {TENSORFLOW} has packages for Python 3.11 to {last}" in PAGE
    assert f"keras_modelspec-{__version__}-py3-none-any.whl" in PAGE


def test_the_image_is_small_pinned_and_without_rights() -> None:
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(set(images)) == 1
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", images[0])
    assert re.search(r"^USER (?!0|root)", DOCKERFILE, re.MULTILINE)
    assert "[tensorflow]" not in DOCKERFILE


def test_the_image_gets_all_files_that_the_package_is_built_from() -> None:
    kept = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    assert all((ROOT / name).exists() for name in kept)
    assert {"modelspec", "schemas", "hatch_build.py", "pyproject.toml", "README.md"} <= set(kept)
