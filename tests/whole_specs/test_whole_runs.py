"""Whole specs against Keras on real numbers: every case, and a portion of drawn ones."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from modelspec.api import validate_file

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
DEFAULT_TRAINING = "\ntraining: {optimizer: sgd, loss: mse}\n"
SEED = 12
DRAWN = 40
"""Longer runs are made with `generate_specs.py`."""
FAILED = ("does not build", "does not run", "does not train")
"""Kinds of verdict on a spec that another device may run."""


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_the_verdict_on_a_case_is_that_of_keras(path: Path) -> None:
    """What is refused fails in Keras; what is not trains, saves, loads and has those facts."""
    from whole_questions import RIGHT, ask

    text = path.read_text(encoding="utf-8")
    if "\ntraining:" not in text:
        text += DEFAULT_TRAINING
    verdict = ask(text)
    if verdict.kind in FAILED and _runs_elsewhere(verdict.codes):
        return
    assert verdict.kind in RIGHT, verdict


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_validate_with_build_takes_the_run_for_right(path: Path) -> None:
    """Not Keras's symbolic pass, from which the facts of some cases differ."""
    codes = {found.code for found in validate_file(path, build=True)}
    assert "analysis-disagrees" not in codes


def _runs_elsewhere(codes: tuple[str, ...]) -> bool:
    """Whether `validate` warns that only another device runs it: nothing can be seen here."""
    return "not-on-every-device" in codes


def test_drawn_specs_agree_with_keras() -> None:
    from whole_drawing import draw_spec, spec_text
    from whole_questions import RIGHT, ask

    wrong = []
    for index in range(DRAWN):
        text = spec_text(draw_spec(Random(f"{SEED}/{index}")))
        verdict = ask(text, round_trips=index % 5 == 0)
        if verdict.kind not in RIGHT:
            wrong.append(f"{SEED}/{index} {verdict.kind}: {verdict.words}")
    assert wrong == []
