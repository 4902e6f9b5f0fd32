"""The names of the files of a run folder, where a lower floor has to know one of them too."""

from __future__ import annotations

from modelspec.document import find
from modelspec.runs.layout import RunFile


def test_the_search_for_specs_knows_a_run_folder_by_its_expanded_spec() -> None:
    assert find._RUN_MARK == RunFile.EXPANDED_SPEC
