"""docs/distributed.md: its commands print what it shows, its table is what the formula gives."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from modelspec.analysis.distribute import LINKS, least_compute, ring_bytes, step_seconds
from modelspec.api import validate_text
from modelspec.cli import run
from modelspec.diagnostics import bytes_text
from modelspec.report import known_codes

PAGE = (Path(__file__).parents[2] / "docs" / "distributed.md").read_text(encoding="utf-8")
SPEC = re.findall(r"^```yaml\n(modelspec: 1\n.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0]
SHOWN = re.findall(
    r"^```console\n\$ modelspec ((?:validate|summarize|launch) [^\n]*)\n(.*?)^```",
    PAGE,
    re.MULTILINE | re.DOTALL,
)
ROWS = re.findall(r"^\| ([\d,]+) \| (.*) \|$", PAGE, re.MULTILINE)
WORKERS, FLOAT = 8, 4


def seconds_text(seconds: float) -> str:
    for unit, times in (("s", 1.0), ("ms", 1e3)):
        if seconds * times >= 1:
            return f"{seconds * times:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


@pytest.mark.parametrize(("params", "cells"), ROWS)
def test_its_table_is_the_formula(params: str, cells: str) -> None:
    gradients = FLOAT * int(params.replace(",", ""))
    seconds = [
        f"{seconds_text(step_seconds(0.0, gradients, WORKERS, link))}"
        f" ({seconds_text(least_compute(gradients, WORKERS, link))})"
        for link in LINKS
    ]
    assert cells.split(" | ") == [bytes_text(ring_bytes(gradients, WORKERS)), *seconds]


def test_its_table_has_rows_and_links() -> None:
    assert len(ROWS) == 5
    assert f"| {' | '.join(link.name for link in LINKS)} |" in PAGE


@pytest.mark.parametrize(("line", "output"), SHOWN, ids=[line for line, _ in SHOWN])
def test_its_commands_print_that(
    line: str,
    output: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flowers.yaml").write_text(SPEC)
    assert run(shlex.split(line)) == 0
    said = capsys.readouterr()
    whole = said.out + said.err
    if output.startswith("...\n"):
        assert whole.endswith(output.removeprefix("...\n"))
    else:
        assert whole == output


def test_its_hints_help() -> None:
    better = SPEC.replace("- BatchNormalization", "- BatchNormalization: {synchronized: true}")
    better = better.replace("batch_size: 30", "batch_size: 32")
    assert (
        validate_text(better.replace("training:", "training:\n  distribute: mirrored"), "a") == []
    )


def test_its_codes_exist() -> None:
    codes = set(re.findall(r"^\|.* \| `([a-z-]+)` \|$", PAGE, re.MULTILINE))
    assert codes == {
        "uneven-shares",
        "batch-norm-not-synchronized",
        "cannot-be-divided",
        "share-without-examples",
    }
    assert codes <= known_codes()
