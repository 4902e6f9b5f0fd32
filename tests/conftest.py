"""Options and fixtures for all tests."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# after all else, so that an installed modelspec is what is tested
sys.path.append(str(Path(__file__).parents[1]))

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.pop("CI", None)  # there `validate` reads less by default; tests ask for that themselves

from pictures import leave_pictures_blank, pictures_drawn

leave_pictures_blank()

with contextlib.suppress(ModuleNotFoundError):  # the base install is tested without it
    from hypothesis import HealthCheck, settings

    clocks = [HealthCheck.too_slow]  # a busy machine draws slowly, and nothing is wrong
    # the verdict of .ci/run belongs to a commit; wherever else the tests run, examples are new
    same = "MODELSPEC_SAME_EXAMPLES" in os.environ
    settings.register_profile(
        "modelspec", deadline=None, suppress_health_check=clocks, derandomize=same
    )
    settings.load_profile("modelspec")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-out",
        action="store_true",
        help="write what the tool says now into tests/specs_bad/*.out, to be read and committed",
    )


@pytest.fixture(autouse=True)
def exceptions_in_checks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In tests an exception in a check is one: a user gets a warning, and a test must fail.

    `guarded_checks` marks the tests of that warning.
    """
    if request.node.get_closest_marker("guarded_checks") is None:
        monkeypatch.setattr("modelspec.analysis.guard.describe_failure", _raise)


@pytest.fixture(autouse=True)
def pictures(request: pytest.FixtureRequest) -> Iterator[None]:
    """Draws history.png in tests marked so."""
    if request.node.get_closest_marker("pictures") is None:
        yield
    else:
        with pictures_drawn():
            yield


def _raise(error: Exception) -> str:
    raise error
