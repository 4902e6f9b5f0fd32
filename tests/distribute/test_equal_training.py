"""What replicas train is what one device trains, to rounding."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from divided_cases import CASES

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow, pytest.mark.xdist_group("divided")]


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    script = str(Path(__file__).with_name("divided_cases.py"))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize("name", CASES)
def test_replicas_train_and_measure_as_one_device(found: dict[str, Any], name: str) -> None:
    assert found[name] < 1e-5


def test_each_replica_draws_other_masks_and_the_seed_goes_on_as_on_one_device(
    found: dict[str, Any],
) -> None:
    kept, before, after = found["masks of dropout"]
    assert len({tuple(row) for row in kept}) == 6  # two rows for each of three replicas
    assert after == [before[0], before[1] + 1]
