"""Calls on which the rules are known to disagree with what Keras runs: `known.yaml`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from question import Question


@cache
def known_disagreements() -> list[dict[str, Any]]:
    """The rows of `known.yaml`."""
    rows: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("known.yaml").read_text())
    return rows


def is_known(question: Question, words: str) -> bool:
    """Whether a row has a disagreement of such words."""
    return any(
        re.fullmatch(row["layers"], question.layer) and re.search(row["words"], words)
        for row in known_disagreements()
    )
