"""What is loaded leaves the garbage collector's sight in modelspec's own processes alone."""

from __future__ import annotations

import gc
import subprocess
import sys

from modelspec.machine import keep_what_is_loaded

PROGRAM = """
import gc
from modelspec import machine
machine.own_process()
machine.keep_what_is_loaded()
print(gc.get_freeze_count() > 1000, gc.get_threshold()[0] == machine.ALLOCATIONS_UNTIL_COLLECTED)
"""


def test_a_process_of_modelspecs_own_keeps_what_is_loaded() -> None:
    command = [sys.executable, "-c", PROGRAM]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed.split() == ["True", "True"]


def test_the_objects_of_a_notebook_are_collected() -> None:
    before, threshold = gc.get_freeze_count(), gc.get_threshold()
    keep_what_is_loaded()
    assert (gc.get_freeze_count(), gc.get_threshold()) == (before, threshold)
