"""Each spec of `specs/keras_io` is valid, finds its data, and trains a step on them."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from keras_io_cases import CASES, FOLDER

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow, pytest.mark.xdist_group("keras-io")]


OF_SMALL_DATA = ("class-without-rows", "kernel-sees-only-padding", "unused-ignore")
"""What the small model and the few rows bring about: no finding of the example itself."""

ACCEPTED = (*OF_SMALL_DATA, "phase-needs", "job-sizes")


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A folder that stands for Keras's, with small data sets."""
    import keras_files

    folder = keras_files.write_all(tmp_path_factory.mktemp("keras"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_HOME", str(folder))
        yield folder


def test_every_spec_is_tried() -> None:
    assert sorted(CASES) == sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_spec_trains_a_step(name: str, tmp_path: Path) -> None:
    from modelspec.api import train, validate_file

    case = CASES[name]
    for package in case.packages:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs {package}")
    folder = tmp_path / "specs"
    shutil.copytree(FOLDER, folder)
    if case.write is not None:
        case.write(folder)
    path, overrides = folder / f"{name}.yaml", case.overrides()
    found = validate_file(path, overrides, data=True)
    assert [finding for finding in found if finding.code not in ACCEPTED] == []
    run = train(path, output=tmp_path / "run", overrides=overrides)
    assert [finding for finding in run.findings if finding.code not in ACCEPTED] == []
    assert {"loss"} <= run.metrics.keys()
    assert all(np.isfinite(value) for value in run.metrics.values())
    text = path.read_text(encoding="utf-8")
    for split in ("validation", "test"):
        if f"  {split}: " in text:
            assert f"{split.replace('idation', '')}_loss" in run.metrics
