"""Tests that share what is slow to make run in one process."""

from __future__ import annotations

import pytest

GROUP = "one-process"


@pytest.mark.xdist_group(GROUP)
def test_groups_of_tests_are_heeded(request: pytest.FixtureRequest) -> None:
    """pytest-xdist marks them in their ids; pytest 9.2 let it do so in vain."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("only the processes of pytest-xdist have groups")
    assert request.node.nodeid.endswith(f"@{GROUP}")
